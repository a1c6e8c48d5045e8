"""Score configs: what makes sense, and what a value must be like under one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanwise_server.domain.errors import InvalidRequestError
from spanwise_server.domain.score_configs import (
    BOOLEAN_CATEGORIES,
    ScoreCategory,
    ScoreConfig,
    ScoreViolationError,
    check_open,
    checked,
    data_type_under,
    value_under,
)
from spanwise_server.domain.scores import ScoreDataType

NUMERIC = ScoreConfig(
    id="c",
    project_id="p",
    name="quality",
    data_type=ScoreDataType.NUMERIC,
    min_value=0,
    max_value=1,
    created_at=1,
    updated_at=1,
)
MOODS = (ScoreCategory("calm", 2), ScoreCategory("wild", -1.5))
CATEGORICAL = replace(
    NUMERIC, data_type=ScoreDataType.CATEGORICAL, min_value=None, max_value=None, categories=MOODS, name="mood"
)
BOOLEAN = replace(CATEGORICAL, data_type=ScoreDataType.BOOLEAN, categories=None)
TEXT = replace(BOOLEAN, data_type=ScoreDataType.TEXT)


@pytest.mark.parametrize(
    "config", [NUMERIC, CATEGORICAL, TEXT, replace(NUMERIC, min_value=None), replace(NUMERIC, max_value=None)]
)
def test_what_makes_sense_stays_as_it_is(config: ScoreConfig) -> None:
    assert checked(config) == config


def test_a_boolean_config_gets_its_categories() -> None:
    assert checked(BOOLEAN).categories == BOOLEAN_CATEGORIES
    assert checked(checked(BOOLEAN)).categories == BOOLEAN_CATEGORIES


@pytest.mark.parametrize("name", ["a", "x" * 35, "Zz_09 .()-"])
def test_names_that_are_allowed(name: str) -> None:
    assert checked(replace(NUMERIC, name=name)).name == name


@pytest.mark.parametrize(
    ("config", "changes", "path", "message"),
    [
        (NUMERIC, {"name": ""}, ("name",), "must have 1 to 35 characters, got 0"),
        (NUMERIC, {"name": "x" * 36}, ("name",), "must have 1 to 35 characters, got 36"),
        (NUMERIC, {"name": "a/b"}, ("name",), "may have letters (a-z), digits, spaces and _ . ( ) - only"),
        (NUMERIC, {"name": "line\n"}, ("name",), "may have letters (a-z), digits, spaces and _ . ( ) - only"),
        (NUMERIC, {"description": "x" * 10_001}, ("description",), "must have at most 10000 characters, got 10001"),
        (NUMERIC, {"max_value": 0}, ("maxValue",), "must be greater than minValue, which is 0; got 0"),
        (NUMERIC, {"max_value": -1}, ("maxValue",), "must be greater than minValue, which is 0; got -1"),
        (NUMERIC, {"categories": MOODS}, ("categories",), "are not for a NUMERIC config, only for CATEGORICAL"),
        (TEXT, {"categories": ()}, ("categories",), "are not for a TEXT config, only for CATEGORICAL"),
        (TEXT, {"min_value": 1}, ("minValue",), "is for NUMERIC configs only, not TEXT"),
        (BOOLEAN, {"max_value": 1}, ("maxValue",), "is for NUMERIC configs only, not BOOLEAN"),
        (BOOLEAN, {"categories": MOODS}, ("categories",), "are set by the server for a BOOLEAN config and cannot be sent"),
        (CATEGORICAL, {"categories": None}, ("categories",), "at least one category is required for a CATEGORICAL config"),
        (CATEGORICAL, {"categories": ()}, ("categories",), "at least one category is required for a CATEGORICAL config"),
        (CATEGORICAL, {"categories": (ScoreCategory("", 1),)}, ("categories", 0, "label"), "must have 1 to 500 characters"),
        (
            CATEGORICAL,
            {"categories": (*MOODS, ScoreCategory("calm", 9))},
            ("categories", 2, "label"),
            "'calm' stands here twice; labels must differ",
        ),
        (
            CATEGORICAL,
            {"categories": (*MOODS, ScoreCategory("new", -1.5))},
            ("categories", 2, "value"),
            "-1.5 stands here twice; values must differ",
        ),
        (
            CATEGORICAL,
            {"categories": tuple(ScoreCategory(str(number), number) for number in range(1001))},
            ("categories",),
            "must be at most 1000, got 1001",
        ),
    ],
)
def test_what_makes_no_sense_is_named(
    config: ScoreConfig, changes: dict[str, Any], path: tuple[str | int, ...], message: str
) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        checked(replace(config, **changes))
    assert [(issue.path, issue.message) for issue in caught.value.issues] == [(path, message)]


def test_an_archived_config_takes_no_more_scores() -> None:
    check_open(NUMERIC)
    with pytest.raises(ScoreViolationError, match=r"score config c \(quality\) is archived") as caught:
        check_open(replace(NUMERIC, is_archived=True))
    assert caught.value.field == "configId"


def test_the_data_type_is_the_configs() -> None:
    assert data_type_under(CATEGORICAL, None) is ScoreDataType.CATEGORICAL
    assert data_type_under(CATEGORICAL, "CATEGORICAL") is ScoreDataType.CATEGORICAL
    with pytest.raises(ScoreViolationError, match="is for CATEGORICAL scores, got TEXT") as caught:
        data_type_under(CATEGORICAL, "TEXT")
    assert caught.value.field == "dataType"


@given(st.floats(allow_nan=False, allow_infinity=False), st.none() | st.floats(-10, 0), st.none() | st.floats(0.1, 10))
def test_a_number_passes_exactly_within_the_bounds(value: float, low: float | None, high: float | None) -> None:
    config = replace(NUMERIC, min_value=low, max_value=high)
    if (low is None or value >= low) and (high is None or value <= high):
        assert value_under(config, value, "") == value
        return
    with pytest.raises(ScoreViolationError) as caught:
        value_under(config, value, "")
    assert caught.value.field == "value"


def test_a_category_gives_its_number() -> None:
    assert value_under(CATEGORICAL, 0.0, "wild") == -1.5
    with pytest.raises(ScoreViolationError, match=r"'Wild' is no category of score config c \(mood\); it has 'calm', 'wild'"):
        value_under(CATEGORICAL, 0.0, "Wild")


def test_many_categories_are_not_all_listed() -> None:
    config = replace(CATEGORICAL, categories=tuple(ScoreCategory(f"c{number}", number) for number in range(50)))
    with pytest.raises(ScoreViolationError, match=r"'c9', …$"):
        value_under(config, 0.0, "x" * 1000)


def test_a_text_and_a_truth_pass_as_they_are() -> None:
    assert value_under(TEXT, None, "words") is None
    assert value_under(checked(BOOLEAN), 1.0, "True") == 1.0
