"""Reads that join traces with what refers to them, page after page of the store."""

from __future__ import annotations

import pytest

from spanwise_server.services import traces
from spanwise_server.services.container import Services
from tests.accounts import ProjectWithKeys
from tests.event_rows import observation, score, write


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let everything be read in pages of three."""
    monkeypatch.setattr(traces, "_PAGE", 3)


async def test_traces_by_id_leaves_unknown_and_empty_ids_out(services: Services, project: ProjectWithKeys) -> None:
    await write(services, [observation(project.id, f"o{n}", trace_id=f"t{n}", user_id=f"u{n}") for n in range(3)])
    found = await traces.traces_by_id(services.events, project.id, ["t0", "t2", "t2", "unknown", ""])
    assert {trace_id: trace.user_id for trace_id, trace in found.items()} == {"t0": "u0", "t2": "u2"}
    assert await traces.traces_by_id(services.events, project.id, ["", ""]) == {}


async def test_facts_of_a_trace_reach_its_rows_and_a_row_keeps_its_own_user(
    services: Services, project: ProjectWithKeys
) -> None:
    root = observation(
        project.id, "root", user_id="u", session_id="s", tags=["a"], trace_name="n", release="r", trace_public=True
    )
    child = observation(project.id, "child", at=1, parent_id="root", user_id="guest", tags=["b"])
    await write(services, [root, child])
    gone = observation(project.id, "gone", trace_id="deleted", user_id="kept")
    rows = await services.events.trace_observations(project.id, "trace", with_payloads=False)
    await traces.add_trace_facts(services.events, project.id, [*rows, gone])
    assert [(row.user_id, row.session_id, row.tags, row.trace_name, row.release, row.trace_public) for row in rows] == [
        ("u", "s", ["a", "b"], "n", "r", True),
        ("guest", "s", ["a", "b"], "n", "r", True),
    ]
    assert gone.user_id == "kept"


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("count", [0, 2, 3, 7])
async def test_every_score_of_a_trace_is_read(services: Services, project: ProjectWithKeys, count: int) -> None:
    given = [score(project.id, f"s{n}", trace_id="t", value=1.0, at=n // 2) for n in range(count)]
    fix = score(project.id, "fix", trace_id="t", name="output", data_type="CORRECTION", string_value="x", at=99)
    other = score(project.id, "other", trace_id="t2", value=1.0)
    await write(services, scores=[*given, fix, other])
    newest_first = [item.id for item in sorted(given, key=lambda item: (item.timestamp, item.id), reverse=True)]
    assert [item.id for item in await traces.scores_of_trace(services.events, project.id, "t")] == newest_first
    assert [item.id for item in await traces.all_scores_of_trace(services.events, project.id, "t")] == ["fix", *newest_first]
    by_trace = await traces.score_ids_by_trace(services.events, project.id, ["t", "t2", "t3"])
    assert by_trace == {"t": ["fix", *newest_first], "t2": ["other"]}
    assert await traces.score_ids_by_trace(services.events, project.id, []) == {}


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("count", [0, 3, 8])
async def test_every_trace_of_a_session_is_read_oldest_first(services: Services, project: ProjectWithKeys, count: int) -> None:
    rows = [observation(project.id, f"o{n}", trace_id=f"t{n}", session_id="s", at=n // 2, input=f"i{n}") for n in range(count)]
    await write(services, [*rows, observation(project.id, "x", trace_id="x", session_id="other")])
    found = await traces.traces_of_session(services.events, project.id, "s")
    assert [(trace.id, trace.input) for trace in found] == [(f"t{n}", f"i{n}") for n in range(count)]
