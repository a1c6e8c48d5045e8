"""What the commands print: calm on a terminal, plain text when piped."""

from __future__ import annotations

from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from spanwise_server.domain.errors import SpanwiseError
from spanwise_server.services.provisioning import FirstStart


def output() -> Console:
    """Return the console of standard output; nothing is wrapped when it is piped, so that keys stay whole."""
    console = Console(highlight=False, emoji=False, markup=False)
    if not console.is_terminal:
        console.soft_wrap = True
    return console


def print_error(error: SpanwiseError) -> None:
    """Say on standard error what is wrong and what to do."""
    console = Console(stderr=True, highlight=False, emoji=False, markup=False, soft_wrap=True)
    console.print(Text("Error: ", style="bold red") + Text(error.message, style="not bold"))
    if error.hint:
        console.print(Text("What to do: ", style="bold") + Text(error.hint, style="not bold"))


def print_first_start(console: Console, first: FirstStart, url: str) -> None:
    """Show what the first start created, secrets included: the one time that anything prints them."""
    rows = _rows(
        [
            ("Log in", f"{url}/login"),
            ("E-mail", first.email),
            ("Password", first.generated_password or "as set"),
            ("Project", first.project_name),
            ("Public key", first.public_key),
            ("Secret key", first.generated_secret_key or "as set"),
        ]
    )
    title = "First start"
    notice = Text("Shown once. Keep what you need of it now.", style="yellow")
    if console.is_terminal:
        console.print(Panel(Group(rows, Text(), notice), title=title, title_align="left", border_style="cyan", expand=False))
    else:
        console.print(title, notice.plain, rows, sep="\n")


def print_ready(console: Console, *, url: str, version: str, data_dir: str, is_reachable: bool) -> None:
    """Say where the server listens and how to point a program at it."""
    console.print(Text.assemble(("Spanwise ", "bold"), (version, "bold"), " listens on ", (url, "bold cyan")))
    console.print(
        _rows([("Data", data_dir), ("Browser", f"{url}/login"), ("Programs", f"LANGFUSE_BASE_URL={url} and a key pair")])
    )
    if is_reachable:
        console.print(
            Text("Others can reach this address. Put it behind HTTPS before you send secrets over it.", style="yellow")
        )


def _rows(rows: list[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(no_wrap=True, overflow="ignore")
    for name, value in rows:
        table.add_row(name, value)
    return table
