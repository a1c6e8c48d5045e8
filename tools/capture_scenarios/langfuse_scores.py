"""Scores as langfuse 3, 4 and 5 create them: runs inside that SDK's own environment.

3 and 4 send them as a batch to ``/ingestion``, 5 as an array to ``/scores``. The client is ``Any`` on purpose, because this
repository's type checker sees one version of the SDK only.
"""

from __future__ import annotations

import importlib
from typing import Any

langfuse: Any = importlib.import_module("langfuse")

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"

if __name__ == "__main__":
    client = langfuse.Langfuse()
    client.create_score(score_id="score-1", name="quality", value=0.75, trace_id=TRACE_ID, comment="fein 🦊")
    client.create_score(score_id="score-2", name="tone", value="friendly", trace_id=TRACE_ID, observation_id="00f067aa0ba902b7")
    client.create_score(score_id="score-3", name="correct", value=1, data_type="BOOLEAN", trace_id=TRACE_ID)
    client.create_score(score_id="score-4", name="session", value=3, session_id="session-1", metadata={"by": ["me"], "n": 1})
    client.create_score(score_id="score-5", name="run", value=0.5, dataset_run_id="run-1")
    client.create_score(name="no id", value=1.5, trace_id=TRACE_ID)
    client.flush()
