"""The command finds its subcommands in what is installed, loads the one asked for, and survives a broken one."""

from __future__ import annotations

from importlib.metadata import EntryPoint, EntryPoints, version

import pytest
import typer
from typer.testing import CliRunner

from spanwise import cli

LOADED: list[str] = []


def greet(name: str = "you") -> None:
    """Greet somebody."""
    typer.echo(f"hello {name}")


tools = typer.Typer(help="Several commands.")


@tools.command()
def hammer() -> None:
    """Hit."""
    typer.echo("bang")


@tools.command()
def saw() -> None:
    """Cut."""


class _Recorded(EntryPoint):
    def load(self) -> object:
        LOADED.append(self.name)
        return super().load()


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Play three installed commands, of which one needs a library that is not there."""
    LOADED.clear()
    points = EntryPoints(
        [
            _Recorded("tools", f"{__name__}:tools", cli.GROUP),
            _Recorded("greet", f"{__name__}:greet", cli.GROUP),
            _Recorded("broken", "library_that_is_not_installed:command", cli.GROUP),
        ]
    )
    monkeypatch.setattr(cli, "entry_points", lambda *, group: points.select(group=group))


def _run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli.build_app(arguments), list(arguments))
    return result.exit_code, result.output


def test_help_lists_every_command() -> None:
    code, output = _run("--help")

    assert code == 0
    for name in ("broken", "greet", "tools"):
        assert name in output
    assert _run() == (0, output)


def test_only_what_is_asked_for_is_imported() -> None:
    assert _run("greet", "--name", "Ada") == (0, "hello Ada\n")
    assert LOADED == ["greet"]


def test_a_command_may_bring_its_own_subcommands() -> None:
    assert _run("tools", "hammer") == (0, "bang\n")


def test_a_broken_command_says_what_is_missing_and_breaks_no_other() -> None:
    code, output = _run("broken")

    assert code == 1
    assert "library_that_is_not_installed" in output
    assert "What to do" in output
    assert _run("greet")[0] == 0


def test_an_unknown_command_is_an_error() -> None:
    assert _run("nothing")[0] == 2


def test_version() -> None:
    assert _run("--version") == (0, f"{version('spanwise')}\n")
