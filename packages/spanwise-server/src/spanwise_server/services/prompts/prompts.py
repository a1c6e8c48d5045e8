"""Prompts: versions, labels, composition and the read that answers from memory."""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final, TypeVar
from urllib.parse import unquote

import msgspec

from spanwise_server._lib.clock import Clock
from spanwise_server.domain.accounts import ProjectAccess, Role
from spanwise_server.domain.errors import ConflictError, ForbiddenError, InvalidRequestError, Issue, NotFoundError
from spanwise_server.domain.prompt_references import (
    BrokenReferenceError,
    ComposedPrompt,
    PromptReference,
    compose,
    references_of,
)
from spanwise_server.domain.prompts import (
    LATEST,
    MOST_VERSION,
    PromptDraft,
    PromptSelector,
    PromptVersion,
    ordered_labels,
)
from spanwise_server.services.prompts.revisions import RevisionCache, Revisions
from spanwise_server.services.prompts.summaries import PromptPage, PromptQuery, find_page
from spanwise_server.storage.metadata import prompts
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction

_CACHE_BYTES: Final = 64 * 1024 * 1024
_ENTRY_BYTES: Final = 500
"""What an entry costs besides its body."""
_MOST_IDS: Final = 100_000
_MOST_NAMED: Final = 20
_API: Final = "API"
T = TypeVar("T")


class FetchedPrompt(msgspec.Struct, frozen=True):
    """A version, and what becomes of it when its references are replaced (none: they were to stay)."""

    version: PromptVersion
    composed: ComposedPrompt | None


class RenderedPrompt(msgspec.Struct, frozen=True):
    """A response body and a tag that changes with it."""

    body: bytes
    etag: str


Render = Callable[[FetchedPrompt], bytes]


class Prompts:
    """The prompts of all projects.

    A name that is not found is decoded once more before it is given up: clients differ in how often they encode paths.
    """

    def __init__(self, database: MetadataDatabase, *, clock: Clock, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._revisions = Revisions(monotonic=monotonic)
        self._rendered: RevisionCache[tuple[str, str, PromptSelector, bool, Render], RenderedPrompt] = RevisionCache(
            capacity=_CACHE_BYTES, weigh=lambda rendered: len(rendered.body) + _ENTRY_BYTES
        )
        self._ids: RevisionCache[tuple[str, str, int], str] = RevisionCache(capacity=_MOST_IDS, weigh=lambda _: 1)

    async def render(
        self, project_id: str, name: str, selector: PromptSelector, *, resolve: bool, render: Render
    ) -> RenderedPrompt:
        """Return what ``render`` makes of a prompt; from memory while no prompt of the project has changed.

        Raises:
            NotFoundError: There is no such version.
            ConflictError: Its references cannot be followed any more.
        """
        key = (project_id, name, selector, resolve, render)
        entry = self._rendered.get(key)
        if entry is not None and entry[0] == await self._newest_revision(project_id):
            return entry[1]

        def work(transaction: MetadataTransaction) -> tuple[int, RenderedPrompt]:
            revision = prompts.get_revision(transaction, project_id)
            body = render(_fetch(transaction, project_id, name, selector, resolve=resolve))
            return revision, RenderedPrompt(body, hashlib.blake2b(body, digest_size=16).hexdigest())

        revision, rendered = await self._database.read(work)
        self._revisions.learn(project_id, revision)
        self._rendered.put(key, revision, rendered)
        return rendered

    async def get(self, project_id: str, name: str, selector: PromptSelector, *, resolve: bool) -> FetchedPrompt:
        """Return a prompt; raises as ``render``."""
        return await self._database.read(lambda transaction: _fetch(transaction, project_id, name, selector, resolve=resolve))

    async def versions(self, project_id: str, name: str) -> list[PromptVersion]:
        """Return every version of a name, newest first.

        Raises:
            NotFoundError: There is none.
        """
        return await self._database.read(lambda transaction: _versions(transaction, project_id, name))

    async def find(self, query: PromptQuery) -> PromptPage:
        """Return a page of names."""
        return await self._database.read(lambda transaction: find_page(transaction, query))

    async def ids(self, project_id: str, keys: Collection[tuple[str, int]]) -> dict[tuple[str, int], str]:
        """Return the id of each ``(name, version)`` that exists; what is asked for again is answered from memory."""
        if not keys:
            return {}
        newest = await self._newest_revision(project_id)
        known = {key: entry for key in keys if (entry := self._ids.get((project_id, *key))) is not None}
        missing = [key for key in keys if key not in known or known[key][0] != newest]
        found = {key: entry[1] for key, entry in known.items()}
        if missing:

            def work(transaction: MetadataTransaction) -> tuple[int, dict[tuple[str, int], str]]:
                revision = prompts.get_revision(transaction, project_id)
                return revision, prompts.find_version_ids(transaction, project_id, _storable(missing))

            revision, read = await self._database.read(work)
            self._revisions.learn(project_id, revision)
            for key in missing:
                found[key] = read.get(key, "")
                self._ids.put((project_id, *key), revision, found[key])
        return {key: version_id for key, version_id in found.items() if version_id}

    async def create(self, access: ProjectAccess, draft: PromptDraft) -> PromptVersion:
        """Add a version to a name, which may be new; the given labels move to it.

        Raises:
            InvalidRequestError: It is of another type than the versions before, or its references lead nowhere.
            ForbiddenError: The caller may not give one of the labels.
        """
        project_id, now = access.project_id, self._clock()

        def work(transaction: MetadataTransaction) -> PromptVersion:
            newest = prompts.find_newest(transaction, project_id, draft.name)
            if newest is not None and newest.type != draft.type:
                message = f"Previous versions of '{draft.name}' have the type {newest.type}: a prompt keeps its type"
                raise InvalidRequestError(message, issues=[Issue(message, ("type",), "invalid_type")])
            _require_unprotected(transaction, access, draft.labels)
            tags = draft.tags if draft.tags is not None else newest.tags if newest else ()
            version = PromptVersion(
                id=str(uuid.uuid4()),
                project_id=project_id,
                prompt_id=newest.prompt_id if newest else str(uuid.uuid4()),
                name=draft.name,
                type=draft.type.value,
                version=newest.version + 1 if newest else 1,
                content=draft.content,
                config=draft.config,
                tags=tags,
                labels=ordered_labels({*draft.labels, LATEST}),
                commit_message=draft.commit_message,
                created_by=access.user_id or _API,
                created_at=now,
                updated_at=now,
            )
            references = _checked_references(transaction, version)
            if newest is None:
                prompts.add_prompt(transaction, version)
            prompts.add_version(transaction, version, references)
            if newest is not None and tags != newest.tags:
                prompts.set_tags(transaction, version.prompt_id, tags, now)
            prompts.point_labels(transaction, version.prompt_id, version.version, version.labels, now)
            return version

        return await self._change(project_id, work)

    async def add_labels(self, access: ProjectAccess, name: str, version: int, labels: Sequence[str]) -> PromptVersion:
        """Let ``labels`` point to this version, which keeps those that it has, and to no other.

        Raises:
            NotFoundError: There is no such version.
            ForbiddenError: The caller may not move one of the labels.
        """
        project_id, now = access.project_id, self._clock()

        def work(transaction: MetadataTransaction) -> PromptVersion:
            found = _find(transaction, project_id, name, PromptSelector(version))
            _require_unprotected(transaction, access, set(labels).difference(found.labels))
            prompts.point_labels(transaction, found.prompt_id, found.version, labels, now)
            return _find(transaction, project_id, found.name, PromptSelector(found.version))

        return await self._change(project_id, work)

    async def delete(self, access: ProjectAccess, name: str, *, version: int | None = None, label: str | None = None) -> None:
        """Delete the versions of a name that fulfil all conditions; ``latest`` moves to the highest that remains.

        Raises:
            NotFoundError: No version does.
            InvalidRequestError: Another prompt refers to one of them.
            ForbiddenError: One of them has a label that the caller may not move.
        """
        project_id, now = access.project_id, self._clock()

        def work(transaction: MetadataTransaction) -> None:
            existing = _versions(transaction, project_id, name)
            doomed = [one for one in existing if version in (None, one.version) and (label is None or label in one.labels)]
            if not doomed:
                raise NotFoundError(f"Prompt not found: '{name}' with {_conditions(version, label)}")
            lost = {label for one in doomed for label in one.labels}
            _require_unprotected(transaction, access, lost)
            remaining = [one for one in existing if one not in doomed]
            _require_no_dependents(transaction, doomed, lost - {LATEST} if remaining else lost)
            prompts.delete_versions(transaction, doomed[0].prompt_id, [one.version for one in doomed])
            if remaining:
                prompts.point_labels(transaction, remaining[0].prompt_id, remaining[0].version, [LATEST], now)

        await self._change(project_id, work)

    async def protected_labels(self, project_id: str) -> frozenset[str]:
        """Return the labels that only administrators may move in the browser."""
        return await self._database.read(lambda transaction: prompts.find_protected_labels(transaction, project_id))

    async def protect_labels(self, project_id: str, labels: Collection[str]) -> None:
        """Protect exactly these labels."""

        def work(transaction: MetadataTransaction) -> None:
            _lock(transaction, project_id)
            prompts.replace_protected_labels(transaction, project_id, labels)

        await self._database.write(work)

    async def _newest_revision(self, project_id: str) -> int | None:
        if self._revisions.claim_check(project_id):
            try:
                revision = await self._database.read(lambda transaction: prompts.get_revision(transaction, project_id))
            except BaseException:
                self._revisions.doubt(project_id)
                raise
            self._revisions.learn(project_id, revision)
        return self._revisions.newest(project_id)

    async def _change(self, project_id: str, work: Callable[[MetadataTransaction], T]) -> T:
        """Run ``work`` as the only writer of the project's prompts; nothing remembered from before counts afterwards."""

        def locked(transaction: MetadataTransaction) -> tuple[int, T]:
            _lock(transaction, project_id)
            result = work(transaction)
            return prompts.advance_revision(transaction, project_id, self._clock()), result

        revision, result = await self._database.write(locked)
        self._revisions.learn(project_id, revision)
        return result


def _lock(transaction: MetadataTransaction, project_id: str) -> None:
    if not prompts.lock_prompts(transaction, project_id):
        raise NotFoundError(f"Project {project_id} does not exist.")


def _spellings(name: str) -> Iterable[str]:
    """Yield the name as it came, then decoded once more; not what no database could hold."""
    if "\0" in name:
        return
    yield name
    if "%" in name and "\0" not in (decoded := unquote(name)):
        yield decoded


def _storable(keys: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return [(name, version) for name, version in keys if "\0" not in name and 0 < version <= MOST_VERSION]


def _find(transaction: MetadataTransaction, project_id: str, name: str, selector: PromptSelector) -> PromptVersion:
    is_possible = "\0" not in (selector.label or "") and (selector.version or 1) <= MOST_VERSION
    for spelling in _spellings(name) if is_possible else ():
        found = prompts.find_version(transaction, project_id, spelling, selector)
        if found is not None:
            return found
    raise NotFoundError(f"Prompt not found: '{name}' with {selector}")


def _versions(transaction: MetadataTransaction, project_id: str, name: str) -> list[PromptVersion]:
    for spelling in _spellings(name):
        found = prompts.find_versions(transaction, project_id, spelling)
        if found:
            return found
    raise NotFoundError(f"Prompt not found: '{name}'")


def _fetch(
    transaction: MetadataTransaction, project_id: str, name: str, selector: PromptSelector, *, resolve: bool
) -> FetchedPrompt:
    version = _find(transaction, project_id, name, selector)
    if not resolve:
        return FetchedPrompt(version, None)
    try:
        return FetchedPrompt(version, compose(version, _lookup(transaction, project_id)))
    except BrokenReferenceError as error:
        raise ConflictError(
            f"Prompt '{version.name}' version {version.version} cannot be resolved: {error}",
            hint="Mend the prompts it refers to, or read it with resolve=false.",
        ) from error


def _lookup(transaction: MetadataTransaction, project_id: str) -> Callable[[PromptReference], PromptVersion | None]:
    return lambda reference: prompts.find_version(transaction, project_id, reference.name, reference.selector)


def _checked_references(transaction: MetadataTransaction, version: PromptVersion) -> list[PromptReference]:
    try:
        references = references_of(version.content)
        compose(version, _lookup(transaction, version.project_id))
    except BrokenReferenceError as error:
        raise InvalidRequestError(str(error), issues=[Issue(str(error), ("prompt",), "broken_reference")]) from error
    return references


def _require_unprotected(transaction: MetadataTransaction, access: ProjectAccess, labels: Collection[str]) -> None:
    """Refuse a person below administrator who would move a protected label. Programs with a key may move any."""
    if access.user_id is None or access.role.includes(Role.ADMIN):
        return
    protected = sorted(prompts.find_protected_labels(transaction, access.project_id).intersection(labels))
    if protected:
        raise ForbiddenError(
            f"The label {protected[0]} is protected: moving it needs the role {Role.ADMIN.value}.",
            hint="Ask an administrator of the project.",
        )


def _require_no_dependents(transaction: MetadataTransaction, doomed: Sequence[PromptVersion], lost: Collection[str]) -> None:
    name, numbers = doomed[0].name, {version.version for version in doomed}
    dependents = [
        f"'{parent}' version {version} ({reference.selector})"
        for parent, version, reference in prompts.find_dependents(transaction, doomed[0].project_id, name)
        if parent != name and (reference.selector.version in numbers or reference.selector.label in lost)
    ]
    if dependents:
        listed = ", ".join(dependents[:_MOST_NAMED]) + (", …" if len(dependents) > _MOST_NAMED else "")
        raise InvalidRequestError(
            f"Prompt '{name}' cannot be deleted: other prompts refer to it: {listed}",
            hint="Delete or change those first.",
        )


def _conditions(version: int | None, label: str | None) -> str:
    given = ((f"version {version}", version), (f"label '{label}'", label))
    return " and ".join(text for text, value in given if value is not None)
