"""The service: what is remembered and when it is forgotten, who may move a label, and writers that meet."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from spanwise_server.domain.accounts import ProjectAccess, Role
from spanwise_server.domain.errors import ForbiddenError, NotFoundError
from spanwise_server.domain.prompts import PromptDraft, PromptSelector, PromptType
from spanwise_server.services.prompts.prompts import FetchedPrompt, Prompts
from spanwise_server.services.prompts.summaries import PromptQuery
from spanwise_server.storage.metadata import projects
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction, default_url
from spanwise_server.storage.metadata.schema import migrate
from tests.services.conftest import ORGANIZATION, PROJECT

KEY = ProjectAccess(project_id="p", api_key_id="k")
PRODUCTION = PromptSelector(label="production")


class Time:
    """Seconds for the cache, microseconds for rows."""

    def __init__(self) -> None:
        self.seconds = 10.0

    def __call__(self) -> float:
        return self.seconds

    def micros(self) -> int:
        self.seconds += 0.001
        return round(self.seconds * 1_000_000)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def prompts(database: MetadataDatabase, time: Time) -> Prompts:
    return Prompts(database, clock=time.micros, monotonic=time)


def draft(text: str = "text", name: str = "greeting", *labels: str) -> PromptDraft:
    return PromptDraft(name=name, type=PromptType.TEXT, content=msgspec.json.encode(text).decode(), labels=labels)


class Renders:
    """Renders the content, and counts."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, fetched: FetchedPrompt) -> bytes:
        self.count += 1
        return (fetched.composed.content if fetched.composed else fetched.version.content).encode()


async def read(prompts: Prompts, renders: Renders, name: str = "greeting", selector: PromptSelector = PRODUCTION) -> str:
    rendered = await prompts.render("p", name, selector, resolve=True, render=renders)
    return msgspec.json.decode(rendered.body, type=str)


async def test_a_read_is_answered_from_memory_until_a_prompt_changes(prompts: Prompts, time: Time) -> None:
    renders = Renders()
    await prompts.create(KEY, draft("one", "greeting", "production"))
    assert [await read(prompts, renders) for _ in range(3)] == ["one"] * 3
    assert renders.count == 1
    time.seconds += 5
    assert await read(prompts, renders) == "one"
    assert renders.count == 1

    await prompts.create(KEY, draft("two", "greeting", "production"))
    assert await read(prompts, renders) == "two"
    await prompts.add_labels(KEY, "greeting", 1, ["production"])
    assert await read(prompts, renders) == "one"
    await prompts.delete(KEY, "greeting", version=1)
    with pytest.raises(NotFoundError):
        await read(prompts, renders)
    assert renders.count == 3


async def test_a_change_of_what_it_is_made_of_is_a_change(prompts: Prompts) -> None:
    renders = Renders()
    await prompts.create(KEY, draft("leaf 1", "leaf", "production"))
    await prompts.create(KEY, draft("@@@langfusePrompt:name=leaf|label=production@@@", "greeting", "production"))
    assert await read(prompts, renders) == "leaf 1"
    await prompts.create(KEY, draft("leaf 2", "leaf", "production"))
    assert await read(prompts, renders) == "leaf 2"


async def test_another_process_is_noticed_within_a_second(database: MetadataDatabase, prompts: Prompts, time: Time) -> None:
    other, renders = Prompts(database, clock=time.micros, monotonic=time), Renders()
    await prompts.create(KEY, draft("one", "greeting", "production"))
    assert await read(prompts, renders) == "one"
    await other.create(KEY, draft("two", "greeting", "production"))
    time.seconds += 1
    assert await read(prompts, renders) == "two"


async def test_ids_are_looked_up_once(database: MetadataDatabase, prompts: Prompts, time: Time) -> None:
    first = await prompts.create(KEY, draft("one"))
    keys = {("greeting", 1), ("greeting", 2), ("nothing", 1), ("a\0b", 1), ("greeting", 2**40), ("greeting", 0)}
    assert await prompts.ids("p", keys) == {("greeting", 1): first.id}
    reads = 0
    original = database.read

    async def counted(work: object) -> object:
        nonlocal reads
        reads += 1
        return await original(work)  # type: ignore[arg-type]  # handed on as it came

    database.read = counted  # type: ignore[method-assign,assignment]  # counts, and does the same
    assert await prompts.ids("p", keys) == {("greeting", 1): first.id}
    assert reads == 0
    second = await prompts.create(KEY, draft("two"))
    assert await prompts.ids("p", keys) == {("greeting", 1): first.id, ("greeting", 2): second.id}
    assert await prompts.ids("q", keys) == {}
    assert await prompts.ids("p", set()) == {}


def person(role: Role) -> ProjectAccess:
    return ProjectAccess(project_id="p", role=role, user_id="u")


async def test_people_below_administrator_do_not_move_protected_labels(prompts: Prompts) -> None:
    await prompts.create(KEY, draft("one", "greeting", "production", "free"))
    await prompts.create(KEY, draft("two"))
    assert await prompts.protected_labels("p") == frozenset()
    await prompts.protect_labels("p", ["production"])
    assert await prompts.protected_labels("p") == {"production"}

    member = person(Role.MEMBER)
    with pytest.raises(ForbiddenError, match="production"):
        await prompts.add_labels(member, "greeting", 2, ["free", "production"])
    with pytest.raises(ForbiddenError):
        await prompts.create(member, draft("three", "greeting", "production"))
    for conditions in ({}, {"version": 1}, {"label": "free"}):
        with pytest.raises(ForbiddenError):
            await prompts.delete(member, "greeting", **conditions)
    await prompts.add_labels(member, "greeting", 2, ["free"])
    await prompts.add_labels(member, "greeting", 1, ["production", "other"])  # it has that one already
    made = await prompts.create(member, draft("three"))
    assert made.created_by == "u"

    for allowed in (person(Role.ADMIN), person(Role.OWNER), KEY):
        await prompts.add_labels(allowed, "greeting", 1, ["production"])
        await prompts.add_labels(allowed, "greeting", 2, ["production"])


async def test_nobody_protects_labels_of_a_project_that_is_gone(prompts: Prompts) -> None:
    with pytest.raises(NotFoundError):
        await prompts.protect_labels("gone", ["production"])
    with pytest.raises(NotFoundError):
        await prompts.create(ProjectAccess(project_id="gone"), draft())


@pytest.fixture
async def two_servers(tmp_path: Path, time: Time) -> AsyncIterator[tuple[Prompts, Prompts]]:
    """Yield two services over one database file, each with connections of its own."""
    databases = [MetadataDatabase(default_url(tmp_path)) for _ in range(2)]
    migrate(databases[0])

    def work(connection: MetadataTransaction) -> None:
        projects.add_organization(connection, ORGANIZATION)
        projects.add_project(connection, PROJECT)

    databases[0].write_now(work)
    first, second = (Prompts(database, clock=time.micros) for database in databases)
    yield first, second
    for database in databases:
        await database.close()


async def test_writers_that_meet_make_different_versions(two_servers: tuple[Prompts, Prompts]) -> None:
    made = await asyncio.gather(
        *(service.create(KEY, draft(f"{number}", "greeting", "production")) for number in range(10) for service in two_servers)
    )
    assert sorted(version.version for version in made) == list(range(1, 21))
    page = await two_servers[0].find(PromptQuery(project_id="p", limit=10))
    assert page.summaries[0].labels == ("production", "latest")
    newest = await two_servers[1].get("p", "greeting", PRODUCTION, resolve=True)
    assert (newest.version.version, newest.version.labels) == (20, ("production", "latest"))


async def test_a_read_that_began_before_a_write_is_not_remembered_after_it(two_servers: tuple[Prompts, Prompts]) -> None:
    prompts, loop = two_servers[0], asyncio.get_running_loop()
    await prompts.create(KEY, draft("one", "greeting", "production"))

    class Overtaken(Renders):
        def __call__(self, fetched: FetchedPrompt) -> bytes:
            if not self.count:  # the write ends while this read, on a thread of its own, is under way
                write = prompts.create(KEY, draft("two", "greeting", "production"))
                asyncio.run_coroutine_threadsafe(write, loop).result(60)
            return super().__call__(fetched)

    renders = Overtaken()
    assert [await read(prompts, renders) for _ in range(3)] == ["one", "two", "two"]
    assert renders.count == 2


async def test_all_versions_newest_first(prompts: Prompts) -> None:
    for text in ("one", "two"):
        await prompts.create(KEY, draft(text, "a/b"))
    assert [version.version for version in await prompts.versions("p", "a/b")] == [2, 1]
    assert [version.version for version in await prompts.versions("p", "a%2Fb")] == [2, 1]
    for name in ("a", "a\0", "%00"):
        with pytest.raises(NotFoundError):
            await prompts.versions("p", name)
