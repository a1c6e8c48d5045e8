"""What is released: four wheels, each complete, each without what does not belong to it."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from email import message_from_bytes
from pathlib import Path, PurePosixPath

import pytest

from tests.packaging.building import DISTRIBUTIONS, ROOT, Environment, build_wheel


def names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def run(*command: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command away from the repository, so that only what is installed can be found."""
    return subprocess.run(
        [str(word) for word in command], cwd=folder, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin"}
    )


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_a_wheel_holds_its_package_its_licence_and_no_tests(wheels: Mapping[str, Path], name: str) -> None:
    package = name.replace("-", "_")
    found = names(wheels[name])
    top = {PurePosixPath(path).parts[0] for path in found}
    assert top == {package, f"{package}-0.1.0.dist-info"}
    assert f"{package}/py.typed" in found
    assert f"{package}-0.1.0.dist-info/licenses/LICENSE" in found
    parts = {part for path in found for part in PurePosixPath(path).parts}
    assert parts.isdisjoint({"tests", "__pycache__", "node_modules", ".gitignore"})
    parts -= {".vite"}  # the list of what the build of the browser application made
    assert not [part for part in parts if part.startswith(("test_", ".")) or part == "conftest.py"]


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_a_wheel_holds_every_tracked_file_of_its_source(wheels: Mapping[str, Path], name: str) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--", f"packages/{name}/src"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    tracked = {path.removeprefix(f"packages/{name}/src/") for path in listed.stdout.splitlines() if (ROOT / path).is_file()}
    assert tracked - set(names(wheels[name])) == set()


def test_the_server_wheel_holds_the_browser_application(wheels: Mapping[str, Path]) -> None:
    found = names(wheels["spanwise-server"])
    assert "spanwise_server/web/dist/index.html" in found
    assert [path for path in found if path.startswith("spanwise_server/web/dist/") and path.endswith(".js")]


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_a_wheel_describes_itself(wheels: Mapping[str, Path], name: str) -> None:
    with zipfile.ZipFile(wheels[name]) as archive:
        metadata = message_from_bytes(archive.read(f"{name.replace('-', '_')}-0.1.0.dist-info/METADATA"))
    assert metadata["Name"] == name
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["Description-Content-Type"] == "text/markdown"


def test_the_server_wheel_refuses_to_be_built_without_the_browser_application(tmp_path: Path) -> None:
    project = tmp_path / "spanwise-server"
    shutil.copytree(ROOT / "packages/spanwise-server", project, ignore=shutil.ignore_patterns("dist", "tests", "__pycache__"))
    done = build_wheel(project, tmp_path / "wheels")
    assert done.returncode != 0
    assert "run `make web`" in done.stdout + done.stderr
    assert not list((tmp_path / "wheels").glob("*.whl"))


def test_the_sdk_installs_alone(wheels: Mapping[str, Path], environment: Environment, tmp_path: Path) -> None:
    binaries = environment(str(wheels["spanwise"]))
    assert "0.1.0" in run(binaries / "spanwise", "--version", folder=tmp_path).stdout
    assert run(binaries / "spanwise", "--help", folder=tmp_path).returncode == 0
    serve = run(binaries / "spanwise", "serve", folder=tmp_path)
    assert serve.returncode == 2
    assert "No such command 'serve'" in serve.stderr
    installed = run(
        binaries / "python",
        "-c",
        "import importlib.metadata as m; print(*sorted(d.name for d in m.distributions()))",
        folder=tmp_path,
    )
    assert "spanwise-server" not in installed.stdout
    assert "chdb" not in installed.stdout


def test_the_server_installs_from_its_wheels_alone(
    wheels: Mapping[str, Path], environment: Environment, tmp_path: Path
) -> None:
    binaries = environment(str(wheels["spanwise"]), f"spanwise-server[embedded] @ {wheels['spanwise-server'].as_uri()}")
    assert "0.1.0" in run(binaries / "spanwise", "--version", folder=tmp_path).stdout
    for command in ("serve", "doctor"):
        helped = run(binaries / "spanwise", command, "--help", folder=tmp_path)
        assert helped.returncode == 0, helped.stderr
        assert "--data-dir" in helped.stdout
    # Everything that the server imports is something that its wheel asks for.
    imported = run(
        binaries / "python", "-c", "import spanwise_server.app, spanwise_server.cli.serve; print('complete')", folder=tmp_path
    )
    assert imported.stdout.strip() == "complete", imported.stderr
