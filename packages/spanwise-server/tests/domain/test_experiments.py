"""Metadata of experiments, whole or in parts."""

from __future__ import annotations

import json

import pytest

from spanwise_server.domain.experiments import metadata_text


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({}, None),
        ({"metadata": '{"a":1}'}, {"a": 1}),
        ({"metadata.a": "x", "metadata.b.c": "1", "metadata.b.d": "[2]"}, {"a": "x", "b": {"c": 1, "d": [2]}}),
        ({"metadata": '{"a":1}', "metadata.a": "2", "metadata.b": "3"}, {"a": 1, "b": 3}),
        ({"metadata": '{"a":1}', "metadata.a.b": "2"}, {"a": 1}),
        ({"metadata": "text", "metadata.a": "2"}, {"a": 2}),
        ({"item.metadata.a": "2", "metadatax": "3"}, None),
    ],
)
def test_metadata_is_joined(attributes: dict[str, str], expected: object) -> None:
    text = metadata_text(attributes, "metadata")

    assert (json.loads(text) if text else None) == expected
