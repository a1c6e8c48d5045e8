"""Samples memory and processor time of a process while something is measured."""

from __future__ import annotations

import threading
from typing import Self

import psutil


class Watch:
    """A context that looks at a process once a second, in a thread."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._before = 0.0
        self.rss_mib: list[float] = []
        self.cpu_seconds = 0.0

    def __enter__(self) -> Self:
        self._before = self._cpu()
        self._thread.start()
        return self

    def _cpu(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)

    def _rss(self) -> float:
        return float(self._process.memory_info().rss) / 2**20

    def _run(self) -> None:
        while not self._stop.wait(1):
            self.rss_mib.append(self._rss())

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self.rss_mib.append(self._rss())
        self.cpu_seconds = self._cpu() - self._before
