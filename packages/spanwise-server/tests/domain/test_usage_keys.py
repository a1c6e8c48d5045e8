"""The vocabulary of usage keys holds together."""

from __future__ import annotations

import pytest

from spanwise_server.domain.usage_keys import CONTAINED, FALLBACKS, KINDS, UnitKind, costs_for, counts_for


def test_every_kind_is_spelled_by_its_own_name() -> None:
    assert {kind: KINDS.get(kind.value) for kind in UnitKind} == {kind: kind for kind in UnitKind}


def test_falling_back_comes_to_an_end() -> None:
    for kind in FALLBACKS:
        seen = [kind]
        while seen[-1] in FALLBACKS:
            seen.append(FALLBACKS[seen[-1]])
            assert len(seen) == len(set(seen))


@pytest.mark.parametrize(
    ("key", "units", "costs"),
    [
        ("input_cached_tokens", "input", "input"),
        ("promptTokenCount", "input", "input"),
        ("cachedContentTokenCount", None, "input"),
        ("candidatesTokenCount", "output", "output"),
        ("thoughtsTokenCount", "output", "output"),
        ("total", None, None),
        ("something", None, None),
    ],
)
def test_directions_of_keys(key: str, units: str | None, costs: str | None) -> None:
    assert [way for way in ("input", "output") if counts_for(key, way)] == ([units] if units else [])
    assert [way for way in ("input", "output") if costs_for(key, way)] == ([costs] if costs else [])


def test_what_is_contained_has_a_kind() -> None:
    assert all(isinstance(kind, UnitKind) for kind in CONTAINED.values())
