"""Media files for the browser: a link it can load, and what refers to the file."""

from __future__ import annotations

import httpx

from tests.accounts import ProjectWithKeys
from tests.media_files import PNG, announce, upload


async def test_the_browser_gets_a_link_and_what_refers_to_it(
    api: httpx.AsyncClient, client: httpx.AsyncClient, project: ProjectWithKeys
) -> None:
    media_id = await upload(api, traceId="t", observationId="o", field="output")
    await announce(api, traceId=None, observationId=None, datasetId="d", datasetItemId="i", field="expectedOutput")

    response = await api.get(f"/api/v1/projects/{project.id}/media", params={"id": media_id})

    found = response.json()
    assert (found["id"], found["content_type"], found["content_length"]) == (media_id, "image/png", len(PNG))
    assert sorted(found["links"], key=lambda link: str(link["trace_id"])) == [
        {"trace_id": None, "observation_id": None, "dataset_id": "d", "dataset_item_id": "i", "field": "expectedOutput"},
        {"trace_id": "t", "observation_id": "o", "dataset_id": None, "dataset_item_id": None, "field": "output"},
    ]
    # Relative, so that it works behind every prefix.
    assert found["url"].startswith("api/public/media/")
    assert (await client.get("/" + found["url"])).content == PNG


async def test_unknown_and_pending_files_are_not_found(api: httpx.AsyncClient, project: ProjectWithKeys) -> None:
    pending = (await announce(api)).json()["mediaId"]
    for media_id in (pending, "x" * 22, "../x", "\0"):
        response = await api.get(f"/api/v1/projects/{project.id}/media", params={"id": media_id})
        assert (response.status_code, response.json()["code"]) == (404, "not_found")
