"""Datasets, items, runs and run items on the wire: bodies with their rules, and the shapes of answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema
from typing_extensions import TypedDict

from spanwise_server.api.listing.parameters import Time
from spanwise_server.api.request_bodies import RequestBody, StoredText, StrictRequestBody
from spanwise_server.api.schemas.json_values import Json
from spanwise_server.api.schemas.pages import PageMeta
from spanwise_server.api.schemas.times import to_millis
from spanwise_server.domain.datasets import Dataset, DatasetItem, ItemStatus, Run, RunItem
from spanwise_server.domain.media_references import MediaReference, find_references
from spanwise_server.domain.payloads import is_json_text
from spanwise_server.services.datasets.datasets import DatasetChange
from spanwise_server.services.datasets.items import ItemChange
from spanwise_server.services.datasets.runs import RunItemLink
from spanwise_server.services.media.library import MediaDownload

_LONGEST_NAME = 255
_LONGEST_ID = 255


def _json_text(value: Any) -> str | None:  # any JSON value
    """Return the value as JSON text; null is no text."""
    if value is None:
        return None
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        text.encode()
    except ValueError as error:  # NaN, infinity, or half of a surrogate pair
        raise ValueError(f"holds what JSON or UTF-8 cannot: {error}") from error
    except RecursionError as error:
        raise ValueError("is nested too deeply") from error
    return text


def _empty_is_none(value: Any) -> Any:
    return None if value == "" else value


JsonText = Annotated[str | None, PlainValidator(_json_text), WithJsonSchema({})]
"""Any JSON value, kept as text."""
SchemaText = Annotated[
    str | None, PlainValidator(_json_text), WithJsonSchema({"anyOf": [{"type": "object"}, {"type": "null"}]})
]
OptionalId = Annotated[Annotated[StoredText, Field(max_length=_LONGEST_ID)] | None, BeforeValidator(_empty_is_none)]
Name = Annotated[StoredText, Field(min_length=1, max_length=_LONGEST_NAME)]
Status: TypeAlias = Literal["ACTIVE", "ARCHIVED"]


class CreateDatasetRequest(RequestBody):
    """A dataset to create, or what to change of the one with this name."""

    name: Annotated[Name, Field(description="Unique in the project. Slashes make folders.")]
    description: Annotated[StoredText | None, Field(description="Null or absent: unchanged.")] = None
    metadata: Annotated[JsonText, Field(description="Any JSON. Null or absent: unchanged.")] = None
    input_schema: Annotated[SchemaText, Field(description="JSON Schema for every input; `{}` accepts everything.")] = None
    expected_output_schema: Annotated[SchemaText, Field(description="JSON Schema for every expected output.")] = None

    def change(self) -> DatasetChange:
        """Return what the service takes."""
        return DatasetChange(**{name: getattr(self, name) for name in DatasetChange.__struct_fields__})


class CreateDatasetItemRequest(RequestBody):
    """An item to create, or what to change of the one with this id. Null or absent leaves a field as it is."""

    dataset_name: Annotated[StoredText, Field(description="Name of an existing dataset.")]
    id: Annotated[OptionalId, Field(description="Unique in the project; generated when absent.")] = None
    input: Annotated[JsonText, Field(description="Any JSON.")] = None
    expected_output: Annotated[JsonText, Field(description="Any JSON.")] = None
    metadata: Annotated[JsonText, Field(description="Any JSON.")] = None
    source_trace_id: Annotated[OptionalId, Field(description="The trace that the item was made from.")] = None
    source_observation_id: Annotated[OptionalId, Field(description="The observation that the item was made from.")] = None
    status: Annotated[Status | None, Field(description="ARCHIVED items are not listed; ACTIVE when created.")] = None

    def change(self) -> ItemChange:
        """Return what the service takes."""
        fields = {name: getattr(self, name) for name in ItemChange.__struct_fields__}
        return ItemChange(**{**fields, "status": None if self.status is None else ItemStatus(self.status)})


class CreateDatasetRunItemRequest(StrictRequestBody):
    """What came out for an item: a trace, or an observation in one."""

    run_name: Annotated[Name, Field(description="The run, which is created with its first item.")]
    dataset_item_id: Annotated[StoredText, Field(min_length=1, max_length=_LONGEST_ID, description="An active item.")]
    run_description: Annotated[StoredText | None, Field(description="Replaces that of the run.")] = None
    metadata: Annotated[JsonText, Field(description="Replaces that of the run; what is no object is put into one.")] = None
    trace_id: Annotated[OptionalId, Field(description="This or `observationId` is needed.")] = None
    observation_id: Annotated[OptionalId, Field(description="The observation that stands for the item.")] = None
    dataset_version: Annotated[Time | None, Field(description="The item is taken as it was at this time.")] = None
    created_at: Annotated[Time | None, Field(description="When the item was run; now when absent.")] = None

    def link(self) -> RunItemLink:
        """Return what the service takes."""
        fields = {name: getattr(self, name) for name in RunItemLink.__struct_fields__}
        return RunItemLink(**{**fields, "metadata": self._metadata()})

    def _metadata(self) -> str | None:
        version = None if self.dataset_version is None else to_millis(self.dataset_version)
        given = None if self.metadata is None else json.loads(self.metadata)
        if given is None and version is None:
            return None
        entries = given if isinstance(given, dict) else {} if given is None else {"metadata": given}
        return _json_text(entries if version is None else {**entries, "dataset_version": version})


class DatasetBody(TypedDict):
    """A dataset."""

    id: str
    name: str
    description: str | None
    metadata: Json
    inputSchema: Json
    expectedOutputSchema: Json
    projectId: str
    createdAt: str
    updatedAt: str


class DatasetPage(TypedDict):
    """A numbered page of datasets, newest first."""

    data: list[DatasetBody]
    meta: PageMeta


class ReferencedMedia(TypedDict):
    """A file, with a URL to download it from until ``urlExpiry``."""

    mediaId: str
    contentType: str
    contentLength: int
    url: str
    urlExpiry: str


class MediaReferenceBody(TypedDict):
    """Where an item refers to a file; ``jsonPath`` is a normalized JSONPath within the field."""

    field: Literal["input", "expectedOutput", "metadata"]
    referenceString: str
    jsonPath: str
    media: ReferencedMedia


class DatasetItemBody(TypedDict):
    """A dataset item; ``version`` is when it became as it is here."""

    id: str
    projectId: str
    datasetId: str
    datasetName: str
    status: Status
    input: Json
    expectedOutput: Json
    metadata: Json
    sourceTraceId: str | None
    sourceObservationId: str | None
    createdAt: str
    updatedAt: str
    version: str
    mediaReferences: list[MediaReferenceBody]


class DatasetItemPage(TypedDict):
    """A numbered page of active items, newest first."""

    data: list[DatasetItemBody]
    meta: PageMeta


class DatasetRunBody(TypedDict):
    """A run over a dataset."""

    id: str
    name: str
    description: str | None
    metadata: Json
    datasetId: str
    datasetName: str
    createdAt: str
    updatedAt: str


class DatasetRunPage(TypedDict):
    """A numbered page of runs, newest first."""

    data: list[DatasetRunBody]
    meta: PageMeta


class DatasetRunItemBody(TypedDict):
    """What came out for an item of a run."""

    id: str
    datasetRunId: str
    datasetRunName: str
    datasetItemId: str
    traceId: str
    observationId: str | None
    createdAt: str
    updatedAt: str


class DatasetRunDetails(DatasetRunBody):
    """A run with all its items, newest first."""

    datasetRunItems: list[DatasetRunItemBody]


class DatasetRunItemPage(TypedDict):
    """A numbered page of run items, newest first."""

    data: list[DatasetRunItemBody]
    meta: PageMeta


class DatasetV1Body(DatasetBody):
    """A dataset of the first API, with the ids of its items and the names of its runs."""

    items: list[str]
    runs: list[str]


class DatasetsV1(TypedDict):
    """Every dataset with the ids of its items and the names of its runs."""

    data: list[DatasetV1Body]
    meta: PageMeta


class DatasetV1Details(DatasetBody):
    """A dataset of the first API with its items and the names of its runs."""

    items: list[DatasetItemBody]
    runs: list[str]


def json_or_none(text: str | None) -> msgspec.Raw | None:
    """Return stored JSON text as it stands in an answer."""
    return None if text is None else msgspec.Raw(text.encode())


def item_value(text: str | None) -> str | None:
    """Return the JSON text that clients get: a string that is itself JSON is shown as what it says, as the Langfuse API does."""
    if text is None or text[0] != '"':
        return text
    inner: str = msgspec.json.decode(text)
    return inner if is_json_text(inner) else text


def dataset_body(dataset: Dataset) -> DatasetBody:
    """Return the dataset as clients get it."""
    return {
        "id": dataset.id,
        "name": dataset.name,
        "description": dataset.description,
        "metadata": json_or_none(dataset.metadata),
        "inputSchema": json_or_none(dataset.input_schema),
        "expectedOutputSchema": json_or_none(dataset.expected_output_schema),
        "projectId": dataset.project_id,
        "createdAt": to_millis(dataset.created_at),
        "updatedAt": to_millis(dataset.updated_at),
    }


_FieldName: TypeAlias = Literal["input", "expectedOutput", "metadata"]


def references_of(item: DatasetItem) -> list[tuple[_FieldName, MediaReference]]:
    """Return every reference to a file in the item's fields, as clients get them."""
    fields: tuple[tuple[_FieldName, str | None], ...] = (
        ("input", item.input),
        ("expectedOutput", item.expected_output),
        ("metadata", item.metadata),
    )
    return [(name, reference) for name, text in fields for reference in find_references(item_value(text))]


def item_body(item: DatasetItem, media: Mapping[str, MediaDownload]) -> DatasetItemBody:
    """Return the item as clients get it; ``media`` has the files that are here, by id."""
    return {
        "id": item.id,
        "projectId": item.project_id,
        "datasetId": item.dataset_id,
        "datasetName": item.dataset_name,
        "status": "ARCHIVED" if item.status is ItemStatus.ARCHIVED else "ACTIVE",
        "input": json_or_none(item_value(item.input)),
        "expectedOutput": json_or_none(item_value(item.expected_output)),
        "metadata": json_or_none(item_value(item.metadata)),
        "sourceTraceId": item.source_trace_id,
        "sourceObservationId": item.source_observation_id,
        "createdAt": to_millis(item.created_at),
        "updatedAt": to_millis(item.valid_from),
        "version": to_millis(item.valid_from),
        "mediaReferences": [
            {
                "field": name,
                "referenceString": reference.token,
                "jsonPath": reference.path,
                "media": _referenced(media[reference.media_id]),
            }
            for name, reference in references_of(item)
            if reference.media_id in media
        ],
    }


def _referenced(download: MediaDownload) -> ReferencedMedia:
    return {
        "mediaId": download.media.id,
        "contentType": download.media.content_type,
        "contentLength": download.media.content_length,
        "url": download.url,
        "urlExpiry": to_millis(download.url_expires_at),
    }


def run_body(run: Run, dataset: Dataset) -> DatasetRunBody:
    """Return the run as clients get it."""
    return {
        "id": run.id,
        "name": run.name,
        "description": run.description,
        "metadata": object_or_text(run.metadata),
        "datasetId": dataset.id,
        "datasetName": dataset.name,
        "createdAt": to_millis(run.created_at),
        "updatedAt": to_millis(run.updated_at),
    }


def object_or_text(text: str | None) -> Json:
    """Return what an attribute or a body said as JSON; text that is none is shown as text."""
    if not text:
        return None
    return msgspec.Raw(text.encode()) if is_json_text(text) else text


def run_item_body(item: RunItem) -> DatasetRunItemBody:
    """Return the run item as clients get it."""
    return {
        "id": item.id,
        "datasetRunId": item.run_id,
        "datasetRunName": item.run_name,
        "datasetItemId": item.dataset_item_id,
        "traceId": item.trace_id,
        "observationId": item.observation_id,
        "createdAt": to_millis(item.created_at),
        "updatedAt": to_millis(item.updated_at),
    }
