"""Every table: importing this module fills ``metadata``."""

from __future__ import annotations

from spanwise_server.storage.metadata.tables import (
    accounts,
    annotation,
    datasets,
    llm_connections,
    media,
    models,
    prompts,
    scoring,
)
from spanwise_server.storage.metadata.tables.registry import metadata

TABLE_MODULES = (accounts, annotation, datasets, llm_connections, media, models, prompts, scoring)
"""Each registers its tables in ``metadata`` when it is imported."""

__all__ = ["TABLE_MODULES", "metadata"]
