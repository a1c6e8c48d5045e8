"""The isolated environments of the matrix: one Python or Node installation for each SDK generation, made once and kept.

They live in ``.cache/sdk-matrix`` at the root of the working tree. A folder is used again only when its marker names
exactly the packages asked for, so an interrupted or outdated installation is made anew.
"""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
AGENTS = Path(__file__).resolve().parent / "agents"
CACHE = ROOT / ".cache" / "sdk-matrix"

OTEL_PYTHON = (
    "opentelemetry-sdk==1.45.2",
    "opentelemetry-exporter-otlp-proto-http==1.45.1",
    "opentelemetry-exporter-otlp-json-http==0.66b1",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One row of the matrix: a client an application may have, and the script that uses it as its documents say."""

    name: str
    script: str
    packages: tuple[str, ...] = ()
    """Python packages as pip names them; none for a Node script."""
    node: str = "node-5"
    """For a Node script: the folder below ``agents`` that holds its ``package.json``."""
    settings: tuple[tuple[str, str], ...] = ()
    """Environment variables of this client beyond address, keys, environment and release."""

    @property
    def folder(self) -> Path:
        return CACHE / (self.name if self.packages else self.node)

    def command(self) -> list[str]:
        """Return the command that runs the script; its one argument will be the report's path."""
        if self.packages:
            return [str(self.folder / "bin" / "python"), str(AGENTS / self.script)]
        return ["node", str(self.folder / self.script)]


GENERATIONS = {
    generation.name: generation
    for generation in (
        Generation(name="python-2.59.0", script="langfuse_v2.py", packages=("langfuse==2.59.0",)),
        Generation(name="python-2.60.10", script="langfuse_v2.py", packages=("langfuse==2.60.10",)),
        Generation(name="decorators-2.60.10", script="langfuse_v2_decorators.py", packages=("langfuse==2.60.10",)),
        Generation(name="python-3.15.0", script="langfuse_v3.py", packages=("langfuse==3.15.0",)),
        Generation(name="python-4.18.0", script="langfuse_v4.py", packages=("langfuse==4.18.0",)),
        Generation(name="python-5.0.4", script="langfuse_v5.py", packages=("langfuse==5.0.4",)),
        Generation(name="javascript-3", script="langfuse_js_3.mjs", node="node-3"),
        Generation(name="javascript-4", script="langfuse_js.mjs", node="node-4"),
        Generation(name="javascript-5", script="langfuse_js.mjs"),
        Generation(name="otel-protobuf", script="otel.py", packages=OTEL_PYTHON, settings=(("MATRIX_OTLP", "protobuf"),)),
        Generation(
            name="otel-protobuf-gzip",
            script="otel.py",
            packages=OTEL_PYTHON,
            settings=(("MATRIX_OTLP", "protobuf"), ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip")),
        ),
        Generation(name="otel-json", script="otel.py", packages=OTEL_PYTHON, settings=(("MATRIX_OTLP", "json"),)),
        Generation(name="otel-node-json", script="otel_node.mjs"),
    )
}


def find_uv() -> str:
    """Return the path of uv: the one the Makefile has fetched, else the one on ``PATH``."""
    fetched = sorted((ROOT / ".tools").glob("uv*/bin/uv")) or sorted((ROOT / ".tools").glob("bin/uv"))
    found = str(fetched[-1]) if fetched else shutil.which("uv")
    if found is None:
        raise AssertionError("uv is neither in .tools nor on PATH; `make setup` fetches it")
    return found


def _run(*command: str, folder: Path | None = None) -> None:
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"


def _make_python(folder: Path, packages: tuple[str, ...]) -> None:
    uv = find_uv()
    _run(uv, "venv", "--quiet", "--python", sys.executable, str(folder))
    _run(uv, "pip", "install", "--quiet", "--python", str(folder / "bin" / "python"), *packages)


def _make_node(folder: Path, node: str) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(AGENTS / node / name, folder / name)
    _run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", folder=folder)


def _wanted(generation: Generation) -> str:
    if generation.packages:
        return f"{sys.version_info[:2]} {' '.join(generation.packages)}"
    return (AGENTS / generation.node / "package-lock.json").read_text("utf-8")


def prepare(generation: Generation) -> None:
    """Make the environment of ``generation`` unless it is there already; only one process at a time makes it."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{generation.folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _make_unless_complete(generation)


def _make_unless_complete(generation: Generation) -> None:
    folder = generation.folder
    marker = folder / ".complete"
    if not marker.is_file() or marker.read_text("utf-8") != _wanted(generation):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        if generation.packages:
            _make_python(folder, generation.packages)
        else:
            _make_node(folder, generation.node)
        marker.write_text(_wanted(generation), "utf-8")
    if not generation.packages:
        # Node finds packages beside the script, so the script goes to them, always in its latest form.
        for name in (generation.script, "scenario.json"):
            shutil.copy(AGENTS / name, folder / name)


def run_script(generation: Generation, report: Path, environment: dict[str, str]) -> str:
    """Run the script to its end and return what it printed; its findings are in ``report``."""
    command = [*generation.command(), str(report)]
    done = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, f"{generation.script} of {generation.name} ended with {done.returncode}:\n{done.stdout}"
    return done.stdout
