"""Score bodies: one rule set for legacy ``score-create`` events and for ``POST /scores``.

Checks what a score says about itself. Whether it agrees with a score config is not decided here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from spanwise_server.domain.errors import InvalidRequestError, Issue, PayloadTooLargeError
from spanwise_server.domain.partials import Entity, Partial
from spanwise_server.domain.scores import ScoreDataType, ScoreSource
from spanwise_server.ingest.decode.batch_bodies import read_body_id
from spanwise_server.ingest.decode.batch_fields import (
    FieldSink,
    Rule,
    Table,
    describe,
    describe_issues,
    read_environment,
    read_fields,
    read_id,
    read_metadata,
    read_text,
    read_time,
)
from spanwise_server.ingest.decode.body import parse_json
from spanwise_server.ingest.decoded import ConfiguredScore, DecodedScores, IngestContext

INVALID: Final = "Invalid request data"
PARTIAL_BYTES: Final = 600
"""About what a partial and its maps weigh in memory, payload aside."""

_LONGEST_TEXT: Final = 500
_CORRECTION_NAME: Final = "output"
_NON_FINITE: Final = frozenset({"NaN", "Infinity", "-Infinity"})
_WRITABLE_SOURCES: Final = frozenset({ScoreSource.API, ScoreSource.ANNOTATION})


def _read_choice(choices: frozenset[str]) -> Callable[[FieldSink, str, Any], None]:
    def read(sink: FieldSink, name: str, value: Any) -> None:
        if value.__class__ is not str or value not in choices:
            raise ValueError(f"must be one of {', '.join(sorted(choices))}, got {describe(value)}")
        sink.fields[name] = value

    return read


def _read_name(sink: FieldSink, name: str, value: Any) -> None:
    if value == "":
        raise ValueError("must not be empty")
    read_text(sink, name, value)


_TABLE: Final[Table] = MappingProxyType(
    {
        "name": Rule("name", _read_name),
        "traceId": Rule("trace_id", read_id),
        "observationId": Rule("observation_id", read_id),
        "sessionId": Rule("session_id", read_id),
        "datasetRunId": Rule("dataset_run_id", read_id),
        "dataType": Rule("data_type", _read_choice(frozenset(ScoreDataType))),
        "source": Rule("source", _read_choice(frozenset(ScoreSource))),
        "timestamp": Rule("timestamp", read_time),
        "comment": Rule("comment", read_text, keeps_null=True),
        "metadata": Rule("metadata", read_metadata),
        "configId": Rule("config_id", read_id, keeps_null=True),
        "queueId": Rule("queue_id", read_id, keeps_null=True),
        "executionTraceId": Rule("execution_trace_id", read_id, keeps_null=True),
        "environment": Rule("environment", read_environment),
    }
)


def read_score(body: Mapping[str, Any], sink: FieldSink) -> None:
    """Read a score body into ``sink``: ``value``, ``string_value`` and ``data_type`` are always set, and fit together."""
    read_fields(body, _TABLE, sink)
    if body.get("name") is None:
        sink.reject("is required", "body", "name")
    if body.get("value") is None:
        sink.reject("is required", "body", "value")
    if sink.issues:
        return
    fields = sink.fields
    try:
        data_type, fields["value"], fields["string_value"] = read_value(body["value"], fields.get("data_type"))
    except ValueError as error:
        sink.reject(str(error), "body", "value")
        return
    fields["data_type"] = data_type
    if data_type == ScoreDataType.CORRECTION:
        fields["name"] = _CORRECTION_NAME
    _check_subject(fields, sink)
    _check_config(fields, sink)
    sink.keep_text("string_value", fields["string_value"])
    if sink.truncated:
        fields["truncated"] = sink.truncated
    if "config_id" in fields and not fields["config_id"]:
        fields["config_violation"] = None  # whoever takes the config away takes with it what was wrong about it


def decode_scores(body: bytes, context: IngestContext, *, new_id: Callable[[], str]) -> DecodedScores:
    """Decode ``POST /scores``: one score, or an array of which each item stands for itself.

    Args:
        body: The decompressed request body.
        context: Who sent it, and the limits. ``received_at`` orders these scores among the writers of the same id.
        new_id: Makes an id for a score that comes without one.

    Raises:
        InvalidRequestError: Not JSON, neither object nor array, or a single score that breaks a rule (``issues`` say which).
        PayloadTooLargeError: More items than the limit.
    """
    content = parse_json(body, context.limits)
    is_array = content.__class__ is list
    items = content if is_array else [content]
    if len(items) > context.limits.max_batch_events:
        raise PayloadTooLargeError(
            f"The array has {len(items)} scores, more than {context.limits.max_batch_events}", hint="Send smaller arrays."
        )
    decoded = DecodedScores(is_array=is_array, size_bytes=len(body) + PARTIAL_BYTES * len(items))
    for index, item in enumerate(items):
        sink = FieldSink(context.limits)
        score_id = _read_posted_score(item, sink)
        if not sink.issues:
            partial = _build_partial(score_id or new_id(), sink.fields, context)
            decoded.partials.append(partial)
            decoded.ids.append(partial.id)
            if partial.fields.get("config_id"):
                sent = ConfiguredScore(partial=partial, value=item["value"], data_type=item.get("dataType"), index=index)
                decoded.configured.append(sent)
            continue
        issues = [Issue(issue.message, issue.path[1:], issue.code) for issue in sink.issues]  # the score is the body here
        if not is_array:
            raise InvalidRequestError(INVALID, issues=issues)
        decoded.errors.append(describe_refusal(index, issues))
    return decoded


def describe_refusal(index: int, issues: Sequence[Issue]) -> str:
    """Return what the answer says of a refused score of an array."""
    return f"Score {index}: {describe_issues(issues)}"


def _read_posted_score(item: Any, sink: FieldSink) -> str:  # any JSON value
    """Read one score as REST takes it and return its id."""
    if item.__class__ is not dict:
        sink.reject(f"must be an object, got {describe(item)}", "body")
        return ""
    score_id = read_body_id(item, sink)
    read_score(item, sink)
    if sink.fields.get("source", ScoreSource.API) not in _WRITABLE_SOURCES:
        sink.reject(f"must be one of {', '.join(sorted(_WRITABLE_SOURCES))}", "body", "source")
    return score_id


def _build_partial(score_id: str, fields: dict[str, Any], context: IngestContext) -> Partial:
    return Partial(
        project_id=context.project_id,
        entity=Entity.SCORE,
        id=score_id,
        time=context.received_at,
        fields=fields,
        sdk_name=context.sdk_name,
        sdk_version=context.sdk_version,
        public_key=context.public_key,
    )


def read_value(value: Any, data_type: str | None) -> tuple[str, float | None, str]:  # any JSON value
    """Return data type, number and text of a score; the value's own type decides when no data type is given.

    Raises:
        ValueError: The value does not fit the data type; the message can be shown to the client.
    """
    if data_type is None:
        data_type = _infer_data_type(value)
    match data_type:
        case ScoreDataType.NUMERIC:
            return data_type, _read_number(value), ""
        case ScoreDataType.BOOLEAN:
            if value not in (0, 1):
                raise ValueError(f"must be 0 or 1 for a BOOLEAN score, got {describe(value)}")
            return data_type, float(value), "True" if value else "False"
        case ScoreDataType.CATEGORICAL:
            # The number of a category is known to its config only; without one the Langfuse API says 0.
            return data_type, 0.0, _read_string(value, data_type)
        case ScoreDataType.TEXT:
            text = _read_string(value, data_type)
            if not 1 <= len(text) <= _LONGEST_TEXT:
                raise ValueError(f"must have 1 to {_LONGEST_TEXT} characters for a TEXT score, got {len(text)}")
            return data_type, None, text
        case _:
            return data_type, None, _read_string(value, data_type)


def _infer_data_type(value: Any) -> ScoreDataType:
    if value.__class__ is bool:
        return ScoreDataType.BOOLEAN
    # The lenient parser turns the literal NaN into text; it was meant as a number and is not one.
    if value.__class__ is str and value not in _NON_FINITE:
        return ScoreDataType.CATEGORICAL
    return ScoreDataType.NUMERIC


def _read_number(value: Any) -> float:
    if value.__class__ not in (int, float, bool):
        raise ValueError(f"must be a finite number for a NUMERIC score, got {describe(value)}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError("must fit a 64-bit floating point number")
    return number


def _read_string(value: Any, data_type: str) -> str:
    if value.__class__ is not str:
        raise ValueError(f"must be a string for a {data_type} score, got {describe(value)}")
    return str(value)


def _check_subject(fields: Mapping[str, Any], sink: FieldSink) -> None:
    given = [name for name in ("trace_id", "session_id", "dataset_run_id") if name in fields]
    if len(given) != 1:
        sink.reject("exactly one of traceId, sessionId and datasetRunId must be given", "body")
    elif "observation_id" in fields and given != ["trace_id"]:
        sink.reject("observationId needs traceId", "body", "observationId")
    elif fields["data_type"] == ScoreDataType.CORRECTION and given != ["trace_id"]:
        sink.reject("a CORRECTION belongs to a trace or an observation", "body", "traceId")


def _check_config(fields: Mapping[str, Any], sink: FieldSink) -> None:
    is_correction = fields["data_type"] == ScoreDataType.CORRECTION
    if is_correction and fields.get("config_id"):
        sink.reject("a CORRECTION has no score config", "body", "configId")
    if fields.get("source") == ScoreSource.ANNOTATION and not is_correction and not fields.get("config_id"):
        sink.reject("is required for a score of source ANNOTATION", "body", "configId")
