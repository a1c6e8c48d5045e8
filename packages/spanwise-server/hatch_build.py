"""Refuse to build a wheel without the compiled browser application."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class RequireWebBundle(BuildHookInterface[Any]):
    """An editable install needs no Node: the server then shows a placeholder page."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        index = Path(self.root, "src/spanwise_server/web/dist/index.html")
        if version != "editable" and not index.is_file():
            raise RuntimeError(f"{index} is missing: run `make web` before building a wheel")
