"""Kills a loaded server again and again and looks for anything acknowledged that is lost, doubled or half folded.

The same rounds as ``tests/durability/test_kill.py``, sixty of them. ``--quick`` does ten. Prints how long a start on the
growing data takes.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from benches import machine
from tests.durability.crash_rounds import run_rounds
from tests.serving.server_process import ServerProcess


def main() -> None:
    """Run with the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--quick", action="store_true", help="ten rounds")
    options = parser.parse_args()
    print(machine.describe())
    rounds = 10 if options.quick else options.rounds
    with tempfile.TemporaryDirectory(prefix="spanwise-bench-") as folder:
        acknowledged = run_rounds(Path(folder), rounds, report=print)
        started = time.perf_counter()
        with ServerProcess(folder=Path(folder)):
            seconds = time.perf_counter() - started
    print(
        f"\n== kill -9: {rounds} rounds, {acknowledged:,} acknowledged requests, none lost, none twice; the last start took {seconds:.1f} s"
    )


if __name__ == "__main__":
    main()
