"""How a wheel is built, and which there are."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DISTRIBUTIONS = ("spanwise", "spanwise-server", "spanwise-orchestrator", "spanwise-kubernetes")
Environment = Callable[..., Path]


def build_wheel(project: Path, target: Path) -> subprocess.CompletedProcess[str]:
    """Build the wheel of ``project`` with the locked build backend."""
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(target), str(project)]
    return subprocess.run(command, capture_output=True, text=True, check=False)
