"""Conditions on versions of prompts mean what they mean everywhere else."""

from __future__ import annotations

from typing import Any

import pytest

from spanwise_server.domain.errors import InvalidRequestError
from spanwise_server.query.expressions import EVERYTHING, And, Comparison, Field, Not, Operator, Or, Value
from spanwise_server.services.prompts.filtering import matches
from spanwise_server.storage.metadata.prompt_summaries import VersionRow

ROW = VersionRow(
    id="i",
    name="folder/a",
    type="text",
    version=2,
    tags=("x", "y"),
    labels=("production",),
    created_at=5,
    updated_at=7,
    config='{"model": "M1", "a.b": "dotted", "a": {"c": 1.5}, "on": false, "none": null, "list": [1]}',
)


def holds(name: str, operator: Operator, value: Value = None, key: str | None = None) -> bool:
    return matches(Comparison(Field(name, key), operator, value), ROW)


@pytest.mark.parametrize(
    ("name", "operator", "value", "expected"),
    [
        ("name", Operator.EQ, "folder/a", True),
        ("name", Operator.NE, "folder/a", False),
        ("name", Operator.CONTAINS, "der/", True),
        ("name", Operator.NOT_CONTAINS, "der/", False),
        ("name", Operator.STARTS_WITH, "folder", True),
        ("name", Operator.ENDS_WITH, "/b", False),
        ("name", Operator.CONTAINS_ANY_CASE, "FOLDER", True),
        ("id", Operator.ANY_OF, ("i", "j"), True),
        ("id", Operator.NONE_OF, ("i", "j"), False),
        ("type", Operator.IS_SET, None, True),
        ("type", Operator.IS_NOT_SET, None, False),
        ("version", Operator.GE, 2, True),
        ("version", Operator.LT, 2.5, True),
        ("version", Operator.IS_NOT_SET, None, False),
        ("created_at", Operator.GT, 5, False),
        ("updated_at", Operator.LE, 7, True),
        ("tags", Operator.ALL_OF, ("x", "y"), True),
        ("tags", Operator.ALL_OF, ("x", "z"), False),
        ("tags", Operator.ANY_OF, ("z", "y"), True),
        ("tags", Operator.NONE_OF, ("z",), True),
        ("labels", Operator.CONTAINS, "production", True),
        ("labels", Operator.EQ, "prod", False),
        ("labels", Operator.IS_NOT_SET, None, False),
    ],
)
def test_fields(name: str, operator: Operator, value: Value, *, expected: bool) -> None:
    assert holds(name, operator, value) is expected


@pytest.mark.parametrize(
    ("key", "operator", "value", "expected"),
    [
        ("model", Operator.EQ, "M1", True),
        ("model", Operator.CONTAINS, "1", True),
        ("model", Operator.GT, 0, False),
        ("a.b", Operator.EQ, "dotted", True),
        ("a.c", Operator.EQ, 1.5, True),
        ("a.c", Operator.LT, 1, False),
        ("a.c", Operator.EQ, "1.5", True),
        ("on", Operator.EQ, False, True),
        ("on", Operator.NE, True, True),
        ("on", Operator.EQ, 0, False),
        ("missing", Operator.NE, True, False),
        ("missing", Operator.IS_SET, None, False),
        ("none", Operator.IS_NOT_SET, None, True),
        ("list", Operator.CONTAINS, "1", True),
        ("list.x", Operator.IS_SET, None, False),
        ("", Operator.IS_SET, None, False),
    ],
)
def test_inside_config(key: str, operator: Operator, value: Any, *, expected: bool) -> None:
    assert holds("config", operator, value, key) is expected


def test_terms_are_joined() -> None:
    true, false = Comparison(Field("version"), Operator.EQ, 2), Comparison(Field("version"), Operator.EQ, 3)
    assert matches(EVERYTHING, ROW)
    assert matches(And((true, Not(false))), ROW)
    assert matches(Or((false, true)), ROW)
    assert not matches(Or(()), ROW)
    assert not matches(And((true, false)), ROW)


@pytest.mark.parametrize(
    ("name", "operator"), [("version", Operator.CONTAINS), ("nothing", Operator.EQ), ("tags", Operator.LT)]
)
def test_what_a_field_does_not_take_is_refused(name: str, operator: Operator) -> None:
    with pytest.raises(InvalidRequestError):
        holds(name, operator, "x")
    with pytest.raises(InvalidRequestError):
        holds("config", Operator.ALL_OF, ("x",), "k")
