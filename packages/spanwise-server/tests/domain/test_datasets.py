"""Ids and times that clients compute or rely on."""

from __future__ import annotations

from spanwise_server.domain.datasets import experiment_id_of, run_item_id_of, version_time


def test_the_experiment_id_is_the_one_that_clients_compute() -> None:
    assert experiment_id_of("p1", "ds1", "R1") == "e2aa5461717bda8e"
    assert experiment_id_of("p1", "ds1", 'ä"\n/☃') == "b66cbaee67b3c179"


def test_versions_are_whole_milliseconds_and_never_the_same() -> None:
    assert version_time(1_234_567) == 1_234_000
    assert version_time(1_234_567, 1_234_000) == 1_235_000
    assert version_time(1_234_567, 2_000_000) == 2_001_000


def test_a_span_is_always_the_same_run_item() -> None:
    first = run_item_id_of("run", "item", "trace", "span")

    assert first == run_item_id_of("run", "item", "trace", "span")
    assert first != run_item_id_of("run", "item", "trace", "other")
    assert len(first) == 32
