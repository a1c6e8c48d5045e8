"""What clients of each generation send when they run an experiment: spans over OTLP and run items."""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping
from typing import Any

import httpx

_NUMBERS = itertools.count(int(time.time_ns()))
SECOND = 1_000_000_000


def _hex(length: int) -> str:
    return f"{next(_NUMBERS):0{length}x}"[-length:]


def now() -> int:
    """Return the time in nanoseconds."""
    return time.time_ns()


async def send_item(
    api: httpx.AsyncClient,
    experiment: Mapping[str, str],
    item_id: str,
    *,
    start: int | None = None,
    seconds: float = 1,
    output: str = "answer",
    is_apart: bool = False,
    cost: float = 0.25,
    level: str = "DEFAULT",
) -> tuple[str, str]:
    """Send what the SDKs of generations 4 and 5 do for one item; return trace id and id of the task's span.

    ``is_apart`` sends metadata key by key, as generation 4 does.
    """
    begun = now() if start is None else start
    trace_id, root, task, judge = _hex(32), _hex(16), _hex(16), _hex(16)
    metadata = {"experiment.metadata.model": "m", "experiment.item.metadata.n": "1"} if is_apart else {
        "experiment.metadata": '{"model":"m"}', "experiment.item.metadata": '{"n":1}',
    }  # fmt: skip
    common: dict[str, Any] = {
        **{f"langfuse.experiment.{name}": value for name, value in experiment.items()},
        **{f"langfuse.{name}": value for name, value in metadata.items()},
        "langfuse.experiment.item.id": item_id,
        "langfuse.experiment.item.root_observation_id": task,
        "langfuse.environment": "sdk-experiment",
    }
    end = begun + round(seconds * SECOND)
    spans = [
        _span(trace_id, root, "", "experiment-item-run", (begun, end), common),
        _span(
            trace_id,
            task,
            root,
            "experiment-item-task",
            (begun, end),
            {
                **common,
                "langfuse.observation.input": '{"q": 1}',
                "langfuse.observation.output": output,
                "langfuse.observation.level": level,
                "langfuse.observation.cost_details": f'{{"total": {cost}}}',
                "langfuse.experiment.item.expected_output": "expected",
            },
        ),
        _span(trace_id, judge, root, "experiment-item-evaluation", (begun, end), common),
    ]
    body = {"resourceSpans": [{"scopeSpans": [{"scope": {"name": "langfuse-sdk", "version": "5.0.4"}, "spans": spans}]}]}
    response = await api.post("/api/public/otel/v1/traces", json=body)
    assert response.status_code == 200, response.text
    return trace_id, task


def _span(
    trace_id: str, span_id: str, parent_id: str, name: str, times: tuple[int, int], attributes: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "traceId": trace_id,
        "spanId": span_id,
        "parentSpanId": parent_id,
        "name": name,
        "kind": 1,
        "startTimeUnixNano": str(times[0]),
        "endTimeUnixNano": str(times[1]),
        "attributes": [{"key": key, "value": {"stringValue": value}} for key, value in attributes.items()],
    }


async def post_item(api: httpx.AsyncClient, run: str, item_id: str, **fields: Any) -> dict[str, Any]:
    """Post a run item, as the SDKs of generations 2 to 4 do."""
    response = await api.post("/api/public/dataset-run-items", json={"runName": run, "datasetItemId": item_id, **fields})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


async def make_dataset(api: httpx.AsyncClient, name: str, *item_ids: str) -> str:
    """Make a dataset with items and return its id."""
    dataset: dict[str, Any] = (await api.post("/api/public/v2/datasets", json={"name": name})).json()
    for item_id in item_ids:
        item = {"datasetName": name, "id": item_id, "input": {"q": 1}, "expectedOutput": "expected", "metadata": {"n": 1}}
        assert (await api.post("/api/public/dataset-items", json=item)).status_code == 200
    return str(dataset["id"])
