"""Prompts, datasets, experiments, media, scores and links of every SDK generation, through its own hand-written functions.

Each script runs once against one server, and so in one project with all others: what one generation writes, the readers of
another must be able to read.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest

from tests.sdk_matrix.environments import AGENTS, CACHE, prepare, run_script
from tests.sdk_matrix.features import CLIENTS, Client
from tests.serving.server_process import ServerProcess

PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==")
DATA_URI = "data:image/png;base64," + base64.b64encode(PNG).decode()
MEDIA_ID = base64.urlsafe_b64encode(hashlib.sha256(PNG).digest()).decode()[:22]


@dataclass(frozen=True, slots=True)
class Run:
    """What one client reported of itself."""

    client: Client
    report: dict[str, Any]

    @property
    def name(self) -> str:
        return self.client.generation.name


@pytest.fixture(scope="module")
def run(server: ServerProcess, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Run]:
    """Return a function that runs a client's script once and remembers its report."""
    folder: Path = tmp_path_factory.mktemp("features")
    done: dict[str, Run] = {}

    def run_once(name: str) -> Run:
        if name not in done:
            client = CLIENTS[name]
            prepare(client.generation)
            environment = {
                **server.sdk_environment(),
                "MATRIX_NAME": name,
                "MATRIX_PICTURE": DATA_URI,
            }
            report = folder / f"{name}.json"
            run_script(client.generation, report, environment)
            done[name] = Run(client, json.loads(report.read_text("utf-8")))
        return done[name]

    return run_once


@pytest.fixture(scope="module")
def http(server: ServerProcess) -> Iterator[httpx.Client]:
    with server.client() as client:
        client.base_url = f"{server.url}/api/public/"
        yield client


def _get(http: httpx.Client, path: str, **parameters: str | int) -> Any:
    answer = http.get(path, params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("name", CLIENTS)
def test_prompts(run: Callable[[str], Run], http: httpx.Client, name: str) -> None:
    done = run(name)
    told = done.report["prompts"]

    assert told["first"] == [1, "Hello Ada"]
    assert told["latest"] == 2
    assert told["moved"] == [2, "Good day Ada"]
    assert told["again"] == 1
    assert (told["config"], told["tags"]) == ({"temperature": 0.5}, ["matrix"])
    assert told["chat"] == [["system", "Answer shortly."], ["user", "Hi"]]
    assert told["fallback"] == ["Hi Ada", True]
    assert told["missing"] is True
    prompt = _get(http, f"v2/prompts/{quote(name + '/text', safe='')}")
    observation = _get(http, f"observations/{told['generation']}")
    assert (observation["promptName"], observation["promptVersion"]) == (f"{name}/text", 2)
    assert observation["promptId"] == prompt["id"]


@pytest.mark.parametrize("name", CLIENTS)
def test_a_prompt_of_one_generation_is_read_by_others(run: Callable[[str], Run], http: httpx.Client, name: str) -> None:
    run(name)
    versions = {row["name"]: row["versions"] for row in _get(http, "v2/prompts", limit=100)["data"]}
    assert versions[f"{name}/text"] == [1, 2]


@pytest.mark.parametrize("name", CLIENTS)
def test_datasets_and_runs(run: Callable[[str], Run], http: httpx.Client, name: str) -> None:
    done = run(name)
    told = done.report["datasets"]
    dataset = quote(told["dataset"], safe="")

    assert sorted(told["items"]) == [
        [f"{name}-ch", {"country": "Switzerland"}, "Bern"],
        [f"{name}-fr", {"country": "France"}, "Paris"],
    ]
    assert told["outputs"] == ["Bern", "Lyon"]
    [listed] = _get(http, f"datasets/{dataset}/runs")["data"]
    read = _get(http, f"datasets/{dataset}/runs/{quote(told['run'], safe='')}")
    assert (listed["name"], listed["description"]) == (told["run"], "by hand")
    assert listed["metadata"]["model"] == "none"
    assert {item["datasetItemId"] for item in read["datasetRunItems"]} == {f"{name}-ch", f"{name}-fr"}
    scores = _get(http, "v2/scores", name="exact", limit=100)["data"]
    by_trace = {score["traceId"]: score["value"] for score in scores}
    values = {item["datasetItemId"]: by_trace[item["traceId"]] for item in read["datasetRunItems"]}
    assert values == {f"{name}-ch": 1, f"{name}-fr": 0}


@pytest.mark.parametrize("name", [name for name, client in CLIENTS.items() if client.runs_experiments])
def test_experiments(run: Callable[[str], Run], http: httpx.Client, server: ServerProcess, name: str) -> None:
    done = run(name)
    told = done.report["datasets"]
    dataset = quote(told["dataset"], safe="")
    read = _get(http, f"datasets/{dataset}/runs/{quote(told['run'], safe='')}")

    found = _get(http, "experiments", fromStartTime="2020-01-01T00:00:00Z", name=told["run"], fields="core,metadata,scores")
    [experiment] = found["data"]
    assert experiment["itemCount"] == 2
    items = _get(http, "experiment-items", fromStartTime="2020-01-01T00:00:00Z", experimentName=told["run"], fields="core,io")
    assert {item["experimentItemId"] for item in items["data"]} == {f"{name}-ch", f"{name}-fr"}
    assert {item["traceId"] for item in items["data"]} == {item["traceId"] for item in read["datasetRunItems"]}
    share = [
        score for score in _get(http, "v2/scores", name="share", limit=100)["data"] if score["datasetRunId"] == told["run_id"]
    ]
    assert [score["value"] for score in share] == [0.5]
    assert told["run_id"] in {experiment["id"], read["id"]}
    assert _opens(server, told["url"])
    if "local" in told:
        assert told["local"] == ["A"]


@pytest.mark.parametrize("name", CLIENTS)
def test_media(run: Callable[[str], Run], http: httpx.Client, name: str) -> None:
    told = run(name).report["media"]

    for key in ("picture", "inline"):
        assert f"id={MEDIA_ID}" in told["references"][key]
        assert told["resolved"][key] == DATA_URI
    media = _get(http, f"media/{MEDIA_ID}")
    content = httpx.get(media["url"])
    assert (content.content, content.headers["content-type"]) == (PNG, "image/png")


@pytest.mark.parametrize("name", CLIENTS)
def test_scores_links_and_auth(run: Callable[[str], Run], http: httpx.Client, server: ServerProcess, name: str) -> None:
    done = run(name)
    told = done.report["links"]

    assert told["auth"] is True
    assert told["trace_id"] in told["url"]
    assert _opens(server, told["url"])
    scores = {score["name"]: score for score in _get(http, "v2/scores", traceId=told["trace_id"])["data"]}
    assert scores["on-observation"]["value"] == 0.25
    assert scores["on-observation"]["observationId"]
    assert scores["on-trace"]["stringValue"] == "fine"
    assert scores["on-trace"]["observationId"] is None
    if done.client.updates_scores:
        assert scores["once"]["value"] == 0.75
        assert scores["once"]["id"] == f"{name}-once"


@pytest.mark.parametrize(
    ("reader", "script", "writer"),
    [
        ("python-2.60.10", "cross_read_v2.py", "python-5.0.4"),
        ("python-2.60.10", "cross_read_v2.py", "javascript-4"),
        ("python-5.0.4", "cross_read_v5.py", "python-2.60.10"),
        ("python-5.0.4", "cross_read_v5.py", "javascript-3"),
    ],
)
def test_generations_read_each_other(
    run: Callable[[str], Run], server: ServerProcess, tmp_path: Path, reader: str, script: str, writer: str
) -> None:
    written, report = run(writer).report, tmp_path / "report.json"
    generation = replace(CLIENTS[reader].generation, script=script)
    prepare(generation)
    environment = {**server.sdk_environment(), "MATRIX_NAME": writer, "MATRIX_TOLD": json.dumps(written)}
    run_script(generation, report, environment)
    read = json.loads(report.read_text("utf-8"))

    assert read["trace"] == [written["links"]["trace_id"], ["linked"]]
    assert {"on-observation", "on-trace"} <= set(read["scores"])
    assert read["prompt"] == "Good day Eve"
    assert read["items"] == read["run"] == [f"{writer}-ch", f"{writer}-fr"]
    assert read["picture"]["inline"] == DATA_URI


def test_every_generation_of_the_matrix_has_its_features_tried() -> None:
    assert {path.name for path in AGENTS.glob("features_*")} == {client.generation.script for client in CLIENTS.values()}
    assert {client.generation.folder.parent for client in CLIENTS.values()} == {CACHE}


def _opens(server: ServerProcess, url: str) -> bool:
    """Say whether the link that the SDK printed leads to a page of the browser application."""
    parts = urlsplit(url)
    assert f"{parts.scheme}://{parts.netloc}" == server.url
    page = httpx.get(url)
    return page.status_code == 200 and page.headers["content-type"].startswith("text/html")
