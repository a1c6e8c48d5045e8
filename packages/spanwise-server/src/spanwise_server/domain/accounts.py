"""Who may do what: organizations, projects, API keys, users, memberships and what a request is allowed. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from spanwise_server.domain.observations import Micros


class Role(StrEnum):
    """What a user may do in an organization or a project; ordered, a higher one includes the lower ones."""

    NONE = "NONE"
    """Nothing: a member who sees only the projects that name them, or whom one project leaves out."""
    VIEWER = "VIEWER"
    MEMBER = "MEMBER"
    ADMIN = "ADMIN"
    OWNER = "OWNER"

    def includes(self, other: Role) -> bool:
        """Say whether this role allows at least what ``other`` allows."""
        return _ROLE_ORDER[self] >= _ROLE_ORDER[other]


_ROLE_ORDER = {role: rank for rank, role in enumerate(Role)}


class KeyScope(StrEnum):
    """How far credentials reach into their project."""

    PROJECT = "project"
    """Everything a program does: ingest and reads. Proven by both halves of the key pair."""

    SCORES = "scores"
    """Only to write scores: a public key alone, as browsers hold it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """Owns projects and has members."""

    id: str
    name: str
    created_at: Micros
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """The tenant boundary: everything recorded belongs to exactly one."""

    id: str
    organization: Organization
    name: str
    created_at: Micros
    retention_days: int | None = None
    """Days that telemetry is kept; none keeps it for ever."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    updated_at: Micros | None = None
    """None: never since it was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """Credential of either a project or an organization. The secret itself is never kept, only its keyed hash."""

    id: str
    project_id: str | None = None
    organization_id: str | None = None
    public_key: str
    secret_hash: bytes = field(repr=False)
    display_secret: str
    created_at: Micros
    expires_at: Micros | None = None
    note: str | None = None
    last_used_at: Micros | None = None
    """To the minute: uses in between are not written down."""

    def is_expired(self, now: Micros) -> bool:
        """Say whether the key has ended."""
        return self.expires_at is not None and self.expires_at <= now


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person who logs in with a browser."""

    id: str
    email: str
    name: str
    password_hash: str | None = field(repr=False)
    created_at: Micros


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectMembership:
    """A project that a user may see, and as what."""

    project: Project
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A user, and as what they belong to an organization or a project."""

    user_id: str
    email: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginSession:
    """A browser's login. Only the hash of its token is kept."""

    token_hash: bytes = field(repr=False)
    user_id: str
    created_at: Micros
    expires_at: Micros


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectAccess:
    """What a request may touch: one project, as far as ``scope`` and ``role`` reach."""

    project_id: str
    scope: KeyScope = KeyScope.PROJECT
    role: Role = Role.MEMBER
    api_key_id: str | None = None
    """Set when a key pair was shown."""
    public_key: str | None = None
    """Likewise."""
    user_id: str | None = None
    """Set when a browser login was shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationAccess:
    """What the key of an organization may touch: its projects, members and keys, and no telemetry."""

    organization_id: str
    api_key_id: str
    public_key: str


KeyAccess: TypeAlias = ProjectAccess | OrganizationAccess
"""What an API key opens."""
