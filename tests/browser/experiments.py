"""Datasets, runs and prompts for the pages to show, made as clients make them: over the public API and by spans."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.browser.telemetry import SentTrace, Span, observation, send, send_scores
from tests.serving.server_process import ServerProcess


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came out for one item of a run."""

    item_id: str
    output: str = "Bern"
    seconds: float = 1.0
    cost: float = 0.25
    level: str = "DEFAULT"
    input: Any = "the span's own input"
    scores: Sequence[Mapping[str, Any]] = ()
    trace_id: str = field(default_factory=lambda: secrets.token_hex(16))
    span_id: str = field(default_factory=lambda: secrets.token_hex(8))


def unique(word: str) -> str:
    """Return a name that no other test has."""
    return f"{word}-{secrets.token_hex(4)}"


def post(server: ServerProcess, path: str, body: Mapping[str, Any]) -> Any:
    """Create something over the public API."""
    with server.client() as client:
        answer = client.post(f"/api/public/{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()


def make_dataset(server: ServerProcess, name: str, items: Mapping[str, tuple[Any, Any]], **fields: Any) -> str:
    """Make a dataset with items, each an input and what is expected, and return its id."""
    dataset = post(server, "v2/datasets", {"name": name, **fields})
    for item_id, (given, expected) in items.items():
        post(server, "dataset-items", {"datasetName": name, "id": item_id, "input": given, "expectedOutput": expected})
    return str(dataset["id"])


def send_run(server: ServerProcess, outcomes: Sequence[Outcome], **experiment: str) -> None:
    """Send a run as the newest clients do: by attributes of its spans alone. ``experiment`` has ``id``, ``name`` …"""
    named = {f"langfuse.experiment.{key.replace('dataset_id', 'dataset.id')}": value for key, value in experiment.items()}
    begun = time.time_ns() - len(outcomes) * 1_000_000_000
    send(server, [_trace(outcome, named, begun + number * 1_000_000_000) for number, outcome in enumerate(outcomes)])
    _score(server, outcomes)


def post_run(server: ServerProcess, name: str, outcomes: Sequence[Outcome]) -> str:
    """Post a run as older clients do: traces, and an item of the run for each. Return the run's id."""
    send(server, [_trace(outcome, {}, time.time_ns()) for outcome in outcomes])
    posted = [
        post(
            server,
            "dataset-run-items",
            {
                "runName": name,
                "datasetItemId": outcome.item_id,
                "traceId": outcome.trace_id,
                "observationId": outcome.span_id,
                "runDescription": "posted item by item",
                "metadata": {"model": "none"},
            },
        )
        for outcome in outcomes
    ]
    _score(server, outcomes)
    return str(posted[0]["datasetRunId"])


def _trace(outcome: Outcome, named: Mapping[str, str], started_at: int) -> SentTrace:
    of_item = {"langfuse.experiment.item.id": outcome.item_id, "langfuse.experiment.item.root_observation_id": outcome.span_id}
    attributes = observation(
        "agent",
        input=outcome.input,
        output=outcome.output,
        level=outcome.level,
        cost_details={"total": outcome.cost},
    )
    span = Span(
        name="task",
        id=outcome.span_id,
        seconds=outcome.seconds,
        attributes={**attributes, **({**named, **of_item} if named else {})},
    )
    return SentTrace(spans=[span], id=outcome.trace_id, started_at=started_at)


def _score(server: ServerProcess, outcomes: Sequence[Outcome]) -> None:
    scores = [
        {"traceId": outcome.trace_id, "observationId": outcome.span_id, **score}
        for outcome in outcomes
        for score in outcome.scores
    ]
    send_scores(server, scores)


def make_prompt(server: ServerProcess, name: str, prompt: Any, **fields: Any) -> None:
    """Make a version of a prompt; a list of messages is a chat."""
    kind = "text" if isinstance(prompt, str) else "chat"
    post(server, "v2/prompts", {"name": name, "type": kind, "prompt": prompt, **fields})


def as_text(value: Any) -> str:
    """Return the JSON text of a value."""
    return json.dumps(value, ensure_ascii=False)
