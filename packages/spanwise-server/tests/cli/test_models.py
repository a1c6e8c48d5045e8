"""``spanwise models``: what is shown, prices from a file, history priced anew beside a server and without one."""

from __future__ import annotations

import json
import time
import uuid
from pathlib import Path

import httpx

from tests.cli.commands import START_SECONDS, Served, run_command

KEYS = {"LANGFUSE_INIT_PROJECT_PUBLIC_KEY": "pk-lf-models", "LANGFUSE_INIT_PROJECT_SECRET_KEY": "sk-lf-models"}
CLIENT_KEYS = {"LANGFUSE_PUBLIC_KEY": "pk-lf-models", "LANGFUSE_SECRET_KEY": "sk-lf-models"}
AUTH = ("pk-lf-models", "sk-lf-models")
PROJECT = {"LANGFUSE_INIT_ORG_ID": "org", "LANGFUSE_INIT_PROJECT_ID": "shop", **KEYS}


def price_file(folder: Path) -> Path:
    providers = [
        {
            "id": "openai",
            "name": "OpenAI",
            "api_pattern": "https://api\\.openai\\.com",
            "model_match": {"starts_with": "gpt-"},
            "models": [
                {"id": "gpt-4o", "match": {"equals": "gpt-4o"}, "prices": {"input_mtok": 3.5, "output_mtok": 10}},
                {"id": "gpt-99", "match": {"equals": "gpt-99"}, "prices": {"input_mtok": 1}},
            ],
        }
    ]
    path = folder / "prices.json"
    path.write_text(json.dumps(providers), "utf-8")
    return path


def generation(url: str, row_id: str) -> None:
    body = {"id": row_id, "model": "gpt-4o", "usageDetails": {"input": 1000}}
    event = {"id": uuid.uuid4().hex, "timestamp": "2026-11-20T10:00:00Z", "type": "generation-create", "body": body}
    answer = httpx.post(f"{url}/api/public/ingestion", json={"batch": [event]}, auth=AUTH, timeout=60)
    assert answer.json()["errors"] == []


def cost(url: str, row_id: str) -> float | None:
    answer = httpx.get(f"{url}/api/public/observations/{row_id}", auth=AUTH, timeout=60)
    found: float | None = answer.json()["calculatedTotalCost"]
    return found


def wait_for_cost(url: str, expected: float) -> None:
    """Send generations until one costs what the new prices say; the server looks for them every two seconds."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        row_id = uuid.uuid4().hex
        generation(url, row_id)
        if cost(url, row_id) == expected:
            return
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_prices_are_updated_from_a_file_and_history_is_priced_anew(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    update = ("models", "update", "--data-dir", str(data_dir))
    reprice = ("models", "reprice", "--project", "shop", "--data-dir", str(data_dir))
    file = price_file(tmp_path)
    with Served(data_dir=data_dir, settings=PROJECT) as server:
        generation(server.url, "first")
        assert cost(server.url, "first") == 0.0025

        dry = run_command(*update, "--file", str(file), "--dry-run", folder=tmp_path)
        assert (dry.returncode, dry.stderr) == (0, "")
        assert "1 new: gpt-99" in dry.stdout
        assert "gpt-4o: input 2.5 → 3.5, input_cached_tokens 1.25 → -" in dry.stdout
        assert "Nothing was changed" in dry.stdout
        generation(server.url, "second")
        assert cost(server.url, "second") == 0.0025

        wrong = run_command(*update, "--file", str(tmp_path / "missing.json"), folder=tmp_path)
        assert (wrong.returncode, wrong.stdout) == (1, "")
        assert "cannot be read" in wrong.stderr
        assert "Traceback" not in wrong.stderr
        done = run_command(*update, "--file", str(file), folder=tmp_path)
        assert done.returncode == 0, done.stderr
        wait_for_cost(server.url, 0.0035)
        assert cost(server.url, "first") == 0.0025

        shown = run_command("models", "show", "openai/gpt-4o", "--data-dir", str(data_dir), folder=tmp_path)
        assert "input                                    3.5 USD for a million" in shown.stdout
        refused = run_command(*reprice, folder=tmp_path)
        assert refused.returncode == 1
        assert "LANGFUSE_PUBLIC_KEY" in refused.stderr
        repriced = run_command(*reprice, settings=CLIENT_KEYS, folder=tmp_path)
        assert repriced.returncode == 0, repriced.stderr
        assert " 2 changed." in repriced.stdout
        assert cost(server.url, "first") == 0.0035

    released = run_command(*update, "--released", folder=tmp_path)
    assert "1 gone: gpt-99" in released.stdout
    on_stores = run_command(*reprice, "--until", "2026-11-21T00:00:00Z", folder=tmp_path)
    assert on_stores.returncode == 0, on_stores.stderr
    assert "Cost now" in on_stores.stdout
    with Served(data_dir=data_dir, settings=PROJECT) as server:
        assert cost(server.url, "first") == 0.0025
