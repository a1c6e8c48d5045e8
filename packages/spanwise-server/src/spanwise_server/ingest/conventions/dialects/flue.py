"""``flue.*``: agents of the Flue framework. From 2 on its spans follow the GenAI conventions, with a few attributes beside them."""

from __future__ import annotations

from typing import Final

from spanwise_server.ingest.conventions.table import Field, Table, To

VALUES: Final = Table(
    "flue",
    {
        "flue.input": To(Field.INPUT),
        "flue.tool.call.arguments": To(Field.INPUT),
        "flue.tool.arguments": To(Field.INPUT),
        "flue.task.input": To(Field.INPUT),
        "flue.output": To(Field.OUTPUT),
        "flue.tool.call.result": To(Field.OUTPUT),
        "flue.tool.result": To(Field.OUTPUT),
        "flue.task.output": To(Field.OUTPUT),
    },
)
KIND: Final = Table(
    "flue, kind",
    prefixes={"flue.tool.": To(Field.TYPE, constant="TOOL"), "flue.task.": To(Field.TYPE, constant="AGENT")},
)
