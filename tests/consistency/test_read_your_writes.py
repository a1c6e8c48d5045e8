"""What is acknowledged is seen by the very next read, on every read API, while others write.

Each writer reads back its own request the moment it is answered; there is no waiting and no second try in this module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.serving.mixed_load import Client, Ledger, Request, batch_create, batch_update, otlp, scores
from tests.serving.server_process import ServerProcess

WRITERS = 4
TURNS = 3


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(folder=tmp_path_factory.mktemp("consistency")) as running:
        yield running


def send(http: httpx.Client, request: Request) -> None:
    answer = http.post(request.path, content=request.content, headers=request.headers)
    assert answer.status_code in request.statuses, answer.text
    assert answer.status_code != 207 or answer.json()["errors"] == []


def get(http: httpx.Client, path: str, **parameters: str) -> Any:
    answer = http.get(path, params=parameters)
    assert answer.status_code == 200, f"{path} {parameters}: {answer.status_code} {answer.text}"
    return answer.json()


def ids(items: list[dict[str, Any]]) -> set[str]:
    return {item["id"] for item in items}


def read_trace(http: httpx.Client, project_id: str, trace_id: str, observations: set[str]) -> None:
    """Read one trace and its observations by every API that has them."""
    assert ids(get(http, f"/api/public/traces/{trace_id}")["observations"]) == observations
    assert ids(get(http, "/api/public/observations", traceId=trace_id)["data"]) == observations
    assert ids(get(http, "/api/public/v2/observations", traceId=trace_id)["data"]) == observations
    for observation_id in observations:
        assert get(http, f"/api/public/observations/{observation_id}")["traceId"] == trace_id
    native = get(http, f"/api/v1/projects/{project_id}/trace", id=trace_id)
    assert ids(native["observations"]) == observations
    assert native["trace"]["observation_count"] == len(observations)
    one = next(iter(observations))
    assert get(http, f"/api/v1/projects/{project_id}/observation", trace_id=trace_id, id=one)["id"] == one


def write_spans(http: httpx.Client, project_id: str, *, is_json: bool) -> None:
    request = otlp(0, is_json=is_json)
    trace_id = next(iter(request.observations.values())).trace_id
    send(http, request)
    session = get(http, f"/api/public/sessions/session-{trace_id}")
    assert ids(session["traces"]) == {trace_id}
    assert ids(get(http, "/api/public/traces", userId=f"user-{trace_id}")["data"]) == {trace_id}
    assert ids(get(http, "/api/public/traces", sessionId=f"session-{trace_id}")["data"]) == {trace_id}
    assert f"session-{trace_id}" in ids(get(http, "/api/public/sessions", limit="100")["data"])
    assert ids(get(http, f"/api/v1/projects/{project_id}/traces", search=trace_id)["items"]) == {trace_id}
    assert ids(get(http, f"/api/v1/projects/{project_id}/session", id=f"session-{trace_id}")["items"]) == {trace_id}
    read_trace(http, project_id, trace_id, set(request.observations))
    for id_, known in request.observations.items():
        found = get(http, f"/api/public/observations/{id_}")
        assert (found["input"], {found["output"]}) == (known.input, known.outputs)


def write_batches(http: httpx.Client, project_id: str) -> None:
    create = batch_create(0)
    trace_id = next(iter(create.observations.values())).trace_id
    send(http, create)
    read_trace(http, project_id, trace_id, set(create.observations))
    assert ids(get(http, f"/api/public/traces/{trace_id}")["scores"]) == set(create.scores)
    update = batch_update(0, create.observations)
    send(http, update)
    outputs = {item["id"]: item["output"] for item in get(http, "/api/public/observations", traceId=trace_id)["data"]}
    assert outputs == update.outputs
    wanted = {"traceId": trace_id, "fields": "core,io"}
    assert {item["id"]: item["output"] for item in get(http, "/api/public/v2/observations", **wanted)["data"]} == outputs
    read_trace(http, project_id, trace_id, set(create.observations))


def write_scores(http: httpx.Client, count: int) -> None:
    request = scores(0, count=count)
    send(http, request)
    for id_, value in request.scores.items():
        assert get(http, f"/api/public/scores/{id_}")["value"] == value
        assert get(http, f"/api/public/v2/scores/{id_}")["value"] == value
    for version in ("/api/public/scores", "/api/public/v2/scores"):
        listed = get(http, version, scoreIds=",".join(request.scores))
        assert ids(listed["data"]) == set(request.scores)
    assert ids(get(http, "/api/public/v3/scores", id=",".join(request.scores))["data"]) == set(request.scores)


TURN: list[Callable[[httpx.Client, str], None]] = [
    lambda http, project: write_spans(http, project, is_json=False),
    lambda http, project: write_spans(http, project, is_json=True),
    write_batches,
    lambda http, _: write_scores(http, 0),
    lambda http, _: write_scores(http, 5),
]


def test_the_next_read_sees_what_was_acknowledged(server: ServerProcess) -> None:
    background = [Client(server.client(), Ledger(), 1) for _ in range(2)]
    for client in background:
        client.start()

    def write(writer: int) -> None:
        with server.client() as http:
            for turn in range(TURNS):
                for step in range(len(TURN)):
                    TURN[(writer + turn + step) % len(TURN)](http, server.project_id)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    for client in background:
        client.stop()
        client.join(60)
        assert client.unexpected == []


def test_a_reader_never_sees_less_than_before(server: ServerProcess) -> None:
    """The number of observations only grows while others write, and at each acknowledgement by all that was sent."""
    with server.client() as http:
        background = Client(server.client(), Ledger(), 2)
        background.start()
        before = get(http, "/api/public/observations", limit="1")["meta"]["totalItems"]
        for _ in range(10):
            request = otlp(0, is_json=False)
            send(http, request)
            now = get(http, "/api/public/observations", limit="1")["meta"]["totalItems"]
            assert now >= before + len(request.observations)
            before = now
        background.stop()
        background.join(60)
        assert background.unexpected == []
