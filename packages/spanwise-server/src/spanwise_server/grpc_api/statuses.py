"""From an exception to the gRPC status that tells of it, retryable only where sending again can help.

The OTLP specification (1.x, "OTLP/gRPC Response", failures) has clients drop what is refused with UNAUTHENTICATED,
PERMISSION_DENIED or INVALID_ARGUMENT and send again after UNAVAILABLE. RESOURCE_EXHAUSTED is left to the library: some
exporters send again after it whatever it carries, so a request that is too large is an invalid argument here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import RetryInfo  # type: ignore[import-untyped]  # its stubs lack the marker
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]  # as above
from grpc import StatusCode

from spanwise_server.domain.errors import (
    ForbiddenError,
    InvalidRequestError,
    NotFoundError,
    OverloadedError,
    PayloadTooLargeError,
    SpanwiseError,
    TooManyAttemptsError,
    UnauthorizedError,
)

_CODES: Final[Sequence[tuple[type[SpanwiseError], StatusCode]]] = (
    (UnauthorizedError, StatusCode.UNAUTHENTICATED),
    (ForbiddenError, StatusCode.PERMISSION_DENIED),
    (NotFoundError, StatusCode.NOT_FOUND),
    (InvalidRequestError, StatusCode.INVALID_ARGUMENT),
    (PayloadTooLargeError, StatusCode.INVALID_ARGUMENT),
    (TooManyAttemptsError, StatusCode.RESOURCE_EXHAUSTED),
    (OverloadedError, StatusCode.UNAVAILABLE),
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What ends a call."""

    code: StatusCode
    message: str
    metadata: tuple[tuple[str, bytes], ...] = ()


def refusal_of(error: SpanwiseError) -> Refusal:
    """Return the status for an error of the tree; what may be sent again says when."""
    code = next((code for kind, code in _CODES if isinstance(error, kind)), StatusCode.UNAVAILABLE)
    message = f"{error.message} ({error.hint})" if error.hint else error.message
    if not isinstance(error, OverloadedError | TooManyAttemptsError):
        return Refusal(code, message)
    retry = RetryInfo(retry_delay=Duration(seconds=error.retry_after_seconds))
    detail = AnyMessage()
    detail.Pack(retry)
    status = Status(code=code.value[0], message=message, details=[detail])
    # The first is gRPC's convention; OpenTelemetry's Python exporter looks for the second.
    metadata = (
        ("grpc-status-details-bin", status.SerializeToString()),
        ("google.rpc.retryinfo-bin", retry.SerializeToString()),
    )
    return Refusal(code, message, metadata)
