"""Messages as LangChain serialises them, made readable. Several conventions carry them; this module knows no attribute."""

from __future__ import annotations

from typing import Any, Final

from spanwise_server.ingest.conventions.messages import parse_nested

_MARKS: Final = ('"type": "constructor"', '"type":"constructor"')
_ROLES: Final = {"System": "system", "Human": "user", "AI": "assistant", "Tool": "tool", "Function": "function"}
_MAX_DEPTH: Final = 40
_KEPT: Final = ("name", "tool_call_id", "tool_calls", "invalid_tool_calls", "status")


def plain_messages(value: Any) -> Any:
    """Return a payload with every serialised constructor replaced by the message or the arguments it stands for.

    What holds none is returned as it is. A prompt or an answer alone (one batch of ``messages`` or ``generations``) becomes
    the list of messages or the message.
    """
    if not isinstance(value, str) or value[:1] not in ("{", "[") or not any(mark in value for mark in _MARKS):
        return value
    parsed = parse_nested(value)
    return value if parsed is value else _without_batch(_plain(parsed, 0))


def _plain(value: Any, depth: int) -> Any:
    if depth > _MAX_DEPTH:
        return value
    if isinstance(value, list):
        return [_plain(item, depth + 1) for item in value]
    if not isinstance(value, dict):
        return value
    names, arguments = value.get("id"), value.get("kwargs")
    if value.get("type") != "constructor" or not isinstance(names, list) or not isinstance(arguments, dict) or not names:
        return {key: _plain(inner, depth + 1) for key, inner in value.items()}
    name = str(names[-1])
    role = next((role for prefix, role in _ROLES.items() if name.startswith(f"{prefix}Message")), None)
    if role is None:
        return _plain(arguments, depth + 1)
    message = {"role": role, "content": _plain(arguments.get("content"), depth + 1)}
    return message | {key: arguments[key] for key in _KEPT if arguments.get(key)}


def _without_batch(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    messages = value.get("messages")
    if len(value) == 1 and isinstance(messages, list) and len(messages) == 1 and isinstance(messages[0], list):
        return messages[0]
    generations = value.get("generations")
    if isinstance(generations, list) and len(generations) == 1 and isinstance(generations[0], list) and generations[0]:
        answers = [answer.get("message", answer) if isinstance(answer, dict) else answer for answer in generations[0]]
        return answers[0] if len(answers) == 1 else answers
    return value
