"""JSON answers: encoded by msgspec, payloads copied in as they stand."""

from __future__ import annotations

import threading

import msgspec

from spanwise_server.api.responses import json_response, rendered


def test_json_response() -> None:
    response = json_response({"a": msgspec.Raw(b'{"n": 1}'), "ü": None}, 202)
    assert response.status_code == 202
    assert response.headers["content-type"] == "application/json"
    assert bytes(response.body) == '{"a":{"n": 1},"ü":null}'.encode()


async def test_pages_are_built_off_the_event_loop() -> None:
    threads: list[int] = []

    def build() -> dict[str, int]:
        threads.append(threading.get_ident())
        return {"a": 1}

    response = await rendered(build)
    assert bytes(response.body) == b'{"a":1}'
    assert threads != [threading.get_ident()]
