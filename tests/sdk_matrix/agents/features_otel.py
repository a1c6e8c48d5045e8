"""Every feature of the Python SDK 3, 4 and 5 beyond tracing: prompts, datasets, experiments, media, scores, links."""

import base64
import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from langfuse import Evaluation, get_client
from langfuse.media import LangfuseMedia

NAME, PICTURE = os.environ["MATRIX_NAME"], os.environ["MATRIX_PICTURE"]
langfuse = get_client()


def start(**options: Any) -> Any:
    """Start a span, by the name that this generation has for it."""
    if hasattr(langfuse, "start_as_current_observation"):
        return langfuse.start_as_current_observation(as_type=options.pop("kind", "span"), **options)
    kind = options.pop("kind", "span")
    return (langfuse.start_as_current_generation if kind == "generation" else langfuse.start_as_current_span)(**options)


def try_prompts() -> dict[str, Any]:
    text, chat = f"{NAME}/text", f"{NAME}/chat"
    langfuse.create_prompt(
        name=text, prompt="Hello {{who}}", labels=["production"], tags=["matrix"], config={"temperature": 0.5}
    )
    langfuse.create_prompt(name=text, prompt="Good day {{who}}", commit_message="politer")
    messages = [{"role": "system", "content": "Answer {{how}}."}, {"type": "placeholder", "name": "history"}]
    langfuse.create_prompt(name=chat, type="chat", prompt=messages, labels=["production"])
    first = langfuse.get_prompt(text)
    latest = langfuse.get_prompt(text, label="latest")
    langfuse.update_prompt(name=text, version=2, new_labels=["production"])
    moved = langfuse.get_prompt(text, cache_ttl_seconds=0)
    again = langfuse.get_prompt(text, version=1)
    chat_prompt = langfuse.get_prompt(chat, type="chat")
    fallback = langfuse.get_prompt(f"{NAME}/missing", fallback="Hi {{who}}", max_retries=0)
    missing = False
    try:
        langfuse.get_prompt(f"{NAME}/missing", max_retries=0)
    except Exception:  # noqa: BLE001 - each generation has its own class for it
        missing = True
    with start(name="prompted", kind="generation", prompt=moved, model="gpt-4o-mini") as generation:
        pass
    compiled = chat_prompt.compile(how="shortly", history=[{"role": "user", "content": "Hi"}])
    return {
        "first": [first.version, first.compile(who="Ada")],
        "latest": latest.version,
        "moved": [moved.version, moved.compile(who="Ada")],
        "again": again.version,
        "config": first.config,
        "tags": first.tags,
        "chat": [[message["role"], message["content"]] for message in compiled],
        "fallback": [fallback.compile(who="Ada"), fallback.is_fallback],
        "missing": missing,
        "generation": generation.id,
    }


def answer(*, item: Any, **_: Any) -> str:
    return "Bern" if item.input["country"] == "Switzerland" else "Lyon"


def exact(*, output: Any, expected_output: Any, **_: Any) -> Evaluation:
    return Evaluation(name="exact", value=float(output == expected_output))


def share(*, item_results: Any, **_: Any) -> Evaluation:
    return Evaluation(name="share", value=sum(result.evaluations[0].value for result in item_results) / len(item_results))


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
    result = dataset.run_experiment(
        name="capitals",
        run_name=run,
        description="by hand",
        task=answer,
        evaluators=[exact],
        run_evaluators=[share],
        metadata={"model": "none"},
    )
    local = langfuse.run_experiment(
        name="local",
        run_name=f"{NAME} local",
        data=[{"input": "a", "expected_output": "A"}],
        task=lambda *, item, **_: item["input"].upper(),
    )
    return {
        "dataset": dataset_name,
        "items": [[item.id, item.input, item.expected_output] for item in dataset.items],
        "run": result.run_name,
        "run_id": getattr(result, "dataset_run_id", None) or getattr(result, "experiment_id", None),
        "url": getattr(result, "dataset_run_url", None) or getattr(result, "experiment_url", None),
        "outputs": sorted(item.output for item in result.item_results),
        "local": [item.output for item in local.item_results],
    }


def try_media() -> dict[str, Any]:
    picture = base64.b64decode(PICTURE.partition(",")[2])
    pictures = {"picture": LangfuseMedia(content_bytes=picture, content_type="image/png"), "inline": PICTURE}
    with start(name="pictured", input=pictures) as span:
        pass
    langfuse.flush()
    get_many = getattr(langfuse.api.observations, "get_many", None)
    if get_many is not None and "fields" in get_many.__code__.co_varnames:
        read = get_many(trace_id=span.trace_id, fields="core,io").data[0].input
    else:
        read = langfuse.api.trace.get(span.trace_id).observations[0].input
    references = json.loads(read) if isinstance(read, str) else read
    return {
        "trace_id": span.trace_id,
        "references": references,
        "resolved": langfuse.resolve_media_references(obj=references, resolve_with="base64_data_uri"),
    }


def try_links() -> dict[str, Any]:
    with start(name="linked") as span:
        span.score(name="on-observation", value=0.25)
        span.score_trace(name="on-trace", value="fine", data_type="CATEGORICAL")
    langfuse.create_score(name="once", value=0.5, trace_id=span.trace_id, score_id=f"{NAME}-once")
    langfuse.create_score(name="once", value=0.75, trace_id=span.trace_id, score_id=f"{NAME}-once")
    langfuse.flush()
    return {
        "trace_id": span.trace_id,
        "url": langfuse.get_trace_url(trace_id=span.trace_id),
        "auth": langfuse.auth_check(),
    }


report = {"prompts": try_prompts(), "datasets": try_datasets(), "media": try_media(), "links": try_links()}
with suppress(Exception):
    langfuse.flush()
Path(sys.argv[1]).write_text(json.dumps(report), "utf-8")
