"""Flue, whose spans follow the GenAI conventions but for a few attributes."""

from __future__ import annotations

import pytest

from tests.otlp_requests import Sender, SpanSent, observe

_FLUE = Sender(scope="@flue/opentelemetry")


@pytest.mark.parametrize(
    ("attributes", "kind"),
    [
        ({"flue.tool.origin": "builtin"}, "TOOL"),
        ({"flue.task.id": "t-1"}, "AGENT"),
        ({"flue.task.id": "t-1", "gen_ai.operation.name": "chat"}, "GENERATION"),
        ({"flue.operation.kind": "shell"}, "SPAN"),
    ],
)
def test_types(attributes: dict[str, str], kind: str) -> None:
    assert observe(SpanSent(attributes=attributes), _FLUE).type == kind


def test_what_a_tool_got_and_gave() -> None:
    attributes = {"flue.tool.call.arguments": "ls", "flue.tool.call.result": "a b", "gen_ai.tool.name": "shell"}
    row = observe(SpanSent(attributes=attributes), _FLUE)
    assert (row.name, row.type, row.input, row.output) == ("shell", "TOOL", "ls", "a b")
