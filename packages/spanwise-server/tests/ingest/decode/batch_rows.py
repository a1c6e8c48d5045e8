"""Folds recorded ``/ingestion`` and ``/scores`` requests into rows, in a form that a reviewer can read.

``python -m tests.ingest.decode.batch_rows`` (with the package's folder on the path) writes ``rows.json`` beside every
``batches.json`` anew; read the difference before it is committed, for the test takes it as the truth.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from spanwise_server.domain.merging import joined, observation_of, score_of
from spanwise_server.domain.observations import Observation
from spanwise_server.domain.partials import Entity, Partial
from spanwise_server.domain.scores import Score
from spanwise_server.ingest.decode.batch import decode_batch
from spanwise_server.ingest.decode.scores import decode_scores
from spanwise_server.ingest.decoded import IngestContext, IngestLimits

GOLDEN = Path(__file__).parents[2] / "golden"
RECEIVED_AT = 1_800_000_000_000_000
CONTEXT = IngestContext(
    project_id="p1",
    public_key="pk-lf-golden",
    sdk_name="",
    sdk_version="",
    received_at=RECEIVED_AT,
    limits=IngestLimits(
        max_decompressed_bytes=1 << 20, max_json_depth=50, max_attributes=100, max_attribute_bytes=1 << 20, max_batch_events=100
    ),
)


def recordings() -> list[Path]:
    """Return every recorded file."""
    return sorted(GOLDEN.glob("*/batches.json"))


def partials_of(recording: Path) -> list[Partial]:
    """Decode every request of a recording; none of its events may be refused."""
    partials: list[Partial] = []
    for request in json.loads(recording.read_text()):
        body = json.dumps(request["body"]).encode()
        if request["path"].endswith("/scores"):
            scores = decode_scores(body, CONTEXT, new_id=lambda: "unexpected")
            refused: list[Any] = list(scores.errors)
            partials += scores.partials
        else:
            batch = decode_batch(body, CONTEXT)
            refused = list(batch.errors)
            partials += batch.partials
        if refused:
            raise AssertionError(f"{recording}: {refused}")
    return partials


def fold(partials: Iterable[Partial]) -> list[dict[str, Any]]:
    """Return the rows that partials end in, sorted by kind and id, without clocks and without fields that say nothing."""
    observations: dict[tuple[bool, str], Observation] = {}
    scores: dict[str, Score] = {}
    for partial in partials:
        if partial.entity is Entity.SCORE:
            score = score_of(partial)
            scores[partial.id] = joined(scores[partial.id], score) if partial.id in scores else score
        else:
            row, key = observation_of(partial), (partial.entity is Entity.TRACE, partial.id)
            observations[key] = joined(observations[key], row) if key in observations else row
    rows: list[Observation | Score] = [
        *(observations[key] for key in sorted(observations)),
        *(scores[key] for key in sorted(scores)),
    ]
    return [_shown(row) for row in rows]


def _shown(row: Observation | Score) -> dict[str, Any]:
    """Return the fields of a row as JSON values; empty ones, the clock and the constant project are left out."""
    fields = msgspec.to_builtins(row)
    return {
        name: value for name, value in fields.items() if value not in ("", None, [], {}) and name not in {"clock", "project_id"}
    }


if __name__ == "__main__":
    for found in recordings():
        found.with_name("rows.json").write_text(json.dumps(fold(partials_of(found)), indent=1, ensure_ascii=False) + "\n")
