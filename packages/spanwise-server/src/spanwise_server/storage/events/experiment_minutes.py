"""Says in which minutes each experiment has rows, for the table that finds them.

From the rows themselves, as they are written: a materialized view would cost every insert one and a half milliseconds to
learn that nothing in it belongs to an experiment, which is so for nearly all. Must not know an engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pyarrow as pa

from spanwise_server.domain.observations import Observation

_MINUTE: Final = 60_000_000
_LATEST: Final = 2**32 - 1
"""Where the store's ``toStartOfMinute`` stops, in seconds."""


def minutes_of_experiments(rows: Sequence[Observation]) -> pa.Table | None:
    """Return a block of ``experiment_minutes``, or nothing when no row belongs to an experiment."""
    found = {
        (row.project_id, row.experiment["id"], row.experiment.get("dataset.id", ""), row.start_time // _MINUTE)
        for row in rows
        if row.experiment and row.experiment.get("id")
    }
    if not found:
        return None
    project_ids, experiment_ids, dataset_ids, minutes = zip(*sorted(found), strict=True)
    arrays: dict[str, pa.Array[Any]] = {
        "project_id": pa.array(project_ids, type=pa.string()),
        "experiment_id": pa.array(experiment_ids, type=pa.string()),
        "dataset_id": pa.array(dataset_ids, type=pa.string()),
        "minute": pa.array([min(minute * 60, _LATEST) for minute in minutes], type=pa.uint32()),
    }
    return pa.table(arrays)
