"""How log lines look: one line an entry on standard error, whatever the entry holds. Credentials are never logged anywhere."""

from __future__ import annotations

import logging
import re
import sys
from datetime import UTC, datetime

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_QUIET = ("uvicorn", "alembic", "sqlalchemy", "clickhouse_connect", "asyncio")


class LineFormatter(logging.Formatter):
    """Writes ``time level logger message``; control characters, which could forge a line, are shown escaped."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the entry; a traceback follows indented, so that none of its lines can pass for an entry."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = f"{time} {record.levelname.lower()} {record.name} {_escape(record.getMessage())}"
        if record.exc_info:
            trace = self.formatException(record.exc_info).splitlines()
            line = "\n".join((line, *(f"    {_escape(part)}" for part in trace)))
        return line


def configure_logs(level: str) -> None:
    """Send everything from ``level`` up to standard error; libraries speak up from warnings on, or all at ``debug``."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    if level != "debug":
        for name in _QUIET:
            logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def _escape(text: str) -> str:
    return _CONTROL.sub(lambda found: found.group().encode("unicode_escape").decode(), text)
