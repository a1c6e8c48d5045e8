"""Who belongs to an organization and its projects, and as what. Every call names the organization or the project."""

from __future__ import annotations

from collections.abc import Sequence

from spanwise_server.domain.accounts import Member, Project, Role, User
from spanwise_server.domain.errors import InvalidRequestError, NotFoundError
from spanwise_server.services.administration.organizations import existing_organization
from spanwise_server.services.administration.projects import own_project
from spanwise_server.storage.metadata import memberships, users
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction


class Memberships:
    """Lists, sets and ends memberships. An organization never loses its last owner."""

    def __init__(self, database: MetadataDatabase) -> None:
        self._database = database

    async def of_organization(self, organization_id: str) -> Sequence[Member]:
        """Return the organization's members by e-mail address."""
        return await self._database.read(lambda connection: memberships.list_organization_members(connection, organization_id))

    async def of_project(self, organization_id: str, project_id: str) -> Sequence[Member]:
        """Return who has a role of their own in the project, by e-mail address.

        Raises:
            NotFoundError: The organization has no such project.
        """

        def work(connection: MetadataTransaction) -> Sequence[Member]:
            own_project(connection, organization_id, project_id)
            return memberships.list_project_members(connection, project_id)

        return await self._database.read(work)

    async def who_sees(self, project: Project) -> Sequence[Member]:
        """Return everybody who sees the project, by e-mail, with the role that counts in it."""

        def work(connection: MetadataTransaction) -> Sequence[Member]:
            found = [
                *memberships.list_organization_members(connection, project.organization.id),
                *memberships.list_project_members(connection, project.id),
            ]
            # The later ones win: a role in the project over that in the organization.
            counting = {member.user_id: member for member in found}
            return sorted((m for m in counting.values() if m.role is not Role.NONE), key=lambda member: member.email)

        return await self._database.read(work)

    async def set_in_organization(self, organization_id: str, user_id: str, role: Role) -> Member:
        """Make the user a member, or change the member's role.

        Raises:
            NotFoundError: There is no such user, or the organization was deleted meanwhile.
            InvalidRequestError: The organization would be left without an owner.
        """

        def work(connection: MetadataTransaction) -> Member:
            existing_organization(connection, organization_id)
            user = _existing_user(connection, user_id)
            if role is not Role.OWNER:
                _keep_an_owner(connection, organization_id, user_id)
            memberships.set_organization_role(connection, organization_id, user_id, role)
            return _member(user, role)

        return await self._database.write(work)

    async def set_in_project(self, organization_id: str, project_id: str, user_id: str, role: Role) -> Member:
        """Give the user a role in the project, which wins over that in the organization.

        Raises:
            NotFoundError: The organization has no such project, or the user is no member of the organization.
        """

        def work(connection: MetadataTransaction) -> Member:
            own_project(connection, organization_id, project_id)
            user = _existing_user(connection, user_id)
            members = memberships.list_organization_members(connection, organization_id)
            if user_id not in {member.user_id for member in members}:
                raise NotFoundError(
                    "User is not a member of the organization", hint="Give them a role there first; NONE will do."
                )
            memberships.set_project_role(connection, project_id, user_id, role)
            return _member(user, role)

        return await self._database.write(work)

    async def remove_from_organization(self, organization_id: str, user_id: str) -> None:
        """End the membership, and with it the user's roles in the organization's projects.

        Raises:
            NotFoundError: The user is no member.
            InvalidRequestError: The organization would be left without an owner.
        """

        def work(connection: MetadataTransaction) -> None:
            _keep_an_owner(connection, organization_id, user_id)
            if not memberships.remove_organization_member(connection, organization_id, user_id):
                raise NotFoundError("Membership not found")

        await self._database.write(work)

    async def remove_from_project(self, organization_id: str, project_id: str, user_id: str) -> None:
        """End the user's own role in the project; a role in the organization counts again.

        Raises:
            NotFoundError: The organization has no such project, or the user no role of their own in it.
        """

        def work(connection: MetadataTransaction) -> None:
            own_project(connection, organization_id, project_id)
            if not memberships.remove_project_member(connection, project_id, user_id):
                raise NotFoundError("Membership not found")

        await self._database.write(work)


def _existing_user(connection: MetadataTransaction, user_id: str) -> User:
    user = users.get_user(connection, user_id)
    if user is None:
        raise NotFoundError("User not found", hint="Only people who have an account can become members.")
    return user


def _keep_an_owner(connection: MetadataTransaction, organization_id: str, user_id: str) -> None:
    owners = [
        member.user_id
        for member in memberships.list_organization_members(connection, organization_id)
        if member.role is Role.OWNER
    ]
    if owners == [user_id]:
        raise InvalidRequestError(
            "The last owner of an organization cannot be removed or lose the role",
            hint="Give the role OWNER to somebody else first.",
        )


def _member(user: User, role: Role) -> Member:
    return Member(user_id=user.id, email=user.email, name=user.name, role=role)
