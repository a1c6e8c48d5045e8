"""LiteLLM's callbacks, LangChain's handler and the OpenAI wrapper, over a scripted model: what they report is what is read."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.sdk_matrix.environments import prepare, run_script
from tests.sdk_matrix.integrations import LANGCHAIN, LITELLM, OPENAI, Integration
from tests.serving.server_process import ServerProcess
from tools.fake_model import FakeModel, Scripts

ANSWER = "Bern is the capital of Switzerland."
QUESTION = ("system", "Answer shortly."), ("user", "What is the capital of Switzerland?")
RULES: list[dict[str, Any]] = [
    {"last": "refuse", "fail": {"status": 400, "times": 99}},
    {"last": "weather", "call": {"name": "get_weather", "arguments": {"city": "Bern"}}},
    {"last": "capital", "say": ANSWER, "cached": 3},
]
COST = 9 * 0.15e-6 + 3 * 0.075e-6 + 9 * 0.6e-6
"""USD of 12 tokens in, 3 of them cached, and 9 out, by the list price of gpt-4o-mini: 0.15, 0.075 and 0.60 a million."""
COST_WITHOUT_CACHE = 12 * 0.15e-6 + 9 * 0.6e-6
"""The same when nobody says that some were cached."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one application printed into its report, and every observation that the server has of it, by name."""

    report: dict[str, str]
    observations: list[dict[str, Any]]

    def generation(self, name: str) -> dict[str, Any]:
        """Return the one model call of this name; LangChain names the call itself after the class, below the name."""
        named = {row["id"]: row for row in self.observations if row["name"] == name}
        return next(
            row
            for row in self.observations
            if row["type"] == "GENERATION" and (row["id"] in named or row["parentObservationId"] in named)
        )


@pytest.fixture(scope="module")
def model() -> Iterator[FakeModel]:
    with FakeModel(Scripts(RULES), pace=0) as endpoint:
        thread = threading.Thread(target=endpoint.serve_forever)
        thread.start()
        yield endpoint
        endpoint.shutdown()
        thread.join()


Runner = Callable[[str, Integration], Run]


@pytest.fixture(scope="module")
def run(server: ServerProcess, model: FakeModel, tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """Return a function that runs an application and reads everything back at once."""
    folder: Path = tmp_path_factory.mktemp("integrations")

    def run_and_read(session_id: str, integration: Integration) -> Run:
        generation = integration.generation
        prepare(generation)
        environment = {
            **server.sdk_environment(),
            "LANGFUSE_OTEL_HOST": server.url,
            "LANGFUSE_TRACING_ENVIRONMENT": session_id,
            "MATRIX_SESSION_ID": session_id,
            "MATRIX_MODEL_URL": f"{model.url}/v1",
            **dict(generation.settings),
        }
        report = folder / f"{session_id}.json"
        run_script(generation, report, environment)
        return Run(json.loads(report.read_text("utf-8")), _read(server, session_id, integration))

    return run_and_read


def _read(server: ServerProcess, session_id: str, integration: Integration) -> list[dict[str, Any]]:
    column = "sessionId" if integration.reads_session else "environment"
    condition = {"type": "stringOptions", "column": column, "operator": "any of", "value": [session_id]}
    with server.client() as client:
        found = client.get("/api/public/observations", params={"filter": json.dumps([condition]), "limit": 100}).json()
    rows: list[dict[str, Any]] = found["data"]
    return rows


def _messages(value: Any) -> tuple[tuple[str, str], ...]:
    """Return roles and texts, whether the library sends the list or an object around it."""
    messages = value["messages"] if isinstance(value, dict) else value
    return tuple((message["role"], message["content"]) for message in messages)


def _text(output: Any) -> str:
    return str(output["content"] if isinstance(output, dict) else output)


def _check_answers(run: Run) -> None:
    for name in ("plain", "streamed"):
        row = run.generation(name)
        assert run.report[name] == ANSWER
        assert _text(row["output"]) == ANSWER
        assert _messages(row["input"]) == QUESTION
        assert row["model"] == "gpt-4o-mini"
        assert row["level"] == "DEFAULT"
        assert row["usage"]["output"] == 9
        assert row["usage"]["total"] == 21


def _check_money(run: Run, *, tells_cached_tokens: bool = True) -> None:
    costs = [COST] if tells_cached_tokens else [COST, COST_WITHOUT_CACHE]
    for name in ("plain", "streamed"):
        row = run.generation(name)
        assert row["usage"]["input"] == 12
        assert any(row["calculatedTotalCost"] == pytest.approx(cost) for cost in costs)


def _check_refusal(run: Run) -> None:
    row = run.generation("refused")
    assert row["level"] == "ERROR"
    assert "try again" in row["statusMessage"]


def _check_tool(run: Run) -> None:
    row = run.generation("tool")
    assert json.loads(run.report["tool"]) == {"city": "Bern"}
    assert "get_weather" in json.dumps(row["output"])


@pytest.mark.parametrize("version", OPENAI)
def test_openai_wrapper(run: Runner, version: str) -> None:
    integration = OPENAI[version]
    done = run(f"openai-{version}", integration)

    assert {row["name"] for row in done.observations if row["type"] == "GENERATION"} == integration.names
    _check_answers(done)
    _check_money(done)
    _check_tool(done)
    _check_refusal(done)
    assert float(done.generation("plain")["modelParameters"]["temperature"]) == 0.2
    assert done.generation("streamed")["timeToFirstToken"] > 0
    if not version.startswith("2."):
        [embedding] = [row for row in done.observations if row["type"] == "EMBEDDING"]
        assert (embedding["name"], embedding["usage"]["total"]) == ("embedded", 2)


@pytest.mark.parametrize("version", LANGCHAIN)
def test_langchain_handler(run: Runner, server: ServerProcess, version: str) -> None:
    done = run(f"langchain-{version}".replace(".", "-"), LANGCHAIN[version])

    _check_answers(done)
    _check_money(done)
    _check_tool(done)
    _check_refusal(done)
    chain = next(row for row in done.observations if row["name"] == "plain")
    steps = {row["name"] for row in done.observations if row["parentObservationId"] == chain["id"]}
    assert steps == {"ChatPromptTemplate", "ChatOpenAI", "StrOutputParser"}
    assert chain["output"] == ANSWER
    with server.client() as client:
        trace = client.get(f"/api/public/traces/{chain['traceId']}").json()
    assert (trace["name"], trace["userId"], trace["tags"]) == ("plain", "ada", ["chain"])


@pytest.mark.parametrize("callback", LITELLM)
def test_litellm_callback(run: Runner, callback: str) -> None:
    integration = LITELLM[callback]
    done = run(f"litellm-{callback.split(maxsplit=1)[0]}", integration)

    assert {row["name"] for row in done.observations if row["type"] == "GENERATION"} == integration.names
    _check_answers(done)
    _check_money(done, tells_cached_tokens=integration.tells_cached_tokens)
    if "refused" in integration.names:
        _check_refusal(done)
