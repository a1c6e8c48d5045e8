"""The table of tools keeps its own rules."""

from __future__ import annotations

from spanwise_server.api.mcp.own_tools import OWN_TOOLS
from spanwise_server.api.mcp.tools import TOOLS


def test_names_are_unique_and_say_whether_a_tool_changes_anything() -> None:
    names = [*(tool.name for tool in TOOLS), *(tool.name for tool in OWN_TOOLS)]

    assert len(names) == len(set(names))
    for tool in TOOLS:
        assert tool.is_read_only is tool.name.startswith(("get", "list", "query"))


def test_what_deletes_or_changes_is_called_destructive() -> None:
    for tool in TOOLS:
        if tool.name.startswith(("delete", "update")):
            assert tool.is_destructive
        if tool.is_read_only:
            assert not tool.is_destructive
