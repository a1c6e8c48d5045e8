"""A research assistant traced with the Langfuse SDK 5: it looks notes up, may calculate, and streams a cited answer.

Nothing here knows Spanwise. The SDK finds the server by ``LANGFUSE_BASE_URL`` and its two keys, and the model by
``OPENAI_BASE_URL``; run it against Langfuse or a real model by changing these.
"""

from __future__ import annotations

import ast
import json
import operator
import os
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from langfuse import get_client, observe, propagate_attributes

MODEL_URL = os.environ.get("OPENAI_BASE_URL", "http://127.0.0.1:8085/v1")
HERE = Path(__file__).parent
PLANNER, WRITER, EMBEDDER = "gpt-4.1-mini", "gpt-4.1", "text-embedding-3-small"
USD_PER_MILLION = {PLANNER: (0.40, 0.10, 1.60), WRITER: (2.00, 0.50, 8.00), EMBEDDER: (0.02, 0.02, 0.0)}
"""Price of a million tokens of input, cached input and output."""

PLAN_PROMPT = (
    "You plan research. You see a question and the titles of the notes that were found. Call the tool calculate only if a "
    "number must be worked out that the notes do not give; otherwise say that they are enough."
)
CONVERSATIONS = (
    (
        "ada@example.org",
        ("How far is the light of a lighthouse of 65 metres seen?", "And why does each one flash differently?"),
    ),
    ("björn@example.org", ("How do bees tell each other where flowers are?", "How do bees survive the winter?")),
    ("chen@example.org", ("What makes the crust of bread brown, and at how many °F?", "How long do two tides take?")),
)
Parameters = dict[str, str | int | float | bool | list[str] | None]
OPERATORS: dict[type[ast.AST], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}

langfuse = get_client()
http = httpx.Client(base_url=MODEL_URL, timeout=30)


def cost_of(model: str, usage: dict[str, int]) -> dict[str, float]:
    """Return what the tokens cost in USD, by usage key."""
    prices = dict(zip(("input", "input_cached_tokens", "output"), USD_PER_MILLION[model], strict=True))
    return {key: usage.get(key, 0) * price / 1_000_000 for key, price in prices.items()}


def usage_of(counted: dict[str, Any]) -> dict[str, int]:
    """Return OpenAI's counts with the cached tokens taken out of the input."""
    cached = counted.get("prompt_tokens_details", {}).get("cached_tokens", 0)
    usage = {"input": counted["prompt_tokens"] - cached, "output": counted.get("completion_tokens", 0)}
    return usage | ({"input_cached_tokens": cached} if cached else {})


def embed(texts: list[str], name: str) -> list[list[float]]:
    """Return one vector for each text."""
    with langfuse.start_as_current_observation(as_type="embedding", name=name, model=EMBEDDER, input=texts) as embedding:
        body = http.post("/embeddings", json={"model": EMBEDDER, "input": texts}).raise_for_status().json()
        usage = usage_of(body["usage"])
        embedding.update(output={"vectors": len(body["data"])}, usage_details=usage, cost_details=cost_of(EMBEDDER, usage))
        return [row["embedding"] for row in body["data"]]


@observe(name="search-notes", as_type="retriever")
def search_notes(question: str) -> list[dict[str, Any]]:
    """Return the three notes nearest to the question, best first."""
    notes = json.loads((HERE / "knowledge.json").read_text("utf-8"))
    [asked, *vectors] = embed([question, *(f"{note['title']} {note['text']}" for note in notes)], "embed-notes")
    scored = [
        {**note, "similarity": round(sum(a * b for a, b in zip(asked, vector, strict=True)), 3)}
        for note, vector in zip(notes, vectors, strict=True)
    ]
    return sorted(scored, key=lambda note: note["similarity"], reverse=True)[:3]


def evaluate(node: ast.expr) -> float:
    """Return the value of an arithmetic expression; anything else is a ``ValueError``."""
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            return OPERATORS[type(op)](evaluate(left), evaluate(right))
        case ast.Name(id=name):
            raise ValueError(f"unknown name {name!r} in the expression")
    raise ValueError(f"cannot calculate {ast.unparse(node)!r}")


@observe(name="calculate", as_type="tool")
def calculate(expression: str) -> float:
    """Return the value of the expression, rounded."""
    return round(evaluate(ast.parse(expression, mode="eval").body), 2)


def plan(question: str, notes: list[dict[str, Any]], user: str) -> dict[str, Any] | None:
    """Ask the small model whether to calculate; return the arguments of its tool call, if any."""
    messages = [
        {"role": "system", "content": PLAN_PROMPT},
        {"role": "user", "content": f"{question}\nNotes: {', '.join(note['title'] for note in notes)}"},
    ]
    parameters: Parameters = {"temperature": 0.0, "tool_choice": "auto"}
    with langfuse.start_as_current_observation(
        as_type="generation", name="plan", model=PLANNER, input=messages, model_parameters=parameters
    ) as generation:
        request = {"model": PLANNER, "messages": messages, "user": user, **parameters}
        body = http.post("/chat/completions", json=request).raise_for_status().json()
        message, usage = body["choices"][0]["message"], usage_of(body["usage"])
        generation.update(output=message, usage_details=usage, cost_details=cost_of(PLANNER, usage))
    calls = message.get("tool_calls") or []
    return json.loads(calls[0]["function"]["arguments"]) if calls else None


def write_answer(question: str, notes: list[dict[str, Any]], result: float | None, user: str) -> str:
    """Stream the answer of the large model and return it whole."""
    material = "\n".join(f"[{note['title']}] {note['text']}" for note in notes)
    messages = [
        {"role": "system", "content": f"You answer from notes and cite them.\n{material}\nCalculated: {result}"},
        {"role": "user", "content": question},
    ]
    parameters: Parameters = {"temperature": 0.3, "max_tokens": 400}
    with langfuse.start_as_current_observation(
        as_type="generation", name="write-answer", model=WRITER, input=messages, model_parameters=parameters
    ) as generation:
        words: list[str] = []
        request = {"model": WRITER, "messages": messages, "user": user, "stream": True, **parameters}
        with http.stream("POST", "/chat/completions", json=request) as stream:
            for line in stream.raise_for_status().iter_lines():
                if not line.startswith("data: {"):
                    continue
                chunk = json.loads(line.removeprefix("data: "))
                if chunk["choices"] and not words:
                    generation.update(completion_start_time=datetime.now(UTC))
                words += [choice["delta"]["content"] for choice in chunk["choices"]]
                if "usage" in chunk:
                    usage = usage_of(chunk["usage"])
                    generation.update(usage_details=usage, cost_details=cost_of(WRITER, usage))
        generation.update(output={"role": "assistant", "content": "".join(words)})
    return "".join(words)


def check_citations(answer: str, notes: list[dict[str, Any]]) -> None:
    """Score the answer by how many of its sources it cites; an assistant that cites nothing is not grounded."""
    with langfuse.start_as_current_observation(as_type="evaluator", name="check-citations", input=answer) as evaluator:
        cited = [note["title"] for note in notes if f"[{note['title']}]" in answer]
        evaluator.update(output={"cited": cited})
        langfuse.score_current_trace(name="citations", value=float(len(cited)), comment=", ".join(cited))
        langfuse.score_current_trace(name="grounded", value=float(bool(cited)), data_type="BOOLEAN")


def research(question: str, user: str, session_id: str) -> str:
    """Answer one question as one trace."""
    with (
        langfuse.start_as_current_observation(
            as_type="agent", name="research-assistant", input={"question": question}
        ) as agent,
        propagate_attributes(
            user_id=user,
            session_id=session_id,
            tags=["research", "example"],
            trace_name="research",
            metadata={"channel": "web"},
        ),
    ):
        notes = search_notes(question)
        if notes[0]["similarity"] < 0.25:
            langfuse.create_event(name="weak-match", level="WARNING", metadata={"similarity": notes[0]["similarity"]})
        arguments, result = plan(question, notes, user), None
        if arguments:
            try:
                result = calculate(**arguments)
            except ValueError as error:
                agent.update(level="WARNING", status_message=f"went on without the calculation: {error}")
        answer = write_answer(question, notes, result, user)
        check_citations(answer, notes)
        agent.update(output={"answer": answer, "sources": [note["title"] for note in notes]})
    return answer


def main() -> None:
    """Hold all conversations, one session each, and say where to read them."""
    if not langfuse.auth_check():
        raise SystemExit(
            "The server does not know these keys: set LANGFUSE_BASE_URL, LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY."
        )
    for user, questions in CONVERSATIONS:
        session_id = f"research-{uuid.uuid4().hex[:8]}"
        for question in questions:
            answer = research(question, user, session_id)
            print(f"{user.split('@')[0]}: {question}\n  {answer}")
        langfuse.create_score(name="user-feedback", value="helpful", data_type="CATEGORICAL", session_id=session_id)
    langfuse.flush()


if __name__ == "__main__":
    main()
