"""The key of whoever runs the installation: set by the environment, kept nowhere, compared in constant time."""

from __future__ import annotations

import hmac

from pydantic import SecretStr

from spanwise_server.domain.errors import UnauthorizedError

_HINT = "Send Authorization: Bearer with the value of SPANWISE_ADMIN_API_KEY. Without that setting these routes are off."


class AdminKey:
    """Tells the admin key from anything else. Without one, nothing is it."""

    def __init__(self, key: SecretStr | None) -> None:
        self._key = key.get_secret_value().encode() if key else None

    def verify(self, header: str | None) -> None:
        """Accept the value of an ``Authorization`` header that is ``Bearer`` and the admin key.

        Raises:
            UnauthorizedError: It is not, or there is no admin key.
        """
        if not header:
            raise UnauthorizedError("No authorization header", hint=_HINT)
        scheme, _, shown = header.partition(" ")
        if scheme.lower() != "bearer" or not self.matches(shown.strip()):
            raise UnauthorizedError("Invalid admin API key", hint=_HINT)

    def matches(self, shown: str) -> bool:
        """Say whether ``shown`` is the admin key, in a time that does not depend on where the two differ."""
        return self._key is not None and hmac.compare_digest(shown.encode("utf-8", "surrogatepass"), self._key)
