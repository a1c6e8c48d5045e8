"""What a measurement was made on, and how its numbers are printed."""

from __future__ import annotations

import platform
import statistics
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import psutil


def describe() -> str:
    """Return the machine and the versions that matter, on a few lines."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    disk = psutil.disk_usage("/")
    versions = ", ".join(
        f"{name} {version(name)}" for name in ("chdb-core", "clickhouse-connect", "pyarrow", "uvicorn", "msgspec", "protobuf")
    )
    load = psutil.getloadavg()[0]
    return (
        f"machine   {model}, {psutil.cpu_count()} cores, {psutil.virtual_memory().total / 2**30:.0f} GiB, "
        f"{_file_system()} with {disk.free / 2**30:.0f} GiB free, load before {load:.2f}\n"
        f"software  {platform.system()} {platform.release()}, Python {sys.version.split()[0]}, {versions}"
    )


def _file_system() -> str:
    return next((part.fstype for part in psutil.disk_partitions(all=True) if part.mountpoint == "/"), "disk")


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value that ``percent`` of ``values`` do not exceed (nearest rank); 0 for none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(percent / 100 * len(ordered) + 0.5) - 1))]


def spread(values: Sequence[float]) -> str:
    """Return median, p95, p99 and maximum of times in milliseconds."""
    if not values:
        return "no measurement"
    return (
        f"p50 {statistics.median(values):.1f}  p95 {percentile(values, 95):.1f}  p99 {percentile(values, 99):.1f}  "
        f"max {max(values):.1f} ms  (n={len(values)})"
    )
