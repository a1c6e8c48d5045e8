"""Holds scores against the configs that they name, before they are written.

Says what violates; what happens to a violating score is decided by whoever takes it in.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from spanwise_server.domain.errors import Issue
from spanwise_server.domain.score_configs import ScoreConfig, ScoreViolationError, check_open, data_type_under, value_under
from spanwise_server.ingest.decode.scores import read_value
from spanwise_server.ingest.decoded import ConfiguredScore


class ConfigLookup(Protocol):
    """Where configs are found."""

    async def find(self, project_id: str, config_ids: Collection[str], /) -> Mapping[str, ScoreConfig]:
        """Return those of the configs that exist in the project, by id. MUST be cheap enough for every score."""


async def check_scores(
    project_id: str, scores: Sequence[ConfiguredScore], configs: ConfigLookup
) -> list[tuple[ConfiguredScore, Issue]]:
    """Give each score the name, data type and value that its config says; return those that violate it, and how.

    A violating score is left as it was.
    """
    if not scores:
        return []
    known = await configs.find(project_id, {score.partial.fields["config_id"] for score in scores})
    violations: list[tuple[ConfiguredScore, Issue]] = []
    for score in scores:
        try:
            _settle(score, known)
        except ScoreViolationError as error:
            violations.append((score, Issue(str(error), (error.field,), "config_violation")))
    return violations


def _settle(score: ConfiguredScore, known: Mapping[str, ScoreConfig]) -> None:
    fields = score.partial.fields
    config = known.get(fields["config_id"])
    if config is None:
        raise ScoreViolationError("configId", f"score config {fields['config_id']} does not exist in this project")
    check_open(config)
    data_type = data_type_under(config, score.data_type)
    try:
        _, value, string_value = read_value(score.value, data_type)
    except ValueError as error:
        message = f"{error} (the data type is that of score config {config.id} ({config.name}))"
        raise ScoreViolationError("value", message) from error
    fields.update(
        name=config.name,
        data_type=data_type.value,
        value=value_under(config, value, string_value),
        string_value=string_value,
        config_violation=None,  # of an earlier score with this id
    )


def keep_without_config(score: ConfiguredScore, violation: Issue) -> None:
    """Take the link to its config from a score, and note why: the value is kept and the fault can be seen and asked for."""
    reason = ": ".join((".".join(map(str, violation.path)), violation.message))
    score.partial.fields["config_id"] = None
    score.partial.fields["config_violation"] = reason
    if score.result is not None:
        score.result.message = f"Kept without its score config: {reason}"
