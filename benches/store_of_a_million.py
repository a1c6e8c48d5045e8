"""Builds the store that ``queries`` and ``metrics`` read: a million observations over thirty days.

For ``queries`` they are spread over twenty projects, one of them hot. For ``metrics`` (``judged``) they are all in one
project, every trace has scores, one row in twenty was written twice, and one trace in a thousand deleted.

Built once by a child process, because the in-process engine opens one path a process, and kept in a cache folder outside
the repository; its name holds everything that shapes it. Run as ``python -m benches.store_of_a_million FOLDER TRACES [judged]``.
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib.resources
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from benches.workload import SPANS, TRACES, otlp
from spanwise_server.domain.observations import Observation
from spanwise_server.domain.scores import Score
from spanwise_server.ingest.decode.otlp import decode_spans
from spanwise_server.ingest.decoded import IngestContext, IngestLimits
from spanwise_server.settings import Settings
from spanwise_server.storage.events.clickhouse import ClickHouseEventStore, open_event_store
from spanwise_server.storage.interface import EventRows

ROOT = Path(__file__).resolve().parent.parent
HOT_PROJECT: Final = "matrix-project"
_HOT_SHARE: Final = 0.4
_PROJECTS: Final = 20
_DAYS: Final = 30
_BLOCK_TRACES: Final = 1000
_SAMPLES: Final = 400
_LIMITS = IngestLimits(
    max_decompressed_bytes=1 << 28,
    max_json_depth=200,
    max_attributes=1000,
    max_attribute_bytes=1 << 24,
    max_batch_events=20_000,
)


def build_or_reuse(traces: int, *, is_judged: bool = False) -> Path:
    """Return the folder of a finished store of ``traces`` traces; never written to afterwards."""
    kind = ["judged"] if is_judged else []
    shape = hashlib.sha256(str((traces, SPANS, _DAYS, _HOT_SHARE, *kind)).encode())
    for file in sorted(
        importlib.resources.files("spanwise_server.storage.events").joinpath("migrations").iterdir(), key=lambda f: f.name
    ):
        if file.name.endswith(".sql"):
            shape.update(file.read_bytes())
    folder = Path(tempfile.gettempdir()) / "spanwise-bench-cache" / f"{traces}-{shape.hexdigest()[:12]}"
    if not (folder / "samples.json").exists():
        shutil.rmtree(folder, ignore_errors=True)
        print(f"building {traces * SPANS:,} observations in {folder} …", flush=True)
        command = [sys.executable, "-m", "benches.store_of_a_million", str(folder), str(traces), *kind]
        subprocess.run(command, cwd=ROOT, check=True)
    return folder


def _templates() -> list[list[Observation]]:
    """Return traces of ``SPANS`` observations as the decoder makes them of the workload's requests."""
    make = otlp(compressed=False)
    traces: list[list[Observation]] = []
    for number in range(24):
        context = IngestContext(
            project_id="", public_key="pk-lf-bench", sdk_name="python", sdk_version="5.0.4", received_at=1, limits=_LIMITS
        )
        rows = decode_spans(make(number, 10**18), is_json=False, context=context).observations
        traces += [rows[start : start + SPANS] for start in range(0, TRACES * SPANS, SPANS)]
    return traces


def _blocks(traces: int, now: int, hot_share: float) -> Iterator[list[Observation]]:
    """Yield blocks of rows in the order of time; projects are skewed, and evenings are busier than nights."""
    chance = random.Random(7)  # noqa: S311 -- test data, the same every time
    templates = _templates()
    weights = [hot_share, *((1 - hot_share) * 2 ** -(rank / 3) for rank in range(_PROJECTS - 1))]
    projects = [HOT_PROJECT, *(f"project-{rank:02d}" for rank in range(1, _PROJECTS))]
    span = _DAYS * 86_400_000_000
    times = sorted(now - int(span * chance.random() ** 1.3) for _ in range(traces))
    for start in range(0, traces, _BLOCK_TRACES):
        block: list[Observation] = []
        for number, time_us in enumerate(times[start : start + _BLOCK_TRACES], start):
            template = templates[chance.randrange(len(templates))]
            project = chance.choices(projects, weights)[0]
            about = {
                "project_id": project,
                "user_id": f"user-{int(1000 * chance.random() ** 2):04d}",
                "session_id": f"session-{int(5000 * chance.random() ** 2):04d}",
            }
            shift = time_us - template[0].start_time
            block += [_place(row, number, index, shift, **about) for index, row in enumerate(template)]
        yield block


def _place(row: Observation, number: int, index: int, shift: int, **about: str) -> Observation:
    return msgspec.structs.replace(
        row, **about, trace_id=f"{number:032x}", id=_id(number, index), parent_id=_id(number, 0) if index else "",
        start_time=row.start_time + shift, end_time=(row.end_time or 0) + shift,
        created_at=row.start_time + shift, row_version=(row.start_time + shift) * 1000,
    )  # fmt: skip


def _id(number: int, index: int) -> str:
    return f"{number * SPANS + index:016x}"


def _judgements(block: list[Observation], chance: random.Random) -> Iterator[Score]:
    """Yield two scores a trace: a number, and a category or a boolean; one in four belongs to an observation."""
    for row in block:
        if row.parent_id:
            continue
        kinds = (("NUMERIC", chance.random(), ""), chance.choice((("CATEGORICAL", None, "good"), ("BOOLEAN", 1.0, "True"))))
        for number, (data_type, value, text) in enumerate(kinds):
            yield Score(
                project_id=row.project_id, id=f"{row.trace_id}-{number}", name=f"{data_type.lower()}-{chance.randrange(4)}",
                timestamp=(row.end_time or 0) + 1_000_000, trace_id=row.trace_id, value=value, string_value=text,
                observation_id=row.id if chance.random() < 0.25 else "", data_type=data_type, source="EVAL",
                created_at=row.created_at, row_version=row.row_version,
            )  # fmt: skip


async def _judge(store: ClickHouseEventStore, block: list[Observation], chance: random.Random) -> None:
    """Write what only a store for metrics has: scores, second versions of rows, deletions."""
    again = [
        msgspec.structs.replace(row, row_version=row.row_version + 1, level="WARNING")
        for row in chance.sample(block, len(block) // 20)
    ]
    await store.write(EventRows(observations=again, scores=list(_judgements(block, chance))), token=os.urandom(8).hex())
    await store.delete_traces(HOT_PROJECT, [chance.choice(block).trace_id])


async def _build(folder: Path, traces: int, *, is_judged: bool) -> None:
    settings = Settings(data_dir=folder / "data")
    settings.data_dir.mkdir(parents=True)
    store: ClickHouseEventStore = await open_event_store(settings)
    samples: list[str] = []
    chance = random.Random(8)  # noqa: S311 -- as above
    for block in _blocks(traces, time.time_ns() // 1000, 1.0 if is_judged else _HOT_SHARE):
        await store.write(EventRows(observations=block), token=os.urandom(8).hex())
        if is_judged:
            await _judge(store, block, chance)
        hot = sorted({row.trace_id for row in block if row.project_id == HOT_PROJECT})
        samples += chance.sample(hot, min(len(hot), 1 + _SAMPLES * _BLOCK_TRACES // traces))
    await store.close()
    (folder / "samples.json").write_text(json.dumps(samples), "utf-8")


if __name__ == "__main__":
    asyncio.run(_build(Path(sys.argv[1]), int(sys.argv[2]), is_judged="judged" in sys.argv[3:]))
    sys.stdout.flush()
    os._exit(0)
