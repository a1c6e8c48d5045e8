"""More than the server can take is answered with 503 and Retry-After; nothing acknowledged is lost, and retrying gets all in once."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.serving.mixed_load import Ledger, Request, batch_create, check_round, otlp
from tests.serving.server_process import ServerProcess

SENDERS = 16
REQUESTS = 4
LIMITS = {"SPANWISE_INGEST_QUEUE_MIB": "1", "SPANWISE_INGEST_FLUSH_MIB": "1"}


def big_request(number: int) -> Request:
    """Return about 600 KiB: two of them fill the queue."""
    return batch_create(0, observations=300) if number % 2 else otlp(0, is_json=True, spans=300)


def send_until_taken(http: httpx.Client, request: Request, refusals: list[httpx.Response]) -> None:
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        answer = http.post(request.path, content=request.content, headers=request.headers)
        if answer.status_code in request.statuses:
            return
        refusals.append(answer)
        time.sleep(0.1)
    raise AssertionError("the server never took the request")


@pytest.mark.timeout(600)
def test_overload_is_answered_and_loses_nothing(tmp_path: Path) -> None:
    ledger, refusals, together = Ledger(), list[httpx.Response](), threading.Barrier(SENDERS)
    with ServerProcess(folder=tmp_path, settings=LIMITS) as server:

        def work(sender: int) -> list[Request]:
            requests = [big_request(sender + number) for number in range(REQUESTS)]
            together.wait(60)
            with server.client() as http:
                for request in requests:
                    send_until_taken(http, request, refusals)
            return requests

        with ThreadPoolExecutor(SENDERS) as pool:
            for request in [request for requests in pool.map(work, range(SENDERS)) for request in requests]:
                ledger.observations |= request.observations
                ledger.scores |= request.scores
        with server.client() as http:
            check_round(http, 0, ledger)
    assert refusals, "the server took everything at once, so nothing was shown"
    assert {answer.status_code for answer in refusals} == {503}
    assert all(int(answer.headers["retry-after"]) > 0 for answer in refusals)
    assert {answer.json()["error"] for answer in refusals} == {"ServiceUnavailableError"}
    with ServerProcess(folder=tmp_path, settings=LIMITS) as server, server.client() as http:
        check_round(http, 0, ledger)
