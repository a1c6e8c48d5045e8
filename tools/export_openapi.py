"""Writes ``schemas/openapi.json`` from the routes. ``--check`` only says whether it is current."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from importlib.metadata import version
from itertools import chain
from pathlib import Path

from spanwise_server.api.openapi import openapi_document
from spanwise_server.api.routes import ROUTE_TABLES

TARGET = Path(__file__).resolve().parent.parent / "schemas" / "openapi.json"


def document_text() -> str:
    """Return the document as it is committed: indented, in the order of the routes, the same on every machine."""
    document = openapi_document(chain.from_iterable(ROUTE_TABLES), version=version("spanwise-server"))
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Write the file, or with ``--check`` return 1 when it differs."""
    text = document_text()
    is_current = TARGET.is_file() and TARGET.read_text("utf-8") == text
    if "--check" in arguments:
        if not is_current:
            print(f"{TARGET} is not what the routes say; run `make reference`", file=sys.stderr)
        return 0 if is_current else 1
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
