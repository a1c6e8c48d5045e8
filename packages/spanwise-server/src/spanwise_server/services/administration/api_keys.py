"""API keys of projects and organizations: made, listed, revoked. A secret leaves this module once, when it is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from spanwise_server._lib.clock import Clock
from spanwise_server.domain.accounts import ApiKey
from spanwise_server.domain.errors import ConflictError, InvalidRequestError, Issue, NotFoundError
from spanwise_server.services.administration.organizations import existing_organization
from spanwise_server.services.administration.projects import own_project
from spanwise_server.services.api_keys import KeyPair, KeyTerms, SecretHasher, generate_key_pair
from spanwise_server.storage.metadata import api_keys
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction

_PREFIXES = {"publicKey": "pk-lf-", "secretKey": "sk-lf-"}
_LEAST_SECRET = 16


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was made just now, and its secret: the one time that anything shows it."""

    key: ApiKey
    secret_key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRequest:
    """A key to be made. Both halves of the pair are given, or neither."""

    public_key: str | None = None
    secret_key: str | None = field(default=None, repr=False)
    terms: KeyTerms = field(default_factory=KeyTerms)

    def pair(self) -> KeyPair:
        """Return the given pair or draw one.

        Raises:
            InvalidRequestError: One half is missing, or a half has not the form of one.
        """
        if self.public_key is None and self.secret_key is None:
            return generate_key_pair()
        given = {"publicKey": self.public_key, "secretKey": self.secret_key}
        for name, value in given.items():
            if value is None:
                raise _wrong(name, f"{name} must be given together with the other half of the pair")
            if not value.startswith(_PREFIXES[name]) or value == _PREFIXES[name]:
                raise _wrong(name, f"{name} must start with {_PREFIXES[name]}")
            if ":" in value or not value.isascii() or not value.isprintable() or " " in value:
                raise _wrong(name, f"{name} must be of visible ASCII characters without a colon, which separates the halves")
        if len(self.secret_key or "") < _LEAST_SECRET:
            raise _wrong("secretKey", f"secretKey must have at least {_LEAST_SECRET} characters")
        return KeyPair(self.public_key or "", self.secret_key or "")


class KeyAdministration:
    """Makes, lists and revokes keys. A revoked key stops working at once in this process, in others within seconds."""

    def __init__(
        self, database: MetadataDatabase, hasher: SecretHasher, *, clock: Clock, forget_keys: Callable[[], None]
    ) -> None:
        self._database = database
        self._hasher = hasher
        self._clock = clock
        self._forget_keys = forget_keys

    async def of_project(self, organization_id: str, project_id: str) -> Sequence[ApiKey]:
        """Return the keys of the project, oldest first.

        Raises:
            NotFoundError: The organization has no such project.
        """

        def work(connection: MetadataTransaction) -> Sequence[ApiKey]:
            own_project(connection, organization_id, project_id)
            return api_keys.list_project_keys(connection, project_id)

        return await self._database.read(work)

    async def of_organization(self, organization_id: str) -> Sequence[ApiKey]:
        """Return the keys of the organization itself, oldest first.

        Raises:
            NotFoundError: There is no such organization.
        """

        def work(connection: MetadataTransaction) -> Sequence[ApiKey]:
            existing_organization(connection, organization_id)
            return api_keys.list_organization_keys(connection, organization_id)

        return await self._database.read(work)

    async def create_for_project(self, organization_id: str, project_id: str, request: KeyRequest) -> NewKey:
        """Make a key of the project.

        Raises:
            NotFoundError: The organization has no such project.
            InvalidRequestError: The given pair cannot be used, or its public half is taken.
        """
        pair = request.pair()
        key = self._hasher.new_api_key(project_id, pair, self._clock, terms=self._terms(request))
        await self._add(key, lambda connection: own_project(connection, organization_id, project_id))
        return NewKey(key, pair.secret_key)

    async def create_for_organization(self, organization_id: str, request: KeyRequest) -> NewKey:
        """Make a key of the organization.

        Raises:
            NotFoundError: There is no such organization.
            InvalidRequestError: The given pair cannot be used, or its public half is taken.
        """
        pair = request.pair()
        key = self._hasher.new_organization_key(organization_id, pair, self._clock, terms=self._terms(request))
        await self._add(key, lambda connection: existing_organization(connection, organization_id))
        return NewKey(key, pair.secret_key)

    async def delete_of_project(self, organization_id: str, project_id: str, key_id: str) -> None:
        """Revoke a key of the project.

        Raises:
            NotFoundError: The organization has no such project, or the project no such key.
        """

        def work(connection: MetadataTransaction) -> None:
            own_project(connection, organization_id, project_id)
            if not api_keys.delete_project_key(connection, project_id, key_id):
                raise _no_key()

        await self._database.write(work)
        self._forget_keys()

    async def delete_of_organization(self, organization_id: str, key_id: str) -> None:
        """Revoke a key of the organization.

        Raises:
            NotFoundError: The organization has no such key.
        """

        def work(connection: MetadataTransaction) -> None:
            if not api_keys.delete_organization_key(connection, organization_id, key_id):
                raise _no_key()

        await self._database.write(work)
        self._forget_keys()

    def forget(self) -> None:
        """Look every key up again, as after a change of the database by other means."""
        self._forget_keys()

    def _terms(self, request: KeyRequest) -> KeyTerms:
        expires_at = request.terms.expires_at
        if expires_at is not None and expires_at <= self._clock():
            raise _wrong("expiresAt", "expiresAt must be in the future")
        return request.terms

    async def _add(self, key: ApiKey, check_owner: Callable[[MetadataTransaction], object]) -> None:
        def work(connection: MetadataTransaction) -> None:
            check_owner(connection)
            api_keys.add_api_key(connection, key)

        try:
            await self._database.write(work)
        except ConflictError as error:  # for a client a wrong request: sent again, it would be wrong again
            raise _wrong("publicKey", "publicKey is in use already") from error
        self._forget_keys()


def _wrong(field_name: str, message: str) -> InvalidRequestError:
    return InvalidRequestError(message, issues=[Issue(message, (field_name,))])


def _no_key() -> NotFoundError:
    return NotFoundError("API key not found")
