"""What account fixtures hand to tests; the fixtures themselves stand in ``conftest``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx

from spanwise_server.services.api_keys import KeyPair

BASE_URL = "http://spanwise.test"
ADMIN_EMAIL = "admin@spanwise.test"
ADMIN_PASSWORD = "correct horse battery staple"
ADMIN_API_KEY = "the key of whoever runs the tests"


@dataclass(frozen=True, slots=True)
class ProjectWithKeys:
    """A project with a key pair."""

    id: str
    keys: KeyPair

    @property
    def auth(self) -> httpx.BasicAuth:
        """Return what an HTTP client takes as ``auth``."""
        return httpx.BasicAuth(self.keys.public_key, self.keys.secret_key)


ProjectMaker = Callable[[], Awaitable[ProjectWithKeys]]
