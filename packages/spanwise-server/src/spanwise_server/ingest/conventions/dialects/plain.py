"""Attributes without a vendor's name in front: bare ``input``, ``output``, ``model``… as hand-written instrumentation sets."""

from __future__ import annotations

from typing import Final

from spanwise_server.ingest.conventions.table import MODEL_IMPLIES_GENERATION, Field, Table, To

VALUES: Final = Table(
    "plain",
    {
        "input": To(Field.INPUT),
        "output": To(Field.OUTPUT),
        "model": To(Field.MODEL),
        "model_config": To(Field.MODEL_PARAMETERS),
    },
)
WHO: Final = Table("OpenTelemetry user and session", {"user.id": To(Field.USER), "session.id": To(Field.SESSION)})
TOOL: Final = Table(
    "plain, tool",
    {"tool_arguments": To(Field.INPUT), "tool_response": To(Field.OUTPUT)},
)
MODEL: Final = Table("plain, type by model", {"model": MODEL_IMPLIES_GENERATION})
ENVIRONMENT: Final = Table(
    "OpenTelemetry resource conventions",
    {"deployment.environment.name": To(Field.ENVIRONMENT), "deployment.environment": To(Field.ENVIRONMENT)},
)
