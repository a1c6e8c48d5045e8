"""Every numbered folder of ``examples/`` is run against a real server, and what it recorded is read back."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.serving.server_process import ServerProcess
from tools.fake_model import FakeModel, load_scripts
from tools.run_demo import AGENTS

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    with ServerProcess(folder=tmp_path / "server") as running:
        yield running


@pytest.fixture
def run_example(server: ServerProcess) -> Iterator[Callable[[str], subprocess.CompletedProcess[str]]]:
    """Return a function that runs a script of ``examples/`` with nothing but its documented environment."""
    with FakeModel(load_scripts(sorted(EXAMPLES.glob("*/answers.json"))), pace=0) as model:
        thread = threading.Thread(target=model.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        basic = httpx.BasicAuth(server.public_key, server.secret_key)
        request = next(basic.sync_auth_flow(httpx.Request("GET", server.url)))
        environment = {
            **server.sdk_environment(),
            "OPENAI_BASE_URL": f"{model.url}/v1",
            "ANTHROPIC_BASE_URL": model.url,
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"{server.url}/api/public/otel",
            "OTEL_EXPORTER_OTLP_HEADERS": "Authorization=" + request.headers["Authorization"].replace(" ", "%20"),
        }

        def run(script: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [sys.executable, str(EXAMPLES / script)],
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
            )

        yield run
        model.shutdown()
        thread.join()


def read(server: ServerProcess, path: str, **parameters: str | int) -> Any:
    with server.client() as client:
        answer = client.get(f"/api/public/{path}", params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()


def test_every_numbered_folder_explains_itself_and_is_run_by_the_demo() -> None:
    folders = sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir() and path.name != "__pycache__")
    assert folders == [agent.script.split("/")[0] for agent in AGENTS]
    listed = (EXAMPLES / "README.md").read_text("utf-8")
    for folder in folders:
        assert (EXAMPLES / folder / "README.md").is_file()
        assert f"[{folder}]({folder}/)" in listed


def test_research_assistant(server: ServerProcess, run_example: Callable[[str], subprocess.CompletedProcess[str]]) -> None:
    done = run_example("01_research_assistant/research_assistant.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    traces = read(server, "traces", limit=50)["data"]
    assert len(traces) == 6
    assert {trace["name"] for trace in traces} == {"research"}
    assert len({trace["sessionId"] for trace in traces}) == 3
    assert Counter(trace["userId"] for trace in traces) == {"ada@example.org": 2, "björn@example.org": 2, "chen@example.org": 2}
    assert all(trace["totalCost"] > 0 for trace in traces)
    rows = read(server, "observations", limit=100)["data"]
    kinds = Counter(row["type"] for row in rows)
    assert kinds["AGENT"] == kinds["RETRIEVER"] == kinds["EMBEDDING"] == kinds["EVALUATOR"] == 6
    assert kinds["GENERATION"] == 12
    streamed = [row for row in rows if row["name"] == "write-answer"]
    assert all(row["timeToFirstToken"] is not None and row["usage"]["total"] > 0 for row in streamed)
    [failed] = [row for row in rows if row["level"] == "ERROR"]
    assert (failed["type"], failed["name"]) == ("TOOL", "calculate")
    assert "unknown name 'degrees'" in failed["statusMessage"]
    scores = read(server, "v3/scores", limit=100, fields="core,subject")["data"]
    assert Counter(score["subject"]["kind"] for score in scores) == {"trace": 12, "session": 3}


def test_support_triage(server: ServerProcess, run_example: Callable[[str], subprocess.CompletedProcess[str]]) -> None:
    done = run_example("02_support_triage/support_triage.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    traces = read(server, "traces", limit=50)["data"]
    assert len(traces) == 5
    assert {trace["name"] for trace in traces} == {"support-ticket"}
    assert {trace["sessionId"] for trace in traces} == {"ticket-4711", "ticket-4712", "ticket-4713", "ticket-4714"}
    assert all(trace["totalCost"] > 0 and trace["tags"] == ["example", "support"] for trace in traces)
    rows = read(server, "observations", limit=100)["data"]
    refunds = sorted((row for row in rows if row["name"] == "refund_payment"), key=lambda row: row["startTime"])
    # One order works at the second attempt; the other fails three times.
    assert [row["level"] for row in refunds] == ["ERROR", "DEFAULT", "ERROR", "ERROR", "ERROR"]
    assert {row["type"] for row in refunds} == {"TOOL"}
    assert refunds[0]["statusMessage"] == "PaymentGatewayError: gateway timed out on A-1001"
    [gave_up] = [row for row in rows if row["type"] == "AGENT" and row["level"] == "ERROR"]
    assert "refund_payment failed 3 times" in gave_up["statusMessage"]
    overloaded = [row for row in rows if row["type"] == "GENERATION" and row["level"] == "ERROR"]
    assert len(overloaded) == 2
    routed = [row for row in rows if row["name"] == "chat claude-haiku-4-5"]
    assert {row["usageDetails"]["input_cached_tokens"] for row in routed} == {40}
    assert all(row["usageDetails"]["input"] > 0 and row["costDetails"]["total"] > 0 for row in routed)
    assert routed[0]["output"][0]["parts"][0]["name"] == "hand_over"


def test_answer_judge(server: ServerProcess, run_example: Callable[[str], subprocess.CompletedProcess[str]]) -> None:
    too_early = run_example("03_answer_judge/answer_judge.py")
    assert too_early.returncode == 1
    assert "run examples/01_research_assistant first" in too_early.stderr
    run_example("01_research_assistant/research_assistant.py")
    done = run_example("03_answer_judge/answer_judge.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == "judged 6 answers: 5 correct, 1 incomplete\n"
    own = read(server, "traces", environment="evaluation")
    assert own["meta"]["totalItems"] == 6
    scores = read(server, "v3/scores", limit=100, fields="core,details,subject")["data"]
    correctness = [score for score in scores if score["name"] == "correctness"]
    assert sorted(score["value"] for score in correctness) == [0.5, 0.9, 0.9, 0.9, 1.0, 1.0]
    assert {score["subject"]["kind"] for score in correctness} == {"observation"}
    assert Counter(score["value"] for score in scores if score["name"] == "verdict") == {"correct": 5, "incomplete": 1}
    assert [score["value"] for score in scores if score["name"] == "needs-review"] == [True]


def test_prompt_trial(server: ServerProcess, run_example: Callable[[str], subprocess.CompletedProcess[str]]) -> None:
    done = run_example("04_prompt_trial/prompt_trial.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == "version 1: 50% exact\nversion 2: 100% exact\nversion 2 is in production\n"

    prompt = read(server, "v2/prompts/support%2Froute-ticket")
    assert (prompt["version"], prompt["labels"]) == (2, ["production", "latest"])
    runs = read(server, "datasets/tickets%20with%20a%20known%20team/runs")["data"]
    assert [run["metadata"]["prompt_version"] for run in runs] == [2, 1]
    routes = read(server, "observations", name="route", limit=50)["data"]
    assert Counter(row["promptVersion"] for row in routes) == {1: 6, 2: 6}
    # 0.40, 0.10 and 1.60 dollars a million tokens in, from the cache and out.
    for row in routes:
        usage = row["usageDetails"]
        cost = usage["input"] * 0.4e-6 + usage.get("input_cached_tokens", 0) * 0.1e-6 + usage["output"] * 1.6e-6
        assert row["calculatedTotalCost"] == pytest.approx(cost)
