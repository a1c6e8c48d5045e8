"""Rows of prompts: versions, labels, references, protected labels, and the revision that tells caches of a change.

What may be created, moved or deleted is the service's to decide. Every change of a project's prompts begins with
``lock_prompts``, which lets one writer in at a time, and ends with ``advance_revision``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, delete, insert, select, update

from spanwise_server.domain.observations import Micros
from spanwise_server.domain.prompt_references import PromptReference
from spanwise_server.domain.prompts import PromptSelector, PromptVersion, ordered_labels
from spanwise_server.storage.metadata.tables.accounts import projects
from spanwise_server.storage.metadata.tables.prompts import (
    prompt_labels,
    prompt_references,
    prompt_revisions,
    prompt_versions,
    prompts,
    protected_prompt_labels,
)

_MOST_PARAMETERS = 500
"""Values in one ``IN``: every database takes as many."""


def lock_prompts(connection: Connection, project_id: str) -> bool:
    """Keep other writers of the project's prompts waiting until this transaction ends; say whether the project exists."""
    # SQLite has one writer anyway and leaves the clause out. The weaker lock does not hold up rows that refer to the project.
    statement = select(projects.c.id).where(projects.c.id == project_id).with_for_update(key_share=True)
    return connection.execute(statement).first() is not None


def get_revision(connection: Connection, project_id: str) -> int:
    """Return a number that is higher after every change of the project's prompts; 0 before the first.

    Read it before what it stands for: then nothing is ever taken for newer than it is.
    """
    statement = select(prompt_revisions.c.revision).where(prompt_revisions.c.project_id == project_id)
    return connection.execute(statement).scalar_one_or_none() or 0


def advance_revision(connection: Connection, project_id: str, now: Micros) -> int:
    """Raise the revision and return it. Needs ``lock_prompts``."""
    current = get_revision(connection, project_id)
    # Times grow over the life of a project and of the next one with the same id.
    revision = max(current + 1, now)
    if current:
        of_project = prompt_revisions.c.project_id == project_id
        connection.execute(update(prompt_revisions).where(of_project).values(revision=revision))
    else:
        connection.execute(insert(prompt_revisions).values(project_id=project_id, revision=revision))
    return revision


def find_version(connection: Connection, project_id: str, name: str, selector: PromptSelector) -> PromptVersion | None:
    """Return the version of ``name`` that is asked for, or none."""
    statement = _of_name(project_id, name)
    if selector.label is None:
        statement = statement.where(prompt_versions.c.version == selector.version)
    else:
        statement = statement.join(
            prompt_labels,
            (prompt_labels.c.prompt_id == prompt_versions.c.prompt_id) & (prompt_labels.c.version == prompt_versions.c.version),
        ).where(prompt_labels.c.label == selector.label)
    return next(_versions(connection, connection.execute(statement).all()), None)


def find_newest(connection: Connection, project_id: str, name: str) -> PromptVersion | None:
    """Return the highest version of ``name``, or none."""
    statement = _of_name(project_id, name).order_by(prompt_versions.c.version.desc()).limit(1)
    return next(_versions(connection, connection.execute(statement).all()), None)


def find_versions(connection: Connection, project_id: str, name: str) -> list[PromptVersion]:
    """Return every version of ``name``, newest first."""
    statement = _of_name(project_id, name).order_by(prompt_versions.c.version.desc())
    return list(_versions(connection, connection.execute(statement).all()))


def find_version_ids(connection: Connection, project_id: str, keys: Collection[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """Return the id of each ``(name, version)``; unknown ones are left out."""
    found: dict[tuple[str, int], str] = {}
    for names in _batches(sorted({name for name, _ in keys})):
        statement = (
            select(prompts.c.name, prompt_versions.c.version, prompt_versions.c.id)
            .join(prompts, prompts.c.id == prompt_versions.c.prompt_id)
            .where(prompts.c.project_id == project_id, prompts.c.name.in_(names))
            .where(prompt_versions.c.version.in_(sorted({version for name, version in keys if name in names})))
        )
        found.update(((row.name, row.version), row.id) for row in connection.execute(statement))
    return {key: found[key] for key in keys if key in found}


def add_prompt(connection: Connection, version: PromptVersion) -> None:
    """Insert the name that ``version`` will be the first of."""
    connection.execute(
        insert(prompts).values(
            id=version.prompt_id,
            project_id=version.project_id,
            name=version.name,
            type=version.type,
            tags=_encode_tags(version.tags),
        )
    )


def add_version(connection: Connection, version: PromptVersion, references: Sequence[PromptReference]) -> None:
    """Insert a version of a name that exists; its labels and tags are set apart."""
    connection.execute(
        insert(prompt_versions).values(
            id=version.id,
            prompt_id=version.prompt_id,
            version=version.version,
            content=version.content,
            config=version.config,
            commit_message=version.commit_message,
            created_by=version.created_by,
            created_at=version.created_at,
            updated_at=version.updated_at,
        )
    )
    rows = [
        {
            "parent_id": version.id,
            "position": position,
            "project_id": version.project_id,
            "name": reference.name,
            "version": reference.selector.version,
            "label": reference.selector.label,
        }
        for position, reference in enumerate(references)
    ]
    if rows:
        connection.execute(insert(prompt_references), rows)


def set_tags(connection: Connection, prompt_id: str, tags: Sequence[str], now: Micros) -> None:
    """Give every version of the name these tags."""
    connection.execute(update(prompts).where(prompts.c.id == prompt_id).values(tags=_encode_tags(tags)))
    connection.execute(update(prompt_versions).where(prompt_versions.c.prompt_id == prompt_id).values(updated_at=now))


def point_labels(connection: Connection, prompt_id: str, version: int, labels: Collection[str], now: Micros) -> None:
    """Let ``labels`` of the name point to ``version`` and to no other any more."""
    of_prompt = prompt_labels.c.prompt_id == prompt_id
    statement = select(prompt_labels.c.label, prompt_labels.c.version).where(of_prompt, prompt_labels.c.label.in_(labels))
    held = {row.label: row.version for row in connection.execute(statement)}
    touched = {version for label in labels if held.get(label) != version} | {
        holder for holder in held.values() if holder != version
    }
    connection.execute(update(prompt_labels).where(of_prompt, prompt_labels.c.label.in_(held)).values(version=version))
    new = [{"prompt_id": prompt_id, "label": label, "version": version} for label in labels if label not in held]
    if new:
        connection.execute(insert(prompt_labels), new)
    _touch(connection, prompt_id, touched, now)


def delete_versions(connection: Connection, prompt_id: str, versions: Collection[int]) -> None:
    """Delete these versions with their labels and references; the name goes with its last version."""
    of_prompt = prompt_versions.c.prompt_id == prompt_id
    for batch in _batches(sorted(versions)):
        connection.execute(delete(prompt_versions).where(of_prompt, prompt_versions.c.version.in_(batch)))
    if connection.execute(select(prompt_versions.c.id).where(of_prompt).limit(1)).first() is None:
        connection.execute(delete(prompts).where(prompts.c.id == prompt_id))


def find_dependents(connection: Connection, project_id: str, name: str) -> list[tuple[str, int, PromptReference]]:
    """Return name and version of everything that refers to ``name``, with the reference."""
    statement = (
        select(
            prompts.c.name.label("parent_name"),
            prompt_versions.c.version.label("parent_version"),
            prompt_references.c.version,
            prompt_references.c.label,
        )
        .join(prompt_versions, prompt_versions.c.id == prompt_references.c.parent_id)
        .join(prompts, prompts.c.id == prompt_versions.c.prompt_id)
        .where(prompt_references.c.project_id == project_id, prompt_references.c.name == name)
        .order_by(prompts.c.name, prompt_versions.c.version, prompt_references.c.position)
    )
    return [
        (row.parent_name, row.parent_version, PromptReference(name, PromptSelector(row.version, row.label)))
        for row in connection.execute(statement)
    ]


def find_protected_labels(connection: Connection, project_id: str) -> frozenset[str]:
    """Return the labels that the project protects."""
    statement = select(protected_prompt_labels.c.label).where(protected_prompt_labels.c.project_id == project_id)
    return frozenset(connection.execute(statement).scalars())


def replace_protected_labels(connection: Connection, project_id: str, labels: Collection[str]) -> None:
    """Protect exactly these labels."""
    connection.execute(delete(protected_prompt_labels).where(protected_prompt_labels.c.project_id == project_id))
    if labels:
        connection.execute(
            insert(protected_prompt_labels), [{"project_id": project_id, "label": label} for label in sorted(labels)]
        )


def _of_name(project_id: str, name: str) -> Select[Any]:
    return (
        select(prompt_versions, prompts.c.project_id, prompts.c.name, prompts.c.type, prompts.c.tags)
        .join(prompts, prompts.c.id == prompt_versions.c.prompt_id)
        .where(prompts.c.project_id == project_id, prompts.c.name == name)
    )


def _versions(connection: Connection, rows: Sequence[Row[Any]]) -> Iterator[PromptVersion]:
    """Build the versions of one name."""
    if not rows:
        return
    labels: defaultdict[int, set[str]] = defaultdict(set)
    statement = select(prompt_labels.c.version, prompt_labels.c.label).where(prompt_labels.c.prompt_id == rows[0].prompt_id)
    for version, label in connection.execute(statement):
        labels[version].add(label)
    for row in rows:
        yield PromptVersion(
            id=row.id,
            project_id=row.project_id,
            prompt_id=row.prompt_id,
            name=row.name,
            type=row.type,
            version=row.version,
            content=row.content,
            config=row.config,
            tags=decode_tags(row.tags),
            labels=ordered_labels(labels[row.version]),
            commit_message=row.commit_message,
            created_by=row.created_by,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )


def _touch(connection: Connection, prompt_id: str, versions: Collection[int], now: Micros) -> None:
    if versions:
        changed = (prompt_versions.c.prompt_id == prompt_id) & prompt_versions.c.version.in_(versions)
        connection.execute(update(prompt_versions).where(changed).values(updated_at=now))


def _encode_tags(tags: Sequence[str]) -> str:
    return msgspec.json.encode(tags).decode()


def decode_tags(text: str) -> tuple[str, ...]:
    """Return stored tags."""
    return msgspec.json.decode(text, type=tuple[str, ...])


def _batches(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), _MOST_PARAMETERS):
        yield values[start : start + _MOST_PARAMETERS]
