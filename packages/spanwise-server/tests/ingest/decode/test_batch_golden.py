"""What real SDKs sent becomes the rows that were reviewed, in whatever order it arrives and however often."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from tests.ingest.decode.batch_rows import GOLDEN, fold, partials_of, recordings


def test_every_generation_is_recorded() -> None:
    versions = {recording.parent.name.removeprefix("langfuse-python-") for recording in recordings()}
    assert {"2.59.0", "2.60.10", "3.15.0", "4.18.0", "5.0.4"} <= versions


@pytest.mark.parametrize("recording", recordings(), ids=lambda path: path.parent.name)
def test_a_recording_ends_in_the_reviewed_rows(recording: Path) -> None:
    expected = json.loads(recording.with_name("rows.json").read_text())
    partials = partials_of(recording)
    assert fold(partials) == expected
    assert fold(reversed(partials)) == expected
    shuffled = [*partials, *partials]
    Random(7).shuffle(shuffled)
    assert fold(shuffled) == expected


def test_two_releases_of_one_generation_end_in_the_same_rows() -> None:
    rows = [fold(partials_of(GOLDEN / f"langfuse-python-{version}" / "batches.json")) for version in ("2.59.0", "2.60.10")]
    moving = {"id", "trace_id", "start_time", "end_time", "timestamp", "sdk_version", "environment"}
    older, newer = ([{key: value for key, value in row.items() if key not in moving} for row in found] for found in rows)
    assert sorted(older, key=json.dumps) == sorted(newer, key=json.dumps)
