"""Rounds of killing a loaded server with SIGKILL and looking at what the next one on the same data has."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

from tests.serving.mixed_load import Client, Ledger, check_round
from tests.serving.server_process import ServerProcess

CLIENTS = 4


def wait_for_work(ledger: Ledger, requests: int) -> None:
    """Wait until so many requests were acknowledged: a round without any would prove nothing."""
    deadline = time.monotonic() + 60
    while ledger.acknowledged < requests:
        assert time.monotonic() < deadline, "the server acknowledges nothing"
        time.sleep(0.002)


def run_rounds(folder: Path, rounds: int, *, report: Callable[[str], None]) -> int:
    """Kill the server ``rounds`` times during mixed ingest; assert after each start that all is there, and once more at the end.

    The data directory stays the same, so what is at stake grows. Returns the number of acknowledged requests.
    """
    ledgers: list[Ledger] = []
    for number in range(rounds):
        with ServerProcess(folder=folder) as server:
            with server.client() as http:
                # The round before, which the crash hit, and any older one.
                for earlier in {*range(max(0, number - 1), number), *random.sample(range(number), min(1, number))}:
                    check_round(http, earlier, ledgers[earlier])
            ledgers.append(Ledger())
            clients = [Client(server.client(), ledgers[number], number) for _ in range(CLIENTS)]
            for client in clients:
                client.start()
            wait_for_work(ledgers[number], random.randrange(1, 30))
            time.sleep(random.uniform(0, 0.2))
            server.kill()
            for client in clients:
                client.join(30)
                assert client.unexpected == []
        report(
            f"round {number + 1}: {ledgers[number].acknowledged} acknowledged, {len(ledgers[number].unanswered)} items unanswered"
        )
    with ServerProcess(folder=folder) as server, server.client() as http:
        for number, ledger in enumerate(ledgers):
            check_round(http, number, ledger)
    return sum(ledger.acknowledged for ledger in ledgers)
