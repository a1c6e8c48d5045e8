"""Runs the benches one after the other: ``python -m benches [--list] [--quick] [name …]``.

Each is a command of its own with more options: ``python -m benches.ingest --help``.
"""

from __future__ import annotations

import argparse
import ast
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
BENCHES = ("decode", "ingest", "queries", "datasets", "prompts", "metrics", "crash")


def main() -> int:
    """Run what the command line names, or all; return the number of benches that failed."""
    parser = argparse.ArgumentParser(prog="benches", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"one of: {', '.join(BENCHES)}")
    parser.add_argument("--list", action="store_true", help="say what each measures")
    parser.add_argument("--quick", action="store_true", help="less data, to see that it works")
    options = parser.parse_args()
    if options.list:
        for name in BENCHES:
            documentation = ast.get_docstring(ast.parse((FOLDER / f"{name}.py").read_text("utf-8"))) or ""
            print(f"{name:10s} {documentation.splitlines()[0]}")
        return 0
    unknown = set(options.names) - set(BENCHES)
    if unknown:
        parser.error(f"there is no bench {', '.join(sorted(unknown))}")
    failed = 0
    for name in options.names or BENCHES:
        print(f"\n===== {name}", flush=True)
        command = [sys.executable, "-m", f"benches.{name}", *(["--quick"] if options.quick else [])]
        failed += subprocess.run(command, cwd=FOLDER.parent, check=False).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
