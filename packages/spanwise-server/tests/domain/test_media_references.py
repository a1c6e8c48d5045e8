"""Tokens of media files in payloads, and the paths that clients replace them by."""

from __future__ import annotations

import json

from spanwise_server.domain.media_references import find_references

TOKEN = "@@@langfuseMedia:type=image/png|id=cccccccccccccccccccccc|source=base64_data_uri@@@"


def test_references_are_found_where_they_stand_alone() -> None:
    value = {"a": TOKEN, "b c": [1, {"it's": TOKEN}, f"see {TOKEN}", "@@@langfuseMedia:type=x|id=y@@@"]}

    found = find_references(json.dumps(value))

    assert {reference.path for reference in found} == {"$['a']", "$['b c'][1]['it's']"}
    assert {(reference.media_id, reference.token) for reference in found} == {("c" * 22, TOKEN)}


def test_a_value_may_be_nothing_but_a_reference() -> None:
    assert [reference.path for reference in find_references(json.dumps(TOKEN))] == ["$"]
    assert find_references(None) == []
    assert find_references('"text"') == []


def test_nesting_costs_no_stack() -> None:
    deep = "[" * 500 + json.dumps(TOKEN) + "]" * 500

    assert [reference.path for reference in find_references(deep)] == ["$" + "[0]" * 500]
