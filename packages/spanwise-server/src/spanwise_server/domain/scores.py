"""The score: a numeric, categorical, boolean or textual judgement on a trace, observation, session or dataset run.

Owns the stored form. Which wire forms become it is ``ingest.decode``'s business, how it is shown ``api.schemas``'s.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from spanwise_server.domain.observations import DEFAULT_ENVIRONMENT, Micros


class ScoreDataType(StrEnum):
    """How a score's value is to be read."""

    NUMERIC = "NUMERIC"
    BOOLEAN = "BOOLEAN"
    CATEGORICAL = "CATEGORICAL"
    TEXT = "TEXT"
    CORRECTION = "CORRECTION"


class ScoreSource(StrEnum):
    """Who judged: a program through the API, a person, or an evaluator."""

    API = "API"
    ANNOTATION = "ANNOTATION"
    EVAL = "EVAL"


class Score(msgspec.Struct, kw_only=True, gc=False):
    """One score. Identity is ``(project_id, id)``; exactly one subject among trace, session and dataset run is set."""

    project_id: str
    id: str
    name: str
    timestamp: Micros
    trace_id: str = ""
    observation_id: str = ""
    session_id: str = ""
    dataset_run_id: str = ""
    source: str = "API"
    data_type: str = "NUMERIC"
    value: float | None = None
    """The number of a NUMERIC score, 0 or 1 of a BOOLEAN, the category's number of a CATEGORICAL; else ``None``."""
    string_value: str = ""
    comment: str = ""
    metadata: dict[str, str] = {}
    config_id: str = ""
    config_violation: str = ""
    """Why the score was kept without the config that it named; empty when there is nothing to say."""
    queue_id: str = ""
    execution_trace_id: str = ""
    author_user_id: str = ""
    environment: str = DEFAULT_ENVIRONMENT
    public_key: str = ""
    truncated: list[str] = []
    """Names of the fields that were cut at ingest."""
    clock: dict[str, int] = {}
    created_at: Micros = 0
    row_version: int = 0
