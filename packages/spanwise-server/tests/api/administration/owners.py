"""What the fixture of an organization hands to tests."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from tests.accounts import ProjectWithKeys


@dataclass(frozen=True, slots=True)
class Owner:
    """An organization, its first project, and a client with the organization's key."""

    organization_id: str
    project: ProjectWithKeys
    public_key: str
    secret_key: str
    http: httpx.AsyncClient
