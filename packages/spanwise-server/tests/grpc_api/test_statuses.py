"""Each error has its status; only what may succeed later is worth sending again."""

from __future__ import annotations

import pytest
from google.rpc.error_details_pb2 import RetryInfo  # type: ignore[import-untyped]  # its stubs lack the marker
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]  # as above
from grpc import StatusCode

from spanwise_server.domain import errors
from spanwise_server.grpc_api.statuses import refusal_of

FOR_GOOD = {
    errors.UnauthorizedError: StatusCode.UNAUTHENTICATED,
    errors.InvalidLoginError: StatusCode.UNAUTHENTICATED,
    errors.ForbiddenError: StatusCode.PERMISSION_DENIED,
    errors.NotFoundError: StatusCode.NOT_FOUND,
    errors.InvalidRequestError: StatusCode.INVALID_ARGUMENT,
    errors.PayloadRejectedError: StatusCode.INVALID_ARGUMENT,
    errors.PayloadTooLargeError: StatusCode.INVALID_ARGUMENT,
}
LATER = {
    errors.OverloadedError: StatusCode.UNAVAILABLE,
    errors.StoreUnavailableError: StatusCode.UNAVAILABLE,
    errors.TooManyAttemptsError: StatusCode.RESOURCE_EXHAUSTED,
}


@pytest.mark.parametrize("kind", FOR_GOOD)
def test_what_is_wrong_stays_wrong(kind: type[errors.SpanwiseError]) -> None:
    refusal = refusal_of(kind("What is wrong.", hint="What to do."))

    assert (refusal.code, refusal.message) == (FOR_GOOD[kind], "What is wrong. (What to do.)")
    assert refusal.metadata == ()


@pytest.mark.parametrize("kind", LATER)
def test_what_may_succeed_later_says_when(kind: type[errors.OverloadedError]) -> None:
    refusal = refusal_of(kind("Not now.", retry_after_seconds=7))

    metadata = dict(refusal.metadata)
    status = Status.FromString(metadata["grpc-status-details-bin"])
    retry = RetryInfo()
    assert status.details[0].Unpack(retry)
    assert RetryInfo.FromString(metadata["google.rpc.retryinfo-bin"]) == retry
    assert (refusal.code, refusal.message, retry.retry_delay.seconds) == (LATER[kind], "Not now.", 7)
    assert (status.code, status.message) == (LATER[kind].value[0], "Not now.")
