"""Everything a request may use, built once by ``app.open_services`` and handed to routes. No behaviour."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from spanwise_server._lib.clock import Clock
from spanwise_server.services.authentication import Authenticator
from spanwise_server.services.ingestion import Ingestion
from spanwise_server.services.logins import Logins
from spanwise_server.services.projects import Projects
from spanwise_server.services.provisioning import FirstStart
from spanwise_server.services.readiness import Readiness
from spanwise_server.settings import Settings
from spanwise_server.storage.interface import EventAdmin, EventReader, EventWriter


class EventStore(EventReader, EventWriter, EventAdmin, Protocol):
    """The whole event store; a route uses the narrowest part it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The running server's parts."""

    settings: Settings
    version: str
    clock: Clock
    authenticator: Authenticator
    logins: Logins
    projects: Projects
    events: EventStore
    ingestion: Ingestion
    readiness: Readiness
    first_start: FirstStart | None = field(default=None, repr=False)
    """Set on the very first start of the installation; only ``cli.serve`` looks at it, to print it once."""
