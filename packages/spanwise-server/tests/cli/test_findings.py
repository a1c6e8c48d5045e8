"""Findings are printed as a table, with what to do below it in the same order."""

from __future__ import annotations

import io

from rich.console import Console

from spanwise_server.cli.findings import Finding, failed, note, ok, print_findings


def _printed(*findings: Finding) -> str:
    console = Console(file=io.StringIO(), width=200, markup=False, highlight=False)
    print_findings(console, findings)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_every_finding_has_its_row_and_its_advice() -> None:
    lines = _printed(
        ok("Disk", "70 GiB free"), note("Server", "not running", "Start it."), failed("Keys", "[none]", "Make one.")
    ).splitlines()

    assert [line.split() for line in lines[1:4]] == [
        ["Disk", "ok", "70", "GiB", "free"],
        ["Server", "note", "not", "running"],
        ["Keys", "failed", "[none]"],
    ]
    assert [line for line in lines[4:] if line] == ["What to do", "  Server: Start it.", "  Keys: Make one."]


def test_without_advice_there_is_no_list_of_it() -> None:
    assert "What to do" not in _printed(ok("Disk", "plenty"))
