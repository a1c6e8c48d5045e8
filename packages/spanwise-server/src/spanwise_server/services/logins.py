"""Browser logins: password in, random token out, and who a token belongs to. Must not know cookies or HTTP.

Of a token only the SHA-256 is stored: it has 256 random bits, so the hash cannot be searched. Passwords are hashed with
Argon2id. Guessing is slowed per address and e-mail, and per address alone, in memory.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from spanwise_server._lib.attempts import AttemptLimit
from spanwise_server._lib.clock import Clock
from spanwise_server.domain.accounts import LoginSession, ProjectMembership, User
from spanwise_server.domain.errors import InvalidLoginError, TooManyAttemptsError
from spanwise_server.storage.metadata import users
from spanwise_server.storage.metadata.database import MetadataDatabase

_HOUR_MICROS = 3_600_000_000
LONGEST_PASSWORD = 1024
_WINDOW_SECONDS = 300.0
_FAILURES_PER_ADDRESS_AND_EMAIL = 5
_FAILURES_PER_ADDRESS = 50
# Each verification takes 64 MiB and a processor for a while: never more than two at once.
_HASHING_THREADS = 2


@dataclass(frozen=True, slots=True)
class OpenedLogin:
    """A fresh login: ``token`` goes to the browser and nowhere else."""

    user: User
    token: str = field(repr=False)
    seconds: int


def normalize_email(email: str) -> str:
    """Return the form under which an e-mail address is stored and looked up."""
    return email.strip().lower()


class Logins:
    """Opens, recognises and ends browser logins."""

    def __init__(
        self,
        database: MetadataDatabase,
        *,
        clock: Clock,
        session_hours: int,
        passwords: PasswordHasher | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._clock = clock
        self._session_hours = session_hours
        self._passwords = passwords or PasswordHasher()
        self._hashing = ThreadPoolExecutor(_HASHING_THREADS, thread_name_prefix="passwords")
        self._by_pair = AttemptLimit(_FAILURES_PER_ADDRESS_AND_EMAIL, _WINDOW_SECONDS, monotonic=monotonic)
        self._by_address = AttemptLimit(_FAILURES_PER_ADDRESS, _WINDOW_SECONDS, monotonic=monotonic)
        self._nobodys_hash: str | None = None

    async def log_in(self, email: str, password: str, *, address: str) -> OpenedLogin:
        """Open a login for the user with this e-mail and password.

        Raises:
            InvalidLoginError: There is no such user, or the password is wrong; not said which.
            TooManyAttemptsError: Too many wrong ones came from ``address`` of late.
        """
        email = normalize_email(email)
        self._refuse_when_guessing(address, email)
        # Counted before the slow comparison, or a burst of guesses at once would pass uncounted.
        self._by_pair.record((address, email))
        self._by_address.record(address)
        user = await self._database.read(lambda connection: users.find_user(connection, email))
        is_right = await self._verify(user, password)
        if user is None or not is_right:
            raise InvalidLoginError("E-mail or password is wrong.")
        self._by_pair.forgive((address, email))
        self._by_address.withdraw(address)
        token = secrets.token_urlsafe(32)
        now = self._clock()
        session = LoginSession(
            token_hash=hash_token(token),
            user_id=user.id,
            created_at=now,
            expires_at=now + self._session_hours * _HOUR_MICROS,
        )
        await self._database.write(lambda connection: users.add_login_session(connection, session))
        return OpenedLogin(user, token, self._session_hours * 3600)

    async def recognize(self, token: str) -> User | None:
        """Return whose login this is, or none when it has ended or never was."""
        token_hash, now = hash_token(token), self._clock()
        return await self._database.read(lambda connection: users.find_logged_in_user(connection, token_hash, now=now))

    async def log_out(self, token: str) -> None:
        """End the login at once, for every server process."""
        token_hash = hash_token(token)
        await self._database.write(lambda connection: users.delete_login_session(connection, token_hash))

    async def memberships(self, user_id: str) -> Sequence[ProjectMembership]:
        """Return the projects the user may see, by name."""
        return await self._database.read(lambda connection: users.list_memberships(connection, user_id))

    async def membership(self, user_id: str, project_id: str) -> ProjectMembership | None:
        """Return what the user is in this project, or none for a stranger."""
        found = await self._database.read(lambda connection: users.list_memberships(connection, user_id, project_id=project_id))
        return found[0] if found else None

    def close(self) -> None:
        """Release the hashing threads."""
        self._hashing.shutdown(wait=False, cancel_futures=True)

    def _refuse_when_guessing(self, address: str, email: str) -> None:
        wait = max(self._by_pair.seconds_to_wait((address, email)), self._by_address.seconds_to_wait(address))
        if wait > 0:
            raise TooManyAttemptsError(
                "Too many failed logins.", hint=f"Wait {wait} seconds and try again.", retry_after_seconds=wait
            )

    async def _verify(self, user: User | None, password: str) -> bool:
        stored = user.password_hash if user else None
        is_possible = stored is not None and len(password) <= LONGEST_PASSWORD
        # Someone who does not exist takes as long to refuse as someone who does.
        loop = asyncio.get_running_loop()
        is_right = await loop.run_in_executor(self._hashing, self._verify_now, stored, password[:LONGEST_PASSWORD])
        return is_possible and is_right

    def _verify_now(self, stored: str | None, password: str) -> bool:
        if self._nobodys_hash is None:
            self._nobodys_hash = self._passwords.hash(secrets.token_urlsafe(16))
        try:
            return self._passwords.verify(stored or self._nobodys_hash, password)
        except (VerificationError, InvalidHashError):
            return False


def hash_token(token: str) -> bytes:
    """Return what is stored instead of the token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
