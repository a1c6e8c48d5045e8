"""Usage reports of real providers, through every door they come by, against costs that were computed by hand.

``golden/usage`` has the reports with the arithmetic written out. Prices are fixed there, posted as definitions of the test's
project; ``library.json`` alone uses the price library, at times whose prices are history.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.accounts import BASE_URL, ProjectMaker
from tests.otlp_requests import LANGFUSE_5, PLAIN, SpanSent, to_protobuf

GOLDEN = Path(__file__).parents[2] / "golden" / "usage"
TIME = "2026-11-20T10:00:00Z"


@dataclass(frozen=True, slots=True)
class Case:
    """One report and what it must cost."""

    file: str
    content: Mapping[str, Any]

    @property
    def key(self) -> str:
        """Name of the case among all."""
        return f"{self.file}: {self.content['name']}"

    @property
    def cost(self) -> dict[str, Decimal]:
        """Cost by key, from the arithmetic, which is checked on the way."""
        found = {key: Decimal(value) for key, value in self.content.get("cost", {}).items()}
        for key, line in self.content.get("arithmetic", {}).items():
            count, _, price, _, product = line.split()
            assert Decimal(count) * Decimal(price) == Decimal(product), line
            found[key] = Decimal(product)
        if "arithmetic" in self.content:
            assert sum(found.values()) == Decimal(self.content["total"]), self.key
        return found | {"total": Decimal(self.content["total"])}


def _cases() -> Iterator[Case]:
    for path in sorted(GOLDEN.glob("*.json")):
        if path.name != "prices.json":
            yield from (Case(path.stem, case) for case in json.loads(path.read_bytes())["cases"])


CASES = list(_cases())
DOORS = [
    (case, door)
    for case in CASES
    for door in (("otlp attributes",) if "attributes" in case.content else ("ingestion", "langfuse attributes"))
]


def _nanos(case: Case) -> int:
    time = datetime.fromisoformat(case.content.get("time", TIME))
    return int(time.timestamp()) * 1_000_000_000


@pytest.fixture(scope="module")
async def priced(app: FastAPI, make_project: ProjectMaker) -> dict[tuple[str, str], dict[str, Any]]:
    """Send every case through every door and return the observations as the API shows them."""
    project = await make_project()
    found = {}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE_URL, auth=project.auth) as client:
        for model in json.loads((GOLDEN / "prices.json").read_bytes())["models"]:
            answer = await client.post("/api/public/models", json=model)
            assert answer.status_code == 200, answer.text
        ids = {(case.key, door): f"{position:016x}" for position, (case, door) in enumerate(DOORS, start=1)}
        events = [_event(case, ids[case.key, door]) for case, door in DOORS if door == "ingestion"]
        answer = await client.post("/api/public/ingestion", json={"batch": events})
        assert answer.json()["errors"] == []
        for sender, wanted in ((LANGFUSE_5, "langfuse attributes"), (PLAIN, "otlp attributes")):
            spans = [_span(case, ids[case.key, door]) for case, door in DOORS if door == wanted]
            headers = {"Content-Type": "application/x-protobuf"}
            answer = await client.post("/api/public/otel/v1/traces", content=to_protobuf(spans, sender), headers=headers)
            assert answer.status_code == 200
        for key, row_id in ids.items():
            found[key] = (await client.get(f"/api/public/observations/{row_id}")).json()
    return found


def _event(case: Case, row_id: str) -> dict[str, Any]:
    time = case.content.get("time", TIME)
    body = {"id": row_id, "model": case.content["model"], "usageDetails": case.content["usage"], "startTime": time}
    return {"id": row_id, "timestamp": time, "type": "generation-create", "body": body}


def _span(case: Case, row_id: str) -> SpanSent:
    attributes = case.content.get("attributes") or {
        "langfuse.observation.type": "generation",
        "langfuse.observation.model.name": case.content["model"],
        "langfuse.observation.usage_details": json.dumps(case.content["usage"]),
    }
    return SpanSent(attributes=attributes, span_id=row_id, start=_nanos(case), end=_nanos(case) + 1000)


@pytest.mark.parametrize(("case", "door"), DOORS, ids=lambda value: value.key if isinstance(value, Case) else value)
def test_cost_is_what_was_computed_by_hand(priced: dict[tuple[str, str], dict[str, Any]], case: Case, door: str) -> None:
    shown = priced[case.key, door]

    assert shown["usageDetails"] == case.content["usageDetails"]
    assert {key: Decimal(repr(value)) for key, value in shown["costDetails"].items()} == case.cost
    assert Decimal(repr(shown["calculatedTotalCost"])) == Decimal(case.content["total"])
    is_provided = case.content.get("source") == "provided"
    assert shown["usagePricingTierName"] == (None if is_provided else case.content.get("tier", "Standard"))
    assert shown["modelId"]


def test_input_and_output_add_up_to_the_total(priced: dict[tuple[str, str], dict[str, Any]]) -> None:
    for (name, _), shown in priced.items():
        parts = [shown["calculatedInputCost"], shown["calculatedOutputCost"]]
        if None not in parts and "web_search" not in json.dumps(shown["costDetails"]):
            assert sum(parts) == pytest.approx(shown["calculatedTotalCost"], abs=1e-12), name
