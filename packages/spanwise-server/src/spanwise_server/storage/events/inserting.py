"""Hands a block of rows to ClickHouse: over the wire to a server, through anonymous memory to the in-process engine.

The client's own way into the in-process engine copies the block twice and writes it to a file in the system's temporary
directory, where a crash would leave telemetry behind.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pyarrow as pa
from clickhouse_connect.driver.client import Client

Insert = Callable[[Client, str, pa.Table, str], None]
"""Client, table, block and deduplication token. Raises the driver's errors; returns when the rows are written."""

_SETTINGS = {
    # Rows that replace each other within one block are left to reads and merges, which see to it anyway: a sixth of an insert.
    "optimize_on_insert": "0",
    # One client's backfill, or one hostile request, may touch every month there is; it must not fail its group of requests.
    "max_partitions_per_insert_block": "0",
    # One part is written by one thread; more of them only hand blocks to each other. 512 rows: 12 ms instead of 18 ms.
    "max_threads": "1",
    # Recent servers gather inserts by default. Ours are gathered already, and must be parts when they return.
    "async_insert": "0",
}


def insert_over_wire(client: Client, table: str, block: pa.Table, token: str) -> None:
    """Insert through the client's own interface."""
    client.insert_arrow(table, block, settings={"insert_deduplication_token": token, **_SETTINGS})


def insert_in_process(client: Client, table: str, block: pa.Table, token: str) -> None:
    """Insert from memory that the engine opens as a file. ``table`` and ``token`` are ours, never a user's."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, block.schema) as stream:
        stream.write_table(block)
    descriptor = os.memfd_create("insert", os.MFD_CLOEXEC)
    try:
        data = memoryview(sink.getvalue())
        while data:
            data = data[os.write(descriptor, data) :]
        settings = ", ".join(f"{name} = {value}" for name, value in _SETTINGS.items())
        client.command(
            f"INSERT INTO {table} ({', '.join(block.schema.names)}) FROM INFILE '/proc/self/fd/{descriptor}' "
            f"SETTINGS insert_deduplication_token = '{token}', {settings} FORMAT ArrowStream"
        )
    finally:
        os.close(descriptor)


def choose_insert(*, is_embedded: bool) -> Insert:
    """Return the way that fits the engine and the operating system; only Linux has anonymous files."""
    return insert_in_process if is_embedded and hasattr(os, "memfd_create") else insert_over_wire
