"""Writes the reference pages and the schema file that are made from code. ``--check`` only says whether they are current.

Must not hold any fact itself: everything comes from the settings table, the routes, the errors and the migrations.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from spanwise_server.settings import ClientSettings, InitSettings, Settings
from spanwise_server.storage.metadata.database import MetadataDatabase
from spanwise_server.storage.metadata.schema import dump_schema, migrate
from tools.api_reference import errors_page, routes_page
from tools.export_openapi import openapi_text

ROOT = Path(__file__).resolve().parent.parent
SETTINGS_PAGE = ROOT / "docs/reference/settings.md"
ROUTES_PAGE = ROOT / "docs/reference/routes.md"
ERRORS_PAGE = ROOT / "docs/reference/errors.md"
OPENAPI_FILE = ROOT / "schemas/openapi.json"
SCHEMA_FILE = ROOT / "packages/spanwise-server/src/spanwise_server/storage/metadata/schema.sql"

_SECTIONS: tuple[tuple[str, str, type[BaseSettings]], ...] = (
    ("The server", "Read by `spanwise serve` and `spanwise doctor`. Command-line options win over variables.", Settings),
    (
        "Headless provisioning",
        (
            "Read at each start, under the names that Langfuse deployments already use. What is named and missing is created; "
            "a key pair gets the secret that is set here; nothing else that exists is changed."
        ),
        InitSettings,
    ),
    ("Credentials of a client", "Read by `spanwise doctor`, under the names that the Langfuse SDKs read.", ClientSettings),
)


def settings_page() -> str:
    """Return ``docs/reference/settings.md``."""
    lines = ["# Settings", "", "Made from `spanwise_server/settings.py` by `tools/generate_reference.py`; do not edit."]
    for title, introduction, kind in _SECTIONS:
        lines += ["", f"## {title}", "", introduction, "", "| Variable | Default | Meaning |", "|---|---|---|"]
        lines += _rows(kind)
    return "\n".join(lines) + "\n"


def _rows(kind: type[BaseSettings]) -> Iterator[str]:
    prefix = str(kind.model_config.get("env_prefix", ""))
    for name, field in kind.model_fields.items():
        yield f"| `{prefix}{name.upper()}` | {_default(field)} | {(field.description or '').replace('|', chr(92) + '|')} |"


def _default(field: FieldInfo) -> str:
    if SecretStr in get_args(field.annotation) or field.default is None or field.default == "":
        return "none"
    return f"`{str(field.default).lower() if isinstance(field.default, bool) else field.default}`"


def metadata_schema() -> str:
    """Return ``schema.sql``: the metadata database as the migrations leave it, in SQLite's words."""
    database = MetadataDatabase()
    try:
        migrate(database)
        statements = database.read_now(dump_schema)
    finally:
        database.close_now()
    return f"-- Made from the migrations by tools/generate_reference.py, for review; nothing runs it.\n\n{statements}"


def generated_files() -> Mapping[Path, str]:
    """Return the text of every generated file."""
    return {
        SETTINGS_PAGE: settings_page(),
        ROUTES_PAGE: routes_page(),
        ERRORS_PAGE: errors_page(),
        OPENAPI_FILE: openapi_text(),
        SCHEMA_FILE: metadata_schema(),
    }


def main(arguments: Sequence[str] = ()) -> int:
    """Write the files, or with ``--check`` name those that are not current."""
    stale = [path for path, text in generated_files().items() if not path.exists() or path.read_text("utf-8") != text]
    if "--check" in arguments:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is not current: run `make reference`")
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(generated_files()[path], "utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
