"""``/media``: announcing, reporting and finding files, as the SDKs do it and as nobody should."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from spanwise_server.domain.media import media_id_of
from tests.accounts import ProjectWithKeys
from tests.media_files import MEDIA, PNG, announce, announcement, download_path, upload

ID = media_id_of(hashlib.sha256(PNG).digest())
REPORT = {"uploadedAt": "2026-11-20T10:00:00.000000Z", "uploadHttpStatus": 200, "uploadHttpError": None, "uploadTimeMs": 12}


async def test_the_way_of_the_sdks(api: httpx.AsyncClient, client: httpx.AsyncClient, project: ProjectWithKeys) -> None:
    announced = (await announce(api)).json()
    assert announced["mediaId"] == ID
    assert announced["uploadUrl"].startswith(f"http://spanwise.test/api/public/media/upload/{ID}?token=")
    pending = await api.get(f"{MEDIA}/{ID}")
    assert (pending.status_code, pending.json()["message"]) == (404, "Media not yet uploaded")

    headers = {
        "Content-Type": "image/png",
        "x-ms-blob-type": "BlockBlob",
        "x-amz-checksum-sha256": base64.b64encode(hashlib.sha256(PNG).digest()).decode(),
    }
    assert (await client.put(announced["uploadUrl"], content=PNG, headers=headers)).status_code == 200
    reported = await api.patch(f"{MEDIA}/{ID}", json=REPORT)
    assert (reported.status_code, reported.json()) == (200, {"message": "OK"})

    found = (await api.get(f"{MEDIA}/{ID}")).json()
    assert {key: found[key] for key in ("mediaId", "contentType", "contentLength")} == {
        "mediaId": ID,
        "contentType": "image/png",
        "contentLength": len(PNG),
    }
    life = datetime.fromisoformat(found["urlExpiry"]) - datetime.now(UTC)
    assert timedelta(minutes=59) < life <= timedelta(hours=1)
    assert found["uploadedAt"].endswith("Z")
    downloaded = await client.get(found["url"])
    assert (downloaded.status_code, downloaded.content) == (200, PNG)

    again = (await announce(api, traceId="another")).json()
    assert again == {"mediaId": ID, "uploadUrl": None}


async def test_the_address_is_the_one_the_caller_used(api: httpx.AsyncClient) -> None:
    headers = {"X-Forwarded-Host": "traces.example", "X-Forwarded-Proto": "https"}
    answer = await api.post(MEDIA, json=announcement(), headers=headers)

    assert answer.json()["uploadUrl"].startswith("https://traces.example/api/public/media/upload/")


@pytest.mark.parametrize(
    "changes",
    [
        {"contentType": "application/x-of-our-own; charset=utf-8"},
        {"field": "output"},
        {"field": "metadata", "observationId": "o"},
        {"observationId": ""},
        {"traceId": None, "datasetId": "d", "datasetItemId": "i", "field": "expectedOutput"},
        {"traceId": "", "datasetId": "d", "datasetItemId": "i"},
        {"contentLength": 1_000_000_000},
        {"contentLength": 0},
        {"somethingElse": 1},
    ],
)
async def test_what_may_be_announced(api: httpx.AsyncClient, changes: dict[str, Any]) -> None:
    await announce(api, **changes)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"contentType": "image/png\r\nSet-Cookie: a=b"}, ["contentType"]),
        ({"contentType": "png"}, ["contentType"]),
        ({"contentType": None}, ["contentType"]),
        ({"contentLength": 1_000_000_001}, ["contentLength"]),
        ({"contentLength": -1}, ["contentLength"]),
        ({"contentLength": 10**40}, ["contentLength"]),
        ({"contentLength": "many"}, ["contentLength"]),
        ({"sha256Hash": "../../etc/passwd"}, ["sha256Hash"]),
        ({"sha256Hash": hashlib.sha256(PNG).hexdigest()}, ["sha256Hash"]),
        ({"sha256Hash": "\ud800"}, ["sha256Hash"]),
        ({"sha256Hash": 5}, ["sha256Hash"]),
        ({"field": "expectedOutput"}, ["body"]),
        ({"field": "toString"}, ["field"]),
        ({"traceId": None}, ["body"]),
        ({"datasetId": "d", "datasetItemId": "i"}, ["body"]),
        ({"traceId": None, "datasetId": "d"}, ["body"]),
        ({"traceId": None, "datasetItemId": "i"}, ["body"]),
        ({"traceId": None, "datasetId": "d", "datasetItemId": "i", "field": "output"}, ["body"]),
        ({"traceId": None, "datasetId": "d", "datasetItemId": "i", "observationId": "o"}, ["body"]),
        ({"traceId": "t\0"}, ["traceId"]),
        ({"traceId": "\ud800"}, ["traceId"]),
        ({"observationId": "x" * 2000}, ["observationId"]),
    ],
)
async def test_what_may_not(api: httpx.AsyncClient, changes: dict[str, Any], path: list[str]) -> None:
    response = await api.post(MEDIA, content=json.dumps(announcement(**changes)), headers={"Content-Type": "application/json"})

    assert response.status_code == 400, response.text
    assert [fault["path"] for fault in response.json()["error"]] == [path]
    assert (await api.get(f"{MEDIA}/{ID}")).status_code == 404


async def test_a_huge_number_is_no_length(api: httpx.AsyncClient) -> None:
    for number in ("1e400", "NaN", "-Infinity", "1.5"):
        body = announcement()
        text = (
            str(body)
            .replace("'", '"')
            .replace("None", "null")
            .replace(f'"contentLength": {len(PNG)}', f'"contentLength": {number}')
        )
        response = await api.post(MEDIA, content=text, headers={"Content-Type": "application/json"})
        assert response.status_code == 400, number


@pytest.mark.parametrize(
    "media_id",
    ["..", "../../etc/passwd", "%2e%2e%2fmetadata.sqlite3", "%00", "x" * 22, "x" * 5000, "é" * 22, "upload", ID + "%0d%0a"],
)
async def test_an_id_that_is_none_names_nothing(api: httpx.AsyncClient, media_id: str) -> None:
    for answer in (await api.get(f"{MEDIA}/{media_id}"), await api.patch(f"{MEDIA}/{media_id}", json=REPORT)):
        assert answer.status_code in (404, 405), answer.text


@pytest.mark.parametrize(
    "changes",
    [
        {"uploadedAt": "yesterday"},
        {"uploadedAt": None},
        {"uploadHttpStatus": None},
        {"uploadHttpStatus": 10**30},
        {"uploadTimeMs": -1},
        {"uploadTimeMs": 10**30},
        {"uploadHttpError": 5},
    ],
)
async def test_a_report_that_is_none_is_refused(api: httpx.AsyncClient, changes: dict[str, Any]) -> None:
    await announce(api)

    assert (await api.patch(f"{MEDIA}/{ID}", json={**REPORT, **changes})).status_code == 400


async def test_a_report_may_say_anything_of_a_failure(api: httpx.AsyncClient) -> None:
    await announce(api)
    report = {**REPORT, "uploadHttpStatus": 0, "uploadHttpError": "broken\0" * 10_000, "uploadTimeMs": None}

    assert (await api.patch(f"{MEDIA}/{ID}", json=report)).status_code == 200
    assert (await announce(api)).json()["uploadUrl"] is not None


async def test_files_go_with_their_traces(api: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
    await upload(api, traceId="one")
    await announce(api, traceId="two", observationId="o")
    path = await download_path(api, ID)

    assert (await api.delete("/api/public/traces/one")).status_code == 200
    assert (await client.get(path)).status_code == 200
    assert (await api.request("DELETE", "/api/public/traces", json={"traceIds": ["two"]})).status_code == 200
    assert (await api.get(f"{MEDIA}/{ID}")).status_code == 404
    assert (await client.get(path)).status_code == 404
