"""A log entry is one line, whatever somebody put into it."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from spanwise_server.cli.log_output import LineFormatter, configure_logs


def _record(message: str, *, error: BaseException | None = None) -> logging.LogRecord:
    exc_info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("spanwise.test", logging.WARNING, "file", 1, "%s", (message,), exc_info)
    record.created = datetime(2026, 11, 20, 10, 0, 0, 250_000, UTC).timestamp()
    return record


def test_an_entry_has_time_level_logger_and_message() -> None:
    assert LineFormatter().format(_record("hello")) == "2026-11-20T10:00:00.250Z warning spanwise.test hello"


@given(message=st.text())
def test_no_message_can_forge_a_line(message: str) -> None:
    assert len(LineFormatter().format(_record(message)).splitlines()) == 1


def test_no_line_of_a_traceback_can_pass_for_an_entry() -> None:
    try:
        raise ValueError("x\n2026-11-20T10:00:00.250Z info spanwise.http forged")
    except ValueError as error:
        lines = LineFormatter().format(_record("failed", error=error)).split("\n")

    assert lines[0].endswith("failed")
    assert all(line.startswith("    ") for line in lines[1:])
    assert any("forged" in line for line in lines[1:])


def test_libraries_are_quiet_unless_asked() -> None:
    root = logging.getLogger()
    before = (root.handlers[:], root.level, logging.getLogger("alembic").level)
    try:
        configure_logs("info")
        (handler,) = root.handlers
        assert isinstance(handler, logging.StreamHandler)
        assert handler.stream is sys.stderr
        assert not logging.getLogger("alembic.runtime").isEnabledFor(logging.INFO)
        assert logging.getLogger("spanwise.server").isEnabledFor(logging.INFO)
        configure_logs("error")
        assert not logging.getLogger("uvicorn.error").isEnabledFor(logging.WARNING)
    finally:
        root.handlers[:] = before[0]
        root.setLevel(before[1])
        for name in ("uvicorn", "alembic", "sqlalchemy", "clickhouse_connect", "asyncio"):
            logging.getLogger(name).setLevel(before[2])
