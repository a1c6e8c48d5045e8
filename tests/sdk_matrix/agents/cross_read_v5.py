"""SDK 5 reads what another generation has written, as ``cross_read_v2.py`` does."""

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from langfuse import get_client

OTHER = os.environ["MATRIX_NAME"]
TOLD = json.loads(os.environ["MATRIX_TOLD"])
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
langfuse = get_client()

trace_id = TOLD["links"]["trace_id"]
observations = langfuse.api.observations.get_many(trace_id=trace_id).data
[pictured] = langfuse.api.observations.get_many(trace_id=TOLD["media"]["trace_id"], fields="core,io").data
scores = langfuse.api.scores.get_many(trace_id=trace_id).data
dataset = langfuse.get_dataset(TOLD["datasets"]["dataset"])
[run] = langfuse.api.experiments.list(from_start_time=LONG_AGO, name=TOLD["datasets"]["run"]).data
items = langfuse.api.experiments.list_items(from_start_time=LONG_AGO, experiment_id=run.id).data
report = {
    "trace": [observations[0].trace_id, sorted(observation.name for observation in observations)],
    "scores": sorted(score.name for score in scores),
    "prompt": langfuse.get_prompt(f"{OTHER}/text").compile(who="Eve"),
    "items": sorted(item.id for item in dataset.items),
    "run": sorted(item.experiment_item_id for item in items),
    "picture": langfuse.resolve_media_references(obj=json.loads(pictured.input), resolve_with="base64_data_uri"),
}
Path(sys.argv[1]).write_text(json.dumps(report), "utf-8")
