"""The filter grammar: every type, operator and column rule, and the words of every refusal."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanwise_server.domain.errors import InvalidRequestError
from spanwise_server.query.expressions import EVERYTHING, And, Comparison, Expression, Field, Not, Operator, Or, Value
from spanwise_server.services.filter_columns import COLUMNS, FilterTarget
from spanwise_server.services.filter_grammar import parse_filter


def condition(kind: Any, column: Any, operator: Any, value: Any = None, **rest: Any) -> dict[str, Any]:
    return {"type": kind, "column": column, "operator": operator, "value": value, **rest}


def parse_one(target: FilterTarget, *args: Any, **rest: Any) -> Expression:
    expression = parse_filter(json.dumps([condition(*args, **rest)]), target)
    assert isinstance(expression, And)
    [term] = expression.terms
    return term


def compare(name: str, operator: Operator, value: Value = None, key: str | None = None) -> Comparison:
    return Comparison(Field(name, key), operator, value)


@pytest.mark.parametrize("text", [None, "", "[]"])
def test_no_condition_is_everything(text: str | None) -> None:
    assert parse_filter(text, "traces") == EVERYTHING


def test_all_conditions_must_hold_in_their_order() -> None:
    text = json.dumps([condition("string", "name", "=", "a"), condition("number", "latency", ">", 1.5)])
    assert parse_filter(text, "traces") == And((compare("name", Operator.EQ, "a"), compare("latency", Operator.GT, 1.5)))


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (("string", "name", "=", "x"), compare("name", Operator.EQ, "x")),
        (("string", "name", "contains", "x"), compare("name", Operator.CONTAINS, "x")),
        (("string", "name", "does not contain", "x"), compare("name", Operator.NOT_CONTAINS, "x")),
        (("string", "name", "starts with", "x"), compare("name", Operator.STARTS_WITH, "x")),
        (("string", "name", "ends with", "x"), compare("name", Operator.ENDS_WITH, "x")),
        (("string", "name", "is not empty"), compare("name", Operator.IS_SET)),
        (("string", "input", "matches", "x y"), compare("input", Operator.MATCHES, "x y")),
        (("string", "Output", "matches", "x"), compare("output", Operator.MATCHES, "x")),
        (("stringOptions", "name", "any of", ["a", "b"]), compare("name", Operator.ANY_OF, ("a", "b"))),
        (("stringOptions", "level", "none of", ["ERROR"]), compare("level", Operator.NONE_OF, ("ERROR",))),
        (("stringOptions", "name", "any of", []), compare("name", Operator.ANY_OF, ())),
        (("arrayOptions", "tags", "all of", ["a"]), compare("tags", Operator.ALL_OF, ("a",))),
        (("arrayOptions", "Trace Tags", "none of", ["a"]), compare("tags", Operator.NONE_OF, ("a",))),
        (("stringOptions", "calledToolNames", "any of", ["a"]), compare("called_tool_names", Operator.ANY_OF, ("a",))),
        (("number", "totalCost", "=", 0), compare("total_cost", Operator.EQ, 0)),
        (("number", "tokens", ">=", 10), compare("total_tokens", Operator.GE, 10)),
        (("number", "Latency (s)", "<", 0.5), compare("latency", Operator.LT, 0.5)),
        (("number", "timeToFirstToken", "<=", 1), compare("time_to_first_token", Operator.LE, 1)),
        (("datetime", "startTime", ">", "1970-01-01T00:00:01Z"), compare("start_time", Operator.GT, 1_000_000)),
        (("datetime", "Start Time", "<=", "1970-01-01T01:00:00+01:00"), compare("start_time", Operator.LE, 0)),
        (("datetime", "endTime", ">=", "1970-01-01T00:00:01.5"), compare("end_time", Operator.GE, 1_500_000)),
        (("datetime", "endTime", "<", "0001-01-01T00:00:00Z"), compare("end_time", Operator.LT, 0)),
        (("datetime", "endTime", ">", "9999-12-31T23:59:59-14:00"), compare("end_time", Operator.GT, 10_413_705_600_000_000)),
        (("boolean", "isRootObservation", "=", True), compare("is_root", Operator.EQ, True)),
        (("boolean", "hasParentObservation", "<>", True), compare("has_parent", Operator.NE, True)),
        (("null", "parentObservationId", "is null", ""), compare("parent_id", Operator.IS_NOT_SET)),
        (("null", "endTime", "is not null"), compare("end_time", Operator.IS_SET)),
        (("null", "latency", "is null"), compare("latency", Operator.IS_NOT_SET)),
        (("null", "tags", "is not null"), compare("tags", Operator.IS_SET)),
    ],
)
def test_each_type_and_operator(sent: tuple[Any, ...], expected: Comparison) -> None:
    assert parse_one("observations", *sent) == expected


@pytest.mark.parametrize(
    ("sent", "key", "expected"),
    [
        (("stringObject", "metadata", "=", "v"), "a.b", compare("metadata", Operator.EQ, "v", "a.b")),
        (("stringObject", "metadata", "does not contain", "v"), "k", compare("metadata", Operator.NOT_CONTAINS, "v", "k")),
        (("stringObject", "metadata", "matches", "v"), "k", compare("metadata", Operator.CONTAINS, "v", "k")),
        (("stringObject", "metadata", "is set"), "k", compare("metadata", Operator.IS_SET, None, "k")),
        (("stringObject", "metadata", "is not set", ""), "k", compare("metadata", Operator.IS_NOT_SET, None, "k")),
        (("numberObject", "metadata", ">", 3), "n", compare("metadata", Operator.GT, 3, "n")),
        (("booleanObject", "metadata", "<>", True), "b", compare("metadata", Operator.NE, True, "b")),
        (
            ("categoryOptions", "metadata", "any of", ["x", "1"]),
            "k",
            Or((compare("metadata", Operator.EQ, "x", "k"), compare("metadata", Operator.EQ, "1", "k"))),
        ),
        (("categoryOptions", "metadata", "none of", ["x"]), "k", Not(Or((compare("metadata", Operator.EQ, "x", "k"),)))),
        (("numberObject", "scores_avg", ">=", 0.5), "quality", compare("scores_avg", Operator.GE, 0.5, "quality")),
        (("numberObject", "scores", "=", 1), "quality", compare("scores_avg", Operator.EQ, 1, "quality")),
        (
            ("categoryOptions", "score_categories", "any of", ["good", "ok"]),
            "tone",
            compare("score_categories", Operator.ANY_OF, ("good", "ok"), "tone"),
        ),
        (
            ("categoryOptions", "score_categories", "none of", ["bad"]),
            "tone",
            compare("score_categories", Operator.NONE_OF, ("bad",), "tone"),
        ),
        (("booleanObject", "score_booleans", "=", False), "ok", compare("score_booleans", Operator.EQ, False, "ok")),
    ],
)
def test_conditions_inside_objects(sent: tuple[Any, ...], key: str, expected: Expression) -> None:
    assert parse_one("traces", *sent, key=key) == expected


def test_categories_without_a_key_name_their_score_in_the_value() -> None:
    good = compare("score_categories", Operator.ANY_OF, ("good",), "tone")
    assert parse_one("traces", "stringOptions", "score_categories", "any of", ["tone:good"]) == Or((good,))
    assert parse_one("traces", "stringOptions", "score_categories", "none of", ["tone:good"]) == Not(Or((good,)))
    assert parse_one("traces", "stringOptions", "score_categories", "any of", ["a:b:c", "none"]) == Or(
        (
            compare("score_categories", Operator.ANY_OF, ("b:c",), "a"),
            compare("score_categories", Operator.ANY_OF, ("c",), "a:b"),
        )
    )


def test_the_position_in_a_trace_is_ignored() -> None:
    text = json.dumps([condition("positionInTrace", "position", "=", "last"), condition("string", "name", "=", "x")])
    assert parse_filter(text, "observations") == And((compare("name", Operator.EQ, "x"),))


@pytest.mark.parametrize(
    ("target", "columns"),
    [
        (
            "traces",
            (
                "id traceId name traceName userId sessionId version release environment level tags traceTags bookmarked timestamp "
                "metadata latency inputTokens outputTokens totalTokens tokens inputCost outputCost totalCost errorCount warningCount "
                "defaultCount debugCount scores_avg scores score_categories score_booleans"
            ),
        ),
        (
            "observations",
            (
                "id type name traceId traceName level statusMessage version release environment traceEnvironment model "
                "providedModelName modelId promptName userId sessionId parentObservationId ingestionApiKey ingestionSdkName "
                "ingestionSdkVersion ingestionSource experimentDatasetId experimentId experimentName input output commentContent "
                "tags traceTags toolNames calledToolNames startTime endTime latency timeToFirstToken tokensPerSecond inputTokens "
                "outputTokens totalTokens tokens inputCost outputCost totalCost promptVersion toolDefinitions toolCalls commentCount "
                "hasParentObservation isRootObservation hasInput hasOutput metadata scores_avg score_categories score_booleans "
                "trace_scores_avg trace_score_categories trace_score_booleans"
            ),
        ),
        (
            "scores",
            (
                "id timestamp environment traceId observationId sessionId name evaluatorId value booleanValue stringValue source "
                "dataType comment authorUserId metadata traceName userId trace_tags"
            ),
        ),
    ],
)
def test_every_column_of_the_api_is_known(target: FilterTarget, columns: str) -> None:
    assert set(columns.split()) <= set(COLUMNS[target])


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        ("{", ("filter",), "must be a JSON array of conditions: Input data was truncated"),
        ("NaN", ("filter",), "must be a JSON array of conditions: JSON is malformed"),
        ('"\\ud800"', ("filter",), "must be a JSON array of conditions: "),
        ("\ud800", ("filter",), "must be a JSON array of conditions: "),
        ("[" * 10_000, ("filter",), "must be a JSON array of conditions: "),
        ("{}", ("filter",), "must be a JSON array of conditions"),
        ("null", ("filter",), "must be a JSON array of conditions"),
        (json.dumps([{}] * 201), ("filter",), "must have at most 200 conditions, got 201"),
        ("[1]", ("filter", 0), "must be an object"),
    ],
)
def test_what_is_no_array_of_conditions_is_refused(text: str, path: tuple[str | int, ...], message: str) -> None:
    with pytest.raises(InvalidRequestError, match="Invalid request data") as caught:
        parse_filter(text, "traces")
    [issue] = caught.value.issues
    assert issue.path == path
    assert issue.message.startswith(message)


@pytest.mark.parametrize(
    ("sent", "field", "message"),
    [
        (condition("text", "name", "=", "x"), "type", "must be one of datetime, string, stringOptions, arrayOptions, "),
        (condition([], "name", "=", "x"), "type", "must be one of datetime, "),
        (
            condition("string", "name", "==", "x"),
            "operator",
            "must be one of =, contains, does not contain, starts with, ends ",
        ),
        (condition("string", "name", None, "x"), "operator", "must be one of =, "),
        (condition("stringOptions", "name", "all of", ["x"]), "operator", "must be one of any of, none of"),
        (condition("datetime", "timestamp", "=", "2026-01-01T00:00:00Z"), "operator", "must be one of >, <, >=, <="),
        (condition("boolean", "bookmarked", "!=", True), "operator", "must be one of =, <>"),
        (condition("string", "name", "matches", "x"), "operator", "matches is for input, output and metadata"),
        (condition("string", 5, "=", "x"), "column", "must be a string"),
        (condition("string", "latency", "=", "x"), "type", "must be number or null for column latency, not string"),
        (condition("number", "name", "=", 1), "type", "must be string or stringOptions or null for column name, not number"),
        (condition("arrayOptions", "name", "any of", []), "type", "must be string or stringOptions or null for column name"),
        (condition("string", "tags", "=", "x"), "type", "must be arrayOptions or stringOptions or null for column tags"),
        (condition("string", "metadata", "=", "x"), "type", "must be stringObject or numberObject or booleanObject or "),
        (condition("null", "metadata", "is null"), "type", "must be stringObject or "),
        (condition("number", "scores_avg", "=", 1), "type", "must be numberObject for column scores_avg, not number"),
        (condition("string", "name", "=", 1), "value", "must be a string"),
        (condition("string", "name", "="), "value", "must be a string"),
        (condition("stringOptions", "name", "any of", "x"), "value", "must be an array of strings"),
        (condition("stringOptions", "name", "any of", [1]), "value", "must be an array of strings"),
        (condition("number", "latency", ">", "1"), "value", "must be a number"),
        (condition("number", "latency", ">", True), "value", "must be a number"),
        (condition("number", "latency", ">", 10**400), "value", "must fit a 64-bit floating point number"),
        (condition("boolean", "bookmarked", "=", 1), "value", "must be true or false"),
        (condition("datetime", "timestamp", ">", "soon"), "value", "must be an ISO 8601 time such as"),
        (condition("datetime", "timestamp", ">", 5), "value", "must be an ISO 8601 time such as"),
        (condition("null", "name", "is null", "x"), "value", "must be empty or absent"),
        (condition("stringObject", "metadata", "=", "x"), "key", "must be a string: the name inside the object"),
        (condition("numberObject", "scores_avg", "=", 1, key=1), "key", "must be a string: the name inside the object"),
        (condition("categoryOptions", "score_categories", "any of", []), "key", "must be a string: the name inside the object"),
    ],
)
def test_a_wrong_condition_is_refused_with_its_place(sent: dict[str, Any], field: str, message: str) -> None:
    fine = condition("string", "name", "=", "x")
    with pytest.raises(InvalidRequestError, match="Invalid request data") as caught:
        parse_filter(json.dumps([fine, sent]), "traces")
    [issue] = caught.value.issues
    assert issue.path == ("filter", 1, field)
    assert issue.message.startswith(message)


@pytest.mark.parametrize("target", ["traces", "observations", "scores"])
def test_an_unknown_column_is_named(target: FilterTarget) -> None:
    with pytest.raises(InvalidRequestError, match=r"^Column nope does not match a UI / CH table mapping\.$"):
        parse_one(target, "string", "nope", "=", "x")


@pytest.mark.parametrize(("target", "column"), [("traces", "startTime"), ("observations", "timestamp"), ("scores", "latency")])
def test_columns_of_other_entities_are_unknown(target: FilterTarget, column: str) -> None:
    with pytest.raises(InvalidRequestError, match="does not match a UI / CH table mapping"):
        parse_one(target, "number", column, "=", 1)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
TYPES = st.sampled_from(["string", "number", "datetime", "null", "stringObject", "categoryOptions", "stringOptions", "boolean"])
OPERATORS = st.sampled_from(["=", "<>", ">", "any of", "none of", "contains", "is null", "is set", "matches"])


@given(
    st.lists(
        JSON_VALUES
        | st.fixed_dictionaries(
            {
                "type": TYPES | JSON_VALUES,
                "column": st.sampled_from(sorted(COLUMNS["observations"])) | JSON_VALUES,
                "operator": OPERATORS | JSON_VALUES,
                "value": JSON_VALUES,
                "key": JSON_VALUES,
            }
        ),
        max_size=3,
    )
)
def test_any_json_is_an_expression_or_a_client_fault(conditions: list[Any]) -> None:
    try:
        expression = parse_filter(json.dumps(conditions), "observations")
    except InvalidRequestError:
        return
    assert isinstance(expression, And)


@given(st.text(max_size=50))
def test_any_text_is_an_expression_or_a_client_fault(text: str) -> None:
    try:
        expression = parse_filter(text, "scores")
    except InvalidRequestError:
        return
    assert isinstance(expression, And)
