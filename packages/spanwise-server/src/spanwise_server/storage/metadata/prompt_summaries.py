"""What lists of prompts are made from: rows of versions without their content. Filtering by labels and tags is the service's."""

from __future__ import annotations

from collections import defaultdict

import msgspec
from sqlalchemy import Connection, select

from spanwise_server.domain.observations import Micros
from spanwise_server.domain.prompts import ordered_labels
from spanwise_server.storage.metadata.prompts import decode_tags
from spanwise_server.storage.metadata.tables.prompts import prompt_labels, prompt_versions, prompts


class VersionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A version without its content."""

    id: str
    name: str
    type: str
    version: int
    tags: tuple[str, ...]
    labels: tuple[str, ...]
    created_at: Micros
    updated_at: Micros
    config: str = ""
    """JSON text; empty unless it was asked for."""


def find_version_rows(
    connection: Connection,
    project_id: str,
    *,
    name: str | None = None,
    updated_since: Micros | None = None,
    updated_before: Micros | None = None,
    with_config: bool = False,
) -> list[VersionRow]:
    """Return the versions that fulfil every condition, by name, then version."""
    columns = [
        column for column in prompt_versions.c if column.name not in ("content", "config", "commit_message", "created_by")
    ]
    statement = (
        select(*columns, prompts.c.name, prompts.c.type, prompts.c.tags)
        .join(prompts, prompts.c.id == prompt_versions.c.prompt_id)
        .where(prompts.c.project_id == project_id)
        .order_by(prompts.c.name, prompt_versions.c.version)
    )
    if with_config:
        statement = statement.add_columns(prompt_versions.c.config)
    if name is not None:
        statement = statement.where(prompts.c.name == name)
    if updated_since is not None:
        statement = statement.where(prompt_versions.c.updated_at >= updated_since)
    if updated_before is not None:
        statement = statement.where(prompt_versions.c.updated_at < updated_before)
    labels = _labels(connection, project_id, name)
    tags: dict[str, tuple[str, ...]] = {}
    return [
        VersionRow(
            id=row.id,
            name=row.name,
            type=row.type,
            version=row.version,
            tags=tags.get(row.tags) or tags.setdefault(row.tags, decode_tags(row.tags)),
            labels=ordered_labels(labels[row.prompt_id, row.version]),
            created_at=row.created_at,
            updated_at=row.updated_at,
            config=row.config if with_config else "",
        )
        for row in connection.execute(statement)
    ]


def find_configs(connection: Connection, version_ids: list[str]) -> dict[str, str]:
    """Return the config, as JSON text, of each of at most a page of versions."""
    statement = select(prompt_versions.c.id, prompt_versions.c.config).where(prompt_versions.c.id.in_(version_ids))
    return {row.id: row.config for row in connection.execute(statement)}


def _labels(connection: Connection, project_id: str, name: str | None) -> defaultdict[tuple[str, int], set[str]]:
    statement = select(prompt_labels).join(prompts, prompts.c.id == prompt_labels.c.prompt_id)
    statement = statement.where(prompts.c.project_id == project_id)
    if name is not None:
        statement = statement.where(prompts.c.name == name)
    found: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    for row in connection.execute(statement):
        found[row.prompt_id, row.version].add(row.label)
    return found
