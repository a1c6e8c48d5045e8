"""One server for the whole matrix, and one recording for each generation: run the agent script, then read at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.sdk_matrix.comparison_of_runs import RunComparer
from tests.sdk_matrix.differences import DIALECTS
from tests.sdk_matrix.environments import GENERATIONS, prepare, run_script
from tests.sdk_matrix.expectations import ENVIRONMENT, RELEASE, Expected, expect
from tests.serving.server_process import ServerProcess

GROUPS = "core,basic,time,io,metadata,model,usage,prompt,metrics,trace_context"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(folder=tmp_path_factory.mktemp("matrix-server")) as running:
        yield running


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One run of one generation and every read of it, taken without a pause after the client's flush had returned."""

    name: str
    session_id: str
    project_id: str
    expected: Expected
    report: dict[str, Any]
    output: str
    reads: dict[str, Any]
    """Answers by plain HTTP, parsed."""

    def compare(self, *, is_wire: bool) -> RunComparer:
        return RunComparer(
            expected=self.expected,
            report=self.report,
            project_id=self.project_id,
            session_id=self.session_id,
            is_wire=is_wire,
        )


def _read_everything(client: httpx.Client, report: dict[str, Any], session_id: str) -> dict[str, Any]:
    trace_id, answer_id = report["trace_id"], report["ids"]["write-answer"]

    def get(path: str, **parameters: str | int) -> Any:
        answer = client.get(f"/api/public/{path}", params=parameters)
        return answer.json() if answer.status_code == 200 else {"error": f"{answer.status_code} {answer.text[:1000]}"}

    reads = {
        "trace": get(f"traces/{trace_id}"),
        "traces": get("traces", sessionId=session_id),
        "observations": get("observations", traceId=trace_id, limit=100),
        "observation": get(f"observations/{answer_id}"),
        "observations_v2": get("v2/observations", traceId=trace_id, fields=GROUPS),
        "sessions": get("sessions", limit=100),
        "session": get(f"sessions/{session_id}"),
        "scores": get("scores", limit=100),
        "scores_v2": get("v2/scores", traceId=trace_id, limit=100),
        "session_scores_v2": get("v2/scores", sessionId=session_id, limit=100),
        "scores_v3": get("v3/scores", traceId=trace_id, fields="core,details,subject,annotation", limit=100),
        "session_scores_v3": get("v3/scores", sessionId=session_id, fields="core,details,subject,annotation", limit=100),
    }
    for version in ("", "v2/"):
        for score in (reads["scores_v2"].get("data") or [])[:1]:
            reads[f"{version}score"] = get(f"{version}scores/{score['id']}")
    return reads


@pytest.fixture(scope="session")
def record(server: ServerProcess, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Recording]:
    """Return a function that runs a generation once and remembers what came back."""
    done: dict[str, Recording] = {}
    folder: Path = tmp_path_factory.mktemp("matrix-reports")

    def run(name: str) -> Recording:
        if name not in done:
            generation, expected = GENERATIONS[name], expect(DIALECTS[name])
            prepare(generation)
            session_id = f"session-{name}"
            environment = {
                **server.sdk_environment(),
                "LANGFUSE_TRACING_ENVIRONMENT": ENVIRONMENT,
                "LANGFUSE_RELEASE": RELEASE,
                "MATRIX_SESSION_ID": session_id,
                "MATRIX_PAYLOAD_REPEAT": str(expected.payload_repeat),
                **dict(generation.settings),
            }
            if generation.script.startswith("otel"):
                environment |= _otel_environment(server, expected)
            report_path = folder / f"{name}.json"
            output = run_script(generation, report_path, environment)
            report = json.loads(report_path.read_text("utf-8"))
            with server.client() as client:
                reads = _read_everything(client, report, session_id)
            done[name] = Recording(
                name=name,
                session_id=session_id,
                project_id=server.project_id,
                expected=expected,
                report=report,
                output=output,
                reads=reads,
            )
        return done[name]

    return run


def _otel_environment(server: ServerProcess, expected: Expected) -> dict[str, str]:
    """Return the standard variables by which a plain OpenTelemetry application finds its backend."""
    credentials = httpx.BasicAuth(server.public_key, server.secret_key)
    request = next(credentials.sync_auth_flow(httpx.Request("GET", server.url)))
    return {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"{server.url}/api/public/otel",
        "OTEL_EXPORTER_OTLP_HEADERS": "Authorization=" + request.headers["Authorization"].replace(" ", "%20"),
        "OTEL_SERVICE_NAME": "travel-agent",
        "OTEL_RESOURCE_ATTRIBUTES": (
            f"deployment.environment.name={ENVIRONMENT},service.version={expected.version},langfuse.release={RELEASE}"
        ),
    }


@pytest.fixture(params=sorted(GENERATIONS))
def recording(request: pytest.FixtureRequest, record: Callable[[str], Recording]) -> Recording:
    name: str = request.param
    return record(name)


@pytest.fixture(scope="session")
def server_observation(server: ServerProcess) -> Callable[[str, str], dict[str, Any]]:
    """Return a function that reads one observation as the browser does, span events included."""

    def read(trace_id: str, observation_id: str) -> dict[str, Any]:
        with server.client() as client:
            answer = client.get(
                f"/api/v1/projects/{server.project_id}/observation", params={"trace_id": trace_id, "id": observation_id}
            )
            assert answer.status_code == 200, answer.text
            found: dict[str, Any] = answer.json()
            return found

    return read
