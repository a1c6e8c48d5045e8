"""SDK 2 reads what another generation has written: the report of that generation's features is its argument list."""

import json
import os
import sys
from pathlib import Path

from langfuse import Langfuse

OTHER = os.environ["MATRIX_NAME"]
TOLD = json.loads(os.environ["MATRIX_TOLD"])
langfuse = Langfuse()

trace = langfuse.fetch_trace(TOLD["links"]["trace_id"]).data
pictured = langfuse.fetch_trace(TOLD["media"]["trace_id"]).data.observations[0]
dataset = langfuse.get_dataset(TOLD["datasets"]["dataset"])
run = langfuse.get_dataset_run(TOLD["datasets"]["dataset"], TOLD["datasets"]["run"])
report = {
    "trace": [trace.id, sorted(observation.name for observation in trace.observations)],
    "scores": sorted(score.name for score in trace.scores),
    "prompt": langfuse.get_prompt(f"{OTHER}/text").compile(who="Eve"),
    "items": sorted(item.id for item in dataset.items),
    "run": sorted(item.dataset_item_id for item in run.dataset_run_items),
    "picture": langfuse.resolve_media_references(obj=pictured.input, resolve_with="base64_data_uri"),
}
Path(sys.argv[1]).write_text(json.dumps(report), "utf-8")
