"""What the commands print: calm on a terminal, plain text when piped."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console, Group
from rich.panel import Panel
from rich.text import Text

from spanwise_server.domain.errors import SpanwiseError
from spanwise_server.services.provisioning import FirstStart

_PIPED_WIDTH = 1000
"""Columns of output that is piped: far more than any line has, so that none is folded."""


def output() -> Console:
    """Return the console of standard output; nothing is wrapped when it is piped, so that keys stay whole."""
    console = Console(highlight=False, emoji=False, markup=False)
    if not console.is_terminal:
        console.soft_wrap = True
        console.width = _PIPED_WIDTH
    return console


def print_error(error: SpanwiseError) -> None:
    """Say on standard error what is wrong and what to do."""
    console = Console(stderr=True, highlight=False, emoji=False, markup=False, soft_wrap=True)
    console.print(Text.assemble(("Error: ", "bold red"), error.message))
    if error.hint:
        console.print(Text.assemble(("What to do: ", "bold"), error.hint))


def print_first_start(console: Console, first: FirstStart, url: str) -> None:
    """Show what the first start created, secrets included: the one time that anything prints them."""
    login = [
        ("Log in", f"{url}/login"),
        ("E-mail", first.email),
        ("Password", first.generated_password or "(as set)"),
        ("Project", first.project_name),
    ]
    lines = [
        *_rows(login),
        Text(),
        Text("Point a Langfuse application at it (old SDKs read LANGFUSE_HOST):", style="dim"),
        Text(f"export LANGFUSE_BASE_URL={url}"),
        Text(f"export LANGFUSE_PUBLIC_KEY={first.public_key}"),
        Text(f"export LANGFUSE_SECRET_KEY={first.generated_secret_key or '(as set)'}"),
        Text(),
        Text("Shown once. Keep what you need of it now.", style="yellow"),
    ]
    if console.is_terminal:
        console.print(Panel(Group(*lines), title="First start", title_align="left", border_style="cyan", expand=False))
    else:
        console.print("First start", *lines, "", sep="\n")


def print_ready(
    console: Console, *, url: str, version: str, data_dir: str, is_reachable: bool, grpc_address: str | None = None
) -> None:
    """Say where the server listens, and what is where."""
    console.print(Text.assemble((f"Spanwise {version}", "bold"), " listens on ", (url, "bold cyan")))
    grpc = [("OTLP/gRPC", grpc_address)] if grpc_address else []
    console.print(*_rows([("Browser", f"{url}/login"), *grpc, ("Data", data_dir)]), sep="\n")
    if is_reachable:
        console.print(
            Text("Others can reach this address. Put it behind HTTPS before you send secrets over it.", style="yellow")
        )


def _rows(rows: Sequence[tuple[str, str]]) -> list[Text]:
    width = max(len(name) for name, _ in rows)
    return [Text.assemble((f"{name:<{width}}  ", "dim"), value) for name, value in rows]
