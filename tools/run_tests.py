"""Runs the checks and the tests stage by stage, each in its own process, and adds them up. ``make test`` calls it.

Stages are separate processes because the in-process event engine opens one path a process and does not survive a fork.
They stand in two lanes that run side by side, the cheapest of each first; what a stage prints is shown when it has ended, so
that it stays in one piece. Must not hide anything: a stage that could not run counts as a failure, and all stages run even
when one has failed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / "build" / "reports"
PYTHON = sys.executable
BIN = Path(PYTHON).parent
TYPED = ("packages", "tests", "tools", "benches", "examples")
"""Folders that mypy reads; a folder that does not exist is left out."""
_printing = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One command. ``group`` is what the command line may ask for as well as ``name``."""

    name: str
    group: str
    title: str
    command: tuple[str, ...]
    folder: Path = ROOT
    lane: int = 1
    """Stages of different lanes run at the same time."""
    counts_tests: bool = False
    """Whether the command writes a JUnit report; otherwise it counts as one check."""

    @property
    def report(self) -> Path:
        return REPORTS / f"{self.name}.xml"

    @property
    def log(self) -> Path:
        """What it prints while it runs, for who cannot wait for its end."""
        return REPORTS / f"{self.name}.log"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a stage, or all of them together, came to."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def _pytest(name: str, group: str, title: str, *arguments: str, lane: int = 1) -> Stage:
    command = (PYTHON, "-m", "pytest", "-q", "--durations=5", f"--junitxml={REPORTS / name}.xml", *arguments)
    return Stage(name=name, group=group, title=title, command=command, lane=lane, counts_tests=True)


def stages() -> list[Stage]:
    """Return every stage in the order in which they run."""
    typed = [folder for folder in TYPED if (ROOT / folder).is_dir()]
    web = ROOT / "web"
    vitest = ("npm", "run", "--silent", "test", "--", "--reporter=default", "--reporter=junit")
    return [
        Stage(
            name="format",
            group="check",
            title="Format",
            command=(str(BIN / "ruff"), "format", "--check", "--output-format", "concise"),
        ),
        Stage(name="lint", group="check", title="Lint", command=(str(BIN / "ruff"), "check", "--quiet")),
        Stage(name="types", group="check", title="Types", command=(str(BIN / "mypy"), "--no-error-summary", *typed)),
        Stage(name="contracts", group="check", title="Import contracts", command=(str(BIN / "lint-imports"), "--no-logo")),
        _pytest("architecture", "check", "Architecture", "tests/architecture"),
        Stage(
            name="web-lint",
            group="check",
            title="Browser code: lint",
            command=("npm", "run", "--silent", "lint"),
            folder=web,
            lane=2,
        ),
        Stage(
            name="web-types",
            group="check",
            title="Browser code: types",
            command=("npm", "run", "--silent", "typecheck"),
            folder=web,
            lane=2,
        ),
        Stage(
            name="web",
            group="test",
            title="Browser code: unit tests",
            command=(*vitest, f"--outputFile.junit={REPORTS / 'web.xml'}"),
            folder=web,
            lane=2,
            counts_tests=True,
        ),
        _pytest("packages", "test", "Server and SDK, with the real engine", "packages"),
        _pytest(
            "repository",
            "test",
            "What crosses packages: documents, tools, wheels, examples, crashes",
            "tests",
            "--ignore=tests/architecture",
            "--ignore=tests/sdk_matrix",
            "--ignore=tests/browser",
            lane=2,
        ),
        _pytest("sdk", "test", "Every SDK generation against a running server", "tests/sdk_matrix", lane=2),
        _pytest("browser", "test", "The browser application in Chromium", "tests/browser", lane=2),
    ]


def read_report(path: Path) -> Outcome:
    """Return the sums of a JUnit report."""
    suites = ET.parse(path).getroot().iter("testsuite")  # noqa: S314 -- written a moment ago by our own test runner
    total = Outcome()
    for suite in suites:
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped = int(suite.get("skipped", 0))
        total += Outcome(int(suite.get("tests", 0)) - failed - skipped, failed, skipped)
    return total


def run_stage(stage: Stage) -> Outcome:
    """Run one stage to its end, show what it printed, and return what it came to."""
    started = time.monotonic()
    stage.report.unlink(missing_ok=True)
    try:
        with stage.log.open("wb") as log:
            code = subprocess.run(
                stage.command, cwd=stage.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, check=False
            ).returncode
        printed = stage.log.read_text("utf-8", errors="replace")
    except OSError as error:
        code, printed = 1, f"cannot run {stage.command[0]} in {stage.folder}: {error}\n"
    outcome = Outcome(passed=int(code == 0), failed=int(code != 0))
    if stage.counts_tests and stage.report.is_file():
        outcome = read_report(stage.report)
        if code != 0 and not outcome.failed:
            # For instance a warning at exit, or a crash after the report was written.
            outcome += Outcome(failed=1)
    elif stage.counts_tests:
        outcome = Outcome(failed=1)
    with _printing:
        print(f"\n=== {stage.title} ({stage.name})\n{printed}--- {stage.name}: {outcome} in {time.monotonic() - started:.0f} s")
        sys.stdout.flush()
    return outcome


def run_lanes(chosen: Sequence[Stage]) -> dict[str, Outcome]:
    """Run the stages, those of each lane one after another, and return what they came to, in the order given."""
    lanes = [[stage for stage in chosen if stage.lane == lane] for lane in sorted({stage.lane for stage in chosen})]
    with ThreadPoolExecutor(max(1, len(lanes))) as threads:
        done = list(threads.map(lambda lane: {stage.name: run_stage(stage) for stage in lane}, lanes))
    found = {name: outcome for outcomes in done for name, outcome in outcomes.items()}
    return {stage.name: found[stage.name] for stage in chosen}


def select(names: Sequence[str]) -> list[Stage]:
    """Return the stages with these names or groups, or all for none; raise ``SystemExit`` for an unknown name."""
    known = stages()
    unknown = set(names) - {stage.name for stage in known} - {stage.group for stage in known}
    if unknown:
        raise SystemExit(f"no stage called {', '.join(sorted(unknown))}; see --list")
    return [stage for stage in known if not names or stage.name in names or stage.group in names]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; return 0 only if everything passed."""
    parser = argparse.ArgumentParser(description="Run checks and tests, stage by stage.")
    parser.add_argument("stage", nargs="*", help="names or groups of stages; none means all")
    parser.add_argument("--list", action="store_true", help="show the stages and their commands")
    options = parser.parse_args(arguments)
    chosen = select(options.stage)
    if options.list:
        for stage in chosen:
            print(f"{stage.group:6} {stage.name:13} {stage.title}")
        return 0
    REPORTS.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    outcomes = run_lanes(chosen)
    total = sum(outcomes.values(), Outcome())
    print(f"\n=== Everything ({time.monotonic() - started:.0f} s)")
    for name, outcome in outcomes.items():
        print(f"{'FAILED' if outcome.failed else 'ok':6} {name:13} {outcome}")
    print(total, flush=True)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
