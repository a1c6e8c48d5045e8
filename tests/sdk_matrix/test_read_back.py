"""Every generation of client records the same agent run; every read API gives all of it back, at once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sdk_matrix.conftest import Recording
from tests.sdk_matrix.differences import DIALECTS
from tests.sdk_matrix.environments import GENERATIONS

SDK_READS = {
    "2": {"trace", "traces", "observations", "observation", "sessions", "session", "scores"},
    "3": {"trace", "traces", "observations", "observation", "observations_v2", "sessions", "session", "scores_v2"},
    "4": {"trace", "traces", "observations", "observation", "observations_v2", "sessions", "session", "scores_v2", "scores_v3"},
    "5": {"observations_v2", "scores_v3"},
    "javascript-3": {"trace", "traces", "observations", "observation", "sessions", "session", "scores_v2"},
    "javascript-4": {"trace", "traces", "observations", "observation", "observations_v2", "sessions", "session", "scores_v2"},
    "javascript-5": {
        "trace",
        "traces",
        "observations",
        "observation",
        "observations_v2",
        "sessions",
        "session",
        "scores_v2",
        "scores_v3",
    },
}
"""The read methods each generation of the Python SDK has; those of the JavaScript SDK by name."""


def data(answer: Any) -> list[dict[str, Any]]:
    """Return the items of a list answer; SDK 2 takes them out of the envelope itself."""
    if isinstance(answer, list):
        return answer
    assert "data" in answer, answer
    return list(answer["data"])


def test_every_generation_has_a_dialect() -> None:
    assert DIALECTS.keys() == GENERATIONS.keys()


def test_clients_report_no_trouble(recording: Recording) -> None:
    """SDKs swallow what goes wrong and log it, so a quiet run is the only sign of a good one."""
    lines = [line for line in recording.output.splitlines() if "error" in line.lower() or "fail" in line.lower()]
    assert lines == []


def test_auth_check(recording: Recording) -> None:
    if GENERATIONS[recording.name].script.startswith("otel"):
        assert "auth_check" not in recording.report  # OpenTelemetry has none
    else:
        assert recording.report["auth_check"] is True
        url = recording.report.get("trace_url")
        assert url is None or url.endswith(
            (f"/traces/{recording.report['trace_id']}", f"/trace/{recording.report['trace_id']}")
        )


def test_trace(recording: Recording) -> None:
    compare = recording.compare(is_wire=True)
    compare.trace("trace", recording.reads["trace"])
    assert compare.found == []


def test_trace_list(recording: Recording) -> None:
    compare = recording.compare(is_wire=True)
    traces = data(recording.reads["traces"])
    assert [trace["id"] for trace in traces] == [recording.report["trace_id"]]
    compare.trace_item("traces[0]", traces[0])
    assert compare.found == []
    assert recording.reads["traces"]["meta"] == {"page": 1, "limit": 50, "totalItems": 1, "totalPages": 1}


def test_observations(recording: Recording) -> None:
    compare = recording.compare(is_wire=True)
    compare.observations("observations", data(recording.reads["observations"]))
    assert compare.found == []
    assert recording.reads["observations"]["meta"]["totalItems"] == len(recording.expected.observations)


def test_single_observation(recording: Recording) -> None:
    compare = recording.compare(is_wire=True)
    compare.observation("observation", recording.reads["observation"], recording.expected.observations["write-answer"])
    assert compare.found == []


def test_observations_v2(recording: Recording) -> None:
    compare = recording.compare(is_wire=True)
    compare.observations_v2("v2/observations", data(recording.reads["observations_v2"]))
    assert compare.found == []


def test_sessions(recording: Recording) -> None:
    compare = recording.compare(is_wire=True)
    compare.session("session", recording.reads["session"])
    listed = [session for session in data(recording.reads["sessions"]) if session["id"] == recording.session_id]
    assert len(listed) == 1
    compare.session_fields("sessions", listed[0])
    assert compare.found == []


def test_scores_v1(recording: Recording) -> None:
    """The first score API knows the scores of traces and observations only."""
    compare = recording.compare(is_wire=True)
    own = [score for score in data(recording.reads["scores"]) if score["traceId"] == recording.report["trace_id"]]
    wanted = [score for score in recording.expected.scores.values() if not score.is_session_score]
    compare.scores("scores", own, wanted)
    single = recording.reads["score"]
    compare.score("score", single, recording.expected.scores[single["name"]])
    assert compare.found == []


def test_scores_v2(recording: Recording) -> None:
    compare = recording.compare(is_wire=True)
    scores = recording.expected.scores.values()
    compare.scores("v2/scores", data(recording.reads["scores_v2"]), [score for score in scores if not score.is_session_score])
    of_session = data(recording.reads["session_scores_v2"])
    compare.scores("v2/scores of session", of_session, [score for score in scores if score.is_session_score])
    single = recording.reads["v2/score"]
    compare.score("v2/score", single, recording.expected.scores[single["name"]])
    assert compare.found == []


def test_scores_v3(recording: Recording) -> None:
    compare = recording.compare(is_wire=True)
    scores = recording.expected.scores.values()
    compare.scores_v3("v3/scores", data(recording.reads["scores_v3"]), [s for s in scores if not s.is_session_score])
    of_session = data(recording.reads["session_scores_v3"])
    compare.scores_v3("v3/scores of session", of_session, [score for score in scores if score.is_session_score])
    assert compare.found == []


def test_span_events_stay_with_their_span(recording: Recording, server_observation: Any) -> None:
    """What OpenTelemetry calls an event is read on its observation, an exception with its stack trace."""
    if recording.expected.dialect.has_event_observations:
        assert "cache-miss" in recording.report["ids"]
        return
    tool = server_observation(recording.report["trace_id"], recording.report["ids"]["search-flights"])
    assert [(event["name"], event["attributes"]["tier"]) for event in tool["span_events"]] == [("cache-miss", "edge")]
    failed = server_observation(recording.report["trace_id"], recording.report["ids"]["book-hotel"])
    [exception] = failed["span_events"]
    assert exception["name"] == "exception"
    assert "no rooms left" in exception["attributes"]["exception.message"]
    assert exception["attributes"]["exception.stacktrace"]


def _sdk_generation(name: str) -> str:
    return name if name.startswith("javascript") else name.split("-")[1][0]


@pytest.mark.parametrize("name", sorted(name for name in GENERATIONS if not name.startswith("otel")))
def test_own_read_methods_of_the_sdk(name: str, record: Any) -> None:
    """Each SDK parses our answers with its own models and gets the same values."""
    recording: Recording = record(name)
    compare, reads = recording.compare(is_wire=False), recording.report["reads"]
    assert reads.keys() == SDK_READS[_sdk_generation(name)]
    scores = list(recording.expected.scores.values())
    trace_id = recording.report["trace_id"]
    for method, answer in reads.items():
        if isinstance(answer, dict) and "error" in answer:
            compare.found.append(f"{method} raised {answer['error']}")
            continue
        match method:
            case "trace":
                compare.trace(method, answer)
            case "traces":
                assert len(data(answer)) == 1
                compare.trace_item(method, data(answer)[0])
            case "observations":
                compare.observations(method, data(answer))
            case "observation":
                compare.observation(method, answer, recording.expected.observations["write-answer"])
            case "observations_v2":
                compare.observations_v2(method, data(answer))
            case "session":
                compare.session(method, answer)
            case "sessions":
                compare.same(method, [s["id"] for s in data(answer) if s["id"] == recording.session_id], [recording.session_id])
            case "scores" | "scores_v2":
                own = [score for score in data(answer) if score.get("traceId") == trace_id]
                compare.scores(method, own, [score for score in scores if not score.is_session_score])
            case "scores_v3":
                ids = {trace_id, recording.session_id}
                own = [s for s in data(answer) if {s["subject"]["id"], s["subject"].get("traceId")} & ids]
                compare.scores_v3(method, own, scores)
    assert compare.found == []
