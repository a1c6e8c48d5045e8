"""The Markdown pages of the repository and what can be found in them."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(
    r"(?:^<!-- runs with: (?P<runner>[\w.-]+), makes the trace: (?P<trace>[\w-]+) -->\n)?^```(?P<language>\w*)\n(?P<code>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block. ``runner`` names the SDK environment that runs it, ``trace`` the trace that it must leave behind."""

    page: str
    language: str
    code: str
    runner: str | None
    trace: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page by its path from the root of the repository."""

    path: str
    text: str

    @property
    def prose(self) -> str:
        """The text without its fenced blocks."""
        return FENCE.sub("", self.text)

    @property
    def blocks(self) -> list[Block]:
        return [Block(self.path, m["language"], m["code"], m["runner"], m["trace"]) for m in FENCE.finditer(self.text)]

    @property
    def links(self) -> list[str]:
        return LINK.findall(self.prose)

    @property
    def anchors(self) -> set[str]:
        """What may follow the ``#`` of a link to this page."""
        titles = re.findall(r"^#+ (.+)$", self.prose, re.MULTILINE)
        return {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in titles}


@cache
def pages() -> tuple[Page, ...]:
    """Return every Markdown page that is, or would be, committed."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", "*.md"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return tuple(
        Page(path, (ROOT / path).read_text("utf-8"))
        for path in sorted(listed)
        if (ROOT / path).is_file() and not (ROOT / path).is_symlink()
    )
