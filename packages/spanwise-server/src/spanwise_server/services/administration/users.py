"""People's accounts, as whoever runs the installation makes them. Passwords leave nothing behind but a hash."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence

from argon2 import PasswordHasher

from spanwise_server._lib.clock import Clock
from spanwise_server.domain.accounts import User
from spanwise_server.domain.errors import ConflictError, InvalidRequestError, Issue, NotFoundError
from spanwise_server.services.logins import LONGEST_PASSWORD, normalize_email
from spanwise_server.storage.metadata import users
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction

_LONGEST_EMAIL = 320
_SHORTEST_PASSWORD = 8


class Users:
    """Makes accounts and sets passwords."""

    def __init__(self, database: MetadataDatabase, *, clock: Clock, passwords: PasswordHasher | None = None) -> None:
        self._database = database
        self._clock = clock
        self._passwords = passwords or PasswordHasher()

    async def list(self) -> Sequence[User]:
        """Return everybody, by e-mail address."""
        return await self._database.read(users.list_users)

    async def create(self, email: str, password: str, *, name: str | None = None) -> User:
        """Make an account without memberships.

        Raises:
            InvalidRequestError: The e-mail address or the password will not do.
            ConflictError: There is an account with this address.
        """
        email = _checked_email(email)
        user = User(
            id=str(uuid.uuid4()),
            email=email,
            name=name or email.partition("@")[0],
            password_hash=await self._hash(password),
            created_at=self._clock(),
        )

        def work(connection: MetadataTransaction) -> None:
            if users.find_user(connection, email) is not None:
                raise ConflictError(f"There is an account for {email} already.", hint="Use `spanwise users set-password`.")
            users.add_user(connection, user)

        await self._database.write(work)
        return user

    async def set_password(self, email: str, password: str) -> User:
        """Give somebody another password, and end their logins.

        Raises:
            InvalidRequestError: The password will not do.
            NotFoundError: There is no account with this address.
        """
        email = normalize_email(email)
        password_hash = await self._hash(password)

        def work(connection: MetadataTransaction) -> User:
            user = users.find_user(connection, email)
            if user is None:
                raise NotFoundError(f"There is no account for {email}.", hint="Make one with `spanwise users create`.")
            users.set_password_hash(connection, user.id, password_hash)
            return user

        return await self._database.write(work)

    async def _hash(self, password: str) -> str:
        if not _SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            message = f"A password has {_SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters"
            raise InvalidRequestError(message, issues=[Issue(message, ("password",))])
        return await asyncio.to_thread(self._passwords.hash, password)


def _checked_email(email: str) -> str:
    normal = normalize_email(email)
    name, _, host = normal.rpartition("@")
    if not name or not host or len(normal) > _LONGEST_EMAIL or not normal.isprintable() or " " in normal:
        message = "This is not an e-mail address"
        raise InvalidRequestError(message, issues=[Issue(message, ("email",))])
    return normal
