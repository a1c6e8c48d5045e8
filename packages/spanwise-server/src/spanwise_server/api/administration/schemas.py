"""Administration on the wire: projects, keys, members and organizations, as answers and as bodies of requests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, Field, Strict, model_validator
from typing_extensions import TypedDict

from spanwise_server.api.listing.parameters import Time
from spanwise_server.api.request_bodies import RequestBody, StoredText
from spanwise_server.api.schemas.json_values import one_of
from spanwise_server.api.schemas.times import to_millis, to_millis_or_none
from spanwise_server.domain.accounts import ApiKey, Member, Organization, Project, Role
from spanwise_server.services.administration.api_keys import KeyRequest, NewKey
from spanwise_server.services.administration.projects import ProjectDraft
from spanwise_server.services.api_keys import KeyTerms

_MOST_METADATA_BYTES: Final = 64 * 1024
_MOST_METADATA_DEPTH: Final = 20
_LEAST_RETENTION_DAYS: Final = 3
_RETENTION = "Days that telemetry is kept: 0 for ever, else at least 3."


def _storable_object(value: dict[str, Any]) -> dict[str, Any]:
    try:
        text = json.dumps(value, allow_nan=False, ensure_ascii=False)
        size = len(text.encode())
    except (ValueError, RecursionError) as error:
        raise ValueError("must be JSON without NaN, infinities and lone surrogates") from error
    if "\\u0000" in text:
        raise ValueError("must not contain the character U+0000")
    if size > _MOST_METADATA_BYTES:
        raise ValueError(f"has {size} bytes; at most {_MOST_METADATA_BYTES} are kept")
    if _is_deeper_than(value, _MOST_METADATA_DEPTH):
        raise ValueError(f"is nested more than {_MOST_METADATA_DEPTH} levels deep")
    return value


def _is_deeper_than(value: Any, most: int) -> bool:
    level = [value]
    for _ in range(most):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def _retention(days: int) -> int:
    if 0 < days < _LEAST_RETENTION_DAYS:
        raise ValueError(f"must be 0 or at least {_LEAST_RETENTION_DAYS}")
    return days


_Metadata = Annotated[
    dict[str, Any], AfterValidator(_storable_object), Field(description="Anything the caller wants to keep with it; JSON.")
]
_Retention = Annotated[int, Strict(), Field(ge=0, le=36_500, description=_RETENTION), AfterValidator(_retention)]
_UserId = Annotated[StoredText, Field(min_length=1, max_length=200, description="The user's id.")]


class ProjectRequest(RequestBody):
    """A project to be made or changed."""

    name: Annotated[StoredText, Field(min_length=3, max_length=60, description="3 to 60 characters.")]
    retention: _Retention | None = None
    metadata: _Metadata | None = None

    def draft(self) -> ProjectDraft:
        """Return what the project is to be."""
        return ProjectDraft(name=self.name, retention_days=self.retention, metadata=self.metadata)


class ApiKeyRequest(RequestBody):
    """A key to be made. Without a pair one is generated."""

    name: Annotated[StoredText | None, Field(max_length=500, description="What the key is for. `note` is the older word.")] = (
        None
    )
    note: Annotated[StoredText | None, Field(max_length=500, description="What the key is for; only without `name`.")] = None
    public_key: Annotated[StoredText | None, Field(max_length=200, description="Starts with `pk-lf-`; needs `secretKey`.")] = (
        None
    )
    secret_key: Annotated[StoredText | None, Field(max_length=200, description="Starts with `sk-lf-`; needs `publicKey`.")] = (
        None
    )
    expires_at: Annotated[Time | None, Field(description="When the key ends (ISO 8601); it never does if left out.")] = None

    @model_validator(mode="after")
    def _names_it_once(self) -> Self:
        if self.name is not None and self.note is not None:
            raise ValueError("name and note are two words for one thing: give one of them")
        return self

    def key_request(self) -> KeyRequest:
        """Return what the services take."""
        terms = KeyTerms(note=self.name if self.note is None else self.note, expires_at=self.expires_at)
        return KeyRequest(public_key=self.public_key, secret_key=self.secret_key, terms=terms)


class MembershipRequest(RequestBody):
    """A role to be given."""

    user_id: _UserId
    role: Annotated[
        Literal["OWNER", "ADMIN", "MEMBER", "VIEWER", "NONE"],
        Field(
            description="`NONE` shows nothing: in an organization only the projects that name the user, in a project not even it."
        ),
    ]

    @property
    def domain_role(self) -> Role:
        """The role as the domain has it."""
        return Role(self.role)


class MembershipDeletionRequest(RequestBody):
    """A membership to be ended."""

    user_id: _UserId


class OrganizationRequest(RequestBody):
    """An organization to be made or changed."""

    name: Annotated[StoredText, Field(min_length=1, max_length=60, description="1 to 60 characters.")]
    metadata: _Metadata | None = None


class KeyCacheRequest(RequestBody):
    """What to do with the keys that the server remembers."""

    action: Annotated[Literal["invalidate"], Field(description="Look every key up again.")]


class ApiKeyBody(TypedDict):
    """A key without its secret."""

    id: str
    createdAt: str
    expiresAt: str | None
    lastUsedAt: str | None
    name: str | None
    note: str | None
    publicKey: str
    displaySecretKey: str


class ApiKeyListBody(TypedDict):
    """The keys of one project or organization, oldest first."""

    apiKeys: list[ApiKeyBody]


class NewApiKeyBody(TypedDict):
    """A new key; its secret is shown here and never again."""

    id: str
    createdAt: str
    expiresAt: str | None
    name: str | None
    note: str | None
    publicKey: str
    secretKey: str
    displaySecretKey: str


class DeletionBody(TypedDict):
    """It is gone."""

    success: bool


class ProjectDeletionBody(TypedDict):
    """It is gone."""

    success: bool
    message: str


class MessageBody(TypedDict):
    """It is done."""

    message: str


class MemberBody(TypedDict):
    """A member."""

    userId: str
    role: Annotated[str, one_of(Role)]
    email: str
    name: str


class MembersBody(TypedDict):
    """Members by e-mail address."""

    memberships: list[MemberBody]


class MembershipDeletionBody(TypedDict):
    """A membership has ended."""

    message: str
    userId: str


class OrganizationProjectBody(TypedDict):
    """A project of the organization."""

    id: str
    name: str
    metadata: dict[str, Any]
    retentionDays: int | None
    createdAt: str
    updatedAt: str


class OrganizationProjectsBody(TypedDict):
    """The organization's projects, oldest first."""

    projects: list[OrganizationProjectBody]


class InstalledOrganizationBody(TypedDict):
    """An organization and its projects."""

    id: str
    name: str
    metadata: dict[str, Any]
    createdAt: str
    projects: list[OrganizationProjectBody]


class InstalledOrganizationsBody(TypedDict):
    """Every organization, oldest first."""

    organizations: list[InstalledOrganizationBody]


def api_key_body(key: ApiKey) -> ApiKeyBody:
    """Build the wire form of a key."""
    return {
        "id": key.id,
        "createdAt": to_millis(key.created_at),
        "expiresAt": to_millis_or_none(key.expires_at),
        "lastUsedAt": to_millis_or_none(key.last_used_at),
        "name": key.note,
        "note": key.note,
        "publicKey": key.public_key,
        "displaySecretKey": key.display_secret,
    }


def new_api_key_body(made: NewKey) -> NewApiKeyBody:
    """Build the wire form of a key that was made just now."""
    key = made.key
    return {
        "id": key.id,
        "createdAt": to_millis(key.created_at),
        "expiresAt": to_millis_or_none(key.expires_at),
        "name": key.note,
        "note": key.note,
        "publicKey": key.public_key,
        "secretKey": made.secret_key,
        "displaySecretKey": key.display_secret,
    }


def member_body(member: Member) -> MemberBody:
    """Build the wire form of a member."""
    return {"userId": member.user_id, "role": member.role.value, "email": member.email, "name": member.name}


def organization_project_body(project: Project) -> OrganizationProjectBody:
    """Build the wire form of a project of an organization."""
    return {
        "id": project.id,
        "name": project.name,
        "metadata": dict(project.metadata),
        "retentionDays": project.retention_days,
        "createdAt": to_millis(project.created_at),
        "updatedAt": to_millis(project.updated_at or project.created_at),
    }


def installed_organization_body(organization: Organization, projects: Sequence[Project]) -> InstalledOrganizationBody:
    """Build the wire form of an organization."""
    return {
        "id": organization.id,
        "name": organization.name,
        "metadata": dict(organization.metadata),
        "createdAt": to_millis(organization.created_at),
        "projects": [organization_project_body(project) for project in projects],
    }
