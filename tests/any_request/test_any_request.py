"""Whatever the OpenAPI document allows, and much that it does not, gets an answer that it documents, and never a 5xx.

Requests are generated from the document for every operation of a running server with something of everything in it. Half
of them name things that exist, so that they reach what stands behind the first look-up.
"""

from __future__ import annotations

import json
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings, strategies
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.generation.meta import CoveragePhaseData
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.any_request.things import ADMIN_KEY, make_things
from tests.serving.server_process import ServerProcess

DOCUMENT = Path(__file__).resolve().parents[2] / "schemas" / "openapi.json"
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
KEPT = re.compile(r"DELETE /api/(public/projects/\{project_id\}$|admin/|.*api-?keys)|POST /api/v1/logout", re.IGNORECASE)
"""What would take the ground from under the other requests; these are asked about things that do not exist only."""
EXAMPLES = 6
ALIKE = 2
"""Generated cases that break, or keep, the same rule of the same parameter in the same way: so many are sent of each."""

schemathesis.openapi.media_type("application/x-protobuf", strategies.binary(max_size=200))
schemathesis.serializer.alias("application/x-protobuf", "application/octet-stream")
schema = schemathesis.openapi.from_dict(json.loads(DOCUMENT.read_text("utf-8")))


@dataclass(frozen=True, slots=True)
class Target:
    """The server, who we are, and the ids of what is there by the name of the path parameter."""

    url: str
    session: requests.Session
    headers: Mapping[str, Mapping[str, str]]
    """By security scheme."""
    things: Mapping[str, str]


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    folder = tmp_path_factory.mktemp("any-request")
    with ServerProcess(folder=folder, settings={"SPANWISE_ADMIN_API_KEY": ADMIN_KEY}) as server, server.client() as client:
        headers, things = make_things(client)
        with requests.Session() as session:
            yield Target(server.url, session, headers, things)
        assert "Traceback" not in server.log


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
def test_any_request_gets_a_documented_answer(case: Case[Any], target: Target, sent: Counter[object]) -> None:
    if _has_been_sent(case, sent):
        return
    operation = f"{case.method} {case.operation.path}"
    if not KEPT.search(operation) and _is_half(case):
        case.path_parameters = {
            name: target.things.get(f"{name} of {case.operation.path}", target.things.get(name, value))
            for name, value in (case.path_parameters or {}).items()
        }
    schemes = [name for requirement in case.operation.definition.raw.get("security", []) for name in requirement]
    headers = next((dict(target.headers[name]) for name in schemes if name in target.headers), {})
    response = case.call(base_url=target.url, session=target.session, headers=headers)
    case.validate_response(response, checks=CHECKS, headers=headers)


@pytest.fixture(scope="module")
def sent() -> Counter[object]:
    """Return how many cases of a kind were sent."""
    return Counter()


def _has_been_sent(case: Case[Any], sent: Counter[object]) -> bool:
    """Whether cases like this one were sent already; those drawn at random are all different."""
    kind = case.meta.phase.data if case.meta is not None else None
    if not isinstance(kind, CoveragePhaseData):
        return False
    label = (case.operation.label, kind.scenario, kind.parameter_location, kind.parameter, kind.location)
    sent[label] += 1
    return sent[label] > ALIKE


def _is_half(case: Case[Any]) -> bool:
    said: Any = [case.path_parameters, case.query, str(case.body)]
    return zlib.crc32(repr(said).encode("utf-8", "replace")) % 2 == 0


def test_every_name_in_a_path_has_a_thing(target: Target) -> None:
    names = {
        parameter["name"]
        for methods in json.loads(DOCUMENT.read_text("utf-8"))["paths"].values()
        for operation in methods.values()
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "path"
    }
    assert names <= target.things.keys()
