"""Every feature of the Python SDK 2 beyond tracing, as ``features_otel.py`` has it for later ones."""

import base64
import json
import os
import sys
from pathlib import Path
from typing import Any

from langfuse import Langfuse
from langfuse.media import LangfuseMedia

NAME, PICTURE = os.environ["MATRIX_NAME"], os.environ["MATRIX_PICTURE"]
langfuse = Langfuse()


def try_prompts() -> dict[str, Any]:
    text, chat = f"{NAME}/text", f"{NAME}/chat"
    langfuse.create_prompt(
        name=text, prompt="Hello {{who}}", labels=["production"], tags=["matrix"], config={"temperature": 0.5}
    )
    langfuse.create_prompt(name=text, prompt="Good day {{who}}")
    # This generation knows no placeholders.
    messages = [{"role": "system", "content": "Answer {{how}}."}, {"role": "user", "content": "Hi"}]
    langfuse.create_prompt(name=chat, type="chat", prompt=messages, labels=["production"])
    first = langfuse.get_prompt(text)
    latest = langfuse.get_prompt(text, label="latest")
    langfuse.update_prompt(name=text, version=2, new_labels=["production"])
    moved = langfuse.get_prompt(text, cache_ttl_seconds=0)
    again = langfuse.get_prompt(text, version=1)
    chat_prompt = langfuse.get_prompt(chat, type="chat")
    fallback = langfuse.get_prompt(f"{NAME}/missing", fallback="Hi {{who}}", max_retries=1)
    missing = False
    try:
        langfuse.get_prompt(f"{NAME}/missing", max_retries=1)
    except Exception:  # noqa: BLE001 - its class is private
        missing = True
    generation = langfuse.trace(name="prompted").generation(name="prompted", prompt=moved, model="gpt-4o-mini")
    generation.end()
    return {
        "first": [first.version, first.compile(who="Ada")],
        "latest": latest.version,
        "moved": [moved.version, moved.compile(who="Ada")],
        "again": again.version,
        "config": first.config,
        "tags": first.tags,
        "chat": [[message["role"], message["content"]] for message in chat_prompt.compile(how="shortly")],
        "fallback": [fallback.compile(who="Ada"), fallback.is_fallback],
        "missing": missing,
        "generation": generation.id,
    }


def try_datasets() -> dict[str, Any]:
    dataset_name, run = f"{NAME}/set one", f"{NAME} run"
    langfuse.create_dataset(name=dataset_name, description="capitals", metadata={"of": "matrix"})
    for key, country, capital in (("ch", "Switzerland", "Bern"), ("fr", "France", "Paris")):
        langfuse.create_dataset_item(
            dataset_name=dataset_name,
            id=f"{NAME}-{key}",
            input={"country": country},
            expected_output=capital,
            metadata={"continent": "Europe"},
        )
    dataset = langfuse.get_dataset(dataset_name)
    outputs = []
    for item in dataset.items:
        output = "Bern" if item.input["country"] == "Switzerland" else "Lyon"
        trace = langfuse.trace(name="experiment-item-run", input=item.input, output=output)
        item.link(trace, run, run_description="by hand", run_metadata={"model": "none"})
        trace.score(name="exact", value=float(output == item.expected_output))
        outputs.append(output)
    read = langfuse.get_dataset_run(dataset_name, run)
    return {
        "dataset": dataset_name,
        "items": [[item.id, item.input, item.expected_output] for item in dataset.items],
        "run": run,
        "run_id": read.id,
        "url": None,
        "outputs": sorted(outputs),
    }


def try_media() -> dict[str, Any]:
    picture = base64.b64decode(PICTURE.partition(",")[2])
    pictures = {"picture": LangfuseMedia(content_bytes=picture, content_type="image/png"), "inline": PICTURE}
    trace = langfuse.trace(name="pictured")
    trace.span(name="pictured", input=pictures).end()
    langfuse.flush()
    references = langfuse.fetch_trace(trace.id).data.observations[0].input
    return {
        "trace_id": trace.id,
        "references": references,
        "resolved": langfuse.resolve_media_references(obj=references, resolve_with="base64_data_uri"),
    }


def try_links() -> dict[str, Any]:
    trace = langfuse.trace(name="linked")
    span = trace.span(name="linked")
    span.score(name="on-observation", value=0.25)
    trace.score(name="on-trace", value="fine", data_type="CATEGORICAL")
    span.end()
    langfuse.score(name="once", value=0.5, trace_id=trace.id, id=f"{NAME}-once")
    langfuse.score(name="once", value=0.75, trace_id=trace.id, id=f"{NAME}-once")
    langfuse.flush()
    return {"trace_id": trace.id, "url": trace.get_trace_url(), "auth": langfuse.auth_check()}


report = {"prompts": try_prompts(), "datasets": try_datasets(), "media": try_media(), "links": try_links()}
langfuse.flush()
Path(sys.argv[1]).write_text(json.dumps(report), "utf-8")
