"""Sessions on the wire."""

from __future__ import annotations

from spanwise_server.api.schemas.sessions import session_item
from spanwise_server.domain.traces import Session
from tests.event_rows import START


def test_a_session() -> None:
    session = Session(project_id="p", id="chat", created_at=START, environment="prod", trace_count=3)
    assert session_item(session) == {
        "id": "chat", "createdAt": "2026-09-21T14:13:20.000Z", "projectId": "p", "environment": "prod",
    }  # fmt: skip
