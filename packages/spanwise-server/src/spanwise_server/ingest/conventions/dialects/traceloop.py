"""``traceloop.*``: workflows, tasks, agents and tools of OpenLLMetry and of the Traceloop SDK.

Captured from 0.62. Model calls of the same libraries follow the GenAI conventions (``gen_ai``), older ones its indexed form.
"""

from __future__ import annotations

from typing import Any, Final

from spanwise_server.ingest.conventions.dialects.langchain import plain_messages
from spanwise_server.ingest.conventions.messages import parse_nested
from spanwise_server.ingest.conventions.table import Field, Table, To

_ASSOCIATION: Final = "traceloop.association.properties."
_KINDS: Final = {"workflow": "CHAIN", "task": "SPAN", "agent": "AGENT", "tool": "TOOL"}


def _read_payload(value: Any) -> Any:
    """Unwrap an output that is JSON text inside of a JSON string, as the SDK makes of what it cannot encode."""
    if isinstance(value, str) and value[:3] in ('"{\\', '"[{', '"[\\'):
        inner = parse_nested(f"[{value}]")
        if isinstance(inner, list) and len(inner) == 1:
            return inner[0]
    return plain_messages(value)


TABLE: Final = Table(
    "traceloop",
    {
        "traceloop.entity.input": To(Field.INPUT, read=plain_messages),
        "traceloop.entity.output": To(Field.OUTPUT, read=_read_payload),
    },
)
KIND: Final = Table("traceloop, kind", {"traceloop.span.kind": To(Field.TYPE, values=_KINDS)})
WHO: Final = Table(
    "traceloop, association",
    {
        _ASSOCIATION + "user_id": To(Field.USER),
        _ASSOCIATION + "session_id": To(Field.SESSION),
        _ASSOCIATION + "chat_id": To(Field.SESSION),
        _ASSOCIATION + "thread_id": To(Field.SESSION),
        "traceloop.prompt.key": To(Field.PROMPT_NAME),
        "traceloop.prompt.version": To(Field.PROMPT_VERSION),
    },
    {_ASSOCIATION: To(Field.METADATA_KEY)},
)
