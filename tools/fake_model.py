"""A model endpoint that needs no network and no key: it answers from scripts, always the same, with usage and latency.

It speaks as much of the OpenAI (``/v1/chat/completions``, streaming included, and ``/v1/embeddings``) and the Anthropic
(``/v1/messages``) protocols as the examples use. A question no script knows is refused loudly, never improvised.

A script is a JSON array of objects: ``system`` and ``last`` are regular expressions that the system prompt and the last
message must contain (either may be missing), ``say`` is the answer, ``call`` a tool call ``{"name", "arguments"}``,
``cached`` how many prompt tokens came from a cache, and ``fail`` ``{"status", "times"}`` refuses the first ``times``
requests of each end user before it answers.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import sys
import threading
import time
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

EMBEDDING_DIMENSIONS = 96
FIRST_TOKEN_SECONDS = 0.08
TOKEN_SECONDS = 0.004


@dataclass(frozen=True, slots=True)
class Question:
    """What both protocols ask, in one shape."""

    model: str
    system: str
    last: str
    prompt_text: str
    """Everything the model reads, for counting tokens."""
    user: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a script says to a question; token counts follow from the texts, so that every run costs the same."""

    text: str
    call: dict[str, Any] | None
    input_tokens: int
    cached_tokens: int
    output_tokens: int


class ScriptedError(Exception):
    """A refusal: ``status`` is the HTTP status, the text the message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def count_tokens(text: str) -> int:
    """Return a stable number near what a tokenizer would count."""
    return max(1, round(len(text) / 4))


@dataclass
class Scripts:
    """The rules of all scripts in order, and how often each end user has met a rule that fails at first."""

    rules: list[dict[str, Any]]
    _met: Counter[tuple[int, str]] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, question: Question) -> Answer:
        """Return the first matching rule's answer.

        Raises:
            ScriptedError: the rule refuses this time, or no rule matches.
        """
        for number, rule in enumerate(self.rules):
            is_match = re.search(rule.get("system", ""), question.system) and re.search(rule.get("last", ""), question.last)
            if is_match:
                self._refuse(number, rule, question)
                return _answer(rule, question)
        raise ScriptedError(400, f"no script answers {question.last[:200]!r} under the system prompt {question.system[:80]!r}")

    def _refuse(self, number: int, rule: dict[str, Any], question: Question) -> None:
        if "fail" not in rule:
            return
        with self._lock:
            self._met[number, question.user] += 1
            is_refused = self._met[number, question.user] <= rule["fail"]["times"]
        if is_refused:
            raise ScriptedError(rule["fail"]["status"], "Overloaded: try again in a moment")


def _answer(rule: dict[str, Any], question: Question) -> Answer:
    call = rule.get("call")
    text: str = rule.get("say", "")
    written = text + (json.dumps(call["arguments"]) if call else "")
    cached = rule.get("cached", 0)
    return Answer(text, call, max(count_tokens(question.prompt_text), cached), cached, count_tokens(written))


def embed(text: str) -> list[float]:
    """Return a unit vector of hashed words: texts that share words are near each other."""
    vector = [0.0] * EMBEDDING_DIMENSIONS
    for word in re.findall(r"\w+", text.lower()):
        vector[zlib.crc32(word.encode()) % EMBEDDING_DIMENSIONS] += 1.0
    length = math.sqrt(sum(x * x for x in vector)) or 1.0
    return [round(x / length, 6) for x in vector]


def _text_of(content: str | list[dict[str, Any]]) -> str:
    return content if isinstance(content, str) else "".join(block.get("text", "") for block in content)


def read_question(body: dict[str, Any]) -> Question:
    """Return the question of an OpenAI or Anthropic request."""
    messages = body["messages"]
    apart = _text_of(body.get("system", ""))
    system = apart + "".join(_text_of(m["content"]) for m in messages if m["role"] == "system")
    user = body.get("user") or (body.get("metadata") or {}).get("user_id") or ""
    prompt_text = apart + "".join(_text_of(m.get("content") or "") for m in messages)
    return Question(body["model"], system, _text_of(messages[-1].get("content") or ""), prompt_text, str(user))


def openai_usage(answer: Answer) -> dict[str, Any]:
    """Return usage as OpenAI counts it: cached tokens are part of the prompt tokens."""
    return {
        "prompt_tokens": answer.input_tokens,
        "completion_tokens": answer.output_tokens,
        "total_tokens": answer.input_tokens + answer.output_tokens,
        "prompt_tokens_details": {"cached_tokens": answer.cached_tokens},
    }


def openai_completion(question: Question, answer: Answer) -> dict[str, Any]:
    """Return the body of a chat completion."""
    message: dict[str, Any] = {"role": "assistant", "content": answer.text or None}
    if answer.call:
        function = {"name": answer.call["name"], "arguments": json.dumps(answer.call["arguments"])}
        message["tool_calls"] = [
            {"id": f"call_{zlib.crc32(question.prompt_text.encode()):08x}", "type": "function", "function": function}
        ]
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if answer.call else "stop"}
    return {"object": "chat.completion", "model": question.model, "choices": [choice], "usage": openai_usage(answer)}


def anthropic_message(question: Question, answer: Answer) -> dict[str, Any]:
    """Return the body of an Anthropic message: cached tokens are counted beside the input tokens."""
    content: list[dict[str, Any]] = [{"type": "text", "text": answer.text}] if answer.text else []
    if answer.call:
        identity = f"toolu_{zlib.crc32(question.prompt_text.encode()):08x}"
        content.append({"type": "tool_use", "id": identity, "name": answer.call["name"], "input": answer.call["arguments"]})
    usage = {
        "input_tokens": answer.input_tokens - answer.cached_tokens,
        "cache_read_input_tokens": answer.cached_tokens,
        "output_tokens": answer.output_tokens,
    }
    reason = "tool_use" if answer.call else "end_turn"
    return {
        "type": "message",
        "role": "assistant",
        "model": question.model,
        "content": content,
        "stop_reason": reason,
        "usage": usage,
    }


class _Handler(BaseHTTPRequestHandler):
    """Answers one connection. ``server`` is a ``FakeModel``."""

    protocol_version = "HTTP/1.1"
    server: FakeModel

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            if self.path == "/v1/embeddings":
                self._send_embeddings(body)
            elif self.path in {"/v1/chat/completions", "/v1/messages"}:
                self._send_answer(body)
            else:
                self._send(404, {"error": {"message": f"{self.path} is not served"}})
        except ScriptedError as error:
            self._send(error.status, {"error": {"type": "error", "message": str(error)}})

    def _send_answer(self, body: dict[str, Any]) -> None:
        question = read_question(body)
        answer = self.server.scripts.answer(question)
        if body.get("stream"):
            self._stream(question, answer)
            return
        time.sleep(self.server.pace * (FIRST_TOKEN_SECONDS + answer.output_tokens * TOKEN_SECONDS))
        shape = anthropic_message if self.path == "/v1/messages" else openai_completion
        self._send(200, shape(question, answer))

    def _send_embeddings(self, body: dict[str, Any]) -> None:
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        tokens = sum(count_tokens(text) for text in texts)
        data = [{"object": "embedding", "index": i, "embedding": embed(text)} for i, text in enumerate(texts)]
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        self._send(200, {"object": "list", "model": body["model"], "data": data, "usage": usage})

    def _send(self, status: int, body: dict[str, Any]) -> None:
        encoded = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(encoded)))
        self.end_headers()
        self.wfile.write(encoded)

    def _stream(self, question: Question, answer: Answer) -> None:
        """Send the answer word by word, as server-sent events; the last one carries the usage."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        time.sleep(self.server.pace * FIRST_TOKEN_SECONDS)
        for word in re.findall(r"\S+\s*", answer.text):
            self._event({"model": question.model, "choices": [{"index": 0, "delta": {"content": word}}]})
            time.sleep(self.server.pace * TOKEN_SECONDS * count_tokens(word))
        self._event({"model": question.model, "choices": [], "usage": openai_usage(answer)})
        self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, chunk: dict[str, Any]) -> None:
        self.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet: the examples speak for themselves."""


class FakeModel(ThreadingHTTPServer):
    """The endpoint. ``pace`` stretches its latencies: 1 is lifelike, 0 answers at once."""

    daemon_threads = True

    def __init__(self, scripts: Scripts, *, port: int = 0, pace: float = 1.0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.scripts = scripts
        self.pace = pace

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


def load_scripts(paths: Sequence[Path]) -> Scripts:
    """Return the rules of all files, in the order given."""
    return Scripts([rule for path in paths for rule in json.loads(path.read_text("utf-8"))])


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="Serve scripted model answers on 127.0.0.1.")
    parser.add_argument("script", nargs="+", type=Path, help="JSON files of scripted answers, such as examples/*/answers.json")
    parser.add_argument("--port", type=int, default=8085)
    parser.add_argument("--pace", type=float, default=1.0, help="stretches latencies; 0 answers at once")
    options = parser.parse_args(arguments)
    with FakeModel(load_scripts(options.script), port=options.port, pace=options.pace) as model:
        print(f"model answers on {model.url}/v1", flush=True)
        try:
            model.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
