"""The session of ``GET /sessions`` and ``GET /sessions/{id}``."""

from __future__ import annotations

from typing_extensions import TypedDict

from spanwise_server.api.schemas.pages import PageMeta
from spanwise_server.api.schemas.times import to_millis
from spanwise_server.api.schemas.traces import TraceBase
from spanwise_server.domain.traces import Session


class SessionItem(TypedDict):
    """A session; ``createdAt`` is when it was first seen."""

    id: str
    createdAt: str
    projectId: str
    environment: str


class SessionDetails(SessionItem):
    """A session with all its traces, oldest first."""

    traces: list[TraceBase]


class Sessions(TypedDict):
    """A numbered page of sessions, newest first."""

    data: list[SessionItem]
    meta: PageMeta


def session_item(session: Session) -> SessionItem:
    """Return the session as the list shows it."""
    return {
        "id": session.id,
        "createdAt": to_millis(session.created_at),
        "projectId": session.project_id,
        "environment": session.environment,
    }
