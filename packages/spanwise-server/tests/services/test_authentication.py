"""Credentials in every form, right and wrong, from the database and from memory."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanwise_server.domain.accounts import KeyScope, OrganizationAccess, ProjectAccess
from spanwise_server.domain.errors import UnauthorizedError
from spanwise_server.services import authentication
from spanwise_server.services.api_keys import KeyPair, SecretHasher
from spanwise_server.services.authentication import Authenticator, Credentials, parse_authorization
from spanwise_server.storage.metadata import api_keys
from spanwise_server.storage.metadata.database import MetadataDatabase

PUBLIC, SECRET = "pk-lf-1", "sk-lf-secret"
HASHER = SecretHasher(b"pepper")
CONFIRM = "Confirm that you've configured the correct host."


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


class _Clock:
    micros = 1_000
    seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds

    def __call__(self) -> int:
        return self.micros


async def _project(authenticator: Authenticator, header: str) -> str:
    access = await authenticator.authenticate(header)
    assert isinstance(access, ProjectAccess)
    return access.project_id


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture
def authenticator(database: MetadataDatabase, clock: _Clock) -> Authenticator:
    return Authenticator(database, HASHER, clock=clock, monotonic=clock.monotonic)


@pytest.mark.parametrize(
    "header",
    [
        basic(f"{PUBLIC}:{SECRET}"),
        basic(f"{PUBLIC}:{SECRET}").replace("Basic", "bAsIc"),
        f"Bearer {PUBLIC}:{SECRET}",
        f"bearer   {PUBLIC}:{SECRET} ",
    ],
)
async def test_both_halves_open_the_project(authenticator: Authenticator, header: str) -> None:
    access = await authenticator.authenticate(header)

    assert isinstance(access, ProjectAccess)
    assert (access.project_id, access.scope) == ("p", KeyScope.PROJECT)


async def test_the_public_half_alone_opens_scores(authenticator: Authenticator) -> None:
    access = await authenticator.authenticate(f"Bearer {PUBLIC}")

    assert isinstance(access, ProjectAccess)
    assert (access.project_id, access.scope) == ("p", KeyScope.SCORES)


async def test_a_key_of_an_organization_opens_it_with_both_halves_alone(
    authenticator: Authenticator, database: MetadataDatabase, clock: _Clock
) -> None:
    key = HASHER.new_organization_key("o", KeyPair("pk-lf-o", SECRET), clock)
    database.write_now(lambda connection: api_keys.add_api_key(connection, key))

    access = await authenticator.authenticate(basic(f"pk-lf-o:{SECRET}"))

    assert access == OrganizationAccess(organization_id="o", api_key_id=key.id, public_key="pk-lf-o")
    with pytest.raises(UnauthorizedError, match="Invalid public key"):
        await authenticator.authenticate("Bearer pk-lf-o")
    with pytest.raises(UnauthorizedError, match="Invalid credentials"):
        await authenticator.authenticate(basic(f"pk-lf-o:{SECRET}x"))


async def test_uses_are_written_together_when_asked(
    authenticator: Authenticator, database: MetadataDatabase, clock: _Clock
) -> None:
    def last_used(public_key: str) -> int | None:
        key = database.read_now(lambda connection: api_keys.get_api_key(connection, public_key))
        return key.last_used_at if key else None

    unused = HASHER.new_api_key("p", KeyPair("pk-lf-unused", SECRET), clock)
    database.write_now(lambda connection: api_keys.add_api_key(connection, unused))
    with pytest.raises(UnauthorizedError):
        await authenticator.authenticate(basic("pk-lf-unused:wrong"))
    await authenticator.authenticate(basic(f"{PUBLIC}:{SECRET}"))
    assert last_used(PUBLIC) is None

    await authenticator.record_uses()
    assert (last_used(PUBLIC), last_used("pk-lf-unused")) == (1_000, None)

    clock.micros, clock.seconds = 5_000, authentication._ACCEPTED_SECONDS
    await authenticator.authenticate(f"Bearer {PUBLIC}")
    await authenticator.record_uses()
    assert last_used(PUBLIC) == 5_000
    # Another server process has written a later use: it stays.
    await authenticator.authenticate(basic(f"{PUBLIC}:{SECRET}"))
    key = database.read_now(lambda connection: api_keys.get_api_key(connection, PUBLIC))
    assert key is not None
    database.write_now(lambda connection: api_keys.record_uses(connection, {key.id: 9_000, "gone": 1}))
    await authenticator.record_uses()
    assert last_used(PUBLIC) == 9_000


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (None, "No authorization header"),
        ("", "No authorization header"),
        ("Basic", "Invalid authorization header"),
        ("Basic ???", "Invalid authorization header"),
        ("Basic " + base64.b64encode(b"\xff\xfe:x").decode(), "Invalid authorization header"),
        (basic(PUBLIC), "Invalid authorization header"),
        (basic(f"{PUBLIC}:"), "Invalid authorization header"),
        (basic(f":{SECRET}"), "Invalid authorization header"),
        ("Bearer ", "Invalid authorization header"),
        (f"Bearer :{SECRET}", "Invalid authorization header"),
        ("Digest abc", "Invalid authorization header"),
        ("Basic " + "A" * 10_000, "Invalid authorization header"),
        (basic(f"{PUBLIC}:sk-lf-wrong"), f"Invalid credentials. {CONFIRM}"),
        (basic(f"{PUBLIC}:{SECRET}x"), f"Invalid credentials. {CONFIRM}"),
        (basic(f"pk-lf-unknown:{SECRET}"), f"Invalid credentials. {CONFIRM}"),
        (basic(f"{SECRET}:{PUBLIC}"), f"Invalid credentials. {CONFIRM}"),
        (f"Bearer {PUBLIC}:wrong", f"Invalid credentials. {CONFIRM}"),
        ("Bearer pk-lf-unknown", f"Invalid public key. {CONFIRM}"),
        (f"Bearer {SECRET}", f"Invalid public key. {CONFIRM}"),
    ],
)
async def test_what_is_wrong_is_said_in_the_words_clients_know(
    authenticator: Authenticator, header: str | None, message: str
) -> None:
    for _ in range(2):  # the second time from memory
        with pytest.raises(UnauthorizedError) as caught:
            await authenticator.authenticate(header)
        assert caught.value.message == message
        assert SECRET not in (caught.value.hint or "")


async def test_a_known_header_is_answered_without_the_database(
    authenticator: Authenticator, database: MetadataDatabase, clock: _Clock
) -> None:
    right, wrong = basic(f"{PUBLIC}:{SECRET}"), basic(f"{PUBLIC}:wrong")
    first = await authenticator.authenticate(right)
    with pytest.raises(UnauthorizedError):
        await authenticator.authenticate(wrong)
    await database.close()

    assert await authenticator.authenticate(right) is first
    with pytest.raises(UnauthorizedError):
        await authenticator.authenticate(wrong)


async def test_a_changed_key_is_noticed_after_a_while_or_at_once_when_told(
    authenticator: Authenticator, database: MetadataDatabase, clock: _Clock
) -> None:
    old, new = basic(f"{PUBLIC}:{SECRET}"), basic(f"{PUBLIC}:sk-lf-new")
    key = database.read_now(lambda connection: api_keys.get_api_key(connection, PUBLIC))
    assert key is not None
    await authenticator.authenticate(old)
    with pytest.raises(UnauthorizedError):
        await authenticator.authenticate(new)
    database.write_now(
        lambda connection: api_keys.replace_secret(
            connection, key.id, secret_hash=HASHER.hash("sk-lf-new"), display_secret="..."
        )
    )

    clock.seconds = authentication._REFUSED_SECONDS
    assert (await _project(authenticator, new)) == "p"
    await authenticator.authenticate(old)
    authenticator.forget()
    with pytest.raises(UnauthorizedError):
        await authenticator.authenticate(old)


async def test_an_expired_key_is_refused(authenticator: Authenticator, database: MetadataDatabase, clock: _Clock) -> None:
    key = replace(HASHER.new_api_key("p", KeyPair("pk-lf-2", SECRET), clock), expires_at=2_000)
    database.write_now(lambda connection: api_keys.add_api_key(connection, key))
    clock.micros = 1_999
    assert (await _project(authenticator, basic(f"pk-lf-2:{SECRET}"))) == "p"

    clock.micros, clock.seconds = 2_000, authentication._ACCEPTED_SECONDS
    for header in (basic(f"pk-lf-2:{SECRET}"), "Bearer pk-lf-2"):
        with pytest.raises(UnauthorizedError):
            await authenticator.authenticate(header)


async def test_a_flood_of_wrong_keys_neither_grows_memory_nor_forgets_the_right_one(
    authenticator: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = basic(f"{PUBLIC}:{SECRET}")
    first = await authenticator.authenticate(right)
    for number in range(authentication._MOST_REMEMBERED + 10):
        with pytest.raises(UnauthorizedError):
            await authenticator.authenticate(f"Digest {number}")

    assert len(authenticator._refused) == authentication._MOST_REMEMBERED
    assert await authenticator.authenticate(right) is first


async def test_memory_holds_no_secret(authenticator: Authenticator) -> None:
    await authenticator.authenticate(basic(f"{PUBLIC}:{SECRET}"))

    remembered = repr(vars(authenticator._accepted)) + repr(Credentials(PUBLIC, SECRET))
    assert SECRET not in remembered
    assert basic(f"{PUBLIC}:{SECRET}").removeprefix("Basic ") not in remembered


@given(
    header=st.text(max_size=200)
    | st.builds(lambda scheme, rest: f"{scheme} {rest}", st.sampled_from(["Basic", "Bearer"]), st.text())
)
def test_any_header_is_parsed_or_refused(header: str) -> None:
    try:
        parsed = parse_authorization(header)
    except UnauthorizedError:
        return
    assert parsed.public_key
    assert parsed.secret_key != ""
