"""The first start: an organization, a project, a key pair and an administrator, given by ``LANGFUSE_INIT_*`` or generated.

Later starts add what the settings name and the database lacks, and change nothing else, except that a key pair named in
the settings gets the secret named there. Must not print or log: what was generated is handed back, to be shown once.
"""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from argon2 import PasswordHasher

from spanwise_server._lib.clock import Clock
from spanwise_server.domain.accounts import Organization, Project, Role, User
from spanwise_server.domain.errors import ConfigurationError
from spanwise_server.services.api_keys import KeyPair, SecretHasher, display_secret, generate_key_pair
from spanwise_server.services.logins import normalize_email
from spanwise_server.settings import InitSettings, Settings
from spanwise_server.storage.metadata import api_keys, projects, users
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction
from spanwise_server.storage.metadata.pepper import FILE_NAME as PEPPER_FILE
from spanwise_server.storage.metadata.pepper import create_pepper, load_pepper

DEFAULT_EMAIL = "admin@localhost"
_DEFAULT_NAME = "Default"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstStart:
    """What the first start created. Secrets are here only if they were generated: this is the one time to show them."""

    project_id: str
    project_name: str
    public_key: str
    generated_secret_key: str | None = field(repr=False)
    email: str
    generated_password: str | None = field(repr=False)


def open_hasher(database: MetadataDatabase, data_dir: Path) -> SecretHasher:
    """Return the hasher of this installation; a new installation gets its pepper.

    Raises:
        ConfigurationError: There are keys, but the pepper that their hashes need is gone or damaged.
    """
    pepper = load_pepper(data_dir)
    if pepper is None:
        if database.read_now(api_keys.count_api_keys):
            raise ConfigurationError(
                f"{data_dir / PEPPER_FILE} is missing, but the database has API keys that cannot be verified without it.",
                hint="Restore the file from a backup of the data directory, or copy it from the server that made the keys.",
            )
        pepper = create_pepper(data_dir)
    return SecretHasher(pepper)


class Provisioning:
    """Brings an installation to the state that the settings describe."""

    def __init__(
        self,
        hasher: SecretHasher,
        settings: Settings,
        init: InitSettings,
        *,
        clock: Clock,
        passwords: PasswordHasher | None = None,
    ) -> None:
        self._hasher = hasher
        self._settings = settings
        self._init = init
        self._clock = clock
        self._passwords = passwords or PasswordHasher()

    def run(self, database: MetadataDatabase) -> FirstStart | None:
        """Create what is missing, in one transaction; return what to show if this was the first start.

        Raises:
            ConfigurationError: The settings name half of a key pair, or a key that belongs to another project.
        """
        pair = self._given_pair()
        return database.write_now(lambda connection: self._provision(connection, pair), exclusive=True)

    def _provision(self, connection: MetadataTransaction, pair: KeyPair | None) -> FirstStart | None:
        is_first = not projects.has_organizations(connection)
        if not is_first and not self._init.model_fields_set and not self._names_an_administrator():
            return None
        organization = self._ensure_organization(connection, is_first=is_first)
        if organization is None:
            return None
        project = self._ensure_project(connection, organization, is_first=is_first)
        shown_pair = pair or (generate_key_pair() if is_first else None)
        if project and shown_pair:
            self._ensure_key(connection, project, shown_pair)
        email, generated_password = self._ensure_administrator(connection, organization, is_first=is_first)
        if not is_first or project is None or shown_pair is None:
            return None
        return FirstStart(
            project_id=project.id,
            project_name=project.name,
            public_key=shown_pair.public_key,
            generated_secret_key=None if pair else shown_pair.secret_key,
            email=email,
            generated_password=generated_password,
        )

    def _given_pair(self) -> KeyPair | None:
        public_key, secret_key = self._init.project_public_key, self._init.project_secret_key
        if not public_key and not secret_key:
            return None
        if not public_key or not secret_key or not secret_key.get_secret_value():
            given, missing = ("PUBLIC", "SECRET") if public_key else ("SECRET", "PUBLIC")
            raise ConfigurationError(
                f"LANGFUSE_INIT_PROJECT_{given}_KEY is set, but LANGFUSE_INIT_PROJECT_{missing}_KEY is not.",
                hint="Set both halves of the key pair, or neither to have one generated.",
            )
        if ":" in public_key:
            raise ConfigurationError(
                "LANGFUSE_INIT_PROJECT_PUBLIC_KEY contains a colon, which separates the halves of the pair on the wire.",
                hint="Choose a public key without a colon.",
            )
        return KeyPair(public_key, secret_key.get_secret_value())

    def _names_an_administrator(self) -> bool:
        return self._settings.admin_email is not None

    def _ensure_organization(self, connection: MetadataTransaction, *, is_first: bool) -> Organization | None:
        wanted = self._init.org_id
        if wanted is None and not is_first:
            named = self._init.project_id and projects.get_project(connection, self._init.project_id)
            return named.organization if named else projects.first_organization(connection)
        found = wanted and projects.get_organization(connection, wanted)
        if found:
            return found
        created = Organization(
            id=wanted or str(uuid.uuid4()), name=self._init.org_name or _DEFAULT_NAME, created_at=self._clock()
        )
        projects.add_organization(connection, created)
        return created

    def _ensure_project(self, connection: MetadataTransaction, organization: Organization, *, is_first: bool) -> Project | None:
        wanted = self._init.project_id
        if wanted is None and not is_first:
            return projects.first_project(connection, organization.id)
        found = wanted and projects.get_project(connection, wanted)
        if found:
            return found
        created = Project(
            id=wanted or str(uuid.uuid4()),
            organization=organization,
            name=self._init.project_name or _DEFAULT_NAME,
            retention_days=self._init.project_retention or None,
            created_at=self._clock(),
        )
        projects.add_project(connection, created)
        return created

    def _ensure_key(self, connection: MetadataTransaction, project: Project, pair: KeyPair) -> None:
        found = api_keys.get_api_key(connection, pair.public_key)
        if found is None:
            api_keys.add_api_key(connection, self._hasher.new_api_key(project.id, pair, self._clock))
        elif found.project_id != project.id:
            raise ConfigurationError(
                "LANGFUSE_INIT_PROJECT_PUBLIC_KEY names a key that belongs to another project.",
                hint="Choose another public key, or set LANGFUSE_INIT_PROJECT_ID to that project.",
            )
        elif not self._hasher.matches(pair.secret_key, found.secret_hash):
            api_keys.replace_secret(
                connection,
                found.id,
                secret_hash=self._hasher.hash(pair.secret_key),
                display_secret=display_secret(pair.secret_key),
            )

    def _ensure_administrator(
        self, connection: MetadataTransaction, organization: Organization, *, is_first: bool
    ) -> tuple[str, str | None]:
        """Return the administrator's e-mail and, if it was generated now, the password."""
        named = self._settings.admin_email or self._init.user_email
        email = normalize_email(named or DEFAULT_EMAIL)
        if named is None and not is_first:
            return email, None
        user = users.find_user(connection, email)
        generated = None
        if user is None:
            given = self._settings.admin_password or self._init.user_password
            password = given.get_secret_value() if given else ""
            if not password:
                if not is_first:
                    raise ConfigurationError(
                        f"The administrator {email} does not exist yet, and no password for it is set.",
                        hint="Set SPANWISE_ADMIN_PASSWORD or LANGFUSE_INIT_USER_PASSWORD.",
                    )
                generated = password = secrets.token_urlsafe(15)
            user = User(
                id=str(uuid.uuid4()),
                email=email,
                name=self._init.user_name or email.partition("@")[0],
                password_hash=self._passwords.hash(password),
                created_at=self._clock(),
            )
            users.add_user(connection, user)
        users.ensure_organization_member(connection, organization.id, user.id, Role.OWNER)
        return email, generated
