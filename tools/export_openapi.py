"""The text of ``schemas/openapi.json``, made from the routes. ``generate_reference`` writes it."""

from __future__ import annotations

import json
from importlib.metadata import version
from itertools import chain

from spanwise_server.api.openapi import openapi_document
from spanwise_server.api.routes import ROUTE_TABLES


def openapi_text() -> str:
    """Return the document indented and in the order of the routes: the same on every machine."""
    document = openapi_document(chain.from_iterable(ROUTE_TABLES), version=version("spanwise-server"))
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
