"""Logins open with the right password only, end when they should, and guessing is slowed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from spanwise_server.domain.accounts import Role, User
from spanwise_server.domain.errors import InvalidLoginError, TooManyAttemptsError
from spanwise_server.services.logins import Logins
from spanwise_server.storage.metadata import users
from spanwise_server.storage.metadata.database import MetadataDatabase

EMAIL, PASSWORD = "ada@example.org", "correct horse"
HOUR = 3_600_000_000


class _Clock:
    micros = 0
    seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds

    def __call__(self) -> int:
        return self.micros


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture
def logins(database: MetadataDatabase, clock: _Clock, quick_passwords: PasswordHasher) -> Iterator[Logins]:
    ada = User(id="u", email=EMAIL, name="Ada", password_hash=quick_passwords.hash(PASSWORD), created_at=0)
    nobody = User(id="n", email="sso@example.org", name="No password", password_hash=None, created_at=0)
    database.write_now(lambda connection: users.add_user(connection, ada))
    database.write_now(lambda connection: users.add_user(connection, nobody))
    opened = Logins(database, clock=clock, session_hours=2, passwords=quick_passwords, monotonic=clock.monotonic)
    yield opened
    opened.close()


@pytest.mark.parametrize("email", [EMAIL, " Ada@Example.ORG "])
async def test_the_right_password_opens_a_login(logins: Logins, email: str) -> None:
    opened = await logins.log_in(email, PASSWORD, address="1.2.3.4")

    assert (opened.user.id, opened.seconds) == ("u", 7200)
    assert await logins.recognize(opened.token) == opened.user
    assert opened.token not in repr(opened)


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (EMAIL, "wrong"),
        (EMAIL, ""),
        (EMAIL, PASSWORD + "x" * 5000),
        ("bob@example.org", PASSWORD),
        ("sso@example.org", ""),
        ("", ""),
    ],
)
async def test_anything_else_is_refused_in_the_same_words(logins: Logins, email: str, password: str) -> None:
    with pytest.raises(InvalidLoginError, match="E-mail or password is wrong"):
        await logins.log_in(email, password, address="1.2.3.4")


async def test_a_login_ends_after_its_hours(logins: Logins, clock: _Clock) -> None:
    token = (await logins.log_in(EMAIL, PASSWORD, address="a")).token

    clock.micros = 2 * HOUR - 1
    assert await logins.recognize(token) is not None
    clock.micros = 2 * HOUR
    assert await logins.recognize(token) is None


async def test_logging_out_ends_that_login_only(logins: Logins) -> None:
    first, second = [(await logins.log_in(EMAIL, PASSWORD, address="a")).token for _ in range(2)]
    await logins.log_out(first)

    assert first != second
    assert await logins.recognize(first) is None
    assert await logins.recognize(second) is not None
    assert await logins.recognize("") is None


async def _fail(logins: Logins, times: int, *, email: str = EMAIL, address: str = "1.2.3.4") -> None:
    for _ in range(times):
        with pytest.raises(InvalidLoginError):
            await logins.log_in(email, "wrong", address=address)


async def test_guessing_one_account_is_slowed_until_the_window_has_passed(logins: Logins, clock: _Clock) -> None:
    await _fail(logins, 5)

    with pytest.raises(TooManyAttemptsError) as caught:
        await logins.log_in(EMAIL, PASSWORD, address="1.2.3.4")
    assert caught.value.retry_after_seconds == 300

    # Somebody else, and the same person elsewhere, are not kept out.
    await _fail(logins, 1, email="bob@example.org")
    await logins.log_in(EMAIL, PASSWORD, address="5.6.7.8")
    clock.seconds = 300.0
    await logins.log_in(EMAIL, PASSWORD, address="1.2.3.4")


async def test_guessing_many_accounts_from_one_address_is_slowed(logins: Logins) -> None:
    for number in range(50):
        await _fail(logins, 1, email=f"{number}@example.org")

    with pytest.raises(TooManyAttemptsError):
        await logins.log_in(EMAIL, PASSWORD, address="1.2.3.4")


async def test_a_burst_of_guesses_at_once_is_counted(logins: Logins) -> None:
    results = await asyncio.gather(
        *(logins.log_in(EMAIL, f"guess {number}", address="a") for number in range(30)), return_exceptions=True
    )

    assert sum(isinstance(result, InvalidLoginError) for result in results) == 5
    assert sum(isinstance(result, TooManyAttemptsError) for result in results) == 25


async def test_success_wipes_the_slate(logins: Logins) -> None:
    for _ in range(20):
        await _fail(logins, 3)
        await logins.log_in(EMAIL, PASSWORD, address="1.2.3.4")
        logins._by_address.forgive("1.2.3.4")


async def test_memberships_are_the_users(logins: Logins, database: MetadataDatabase) -> None:
    assert list(await logins.memberships("u")) == []
    assert await logins.membership("u", "p") is None
    database.write_now(lambda connection: users.ensure_organization_member(connection, "o", "u", Role.ADMIN))

    assert [(found.project.id, found.role) for found in await logins.memberships("u")] == [("p", Role.ADMIN)]
    found = await logins.membership("u", "p")
    assert found is not None
    assert found.role is Role.ADMIN
