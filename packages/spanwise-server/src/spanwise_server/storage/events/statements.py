"""Loads the ``.sql`` files and fills their named slots. Values are always bound; only slots are spliced.

A slot is ``/*name*/``. What goes into a slot is SQL made by ``compile`` or written in this package, never user text.
"""

from __future__ import annotations

import functools
import importlib.resources
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

Read = Callable[[str, Mapping[str, Any]], Awaitable[Sequence[Sequence[Any]]]]
"""Runs a statement with bound parameters and returns its rows."""

_ROOT = importlib.resources.files("spanwise_server.storage.events")
_SLOT = re.compile(r"/\*([a-z_]+)\*/")


@functools.cache
def load(name: str) -> str:
    """Return the text of ``sql/<name>.sql``."""
    return (_ROOT / "sql" / f"{name}.sql").read_text("utf-8")


def splice(text: str, slots: Mapping[str, str]) -> str:
    """Fill every slot of ``text``; a slot that is not given becomes empty."""
    return _SLOT.sub(lambda match: slots.get(match.group(1), ""), text)


def statement(name: str, **slots: str) -> str:
    """Return the statement ``name`` with its slots filled."""
    return splice(load(name), slots)


def migrations() -> list[tuple[str, str]]:
    """Return every migration as ``(name, text)``, in the order they apply."""
    files = sorted((_ROOT / "migrations").iterdir(), key=lambda file: file.name)
    return [(file.name.removesuffix(".sql"), file.read_text("utf-8")) for file in files if file.name.endswith(".sql")]
