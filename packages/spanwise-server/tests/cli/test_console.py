"""What is printed is whole and plain when piped, and framed on a terminal."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from spanwise_server.cli.console import print_error, print_first_start, print_ready
from spanwise_server.domain.errors import ConfigurationError
from spanwise_server.services.provisioning import FirstStart

FIRST = FirstStart(
    project_id="p",
    project_name="Default",
    public_key="pk-lf-" + "1" * 36,
    generated_secret_key="sk-lf-" + "2" * 36,
    email="admin@localhost",
    generated_password="[bold]password[/bold]",
)
URL = "http://127.0.0.1:3000"


def _console(*, is_terminal: bool, width: int = 80) -> Console:
    return Console(
        file=io.StringIO(), force_terminal=is_terminal, width=width, markup=False, highlight=False, soft_wrap=not is_terminal
    )


def _text(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_piped_output_is_plain_with_keys_whole_and_lines_to_paste() -> None:
    console = _console(is_terminal=False, width=20)
    print_first_start(console, FIRST, URL)

    text = _text(console)
    assert f"export LANGFUSE_PUBLIC_KEY={FIRST.public_key}\n" in text
    assert f"export LANGFUSE_SECRET_KEY={FIRST.generated_secret_key}\n" in text
    assert f"export LANGFUSE_BASE_URL={URL}\n" in text
    assert "Password  [bold]password[/bold]\n" in text
    assert "\x1b" not in text
    assert "│" not in text


def test_a_terminal_gets_a_frame_with_the_same_values() -> None:
    console = _console(is_terminal=True)
    print_first_start(console, FIRST, URL)

    assert "╭─" in _text(console)
    assert str(FIRST.generated_secret_key) in _text(console)


def test_given_secrets_are_not_shown() -> None:
    console = _console(is_terminal=False)
    given = FirstStart(
        project_id="p", project_name="P", public_key="pk", generated_secret_key=None, email="e", generated_password=None
    )
    print_first_start(console, given, URL)

    assert "LANGFUSE_SECRET_KEY=(as set)" in _text(console)
    assert "None" not in _text(console)


@pytest.mark.parametrize("is_reachable", [True, False])
def test_an_open_address_comes_with_a_warning(is_reachable: bool) -> None:  # noqa: FBT001 - the case itself
    console = _console(is_terminal=False)
    print_ready(console, url=URL, version="1.2.3", data_dir="/data", is_reachable=is_reachable)

    assert f"Spanwise 1.2.3 listens on {URL}\n" in _text(console)
    assert ("HTTPS" in _text(console)) is is_reachable


def test_an_error_says_what_to_do_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    print_error(ConfigurationError("It [is] wrong.", hint="Mend it."))

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "Error: It [is] wrong.\nWhat to do: Mend it.\n"
