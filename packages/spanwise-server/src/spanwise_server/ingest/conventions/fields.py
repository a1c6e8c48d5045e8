"""Fields that one attribute alone decides: from candidates in order to the observation's field. Knows no attribute name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from spanwise_server.domain.observations import Micros, Observation
from spanwise_server.ingest.conventions.dispatch import Candidate
from spanwise_server.ingest.conventions.messages import unescape
from spanwise_server.ingest.conventions.table import Field

Setter = Callable[[Observation, Sequence[Candidate]], None]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_PROMPT_VERSION_MAX: Final = 2**31 - 1
_encode = msgspec.json.encode
_decode = msgspec.json.decode


def text_of(value: Any) -> str:  # any attribute value
    """Return an attribute value as text: text as it is, nothing as empty, all else as JSON."""
    if value.__class__ is str:
        return str(value)
    return "" if value is None else _encode(value).decode()


def parse_time(value: Any) -> Micros | None:  # any attribute value
    """Parse an ISO 8601 time, plain or as a JSON string (the SDKs quote it); without a zone it is UTC."""
    if not isinstance(value, str):
        return None
    text = value.strip().strip('"').strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // _MICROSECOND


def parse_tags(value: Any) -> list[str]:  # any attribute value
    """Read tags: an array, JSON text of one, text with commas, or one plain tag. Each tag once, in order."""
    if isinstance(value, str):
        text = value.strip()
        if text[:1] == "[":
            try:
                value = _decode(text)
            except (msgspec.DecodeError, RecursionError):
                value = None
        if not isinstance(value, list):
            value = [tag.strip() for tag in text.split(",")]
    elif value is not None and not isinstance(value, list):
        value = [value]
    return list(dict.fromkeys(filter(None, map(text_of, value or ()))))


def parse_flag(value: Any) -> bool | None:  # any attribute value
    """Read a boolean, sent as such, as text or as a number; ``None`` when it is none of these."""
    if isinstance(value, str):
        return {"true": True, "1": True, "false": False, "0": False}.get(value.strip().strip('"').lower())
    if isinstance(value, (bool, int, float)):
        return bool(value)
    return None


def _texts(candidates: Sequence[Candidate]) -> Iterator[str]:
    for target, value in candidates:
        read = target.to.read
        text = text_of(value if read is None else read(value))
        if text:
            yield text


def meaning_of(candidates: Sequence[Candidate]) -> str:
    """Return what the first value means that means anything by its table; empty when none does."""
    for target, value in candidates:
        to = target.to
        if to.read is not None:
            meaning = to.read(value)
            if meaning:
                return str(meaning)
        elif to.constant:
            if value is not None and value != "":
                return to.constant
        elif to.values is not None and isinstance(value, str):
            meaning = to.values.get(value) or to.values.get(value.strip().lower())
            if meaning:
                return meaning
        elif to.values is None and value:  # derived
            return str(value)
    return ""


def _text_setter(name: str) -> Setter:
    """Make the setter of a field that is the first non-empty text; without one the field stays as it is."""

    def set_text(observation: Observation, candidates: Sequence[Candidate]) -> None:
        for target, value in candidates:
            if value.__class__ is not str or target.to.read is not None:
                value = text_of(value if target.to.read is None else target.to.read(value))  # noqa: PLW2901  # hot path
            if value:
                setattr(observation, name, value)
                return

    return set_text


def _set_type(observation: Observation, candidates: Sequence[Candidate]) -> None:
    observation.type = meaning_of(candidates) or observation.type


def _set_level(observation: Observation, candidates: Sequence[Candidate]) -> None:
    observation.level = meaning_of(candidates) or observation.level


def _set_trace_input(observation: Observation, candidates: Sequence[Candidate]) -> None:
    observation.trace_input = unescape(next(_texts(candidates), ""))


def _set_trace_output(observation: Observation, candidates: Sequence[Candidate]) -> None:
    observation.trace_output = unescape(next(_texts(candidates), ""))


def _set_trace_public(observation: Observation, candidates: Sequence[Candidate]) -> None:
    flags = (parse_flag(value) for _, value in candidates)
    observation.trace_public = next((flag for flag in flags if flag is not None), None)


def _set_tags(observation: Observation, candidates: Sequence[Candidate]) -> None:
    values = (value if target.to.read is None else target.to.read(value) for target, value in candidates)
    observation.tags = next(filter(None, map(parse_tags, values)), [])


def _set_root(observation: Observation, candidates: Sequence[Candidate]) -> None:
    if any(parse_flag(value) for _, value in candidates):
        observation.is_root = True


def _set_completion_start(observation: Observation, candidates: Sequence[Candidate]) -> None:
    times = (parse_time(value) for _, value in candidates)
    observation.completion_start_time = next((time for time in times if time is not None), None)


def _set_prompt_version(observation: Observation, candidates: Sequence[Candidate]) -> None:
    for text in _texts(candidates):
        if text.isascii() and text.isdigit() and len(text) < 12:
            observation.prompt_version = min(int(text), _PROMPT_VERSION_MAX)
            return


def _set_experiment(observation: Observation, candidates: Sequence[Candidate]) -> None:
    for target, value in candidates:
        observation.experiment.setdefault(target.key, text_of(value))


def _set_model_parameters(observation: Observation, candidates: Sequence[Candidate]) -> None:
    """Take the first JSON object that is no empty one. It beats single parameters, wherever those stand."""
    for _, value in candidates:
        parameters = _object_of(value)
        if parameters:
            observation.model_parameters = _encode_parameters(parameters)
            return


def _set_single_parameters(observation: Observation, candidates: Sequence[Candidate]) -> None:
    if not observation.model_parameters:
        parameters: dict[str, Any] = {}
        for target, value in candidates:
            parameters.setdefault(target.key, value)
        observation.model_parameters = _encode_parameters(parameters)


def _object_of(value: Any) -> dict[str, Any] | None:
    if isinstance(value, str) and value[:1] == "{":
        try:
            value = _decode(value)
        except (msgspec.DecodeError, RecursionError):
            return None
    return value if isinstance(value, dict) else None


def _encode_parameters(parameters: dict[str, Any]) -> str:
    """Encode as the Langfuse API shows parameters: text and numbers as they are, null as null, all else as JSON text."""
    return _encode(
        {
            key: value
            if value is None or (isinstance(value, (str, int, float)) and value.__class__ is not bool)
            else _encode(value).decode()
            for key, value in parameters.items()
        }
    ).decode()


SETTERS: Final[dict[int, Setter]] = {
    int(field): setter
    for field, setter in {
        Field.NAME: _text_setter("name"),
        Field.TYPE: _set_type,
        Field.LEVEL: _set_level,
        Field.STATUS_MESSAGE: _text_setter("status_message"),
        Field.MODEL: _text_setter("model"),
        Field.MODEL_PARAMETERS: _set_model_parameters,
        Field.MODEL_PARAMETER: _set_single_parameters,
        Field.COMPLETION_START: _set_completion_start,
        Field.PROMPT_NAME: _text_setter("prompt_name"),
        Field.PROMPT_VERSION: _set_prompt_version,
        Field.USER: _text_setter("user_id"),
        Field.SESSION: _text_setter("session_id"),
        Field.TAGS: _set_tags,
        Field.VERSION: _text_setter("version"),
        Field.RELEASE: _text_setter("release"),
        Field.ROOT: _set_root,
        Field.TRACE_NAME: _text_setter("trace_name"),
        Field.TRACE_INPUT: _set_trace_input,
        Field.TRACE_OUTPUT: _set_trace_output,
        Field.TRACE_PUBLIC: _set_trace_public,
        Field.EXPERIMENT: _set_experiment,
    }.items()
}
"""Fields that are settled by their candidates alone."""
