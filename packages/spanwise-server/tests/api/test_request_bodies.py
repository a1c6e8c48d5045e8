"""Bodies of requests: only what a database can keep, in camelCase, and unknown keys as each body decides."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from spanwise_server.api.request_bodies import FiniteNumber, RequestBody, StoredText, StrictBool, StrictRequestBody


class Body(RequestBody):
    some_text: StoredText = ""
    some_number: FiniteNumber = 0
    is_so: StrictBool = False


class StrictBody(StrictRequestBody):
    some_text: StoredText = ""


@given(st.text())
def test_every_text_that_can_be_kept_passes_as_it_is(text: str) -> None:
    try:
        text.encode()
        is_storable = "\0" not in text
    except UnicodeEncodeError:
        is_storable = False
    if is_storable:
        assert Body.model_validate({"someText": text}).some_text == text
    else:
        with pytest.raises(ValidationError, match=r"must not contain the character U\+"):
            Body.model_validate({"someText": text})


@pytest.mark.parametrize("number", [1, -2.5, 0, 1e300])
def test_numbers_that_fit(number: float) -> None:
    assert Body.model_validate({"someNumber": number}).some_number == number


@pytest.mark.parametrize("number", ["1", True, None, float("inf"), float("nan"), 10**400])
def test_numbers_that_do_not_fit(number: Any) -> None:
    with pytest.raises(ValidationError):
        Body.model_validate({"someNumber": number})


@pytest.mark.parametrize("truth", [1, 0, "true", None])
def test_a_truth_is_nothing_else(truth: Any) -> None:
    with pytest.raises(ValidationError):
        Body.model_validate({"isSo": truth})


def test_unknown_keys() -> None:
    assert Body.model_validate({"other": 1, "some_text": "not the wire name"}).some_text == ""
    with pytest.raises(ValidationError, match="other"):
        StrictBody.model_validate({"other": 1})
    assert list(json.loads(json.dumps(StrictBody.model_json_schema()))["properties"]) == ["someText"]
