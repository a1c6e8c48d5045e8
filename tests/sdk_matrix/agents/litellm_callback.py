"""An application that calls models through LiteLLM, which reports to Langfuse by the callback named in the environment."""

import gc
import json
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import litellm

CALLBACK, SESSION = os.environ["MATRIX_CALLBACK"], os.environ["MATRIX_SESSION_ID"]
QUESTION = [
    {"role": "system", "content": "Answer shortly."},
    {"role": "user", "content": "What is the capital of Switzerland?"},
]


def ask(name: str, messages: list[dict[str, str]], **options: Any) -> Any:
    of_trace = {"trace_name": name, "generation_name": name, "session_id": SESSION, "trace_user_id": "ada", "tags": ["lite"]}
    return litellm.completion(
        model="openai/gpt-4o-mini",
        messages=messages,
        api_base=os.environ["MATRIX_MODEL_URL"],
        api_key="none",
        num_retries=0,
        metadata=of_trace,
        **options,
    )


if CALLBACK == "langfuse_otel":
    litellm.callbacks = [CALLBACK]
else:
    litellm.success_callback = [CALLBACK]
    litellm.failure_callback = [CALLBACK]
report = {"plain": ask("plain", QUESTION).choices[0].message.content}
chunks = ask("streamed", QUESTION, stream=True, stream_options={"include_usage": True})
report["streamed"] = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
with suppress(litellm.exceptions.BadRequestError):
    ask("refused", [{"role": "user", "content": "refuse this"}])
# LiteLLM reports from threads of its own, which nothing tells the end of, and keeps the clients to itself.
time.sleep(2)
for found in gc.get_objects():
    if type(found).__name__ in {"Langfuse", "TracerProvider"}:
        (found.flush if hasattr(found, "flush") else found.force_flush)()
Path(sys.argv[1]).write_text(json.dumps(report), "utf-8")
