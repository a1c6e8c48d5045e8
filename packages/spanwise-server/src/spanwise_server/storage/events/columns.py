"""The columns of each table, once: how a field becomes an Arrow column and how a row becomes a domain object again.

A column's name is the field's name. Times are microseconds in the domain and ``DateTime64(6)`` in the store.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Sized
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import Any

import msgspec
import pyarrow as pa

from spanwise_server.domain.observations import Observation
from spanwise_server.domain.scores import Score

_ArrayMaker = Callable[[Sequence[Any]], "pa.Array[Any]"]
"""From one field's values, at least one, to a column."""
_TIME = pa.timestamp("us", "UTC")
_DECIMAL = pa.decimal128(18, 12)


def _plain(kind: pa.DataType) -> _ArrayMaker:
    return lambda values: pa.array(values, type=kind)


def _string(values: Sequence[str]) -> pa.Array[Any]:
    # Half of the columns say the same in every row of a block, mostly nothing; comparing is cheaper than converting.
    if values.count(values[0]) == len(values):
        return pa.repeat(pa.scalar(values[0], pa.string()), len(values))
    return pa.array(values, type=pa.string())


def _offsets(values: Sequence[Sized]) -> Any:  # an Int32Array, which the stubs cannot tell
    if not any(values):
        return pa.repeat(pa.scalar(0, pa.int32()), len(values) + 1)
    return pa.array(accumulate(map(len, values), initial=0), type=pa.int32())


def _strings(values: Sequence[list[str]]) -> pa.Array[Any]:
    lists: pa.Array[Any] = pa.ListArray.from_arrays(
        _offsets(values), pa.array([*chain.from_iterable(values)], type=pa.string())
    )
    return lists


def _map(kind: pa.DataType) -> _ArrayMaker:
    def make(values: Sequence[dict[str, Any]]) -> pa.Array[Any]:
        offsets = _offsets(values)
        keys = pa.array(list(chain.from_iterable(values)), type=pa.string())
        items: pa.Array[Any] = pa.array(list(chain.from_iterable(value.values() for value in values)), type=kind)
        entries: pa.Array[Any] = pa.MapArray.from_arrays(offsets, keys, items)
        return entries

    return make


@dataclass(frozen=True, slots=True)
class Column:
    """How one field is written (``make``) and read (``select``, an SQL expression over the column)."""

    name: str
    make: _ArrayMaker
    is_time: bool = False
    is_heavy: bool = False
    """Not part of light reads."""

    @property
    def select(self) -> str:
        """SQL that yields the domain form."""
        return f"toUnixTimestamp64Micro({self.name}) AS {self.name}" if self.is_time else self.name


def _columns(kinds: Mapping[str, str], heavy: str) -> tuple[Column, ...]:
    makers: dict[str, _ArrayMaker] = {
        "string": _string,
        "time": _plain(_TIME),
        "bool": _plain(pa.bool_()),
        "int": _plain(pa.int32()),
        "version": _plain(pa.uint64()),
        "float": _plain(pa.float64()),
        "decimal": _plain(_DECIMAL),
        "strings": _strings,
        "units": _map(pa.uint64()),
        "costs": _map(_DECIMAL),
        "texts": _map(pa.string()),
        "ticks": _map(pa.int64()),
    }
    heavy_names = frozenset(heavy.split())
    return tuple(
        Column(name, makers[kind], is_time=kind == "time", is_heavy=name in heavy_names)
        for kind, names in kinds.items()
        for name in names.split()
    )


OBSERVATION_COLUMNS = _columns(
    {
        "string": "project_id trace_id id parent_id type name level status_message environment version release user_id "
        "session_id input output model model_parameters prompt_name span_events span_links trace_name trace_input "
        "trace_output source sdk_name sdk_version public_key cost_source model_id price_tier_id price_tier",
        "time": "start_time end_time completion_start_time created_at",
        "bool": "is_root trace_public usage_estimated",
        "int": "prompt_version",
        "version": "row_version",
        "decimal": "total_cost",
        "strings": "tags tool_names called_tool_names truncated",
        "units": "usage",
        "costs": "cost",
        "texts": "metadata experiment trace_metadata",
        "ticks": "clock",
    },
    heavy="input output metadata span_events span_links trace_input trace_output trace_metadata clock",
)
SCORE_COLUMNS = _columns(
    {
        "string": "project_id id name trace_id observation_id session_id dataset_run_id source data_type string_value comment "
        "config_id config_violation queue_id execution_trace_id author_user_id environment public_key",
        "time": "timestamp created_at",
        "version": "row_version",
        "float": "value",
        "strings": "truncated",
        "texts": "metadata",
        "ticks": "clock",
    },
    heavy="",
)


def arrow_table(columns: Sequence[Column], rows: Sequence[Observation] | Sequence[Score], *, is_deleted: bool) -> pa.Table:
    """Return ``rows``, at least one, as a table, one Arrow column a field."""
    values = dict(zip(rows[0].__struct_fields__, zip(*map(msgspec.structs.astuple, rows), strict=True), strict=True))
    arrays = {column.name: column.make(values[column.name]) for column in columns}
    arrays["is_deleted"] = pa.repeat(pa.scalar(int(is_deleted), pa.uint8()), len(rows))
    return pa.table(arrays)


def select_list(columns: Sequence[Column]) -> str:
    """Return the SELECT list that ``observation`` or ``score`` rows are made from."""
    return ", ".join(column.select for column in columns)


LIGHT = tuple(column for column in OBSERVATION_COLUMNS if not column.is_heavy)
LIGHT_WITH_METADATA = (*LIGHT, *(column for column in OBSERVATION_COLUMNS if column.name == "metadata"))


def observations(columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> list[Observation]:
    """Return result rows, selected with ``select_list(columns)``, as observations."""
    names = [column.name for column in columns]
    return [Observation(**dict(zip(names, row, strict=True))) for row in rows]


def scores(rows: Sequence[Sequence[Any]]) -> list[Score]:
    """Return result rows, selected with ``select_list(SCORE_COLUMNS)``, as scores."""
    names = [column.name for column in SCORE_COLUMNS]
    return [Score(**dict(zip(names, row, strict=True))) for row in rows]
