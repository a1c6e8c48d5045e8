"""Compares what was read back with what was expected, field by field, and collects every difference.

One comparer serves plain HTTP answers and the answers of SDK models alike: both are the JSON of the wire. Wire answers
are additionally held to having every documented key, because the SDK generations disagree about which may be missing.
The kinds of things have a module each: ``comparison_of_observations``, ``comparison_of_scores``, ``comparison_of_runs``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.sdk_matrix.expectations import Expected

SLACK = timedelta(milliseconds=2)
"""The public API cuts times to milliseconds; the JS SDK rounds them as well."""
ADDED_METADATA = {"resourceAttributes", "scope", "attributes"}
"""Keys of metadata that ingest adds to what the client sent."""


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def parse_time(text: str) -> datetime:
    return datetime.fromisoformat(text)


@dataclass(kw_only=True)
class Comparer:
    """What one generation recorded, and the differences found so far. ``report`` is what the agent script wrote."""

    expected: Expected
    report: Mapping[str, Any]
    project_id: str
    session_id: str
    is_wire: bool
    """Whether the answers came by plain HTTP and so must have every key."""
    found: list[str] = field(default_factory=list)

    @property
    def trace_id(self) -> str:
        return str(self.report["trace_id"])

    def id_of(self, name: str | None) -> str | None:
        return None if name is None else str(self.report["ids"][name])

    def same(self, where: str, actual: Any, wanted: Any) -> None:
        is_boolean_mixup = isinstance(actual, bool) is not isinstance(wanted, bool)
        if actual != wanted or is_boolean_mixup:
            self.found.append(f"{where}: {shorten(actual)} instead of {shorten(wanted)}")

    def fields(self, where: str, actual: Mapping[str, Any], **wanted: Any) -> None:
        for key, value in wanted.items():
            self.same(f"{where}.{key}", actual.get(key), value)

    def holds(self, where: str, fact: object) -> None:
        if not fact:
            self.found.append(where)

    def keys(self, where: str, actual: Mapping[str, Any], wanted: frozenset[str]) -> None:
        if self.is_wire:
            self.same(f"{where}: missing keys", sorted(wanted - actual.keys()), [])

    def within_run(self, where: str, text: Any) -> datetime | None:
        """Check that a time lies between the script's first and last moment."""
        if not isinstance(text, str):
            self.found.append(f"{where}: {text!r} is not a time")
            return None
        time = parse_time(text)
        if not parse_time(self.report["before"]) - SLACK <= time <= parse_time(self.report["after"]) + SLACK:
            self.found.append(f"{where}: {text} is outside of the run")
        return time

    def metadata(self, where: str, actual: Any, wanted: Mapping[str, Any]) -> None:
        if not isinstance(actual, dict):
            self.found.append(f"{where}: {actual!r} is not an object")
            return
        self.same(where, {k: v for k, v in actual.items() if k.split(".")[0] not in ADDED_METADATA}, dict(wanted))


def shorten(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 400 else f"{text[:300]}… ({len(text)} characters)"
