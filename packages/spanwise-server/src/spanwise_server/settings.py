"""Every setting of the server: its variable, default, unit and meaning. The only module that reads the environment.

``docs/reference/settings.md`` is generated from this table and a test compares the two.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

MIB = 1024 * 1024
_Positive = Annotated[int, Field(gt=0)]


class Settings(BaseSettings):
    """Read from ``SPANWISE_*``; command-line options of ``spanwise serve`` win over the environment."""

    model_config = SettingsConfigDict(env_prefix="SPANWISE_", extra="ignore", frozen=True, populate_by_name=True)

    host: str = Field(
        "127.0.0.1", description="Address to listen on. Anything but a loopback address makes the server reachable by others."
    )
    port: int = Field(3000, ge=0, le=65535, description="TCP port to listen on; 0 picks a free one.")
    data_dir: Path = Field(
        Path("spanwise-data"), description="Directory that holds everything the server keeps. One server at a time may use it."
    )
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", description="Least severe log line that is written.")
    events_url: str | None = Field(
        None,
        description="`clickhouse://user:password@host:port/database` to keep events on a ClickHouse server instead of in-process.",
    )
    database_url: str | None = Field(
        None, description="SQLAlchemy URL of the metadata database. Default: SQLite in the data directory."
    )
    public_url: str | None = Field(
        None, description="Address under which browsers and clients reach the server, when it is not the one it listens on."
    )
    cors_origins: str = Field(
        "*", description="Comma-separated origins that browsers may call the public API from; credentials are never allowed."
    )
    session_hours: _Positive = Field(24 * 14, description="Hours after which a browser login ends.")
    fsync: bool = Field(
        False,
        description="Flush every write to the disk before it is acknowledged: survives a power cut, not only a crash of the process, at a few milliseconds a write.",
    )
    memory_limit_mib: _Positive = Field(
        4096, description="Memory in MiB that the in-process event engine may use for queries and merges."
    )
    query_threads: int = Field(2, ge=1, le=64, description="Processor threads that one query may use.")
    query_concurrency: int = Field(4, ge=1, le=64, description="Queries that run at the same time; further ones wait.")
    query_timeout_seconds: float = Field(
        30.0, gt=0, description="Seconds after which a query is stopped and answered with 422."
    )
    query_memory_mib: _Positive = Field(
        1024, description="Memory in MiB that one query may use before it is stopped and answered with 422."
    )
    metrics_most_rows: _Positive = Field(
        100_000_000, description="Most rows that one metrics query may read. A query that needs more is answered with 422."
    )
    ingest_queue_mib: _Positive = Field(
        256, description="Decoded telemetry in MiB that may wait for the store. Beyond it ingest answers 503 with Retry-After."
    )
    ingest_flush_rows: _Positive = Field(8000, description="Most rows in one insert.")
    ingest_flush_mib: _Positive = Field(16, description="Most payload in MiB in one insert.")
    max_body_mib: _Positive = Field(64, description="Largest request body in MiB, as sent. Larger: 413.")
    max_decompressed_mib: _Positive = Field(256, description="Largest request body in MiB after decompression. Larger: 413.")
    max_media_bytes: _Positive = Field(
        1_000_000_000, description="Largest media file in bytes. An upload URL for a larger one is refused: 400."
    )
    max_json_depth: _Positive = Field(200, description="Deepest nesting of JSON that is accepted. Deeper: 400.")
    max_attributes: _Positive = Field(
        1000, description="Most attributes kept of one span. Further ones are cut and the observation is marked as truncated."
    )
    max_attribute_bytes: _Positive = Field(
        16 * MIB,
        description="Longest attribute or payload value in bytes. A longer one is cut, ends with a visible mark, and the observation is marked as truncated.",
    )
    max_batch_events: _Positive = Field(20_000, description="Most spans or events in one request. More: 413.")
    otlp_grpc_port: int | None = Field(
        None, ge=0, le=65535, description="TCP port for OTLP over gRPC, usually 4317; 0 picks a free one. Unset: no gRPC."
    )
    otlp_grpc_tls_cert: Path | None = Field(
        None, description="PEM file with the certificate chain for OTLP over gRPC. Without it gRPC is in clear text."
    )
    otlp_grpc_tls_key: Path | None = Field(None, description="PEM file with the private key of that certificate.")
    admin_api_key: SecretStr | None = Field(
        None,
        min_length=16,
        validation_alias=AliasChoices("SPANWISE_ADMIN_API_KEY", "ADMIN_API_KEY"),
        description="Key of whoever runs the installation, for `/api/admin`: at least 16 characters. `ADMIN_API_KEY` is honoured too. Unset: those routes are off.",
    )
    estimate_tokens: bool = Field(
        True,
        description="Count the tokens of a generation that reported no usage, if its model is known. Such usage is marked as estimated.",
    )
    admin_email: str | None = Field(
        None,
        description="E-mail of the first administrator; `LANGFUSE_INIT_USER_EMAIL` is honoured too. Default: admin@localhost.",
    )
    admin_password: SecretStr | None = Field(
        None,
        description="Password of the first administrator; `LANGFUSE_INIT_USER_PASSWORD` is honoured too. Default: generated and printed once.",
    )


class InitSettings(BaseSettings):
    """Headless provisioning at the first start, under the names that Langfuse deployments already use."""

    model_config = SettingsConfigDict(env_prefix="LANGFUSE_INIT_", extra="ignore", frozen=True)

    org_id: str | None = Field(None, description="Id of the organisation to create at the first start.")
    org_name: str | None = Field(None, description="Its name.")
    project_id: str | None = Field(None, description="Id of the project to create.")
    project_name: str | None = Field(None, description="Its name.")
    project_public_key: str | None = Field(None, description="Public key of the project's first API key pair.")
    project_secret_key: SecretStr | None = Field(None, description="Secret key of the project's first API key pair.")
    project_retention: int | None = Field(
        None, ge=0, description="Days that the project's telemetry is kept; 0 or unset keeps it for ever."
    )
    user_email: str | None = Field(None, description="E-mail of the first administrator.")
    user_name: str | None = Field(None, description="Name of the first administrator.")
    user_password: SecretStr | None = Field(None, description="Password of the first administrator.")


class ClientSettings(BaseSettings):
    """A client's view of a server, under the names that the Langfuse SDKs read. Only ``spanwise doctor`` is such a client."""

    model_config = SettingsConfigDict(env_prefix="LANGFUSE_", extra="ignore", frozen=True)

    base_url: str | None = Field(
        None, description="Address of the server to check. Default: the one that uses the data directory."
    )
    host: str | None = Field(None, description="The same under its older name; `LANGFUSE_BASE_URL` wins.")
    public_key: str | None = Field(None, description="Public key to check, and to send and read back a test trace with.")
    secret_key: SecretStr | None = Field(None, description="Its secret key.")


def quiet_grpc() -> None:
    """Keep gRPC's native part from writing to standard error in its own form, unless somebody asked for it.

    It takes its level from the environment alone, when it is loaded.
    """
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
