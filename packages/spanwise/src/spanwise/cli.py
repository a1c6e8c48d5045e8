"""The ``spanwise`` command. It knows no subcommand: each distribution adds its own under ``spanwise.commands``.

Only the subcommand that is asked for is imported; a distribution that cannot be imported breaks its own commands alone.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.metadata import EntryPoint, entry_points, version
from typing import Annotated, Any

import typer

GROUP = "spanwise.commands"


def main() -> None:
    """Run the command line of this process."""
    build_app(sys.argv[1:])()


def build_app(arguments: Sequence[str]) -> typer.Typer:
    """Return the command with the subcommand that ``arguments`` ask for, or with all when they name none."""
    app = typer.Typer(
        name="spanwise",
        help="Observability for LLM applications and agents: traces, costs, scores.",
        add_completion=False,
        pretty_exceptions_show_locals=False,
    )
    app.callback(invoke_without_command=True)(_options)
    points = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    wanted = next((argument for argument in arguments if not argument.startswith("-")), None)
    named = [point for point in points if point.name == wanted]
    for point in named or points:
        _add(app, point)
    return app


def _options(
    context: typer.Context,
    *,
    show_version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
) -> None:
    if show_version:
        typer.echo(version("spanwise"))
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit


def _add(app: typer.Typer, point: EntryPoint) -> None:
    try:
        command = point.load()
    except ImportError as error:
        command = _unavailable(point.name, str(error))
    if isinstance(command, typer.Typer):
        app.add_typer(command, name=point.name)
    else:
        app.command(point.name)(command)


def _unavailable(name: str, reason: str) -> Callable[[], Any]:
    def command() -> None:
        typer.echo(f"Error: `spanwise {name}` cannot be loaded: {reason}", err=True)
        typer.echo('What to do: install what it needs, for the server: pip install "spanwise[server]"', err=True)
        raise typer.Exit(1)

    command.__doc__ = f"(Not available: {reason})"
    return command
