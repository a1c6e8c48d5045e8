"""One server a directory; the second is told who the first is."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from spanwise_server.domain.errors import ConfigurationError
from spanwise_server.storage.directory_lock import FILE_NAME, LockHolder, find_holder, hold_directory

HOLD = """
import sys, pathlib
from spanwise_server.storage.directory_lock import hold_directory
with hold_directory(pathlib.Path(sys.argv[1])) as lock:
    lock.record("http://127.0.0.1:1234")
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_second_holder_is_told_who_the_first_is(tmp_path: Path) -> None:
    with hold_directory(tmp_path) as lock:
        lock.record("http://127.0.0.1:3000")

        with (
            pytest.raises(ConfigurationError, match=f"process {os.getpid()} .* at http://127.0.0.1:3000") as caught,
            hold_directory(tmp_path),
        ):
            pass
        assert "--data-dir" in (caught.value.hint or "")
        assert find_holder(tmp_path) == LockHolder(os.getpid(), "http://127.0.0.1:3000")


def test_the_directory_is_free_again_afterwards(tmp_path: Path) -> None:
    with hold_directory(tmp_path):
        assert find_holder(tmp_path) == LockHolder(os.getpid())
    assert find_holder(tmp_path) is None

    with hold_directory(tmp_path):
        pass


def test_the_lock_dies_with_its_process(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        assert find_holder(tmp_path) == LockHolder(process.pid, "http://127.0.0.1:1234")
        process.kill()
        process.wait()

    # What it wrote is still in the file, and no longer believed.
    assert "1234" in (tmp_path / FILE_NAME).read_text()
    assert find_holder(tmp_path) is None
    with hold_directory(tmp_path):
        assert find_holder(tmp_path) == LockHolder(os.getpid())


def test_an_unreadable_note_hides_only_who_it_is(tmp_path: Path) -> None:
    with hold_directory(tmp_path):
        (tmp_path / FILE_NAME).write_text("{")

        with pytest.raises(ConfigurationError, match="another process"), hold_directory(tmp_path):
            pass
        assert find_holder(tmp_path) == LockHolder(0)


def test_the_file_is_private_and_a_missing_directory_is_named(tmp_path: Path) -> None:
    with hold_directory(tmp_path):
        assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600

    with pytest.raises(ConfigurationError, match="cannot be written to"), hold_directory(tmp_path / "missing"):
        pass
    assert find_holder(tmp_path / "missing") is None
