"""A LangChain application with the SDK's callback handler: a chain, the same streamed, a tool choice, a refusal."""

import json
import os
import sys
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI

SESSION, USER, TAGS = os.environ["MATRIX_SESSION_ID"], "ada", ["chain"]

if version("langfuse").startswith("2."):
    from langfuse.callback import CallbackHandler

    handler = CallbackHandler(session_id=SESSION, user_id=USER, tags=TAGS)
    flush = handler.flush
    config = {"callbacks": [handler]}
else:
    from langfuse import get_client
    from langfuse.langchain import CallbackHandler

    flush = get_client().flush
    of_trace = {"langfuse_session_id": SESSION, "langfuse_user_id": USER, "langfuse_tags": TAGS}
    config = {"callbacks": [CallbackHandler()], "metadata": of_trace}


@tool
def get_weather(city: str) -> str:
    """Tell the weather of a city."""
    return f"sunny in {city}"


def named(name: str) -> dict[str, Any]:
    return {**config, "run_name": name}


model = ChatOpenAI(
    model="gpt-4o-mini",
    base_url=os.environ["MATRIX_MODEL_URL"],
    api_key="none",
    temperature=0.2,
    max_retries=0,
    stream_usage=True,
)
chain = ChatPromptTemplate.from_messages([("system", "Answer shortly."), ("user", "{question}")]) | model | StrOutputParser()
question = {"question": "What is the capital of Switzerland?"}
report = {
    "plain": chain.invoke(question, config=named("plain")),
    "streamed": "".join(chain.stream(question, config=named("streamed"))),
    "tool": json.dumps(
        model.bind_tools([get_weather]).invoke("How is the weather in Bern?", config=named("tool")).tool_calls[0]["args"]
    ),
}
with suppress(Exception):
    model.invoke("refuse this", config=named("refused"))
flush()
Path(sys.argv[1]).write_text(json.dumps(report), "utf-8")
