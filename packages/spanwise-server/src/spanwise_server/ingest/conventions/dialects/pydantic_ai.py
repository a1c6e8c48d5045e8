"""Attributes of pydantic-ai on the span of an agent's run. Its calls of models and tools follow the GenAI conventions.

Captured from 1 (both forms of its instrumentation) and 2. Up to 1 the span of a run repeats the usage of the calls below it.
"""

from __future__ import annotations

from typing import Any, Final

from spanwise_server.ingest.conventions.messages import parse_nested
from spanwise_server.ingest.conventions.table import Field, Table, To


def _read_tools(parameters: Any) -> Any:
    """Return the definitions of tools out of a request's parameters, in the shape that others send them."""
    parsed = parse_nested(parameters)
    tools = parsed.get("function_tools") if isinstance(parsed, dict) else None
    if not isinstance(tools, list) or not tools:
        return None
    return [
        {"type": "function", **{key: tool[name] for key, name in _DEFINITION.items() if tool.get(name)}}
        if isinstance(tool, dict)
        else tool
        for tool in tools
    ]


_DEFINITION: Final = {"name": "name", "description": "description", "parameters": "parameters_json_schema"}
REQUEST: Final = Table("pydantic-ai, request", {"model_request_parameters": To(Field.TOOLS, read=_read_tools)})
RUN: Final = Table(
    "pydantic-ai, run",
    {
        "pydantic_ai.all_messages": (To(Field.INPUT), To(Field.SUMMARY, constant="requests"), To(Field.TYPE, constant="AGENT")),
        "all_messages_events": (To(Field.SUMMARY, constant="requests"), To(Field.TYPE, constant="AGENT")),
        "final_result": To(Field.OUTPUT),
        "gen_ai.system_instructions": To(Field.SYSTEM_INSTRUCTIONS),
    },
)
