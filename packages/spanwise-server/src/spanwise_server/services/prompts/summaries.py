"""Lists of prompts: the versions that fulfil a query, grouped by name. Nothing of their content is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import msgspec

from spanwise_server.domain.observations import Micros
from spanwise_server.domain.prompts import ordered_labels
from spanwise_server.query.expressions import EVERYTHING, And, Comparison, Expression, Operator, fields_of
from spanwise_server.services.prompts.filtering import matches
from spanwise_server.storage.metadata.database import MetadataTransaction
from spanwise_server.storage.metadata.prompt_summaries import VersionRow, find_configs, find_version_rows


class PromptQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A page of names, by alphabet. Conditions are about versions: a name is listed with those that fulfil them."""

    project_id: str
    where: Expression = EVERYTHING
    updated_since: Micros | None = None
    updated_before: Micros | None = None
    limit: int
    offset: int = 0


class PromptSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A name and its versions that fulfil a query."""

    name: str
    type: str
    tags: tuple[str, ...]
    labels: tuple[str, ...]
    versions: tuple[int, ...]
    """Ascending."""
    last_updated_at: Micros
    last_config: str
    """Of the highest of these versions, as JSON text."""


class PromptPage(msgspec.Struct, frozen=True):
    """A page of a list, and how many names there are on all pages."""

    summaries: list[PromptSummary]
    total: int


def find_page(transaction: MetadataTransaction, query: PromptQuery) -> PromptPage:
    """Return the page that ``query`` asks for."""
    rows = find_version_rows(
        transaction,
        query.project_id,
        name=_only_name(query.where),
        updated_since=query.updated_since,
        updated_before=query.updated_before,
        with_config="config" in fields_of(query.where),
    )
    groups = [list(group) for _, group in groupby(_matching(rows, query.where), key=lambda row: row.name)]
    page = groups[query.offset : query.offset + query.limit]
    configs = find_configs(transaction, [group[-1].id for group in page])
    return PromptPage([_summary(group, configs[group[-1].id]) for group in page], len(groups))


def _matching(rows: Sequence[VersionRow], where: Expression) -> Iterator[VersionRow]:
    return (row for row in rows if matches(where, row))


def _only_name(where: Expression) -> str | None:
    """Return the name that every match must have, if the expression says so at its top: the one cheap narrowing."""
    terms = where.terms if isinstance(where, And) else (where,)
    for term in terms:
        if isinstance(term, Comparison) and term.field.name == "name" and term.operator is Operator.EQ:
            name = str(term.value)
            return None if "\0" in name else name  # which not every database takes, and no prompt has
    return None


def _summary(group: Sequence[VersionRow], config: str) -> PromptSummary:
    newest = group[-1]
    return PromptSummary(
        name=newest.name,
        type=newest.type,
        tags=newest.tags,
        labels=ordered_labels({label for row in group for label in row.labels}),
        versions=tuple(row.version for row in group),
        last_updated_at=max(row.updated_at for row in group),
        last_config=config,
    )
