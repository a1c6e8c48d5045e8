"""Statements are files with named slots."""

from __future__ import annotations

import importlib.resources
import re

import pytest

from spanwise_server.storage.events import statements

_FILES = sorted(
    file.name.removesuffix(".sql") for file in (importlib.resources.files("spanwise_server.storage.events") / "sql").iterdir()
)


def test_slots_are_filled_and_the_rest_vanishes() -> None:
    """A slot that is not given is empty."""
    assert statements.splice("a /*one*/ b /*two*/", {"one": "1"}) == "a 1 b "


@pytest.mark.parametrize("name", _FILES)
def test_every_statement_names_its_project(name: str) -> None:
    """No query can forget the tenant, except where a subquery that names it fills a slot or only the engine is asked."""
    text = statements.load(name)
    is_outer = re.search(r"FROM \(/\*[a-z]+\*/\)", text) is not None
    asks_engine = all(table.startswith("system.") for table in re.findall(r"(?:FROM|JOIN)\s+(\S+)", text))
    assert is_outer or asks_engine or "project_id = {project_id:String}" in text


def test_migrations_are_numbered() -> None:
    """They apply in the order of their names: one statement a file, numbered without a gap."""
    names = [name for name, _ in statements.migrations()]
    assert [name for name in names if not re.fullmatch(r"\d{4}_[a-z_]+", name)] == []
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
