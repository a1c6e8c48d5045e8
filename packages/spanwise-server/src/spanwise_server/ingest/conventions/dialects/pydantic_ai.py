"""Attributes of pydantic-ai on the span of an agent's run. Its calls of models and tools follow the GenAI conventions.

Captured from 2, with each version of its instrumentation; the spans of a run repeat the usage of the calls below it.
"""

from __future__ import annotations

from typing import Final

from spanwise_server.ingest.conventions.table import Field, Table, To

RUN: Final = Table(
    "pydantic-ai, run",
    {
        "pydantic_ai.all_messages": (To(Field.INPUT), To(Field.SUMMARY, constant="requests"), To(Field.TYPE, constant="AGENT")),
        "all_messages_events": (To(Field.SUMMARY, constant="requests"), To(Field.TYPE, constant="AGENT")),
        "final_result": To(Field.OUTPUT),
        "gen_ai.system_instructions": To(Field.SYSTEM_INSTRUCTIONS),
    },
)
