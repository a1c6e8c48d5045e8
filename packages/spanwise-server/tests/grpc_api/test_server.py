"""The gRPC server takes its port or says why not, speaks TLS when asked to, and finishes what is under way."""

from __future__ import annotations

import asyncio
import subprocess
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest

from spanwise_server.domain.errors import ConfigurationError
from spanwise_server.grpc_api.server import GrpcServer
from spanwise_server.services.container import Services
from spanwise_server.settings import Settings
from tests.accounts import ProjectWithKeys
from tests.grpc_api.calls import Caller, basic
from tests.otlp_requests import SpanSent, to_protobuf


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a certificate for localhost and its key."""
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    subprocess.run([*command, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
    return cert, key


async def test_a_taken_port_is_named(caller: Caller) -> None:
    port = int(caller.address.rpartition(":")[2])

    with pytest.raises(ConfigurationError, match=f"port {port}") as caught:
        GrpcServer.bind(Settings(otlp_grpc_port=port))

    assert "--otlp-grpc-port" in (caught.value.hint or "")


async def test_tls_takes_both_files(certificate: tuple[Path, Path], tmp_path: Path) -> None:
    cert, key = certificate
    with pytest.raises(ConfigurationError, match="SPANWISE_OTLP_GRPC_TLS_KEY is not"):
        GrpcServer.bind(Settings(otlp_grpc_port=0, otlp_grpc_tls_cert=cert))
    with pytest.raises(ConfigurationError, match="cannot be read"):
        GrpcServer.bind(Settings(otlp_grpc_port=0, otlp_grpc_tls_cert=tmp_path / "none", otlp_grpc_tls_key=key))
    with pytest.raises(ConfigurationError) as caught:
        GrpcServer.bind(Settings(otlp_grpc_port=0, otlp_grpc_tls_cert=key, otlp_grpc_tls_key=cert))
    assert "PEM" in (caught.value.hint or "")


async def test_over_tls(certificate: tuple[Path, Path], services: Services, project: ProjectWithKeys) -> None:
    cert, key = certificate
    server = GrpcServer.bind(Settings(host="localhost", otlp_grpc_port=0, otlp_grpc_tls_cert=cert, otlp_grpc_tls_key=key))
    async with server.serving(services, asyncio.Event()):
        over_tls = await Caller(server.address, cert.read_bytes())(b"", basic(project))
        in_clear = await Caller(server.address)(b"", basic(project))

    assert (over_tls.code, in_clear.code) == (grpc.StatusCode.OK, grpc.StatusCode.UNAVAILABLE)


async def test_a_call_under_way_is_finished_and_a_new_one_refused(services: Services, project: ProjectWithKeys) -> None:
    sent = SpanSent(trace_id=uuid.uuid4().hex, span_id=uuid.uuid4().hex[:16])
    stopping, half_sent, rest = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def messages() -> AsyncIterator[bytes]:
        yield to_protobuf([sent])
        half_sent.set()
        await rest.wait()

    server = GrpcServer.bind(Settings(otlp_grpc_port=0))
    async with server.serving(services, stopping):
        caller = Caller(server.address)
        call = asyncio.create_task(caller.stream(messages(), basic(project)))
        await half_sent.wait()
        # The message is with the server when another call has been answered after it.
        assert (await caller(b"", basic(project))).code is grpc.StatusCode.OK
        stopping.set()
        refused = await _refusal(caller, basic(project))
        rest.set()
        await call

    # A call that meets the end halfway is cancelled; exporters send again after either.
    assert refused in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}
    assert await services.events.get_observation(project.id, sent.span_id)


async def _refusal(caller: Caller, authorization: str) -> grpc.StatusCode:
    """Call until the server takes no new calls; return how it says so."""
    while True:
        answered = await caller(b"", authorization)
        if answered.code is not grpc.StatusCode.OK:
            return answered.code
        await asyncio.sleep(0.01)
