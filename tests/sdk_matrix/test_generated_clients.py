"""Every method of each generation's generated client, ``langfuse.api``: called once or more, and its models accept the answer."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.sdk_matrix.environments import Generation, prepare, run_script
from tests.serving.server_process import ServerProcess

VERSIONS = ("2.60.10", "3.15.0", "4.18.0", "5.0.4")
FEWEST = {"2.60.10": 50, "3.15.0": 75, "4.18.0": 80, "5.0.4": 65}
"""Calls that each generation makes at least, so that a client whose methods were not found does not pass."""
Report = dict[str, Any]


def _ask(server: ServerProcess, *command: str) -> dict[str, str]:
    """Return what a ``spanwise`` command prints, by its captions."""
    folder = str(server.folder / "data")
    done = subprocess.run(
        [str(server.command), *command, "--data-dir", folder],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    return {line[:10].strip(): line[10:].strip() for line in done.stdout.splitlines()}


def _make_queue(server: ServerProcess, name: str) -> str:
    """Return a queue's id, for the generation that can fill queues and not make them."""
    with server.client() as client:
        config = client.post("/api/public/score-configs", json={"name": f"{name} yes", "dataType": "BOOLEAN"}).json()["id"]
        queue = client.post("/api/public/annotation-queues", json={"name": f"{name} first", "scoreConfigIds": [config]})
    found: str = queue.json()["id"]
    return found


@pytest.fixture(scope="module")
def run(server: ServerProcess, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Report]:
    """Return a function that runs one generation's client once and remembers its report."""
    done: dict[str, Report] = {}
    folder: Path = tmp_path_factory.mktemp("generated-clients")

    def run_once(version: str) -> Report:
        if version not in done:
            generation = Generation(name=f"python-{version}", script="generated_client.py", packages=(f"langfuse=={version}",))
            prepare(generation)
            name = f"gen-{version}".replace(".", "-")
            key = _ask(server, "keys", "create", "--organization", "matrix-org")
            user = _ask(server, "users", "create", f"{name}@example.org", "--organization", "matrix-org", "--role", "member")
            environment = {
                **server.sdk_environment(),
                "MATRIX_NAME": name,
                "MATRIX_USER_ID": user["User"],
                "MATRIX_QUEUE_ID": _make_queue(server, name),
                "MATRIX_ORGANIZATION_PUBLIC_KEY": key["Public key"],
                "MATRIX_ORGANIZATION_SECRET_KEY": key["Secret key"],
            }
            report = folder / f"{version}.json"
            run_script(generation, report, environment)
            done[version] = json.loads(report.read_text("utf-8"))
        return done[version]

    return run_once


@pytest.mark.parametrize("version", VERSIONS)
def test_each_method_brings_an_answer_that_its_models_accept(run: Callable[[str], Report], version: str) -> None:
    report = run(version)

    assert {name: found for name, found in report["outcomes"].items() if found != "ok"} == {}
    assert report["uncalled"] == []
    assert len(report["outcomes"]) >= FEWEST[version]


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_not_there_is_not_found(run: Callable[[str], Report], version: str) -> None:
    assert set(run(version)["lacking"].values()) <= {"NotFoundError"}


def _only(values: dict[str, Any], *names: str) -> list[Any]:
    """Return the answers of those methods that this generation has; at least one must be there."""
    found = [values[name] for name in names if name in values]
    assert found, names
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_the_answers_say_what_was_written(run: Callable[[str], Report], version: str) -> None:
    values, name = run(version)["values"], f"gen-{version}".replace(".", "-")

    for listed in _only(values, "score.get", "score_v_2.get", "scores_v3.get_many_v3", "scores.get_many"):
        assert {"colour", "yes"} <= {score["name"] for score in listed["data"]}
    for observations in _only(values, "observations.get_many", "observations_v_2.get_many", "legacy.observations_v1.get_many"):
        assert {row["type"] for row in observations["data"]} == {"GENERATION"}
    for daily in _only(values, "metrics.metrics", "metrics.daily"):
        assert daily["data"]
    assert values["prompts.get"]["prompt"] == [{**values["prompts.get"]["prompt"][0], "role": "system", "content": "Answer."}]
    assert (values["prompt_version.update"]["version"], values["prompt_version.update"]["labels"]) == (2, ["staging", "latest"])
    assert (values["datasets.get"]["name"], values["datasets.get"]["metadata"]) == (f"{name}/set one", {"of": "matrix"})
    assert [item["expectedOutput"] for item in values["dataset_items.list"]["data"]] == ["Santiago"]
    assert values["comments.get_by_id"]["content"] == "see here"
    assert values["annotation_queues.update_queue_item"]["status"] == "COMPLETED"
    assert values["media.get"]["contentType"] == "image/png"
    assert values["projects.get"]["data"][0]["organization"]["name"] == "Matrix"


@pytest.mark.parametrize("version", [version for version in VERSIONS if version > "3"])
def test_an_organization_key_administers(run: Callable[[str], Report], version: str) -> None:
    values = run(version)["values"]

    assert (values["projects.update"]["name"], values["projects.update"]["metadata"]) == (
        f"gen-{version} renamed".replace(".", "-"),
        {"team": "b"},
    )
    assert values["projects.create_api_key"]["secretKey"].startswith("sk-lf-")
    assert [key["note"] for key in values["projects.get_api_keys"]["apiKeys"]] == ["of the matrix"]
    assert {member["role"] for member in values["organizations.get_project_memberships"]["memberships"]} == {"MEMBER"}
    assert any(project["id"] == "matrix-project" for project in values["organizations.get_organization_projects"]["projects"])
