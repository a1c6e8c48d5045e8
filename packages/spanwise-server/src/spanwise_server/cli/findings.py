"""What ``spanwise doctor`` finds: one line a check, each failure with what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rich.console import Console
from rich.table import Table
from rich.text import Text


class Status(StrEnum):
    """How a check went."""

    OK = "ok"
    NOTE = "note"
    """Nothing wrong, but worth knowing."""
    FAILED = "failed"


_STYLES = {Status.OK: "green", Status.NOTE: "yellow", Status.FAILED: "bold red"}


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check."""

    check: str
    status: Status
    detail: str
    advice: str = ""
    """What to do; every failure has some."""


def ok(check: str, detail: str) -> Finding:
    """Return a passed check."""
    return Finding(check, Status.OK, detail)


def note(check: str, detail: str, advice: str = "") -> Finding:
    """Return a check that is neither right nor wrong."""
    return Finding(check, Status.NOTE, detail, advice)


def failed(check: str, detail: str, advice: str) -> Finding:
    """Return a failed check."""
    return Finding(check, Status.FAILED, detail, advice)


def print_findings(console: Console, findings: Sequence[Finding]) -> None:
    """Print a table of the findings, and below it what to do, in order."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("Check", no_wrap=True)
    table.add_column("Result", no_wrap=True)
    table.add_column("Detail", overflow="fold")
    for finding in findings:
        table.add_row(finding.check, Text(finding.status.value, style=_STYLES[finding.status]), finding.detail)
    console.print(table)
    advised = [finding for finding in findings if finding.advice]
    if advised:
        console.print()
        console.print(Text("What to do", style="bold"))
        for finding in advised:
            console.print(f"  {finding.check}: {finding.advice}", soft_wrap=True)
