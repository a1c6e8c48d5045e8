"""What administrators do, in one place for routes and commands: organizations, projects, members, keys, the admin key."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from spanwise_server._lib.clock import Clock
from spanwise_server.services.administration.admin_key import AdminKey
from spanwise_server.services.administration.api_keys import KeyAdministration
from spanwise_server.services.administration.memberships import Memberships
from spanwise_server.services.administration.organizations import Organizations
from spanwise_server.services.administration.projects import Eraser, ProjectAdministration
from spanwise_server.services.api_keys import SecretHasher
from spanwise_server.settings import Settings
from spanwise_server.storage.metadata.database import MetadataDatabase


class Administration:
    """The parts of administration. No behaviour of its own."""

    def __init__(
        self,
        database: MetadataDatabase,
        hasher: SecretHasher,
        settings: Settings,
        *,
        clock: Clock,
        forget_keys: Callable[[], None],
        erasers: Sequence[Eraser],
    ) -> None:
        """``forget_keys`` is called after keys have changed; ``erasers`` delete what a project has outside the database."""
        self.organizations = Organizations(database, clock=clock, forget_keys=forget_keys)
        self.projects = ProjectAdministration(database, clock=clock, forget_keys=forget_keys, erasers=erasers)
        self.api_keys = KeyAdministration(database, hasher, clock=clock, forget_keys=forget_keys)
        self.memberships = Memberships(database)
        self.admin_key = AdminKey(settings.admin_api_key)
