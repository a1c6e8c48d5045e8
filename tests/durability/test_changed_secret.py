"""Whoever changes the installation's secret keeps the keys of model providers, and ends every URL that was given out."""

from __future__ import annotations

import base64
import hashlib
import secrets
import sqlite3
from pathlib import Path

import httpx

from tests.serving.server_process import ServerProcess

SECRET = "sk-of-a-provider-that-stays-sealed"
CONTENT = b"a sound"


def sealed(data_dir: Path) -> bytes:
    with sqlite3.connect(data_dir / "metadata.sqlite3") as database:
        (found,) = database.execute("SELECT sealed_credentials FROM llm_connections").fetchone()
        return bytes(found)


def download_url(server: ServerProcess) -> str:
    body = {
        "traceId": "t",
        "contentType": "audio/wav",
        "contentLength": len(CONTENT),
        "sha256Hash": base64.b64encode(hashlib.sha256(CONTENT).digest()).decode(),
        "field": "input",
    }
    with server.client() as http:
        announced = http.post("/api/public/media", json=body).json()
        if announced["uploadUrl"]:
            assert httpx.put(announced["uploadUrl"], content=CONTENT).status_code == 200
        return str(http.get(f"/api/public/media/{announced['mediaId']}").json()["url"])


def test_a_new_secret_takes_over_from_the_former_one(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    with ServerProcess(folder=tmp_path) as server, server.client() as http:
        body = {"provider": "p", "adapter": "openai", "secretKey": SECRET}
        assert http.put("/api/public/llm-connections", json=body).status_code == 201
        former_url, port = download_url(server), server.port
        assert httpx.get(former_url).content == CONTENT
    before = sealed(data_dir)

    (data_dir / "key-pepper").rename(data_dir / "key-pepper.former")
    (data_dir / "key-pepper").write_text(secrets.token_hex(32))
    (data_dir / "key-pepper").chmod(0o600)
    # The key pair is named in the environment, so its secret is hashed anew at the start.
    with ServerProcess(folder=tmp_path, port=port) as server:
        assert httpx.get(former_url).status_code == 403
        assert httpx.get(download_url(server)).content == CONTENT
        assert "1 llm connections" in server.log
    after = sealed(data_dir)

    assert before[:9] != after[:9]  # format and fingerprint of the key
    assert SECRET.encode() not in before + after + (data_dir / "metadata.sqlite3").read_bytes()
    (data_dir / "key-pepper.former").unlink()
    with ServerProcess(folder=tmp_path) as server:
        assert "cannot be opened" not in server.log
