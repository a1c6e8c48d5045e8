"""The Python SDK 5 gathers scores and sends them as one array: more than one array, the numbers 1 and 0, an update."""

from __future__ import annotations

import subprocess

from tests.sdk_matrix.environments import GENERATIONS, prepare
from tests.serving.server_process import ServerProcess

SCRIPT = """
from datetime import UTC, datetime
from langfuse import get_client

langfuse, now = get_client(), datetime.now(UTC)
for number in range(20):
    langfuse.create_score(name=f"score-{number:02}", value=number / 2, trace_id="5c" * 16)
langfuse.create_score(name="is-right", value=1, data_type="BOOLEAN", trace_id="5c" * 16)
for value in (0.25, 0.75):
    langfuse.create_score(score_id="same-one", name="mended", value=value, trace_id="5c" * 16, timestamp=now)
langfuse.flush()
found = langfuse.api.scores.get_many(trace_id="5c" * 16, limit=100).data
print("read:", sorted((score.name, score.value) for score in found))
"""


def test_scores_in_arrays_are_all_there_at_once(server: ServerProcess) -> None:
    generation = GENERATIONS["python-5.0.4"]
    prepare(generation)
    done = subprocess.run(
        [str(generation.folder / "bin" / "python"), "-c", SCRIPT],
        env=server.sdk_environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    expected = [("is-right", True), ("mended", 0.75), *((f"score-{number:02}", number / 2) for number in range(20))]

    assert f"read: {expected}" in done.stdout, done.stdout + done.stderr
