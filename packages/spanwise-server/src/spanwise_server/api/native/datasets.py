"""Datasets for the browser (``/api/v1``): what there is, and what the runs over each came to. Ids stand in the query."""

from __future__ import annotations

import asyncio
from typing import Annotated, TypeVar

from fastapi import Path, Query
from pydantic import ConfigDict, Field
from starlette.responses import Response
from typing_extensions import TypedDict

from spanwise_server.api.auth import ServicesDep
from spanwise_server.api.listing.parameters import Parameters
from spanwise_server.api.policies import PROJECT_MEMBER, RouteTable
from spanwise_server.api.request_bodies import StoredText
from spanwise_server.api.responses import NATIVE_ERRORS, json_response
from spanwise_server.api.schemas.datasets import json_or_none, object_or_text
from spanwise_server.api.schemas.json_values import Json
from spanwise_server.api.schemas.times import to_micros
from spanwise_server.domain.datasets import Dataset
from spanwise_server.domain.experiments import ScoreSummary
from spanwise_server.services.datasets.run_summaries import RunSummary, summarize_run

routes = RouteTable("native")

_Row = TypeVar("_Row")
_MICROS = 1_000_000
_AT_ONCE = 4
"""Runs summed up at the same time."""
ProjectId = Annotated[str, Path(description="The project's id.")]


class NativeParameters(Parameters):
    """Parameters in snake_case."""

    model_config = ConfigDict(alias_generator=None)


class DatasetsParameters(NativeParameters):
    """Which part of the list."""

    limit: Annotated[int, Field(ge=1, le=200, description="Most datasets on a page.")] = 50
    after: Annotated[StoredText | None, Field(description="Id of the last dataset of the page before.")] = None


class DatasetParameters(NativeParameters):
    """Which dataset, and how many of its runs."""

    id: Annotated[StoredText, Field(description="The dataset's id.")]
    limit: Annotated[int, Field(ge=1, le=100, description="Most runs on a page.")] = 20
    after: Annotated[StoredText | None, Field(description="Id of the last run of the page before.")] = None


class NativeDataset(TypedDict):
    """A dataset; ``item_count`` counts active items."""

    id: str
    name: str
    description: str | None
    metadata: Json
    input_schema: Json
    expected_output_schema: Json
    item_count: int
    created_at: str
    updated_at: str


class NativeDatasetPage(TypedDict):
    """Datasets, newest first; ``next_after`` asks for the next page and is null on the last one."""

    items: list[NativeDataset]
    next_after: str | None


class NativeScoreSummary(TypedDict):
    """All scores of one name and data type; ``mean`` is null where there are only words, ``values`` counts those."""

    name: str
    data_type: str
    count: int
    mean: float | None
    values: dict[str, int]


class NativeRun(TypedDict):
    """A run in numbers. The cost is that of everything in its traces, whoever spent it."""

    id: str
    ids: list[str]
    name: str
    dataset_id: str | None
    description: str | None
    metadata: Json
    start_time: str
    end_time: str
    item_count: int
    error_count: int
    average_latency_seconds: float | None
    total_cost_usd: float
    scores: list[NativeScoreSummary]


class NativeDatasetDetails(TypedDict):
    """A dataset with its runs, newest first."""

    dataset: NativeDataset
    runs: list[NativeRun]
    run_count: int
    next_after: str | None


@routes.get("/api/v1/projects/{project_id}/datasets", PROJECT_MEMBER, response_model=NativeDatasetPage, responses=NATIVE_ERRORS)
async def list_native_datasets(
    project_id: ProjectId, services: ServicesDep, parameters: Annotated[DatasetsParameters, Query()]
) -> Response:
    """List the project's datasets, newest first."""
    found = await services.datasets.newest(project_id, limit=parameters.limit + 1, after=parameters.after)
    shown = found[: parameters.limit]
    page: NativeDatasetPage = {
        "items": [native_dataset(dataset, count) for dataset, count in shown],
        "next_after": shown[-1][0].id if len(found) > len(shown) else None,
    }
    return json_response(page)


@routes.get(
    "/api/v1/projects/{project_id}/dataset", PROJECT_MEMBER, response_model=NativeDatasetDetails, responses=NATIVE_ERRORS
)
async def get_native_dataset(
    project_id: ProjectId, services: ServicesDep, parameters: Annotated[DatasetParameters, Query()]
) -> Response:
    """Return a dataset and what each of its runs came to."""
    dataset = await services.datasets.get_by_id(project_id, parameters.id)
    count, runs = await asyncio.gather(services.dataset_items.count(dataset), services.runs.of_dataset(dataset))
    shown, next_after = page_after([(run.id, run) for run in runs], parameters.after, parameters.limit)
    summing = asyncio.Semaphore(_AT_ONCE)

    async def summarize(position: int) -> RunSummary:
        async with summing:
            return (await summarize_run(services.runs, services.events, shown[position]))[0]

    summaries = await asyncio.gather(*map(summarize, range(len(shown))))
    body: NativeDatasetDetails = {
        "dataset": native_dataset(dataset, count),
        "runs": [native_run(summary) for summary in summaries],
        "run_count": len(runs),
        "next_after": next_after,
    }
    return json_response(body)


def page_after(rows: list[tuple[str, _Row]], after: str | None, limit: int) -> tuple[list[_Row], str | None]:
    """Return the rows after the one with the id ``after``, and the id to go on from. An id that is gone begins anew."""
    begin = next((index + 1 for index, (row_id, _) in enumerate(rows) if row_id == after), 0)
    shown = rows[begin : begin + limit]
    return [row for _, row in shown], shown[-1][0] if begin + limit < len(rows) else None


def native_dataset(dataset: Dataset, item_count: int) -> NativeDataset:
    """Return the dataset with its number of active items."""
    return {
        "id": dataset.id,
        "name": dataset.name,
        "description": dataset.description,
        "metadata": json_or_none(dataset.metadata),
        "input_schema": json_or_none(dataset.input_schema),
        "expected_output_schema": json_or_none(dataset.expected_output_schema),
        "item_count": item_count,
        "created_at": to_micros(dataset.created_at),
        "updated_at": to_micros(dataset.updated_at),
    }


def native_run(summary: RunSummary) -> NativeRun:
    """Return the run in numbers."""
    run, latency = summary.run, summary.average_latency_us
    return {
        "id": run.id,
        "ids": list(run.ids),
        "name": run.name,
        "dataset_id": run.dataset_id or None,
        "description": run.description,
        "metadata": object_or_text(run.metadata),
        "start_time": to_micros(run.start_time),
        "end_time": to_micros(run.end_time),
        "item_count": summary.item_count,
        "error_count": summary.error_count,
        "average_latency_seconds": None if latency is None else latency / _MICROS,
        "total_cost_usd": float(summary.total_cost),
        "scores": _scores(summary.scores),
    }


def _scores(parts: list[ScoreSummary]) -> list[NativeScoreSummary]:
    joined: dict[tuple[str, str], NativeScoreSummary] = {}
    for part in parts:
        entry = joined.setdefault(
            (part.name, part.data_type),
            {"name": part.name, "data_type": part.data_type, "count": 0, "mean": None, "values": {}},
        )
        if part.data_type in ("NUMERIC", "BOOLEAN"):
            total = (entry["mean"] or 0.0) * entry["count"] + part.mean * part.count
            entry["mean"] = total / (entry["count"] + part.count)
        entry["count"] += part.count
        if part.data_type != "NUMERIC" and part.value:
            entry["values"][part.value] = entry["values"].get(part.value, 0) + part.count
    return list(joined.values())
