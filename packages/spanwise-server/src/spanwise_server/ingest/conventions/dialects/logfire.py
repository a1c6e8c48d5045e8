"""``logfire.*``: spans and logs of Pydantic Logfire, and what its integrations of model APIs add to the GenAI conventions.

Captured from 5. Logs are spans without duration there; they become events.
"""

from __future__ import annotations

from typing import Any, Final

from spanwise_server.ingest.conventions.messages import parse_nested
from spanwise_server.ingest.conventions.table import Derived, Field, Table, To, derive
from spanwise_server.ingest.spans import Span

_CHOICE: Final = "gen_ai.choice"
_EVENTS: Final = "events"
_LEVELS: Final = ((17, "ERROR"), (13, "WARNING"), (9, "DEFAULT"), (0, "DEBUG"))
"""From which severity number of OpenTelemetry on."""


def _read_level(number: Any) -> str | None:
    if number.__class__ is not int:
        return None
    return next((level for least, level in _LEVELS if number >= least), None)


def _read_tags(value: Any) -> Any:
    """Leave out the tag that Logfire itself puts on every call of a model."""
    return [tag for tag in value if tag != "LLM"] if isinstance(value, list) else value


def _is_announced(span: Span) -> str | None:
    """Say so of a request whose answer is streamed: the log that ends the stream tells model and usage."""
    attributes = span.attributes
    is_request = attributes.get("logfire.span_type") == "span" and "gen_ai.operation.name" in attributes
    is_answered = "gen_ai.response.id" in attributes or "gen_ai.output.messages" in attributes
    return "stream" if is_request and not span.is_error and not is_answered and "gen_ai.usage.raw" not in attributes else None


def _events(span: Span) -> list[Any]:
    """Return the messages that older versions put into one attribute."""
    for key in (_EVENTS, "all_messages_events"):
        parsed = parse_nested(span.attributes.get(key))
        if isinstance(parsed, list):
            return parsed
    return []


def _is_choice(event: Any) -> bool:
    return isinstance(event, dict) and event.get("event.name") == _CHOICE


def _read_messages(span: Span) -> Any:
    return [_without_name(event) for event in _events(span) if not _is_choice(event)] or None


def _read_choices(span: Span) -> Any:
    choices = [_without_name(event) for event in _events(span) if _is_choice(event)]
    messages = [choice.get("message", choice) for choice in choices]
    return messages[0] if len(messages) == 1 else messages or None


def _without_name(event: Any) -> Any:
    if not isinstance(event, dict):
        return event
    return {key: value for key, value in event.items() if key not in ("event.name", "gen_ai.message.index", "gen_ai.system")}


TABLE: Final = Table(
    "logfire",
    {
        "logfire.msg": To(Field.NAME),
        "logfire.level_num": To(Field.LEVEL, read=_read_level),
        "prompt": To(Field.INPUT),
        "all_messages_events": derive(Derived(Field.INPUT, _read_messages, uses=("all_messages_events",))),
        _EVENTS: derive(
            Derived(Field.INPUT, _read_messages, uses=(_EVENTS,)), Derived(Field.OUTPUT, _read_choices, uses=(_EVENTS,))
        ),
        "logfire.tags": To(Field.TAGS, read=_read_tags),
        "request_data": derive(Derived(Field.SUMMARY, _is_announced)),
        # What the model API reported, whole: the single counts beside it lack the cached tokens.
        "gen_ai.usage.raw": To(Field.USAGE),
    },
)
KIND: Final = Table("logfire, kind", {"logfire.span_type": To(Field.TYPE, values={"log": "EVENT"})})
