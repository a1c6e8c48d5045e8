"""Runs over datasets for the browser (``/api/v1``): a run in numbers, what came out item by item, and an item whole."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import Field
from starlette.responses import Response
from typing_extensions import TypedDict

from spanwise_server.api.auth import ServicesDep
from spanwise_server.api.native.datasets import (
    NativeDataset,
    NativeParameters,
    NativeRun,
    ProjectId,
    native_dataset,
    native_run,
    page_after,
)
from spanwise_server.api.policies import PROJECT_MEMBER, RouteTable
from spanwise_server.api.request_bodies import StoredText
from spanwise_server.api.responses import NATIVE_ERRORS, rendered
from spanwise_server.api.schemas.native import NativeScoreItem, native_score_item
from spanwise_server.api.schemas.times import to_micros
from spanwise_server.domain.datasets import Run
from spanwise_server.domain.errors import NotFoundError
from spanwise_server.domain.experiments import TraceMeasures
from spanwise_server.services.container import Services
from spanwise_server.services.datasets.run_results import RunItemReader, RunResult
from spanwise_server.services.datasets.run_summaries import summarize_run

routes = RouteTable("native")

_MICROS = 1_000_000
_LONGEST_PAYLOAD = 2000
"""Characters of a payload in a page of items: enough to read, little enough for hundreds."""
_RunId = Annotated[StoredText, Field(description="Any id of the run: its own, or the experiment id that clients compute.")]


class RunParameters(NativeParameters):
    """Which run, and how many of its items."""

    id: _RunId
    limit: Annotated[int, Field(ge=1, le=1000, description="Most items on a page.")] = 200
    after: Annotated[StoredText | None, Field(description="Id of the last item of the page before.")] = None


class RunItemParameters(NativeParameters):
    """Which item of which run."""

    run_id: _RunId
    id: Annotated[StoredText, Field(description="The id of the run item.")]


class NativeRunItem(TypedDict):
    """What came out for an item. ``observation_id`` is null when the whole trace did.

    Payloads are text: JSON when it parses as JSON, else plain. In a page they have at most 2,000 characters; ``cut`` names
    those of which there is more.
    """

    id: str
    dataset_item_id: str
    trace_id: str
    observation_id: str | None
    created_at: str
    latency_seconds: float | None
    total_cost_usd: float | None
    error_count: int
    input: str | None
    output: str | None
    expected_output: str | None
    cut: list[str]
    scores: list[NativeScoreItem]


class NativeRunDetails(TypedDict):
    """A run with its items, newest first, and its dataset if it has one that still exists."""

    run: NativeRun
    dataset: NativeDataset | None
    items: list[NativeRunItem]
    next_after: str | None


@routes.get(
    "/api/v1/projects/{project_id}/dataset-run", PROJECT_MEMBER, response_model=NativeRunDetails, responses=NATIVE_ERRORS
)
async def get_native_dataset_run(
    project_id: ProjectId, services: ServicesDep, parameters: Annotated[RunParameters, Query()]
) -> Response:
    """Return a run, what it came to, and its items."""
    run = await services.runs.get(project_id, parameters.id)
    summary, items = await summarize_run(services.runs, services.events, run)
    shown, next_after = page_after([(item.id, item) for item in items], parameters.after, parameters.limit)
    measures = await services.events.measure_traces(project_id, [item.trace_id for item in shown])
    results = await _reader(services).results(project_id, shown, measures, most=_LONGEST_PAYLOAD)
    dataset = await _dataset_of(services, run)

    def build() -> NativeRunDetails:
        return {
            "run": native_run(summary),
            "dataset": dataset,
            "items": [_item(result, measures.get(result.item.trace_id)) for result in results],
            "next_after": next_after,
        }

    return await rendered(build)


@routes.get(
    "/api/v1/projects/{project_id}/dataset-run-item", PROJECT_MEMBER, response_model=NativeRunItem, responses=NATIVE_ERRORS
)
async def get_native_dataset_run_item(
    project_id: ProjectId, services: ServicesDep, parameters: Annotated[RunItemParameters, Query()]
) -> Response:
    """Return what came out for an item, with its whole payloads."""
    run = await services.runs.get(project_id, parameters.run_id)
    items = [item for item in await services.runs.items(project_id, run) if item.id == parameters.id]
    if not items:
        raise NotFoundError("Dataset run item not found")
    measures = await services.events.measure_traces(project_id, [items[0].trace_id])
    [result] = await _reader(services).results(project_id, items[:1], measures, most=None)
    return await rendered(lambda: _item(result, measures.get(result.item.trace_id)))


def _reader(services: Services) -> RunItemReader:
    return RunItemReader(services.dataset_items, services.events)


async def _dataset_of(services: Services, run: Run) -> NativeDataset | None:
    if not run.dataset_id:
        return None
    try:
        found = await services.datasets.get_by_id(run.project_id, run.dataset_id)
    except NotFoundError:
        return None  # deleted; the run's spans still name it
    return native_dataset(found, await services.dataset_items.count(found))


def _item(result: RunResult, measured: TraceMeasures | None) -> NativeRunItem:
    item = result.item
    start, end = item.start_time, item.end_time
    if (start is None or end is None) and measured is not None:
        start, end = measured.start_time, measured.end_time
    return {
        "id": item.id,
        "dataset_item_id": item.dataset_item_id,
        "trace_id": item.trace_id,
        "observation_id": item.observation_id,
        "created_at": to_micros(item.created_at),
        "latency_seconds": None if start is None or end is None else (end - start) / _MICROS,
        "total_cost_usd": None if measured is None else float(measured.total_cost),
        "error_count": 0 if measured is None else measured.error_count,
        "input": result.input or None,
        "output": result.output or None,
        "expected_output": result.expected_output or None,
        "cut": list(result.cut),
        "scores": [native_score_item(score) for score in result.scores],
    }
