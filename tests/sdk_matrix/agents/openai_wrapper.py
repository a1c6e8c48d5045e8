"""An application that replaced `openai` by the SDK's wrapper: a plain call, a stream, a tool call, a refusal, an embedding."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from langfuse.openai import OpenAI

SESSION, USER = os.environ["MATRIX_SESSION_ID"], "ada"
IS_SDK_2 = version("langfuse").startswith("2.")
QUESTION = [
    {"role": "system", "content": "Answer shortly."},
    {"role": "user", "content": "What is the capital of Switzerland?"},
]
TOOL = {
    "type": "function",
    "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}},
}
# Only the wrapper of SDK 2 takes the trace's attributes itself; later ones have them from the span around the calls.
OF_TRACE = {"session_id": SESSION, "user_id": USER} if IS_SDK_2 else {}


@contextmanager
def surrounding_span() -> Iterator[None]:
    if IS_SDK_2:
        yield
        return
    from langfuse import get_client  # noqa: PLC0415 - SDK 2 has none

    langfuse = get_client()
    if hasattr(langfuse, "start_as_current_span"):
        with langfuse.start_as_current_span(name="handle-request") as span:
            span.update_trace(session_id=SESSION, user_id=USER)
            yield
    else:
        from langfuse import propagate_attributes  # noqa: PLC0415 - SDK 3 has none

        with (
            langfuse.start_as_current_observation(name="handle-request"),
            propagate_attributes(session_id=SESSION, user_id=USER),
        ):
            yield


def ask(client: OpenAI, name: str, messages: list[dict[str, str]], **options: Any) -> Any:
    return client.chat.completions.create(model="gpt-4o-mini", messages=messages, name=name, **options, **OF_TRACE)


def main() -> None:
    client = OpenAI(base_url=os.environ["MATRIX_MODEL_URL"], api_key="none", max_retries=0)
    report = {}
    with surrounding_span():
        report["plain"] = ask(client, "plain", QUESTION, temperature=0.2).choices[0].message.content
        chunks = ask(client, "streamed", QUESTION, stream=True, stream_options={"include_usage": True})
        report["streamed"] = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
        question = [{"role": "user", "content": "How is the weather in Bern?"}]
        report["tool"] = ask(client, "tool", question, tools=[TOOL]).choices[0].message.tool_calls[0].function.arguments
        with suppress(Exception):
            ask(client, "refused", [{"role": "user", "content": "refuse this"}])
        if not IS_SDK_2:
            client.embeddings.create(model="text-embedding-3-small", input="capital", name="embedded")
    if IS_SDK_2:
        from langfuse.openai import openai  # noqa: PLC0415 - SDK 2 alone

        openai.flush_langfuse()
    else:
        from langfuse import get_client  # noqa: PLC0415 - SDK 2 has none

        get_client().flush()
    Path(sys.argv[1]).write_text(json.dumps(report), "utf-8")


main()
