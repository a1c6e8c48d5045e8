"""The stages cover every test of the repository, and their sums do not hide a failure."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tools import run_tests
from tools.run_tests import Outcome, Stage, main, read_report, run_lanes, run_stage, select, stages

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _own_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep away from the reports of the run that this test is part of."""
    monkeypatch.setattr(run_tests, "REPORTS", tmp_path)


def python(name: str, code: str, *, counts_tests: bool = False) -> Stage:
    return Stage(name=name, group="test", title=name, command=(sys.executable, "-c", code), counts_tests=counts_tests)


def report(path: Path, **counts: int) -> str:
    attributes = " ".join(f'{key}="{value}"' for key, value in counts.items())
    return f"open({str(path)!r}, 'w').write('<testsuites><testsuite {attributes}/></testsuites>')"


def test_every_folder_of_tests_is_in_exactly_one_stage() -> None:
    commands = {stage.name: stage.command for stage in stages() if "pytest" in stage.command}
    ignored = [word.removeprefix("--ignore=") for word in commands["repository"] if word.startswith("--ignore=")]
    own_stage = [
        word for name, command in commands.items() for word in command[3:] if name != "repository" and not word.startswith("-")
    ]
    assert sorted(ignored) == sorted(folder for folder in own_stage if folder.startswith("tests/"))
    assert "packages" in own_stage
    assert [folder for folder in own_stage if not (ROOT / folder).is_dir()] == []


def test_names_and_groups_select() -> None:
    assert [stage.name for stage in select(["lint"])] == ["lint"]
    assert {stage.group for stage in select(["check"])} == {"check"}
    assert select([]) == stages()
    with pytest.raises(SystemExit, match="no stage called nonsense"):
        select(["nonsense"])


def test_a_report_is_added_up(tmp_path: Path) -> None:
    path = tmp_path / "r.xml"
    path.write_text('<testsuites><testsuite tests="5" failures="1" errors="1" skipped="1"/><testsuite tests="2"/></testsuites>')
    assert read_report(path) == Outcome(passed=4, failed=2, skipped=1)


def test_a_check_counts_as_one(capfd: pytest.CaptureFixture[str]) -> None:
    assert run_stage(python("good", "pass")) == Outcome(passed=1)
    assert run_stage(python("bad", "raise SystemExit(3)")) == Outcome(failed=1)
    assert "--- bad: 0 passed, 1 failed" in capfd.readouterr().out


def test_tests_count_as_many_as_they_are(tmp_path: Path) -> None:
    stage = python("many", report(tmp_path / "many.xml", tests=7, failures=2), counts_tests=True)
    assert run_stage(stage) == Outcome(passed=5, failed=2)


def test_a_stage_that_dies_counts_as_a_failure(tmp_path: Path) -> None:
    code = report(tmp_path / "dies.xml", tests=7) + "; raise SystemExit(1)"
    assert run_stage(python("dies", code, counts_tests=True)) == Outcome(passed=7, failed=1)
    assert run_stage(python("silent", "pass", counts_tests=True)) == Outcome(failed=1)
    assert run_stage(Stage(name="gone", group="test", title="", command=("no-such-program",))) == Outcome(failed=1)


def test_an_old_report_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "old.xml").write_text('<testsuite tests="5"/>')
    assert run_stage(python("old", "raise SystemExit(1)", counts_tests=True)) == Outcome(failed=1)


def test_lanes_run_side_by_side_and_each_in_order(tmp_path: Path) -> None:
    meeting = tmp_path / "meeting"
    meeting.mkdir()

    def meet(name: str, other: str, lane: int) -> Stage:
        # Passes only if the other lane's stage runs at the same time.
        code = (
            f"import pathlib, time; folder = pathlib.Path({str(meeting)!r}); (folder / {name!r}).touch()\n"
            f"deadline = time.monotonic() + 60\n"
            f"while not (folder / {other!r}).exists():\n"
            f"    assert time.monotonic() < deadline\n"
            f"    time.sleep(0.01)\n"
        )
        return Stage(name=name, group="test", title=name, command=(sys.executable, "-c", code), lane=lane)

    after = python("after", f"import pathlib; assert (pathlib.Path({str(meeting)!r}) / 'a').exists()")
    outcomes = run_lanes([meet("a", "b", 1), meet("b", "a", 2), after])

    assert list(outcomes) == ["a", "b", "after"]
    assert set(outcomes.values()) == {Outcome(passed=1)}


def test_the_last_line_is_the_sum(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(run_tests, "stages", lambda: [python("good", "pass"), python("bad", "raise SystemExit(1)")])
    assert main([]) == 1
    assert capfd.readouterr().out.splitlines()[-1] == "1 passed, 1 failed"
    assert main(["good"]) == 0
    assert capfd.readouterr().out.splitlines()[-1] == "1 passed, 0 failed"
