"""Every column names a field, and ids and display names of one column agree."""

from __future__ import annotations

import pytest

from spanwise_server.services.filter_columns import COLUMNS, FilterTarget


@pytest.mark.parametrize(
    ("target", "one", "other"),
    [
        ("traces", "totalCost", "Total Cost ($)"),
        ("traces", "traceName", "Name"),
        ("traces", "id", "Trace ID"),
        ("observations", "model", "Provided Model Name"),
        ("observations", "startTime", "Start Time"),
        ("observations", "tags", "Trace Tags"),
        ("scores", "authorUserId", "Author"),
        ("scores", "trace_tags", "Trace Tags"),
        ("prompts", "createdAt", "Created At"),
        ("prompts", "config", "Config"),
    ],
)
def test_two_names_of_one_column_are_one_field(target: FilterTarget, one: str, other: str) -> None:
    assert COLUMNS[target][one] == COLUMNS[target][other]


def test_the_id_of_a_trace_is_not_the_trace_id_of_an_observation() -> None:
    assert COLUMNS["traces"]["traceId"].name == "id"
    assert COLUMNS["observations"]["traceId"].name == "trace_id"
    assert COLUMNS["observations"]["id"].name == "id"
