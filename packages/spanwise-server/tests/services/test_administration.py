"""The rules of administration: pairs that are keys, owners that stay, passwords, the admin key, the order of a deletion."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from spanwise_server.domain.accounts import Role, User
from spanwise_server.domain.errors import (
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    StoreUnavailableError,
    UnauthorizedError,
)
from spanwise_server.services.administration.admin_key import AdminKey
from spanwise_server.services.administration.api_keys import KeyAdministration, KeyRequest
from spanwise_server.services.administration.memberships import Memberships
from spanwise_server.services.administration.organizations import Organizations
from spanwise_server.services.administration.projects import Eraser, ProjectAdministration, ProjectDraft
from spanwise_server.services.administration.users import Users
from spanwise_server.services.api_keys import KeyTerms, SecretHasher
from spanwise_server.storage.metadata import api_keys, projects, users
from spanwise_server.storage.metadata.database import MetadataDatabase

HASHER = SecretHasher(b"pepper")
NOW = 1_000_000


def _clock() -> int:
    return NOW


class _Forgotten:
    """Counts how often the memory of keys was cleared."""

    times = 0

    def __call__(self) -> None:
        self.times += 1


@pytest.fixture
def forgotten() -> _Forgotten:
    return _Forgotten()


@pytest.fixture
def keys(database: MetadataDatabase, forgotten: _Forgotten) -> KeyAdministration:
    return KeyAdministration(database, HASHER, clock=_clock, forget_keys=forgotten)


async def test_a_key_is_kept_as_a_hash_with_its_terms(
    keys: KeyAdministration, database: MetadataDatabase, forgotten: _Forgotten
) -> None:
    terms = KeyTerms(note="note", expires_at=NOW + 1)
    made = await keys.create_for_project("o", "p", KeyRequest(terms=terms))

    kept = database.read_now(lambda connection: api_keys.get_api_key(connection, made.key.public_key))
    assert kept == made.key
    assert (kept.note, kept.expires_at, kept.created_at, kept.project_id) == ("note", NOW + 1, NOW, "p")
    assert HASHER.matches(made.secret_key, kept.secret_hash)
    assert made.secret_key not in repr(made)
    assert forgotten.times == 1


async def test_every_change_of_keys_clears_the_memory(keys: KeyAdministration, forgotten: _Forgotten) -> None:
    of_project = await keys.create_for_project("o", "p", KeyRequest())
    of_organization = await keys.create_for_organization("o", KeyRequest())
    await keys.delete_of_project("o", "p", of_project.key.id)
    await keys.delete_of_organization("o", of_organization.key.id)
    assert forgotten.times == 4

    for wrong in (
        keys.delete_of_project("o", "p", of_organization.key.id),
        keys.delete_of_organization("o", of_organization.key.id),
        keys.create_for_project("other", "p", KeyRequest()),
        keys.create_for_organization("other", KeyRequest()),
        keys.of_project("other", "p"),
    ):
        with pytest.raises(NotFoundError):
            await wrong
    assert forgotten.times == 4


@given(public=st.text(max_size=40).map("pk-lf-".__add__), secret=st.text(max_size=40).map("sk-lf-".__add__))
def test_a_given_pair_fits_on_the_wire_or_is_refused(public: str, secret: str) -> None:
    request = KeyRequest(public_key=public, secret_key=secret)
    try:
        pair = request.pair()
    except InvalidRequestError:
        return
    assert (pair.public_key, pair.secret_key) == (public, secret)
    assert f"{public}:{secret}".isascii()
    assert f"{public}:{secret}".count(":") == 1
    assert len(secret) >= 16
    assert secret not in repr(request)


async def test_a_key_cannot_end_before_it_begins(keys: KeyAdministration) -> None:
    with pytest.raises(InvalidRequestError, match="future"):
        await keys.create_for_project("o", "p", KeyRequest(terms=KeyTerms(expires_at=NOW)))


class _Store:
    """Something outside the database that holds a project's things; it can be made to fail."""

    def __init__(self, database: MetadataDatabase) -> None:
        self._database = database
        self.is_broken = False
        self.erased: list[tuple[str, int, bool]] = []

    async def erase(self, project_id: str) -> None:
        if self.is_broken:
            raise StoreUnavailableError("broken")
        keys_left = len(self._database.read_now(lambda connection: api_keys.list_project_keys(connection, project_id)))
        is_there = self._database.read_now(lambda connection: projects.get_project(connection, project_id)) is not None
        self.erased.append((project_id, keys_left, is_there))


def _projects(database: MetadataDatabase, forgotten: _Forgotten, erasers: Sequence[Eraser] = ()) -> ProjectAdministration:
    return ProjectAdministration(database, clock=_clock, forget_keys=forgotten, erasers=erasers)


async def test_a_deletion_takes_the_keys_first_and_can_be_repeated(database: MetadataDatabase, forgotten: _Forgotten) -> None:
    store = _Store(database)
    store.is_broken = True
    administration = _projects(database, forgotten, [store.erase])

    with pytest.raises(StoreUnavailableError):
        await administration.delete("o", "p")
    assert forgotten.times == 1
    assert database.read_now(lambda connection: api_keys.list_project_keys(connection, "p")) == []
    assert [project.id for project in await administration.list("o")] == ["p"]

    store.is_broken = False
    await administration.delete("o", "p")
    assert store.erased == [("p", 0, True)]
    assert await administration.list("o") == []
    with pytest.raises(NotFoundError):
        await administration.delete("o", "p")


async def test_what_a_draft_leaves_out_stays(database: MetadataDatabase, forgotten: _Forgotten) -> None:
    administration = _projects(database, forgotten)
    made = await administration.create("o", ProjectDraft(name="New", retention_days=7, metadata={"a": 1}))
    assert made.updated_at is None

    renamed = await administration.update("o", made.id, ProjectDraft(name="Renamed"))
    assert (renamed.name, renamed.retention_days, renamed.metadata, renamed.updated_at) == ("Renamed", 7, {"a": 1}, NOW)
    forever = await administration.update("o", made.id, ProjectDraft(name="Renamed", retention_days=0, metadata={}))
    assert (forever.retention_days, forever.metadata) == (None, {})
    assert database.read_now(lambda connection: projects.get_project(connection, made.id)) == forever
    for wrong in (
        administration.create("other", ProjectDraft(name="New")),
        administration.update("other", made.id, ProjectDraft(name="New")),
        administration.delete("other", made.id),
    ):
        with pytest.raises(NotFoundError):
            await wrong


async def test_an_organization_is_deleted_when_it_is_empty(database: MetadataDatabase, forgotten: _Forgotten) -> None:
    organizations = Organizations(database, clock=_clock, forget_keys=forgotten)
    made = await organizations.create("Second", {"plan": "free"})
    assert [item.organization.id for item in await organizations.list()] == ["o", made.id]
    renamed = await organizations.update(made.id, "Renamed", None)
    assert (renamed.organization.name, renamed.organization.metadata) == ("Renamed", {"plan": "free"})

    with pytest.raises(InvalidRequestError, match="1 project"):
        await organizations.delete("o")
    await organizations.delete(made.id)
    assert forgotten.times == 1
    with pytest.raises(NotFoundError):
        await organizations.get(made.id)


@pytest.fixture
def people(database: MetadataDatabase) -> MetadataDatabase:
    for user_id in ("ada", "grace"):
        user = User(id=user_id, email=f"{user_id}@x.test", name=user_id, password_hash=None, created_at=1)
        database.write_now(functools.partial(users.add_user, user=user))
    return database


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OWNER])
async def test_the_last_owner_keeps_the_role(people: MetadataDatabase, role: Role) -> None:
    memberships = Memberships(people)
    await memberships.set_in_organization("o", "ada", Role.OWNER)
    await memberships.set_in_organization("o", "grace", Role.ADMIN)

    with pytest.raises(InvalidRequestError, match="last owner"):
        await memberships.set_in_organization("o", "ada", role)
    with pytest.raises(InvalidRequestError, match="last owner"):
        await memberships.remove_from_organization("o", "ada")

    await memberships.set_in_organization("o", "grace", Role.OWNER)
    await memberships.set_in_organization("o", "ada", role)
    assert {member.user_id: member.role for member in await memberships.of_organization("o")} == {
        "ada": role,
        "grace": Role.OWNER,
    }


async def test_who_sees_a_project(people: MetadataDatabase) -> None:
    memberships = Memberships(people)
    project = people.read_now(lambda connection: projects.get_project(connection, "p"))
    assert project is not None
    await memberships.set_in_organization("o", "ada", Role.OWNER)
    await memberships.set_in_organization("o", "grace", Role.NONE)
    assert [(member.user_id, member.role) for member in await memberships.who_sees(project)] == [("ada", Role.OWNER)]

    await memberships.set_in_project("o", "p", "grace", Role.VIEWER)
    await memberships.set_in_project("o", "p", "ada", Role.NONE)
    assert [(member.user_id, member.role) for member in await memberships.who_sees(project)] == [("grace", Role.VIEWER)]


async def test_an_account_is_made_once(empty_database: MetadataDatabase, quick_passwords: PasswordHasher) -> None:
    accounts = Users(empty_database, clock=_clock, passwords=quick_passwords)
    made = await accounts.create(" Ada@Example.org ", "long enough")

    assert (made.email, made.name) == ("ada@example.org", "ada")
    assert made.password_hash is not None
    assert quick_passwords.verify(made.password_hash, "long enough")
    with pytest.raises(ConflictError):
        await accounts.create("ADA@example.org", "long enough")
    changed = await accounts.set_password("ada@EXAMPLE.org", "another one")
    (kept,) = await accounts.list()
    assert kept.id == changed.id
    assert kept.password_hash is not None
    assert quick_passwords.verify(kept.password_hash, "another one")


@pytest.mark.parametrize(
    ("email", "password"),
    [("", "long enough"), ("ada", "long enough"), ("@x", "long enough"), ("a b@x", "long enough"), ("a@x", "short"),
     ("a@x", "x" * 1025), ("a@" + "x" * 320, "long enough"), ("a\0@x", "long enough")],
)  # fmt: skip
async def test_what_is_no_account_is_refused(
    empty_database: MetadataDatabase, quick_passwords: PasswordHasher, email: str, password: str
) -> None:
    accounts = Users(empty_database, clock=_clock, passwords=quick_passwords)

    with pytest.raises(InvalidRequestError):
        await accounts.create(email, password)
    assert await accounts.list() == []


ADMIN = "an-admin-key-of-some-length"


@pytest.mark.parametrize("header", [f"Bearer {ADMIN}", f"bearer  {ADMIN} "])
def test_the_admin_key_is_accepted(header: str) -> None:
    AdminKey(SecretStr(ADMIN)).verify(header)


@pytest.mark.parametrize(
    "header",
    [None, "", ADMIN, f"Basic {ADMIN}", "Bearer", "Bearer ", f"Bearer {ADMIN}x", f"Bearer {ADMIN[:-1]}", "Bearer é\ud800"],
)
def test_nothing_else_is(header: str | None) -> None:
    for key in (AdminKey(SecretStr(ADMIN)), AdminKey(None)):
        with pytest.raises(UnauthorizedError) as caught:
            key.verify(header)
        assert ADMIN not in caught.value.message + (caught.value.hint or "")


def test_without_an_admin_key_there_is_none() -> None:
    for shown in ("", "None", ADMIN):
        assert not AdminKey(None).matches(shown)
