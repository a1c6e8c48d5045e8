"""The one exception tree of the server.

SpanwiseError
├── InvalidRequestError     400  the request is wrong; ``issues`` say where
│   └── PayloadRejectedError     it is well-formed but breaks a limit
├── PayloadTooLargeError    413
├── UnauthorizedError       401
│   └── InvalidLoginError        e-mail or password is wrong
├── ForbiddenError          403
├── NotFoundError           404
├── ConflictError           409
├── QueryTimeoutError       422  the query ran into its deadline or memory cap
├── TooManyAttemptsError    429  slow down; try again after ``retry_after_seconds``
├── OverloadedError         503  try again after ``retry_after_seconds``
│   └── StoreUnavailableError    a store did not answer
└── ConfigurationError           the server cannot start or run with what it was given; never the caller's fault

Every error has a stable ``code`` (snake_case), a message that names what is wrong and where, and an optional ``hint``
that says what to do. ``api.errors`` maps them to responses; drivers' errors are chained as the cause.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class Issue(msgspec.Struct, frozen=True):
    """One fault in a request: where (``path``) and what."""

    message: str
    path: tuple[str | int, ...] = ()
    code: str = "invalid"


class SpanwiseError(Exception):
    """Base of all errors that are part of the product."""

    code = "internal_error"
    status = 500

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InvalidRequestError(SpanwiseError):
    """The request is wrong and must be changed before it is sent again."""

    code = "invalid_request"
    status = 400

    def __init__(self, message: str, *, hint: str | None = None, issues: Sequence[Issue] = ()) -> None:
        super().__init__(message, hint=hint)
        self.issues = tuple(issues)


class PayloadRejectedError(InvalidRequestError):
    """The request is well-formed but breaks a limit such as nesting depth."""

    code = "payload_rejected"


class PayloadTooLargeError(SpanwiseError):
    """The body, before or after decompression, is larger than the limit."""

    code = "payload_too_large"
    status = 413


class UnauthorizedError(SpanwiseError):
    """No credentials, or wrong ones."""

    code = "unauthorized"
    status = 401


class InvalidLoginError(UnauthorizedError):
    """The e-mail address or the password of a browser login is wrong."""

    code = "invalid_login"


class ForbiddenError(SpanwiseError):
    """The credentials are right but do not allow this."""

    code = "forbidden"
    status = 403


class NotFoundError(SpanwiseError):
    """The thing does not exist in the caller's project."""

    code = "not_found"
    status = 404


class ConflictError(SpanwiseError):
    """The request contradicts what is stored."""

    code = "conflict"
    status = 409


class QueryTimeoutError(SpanwiseError):
    """The query ran into its deadline or its memory cap."""

    code = "query_timeout"
    status = 422


class TooManyAttemptsError(SpanwiseError):
    """The caller has failed too often and must wait."""

    code = "rate_limited"
    status = 429

    def __init__(self, message: str, *, hint: str | None = None, retry_after_seconds: int = 60) -> None:
        super().__init__(message, hint=hint)
        self.retry_after_seconds = retry_after_seconds


class OverloadedError(SpanwiseError):
    """The server cannot take this now; the same request may be sent again."""

    code = "overloaded"
    status = 503

    def __init__(self, message: str, *, hint: str | None = None, retry_after_seconds: int = 1) -> None:
        super().__init__(message, hint=hint)
        self.retry_after_seconds = retry_after_seconds


class StoreUnavailableError(OverloadedError):
    """A store did not answer, or refused the write."""

    code = "store_unavailable"


class ConfigurationError(SpanwiseError):
    """A setting, a file or a stored state does not let the server start; ``hint`` says what to change."""

    code = "invalid_configuration"
