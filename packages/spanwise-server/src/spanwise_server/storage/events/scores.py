"""Reads scores by filter and page, newest first."""

from __future__ import annotations

from spanwise_server.domain.scores import Score
from spanwise_server.query.fields import SCORE_FIELDS
from spanwise_server.query.queries import ScoreQuery
from spanwise_server.storage.events import columns, windows
from spanwise_server.storage.events.compile import Compiler, Parameters
from spanwise_server.storage.events.engine import Engine
from spanwise_server.storage.events.statements import statement

_SELECT = columns.select_list(columns.SCORE_COLUMNS)
_OF_TRACE = ("trace_id", f"SELECT id FROM ({statement('trace_aggregate')}) WHERE {{condition}}")
COMPILER = Compiler(
    SCORE_FIELDS,
    {"evaluator_id": "''", "boolean_value": "if(data_type = 'BOOLEAN', value = 1, NULL)", "trace_tags": "tags"},
    related={"user_id": _OF_TRACE, "trace_name": _OF_TRACE, "trace_tags": _OF_TRACE},
)


class ScoreReader:
    """The score half of ``EventReader``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def find(self, query: ScoreQuery) -> list[Score]:
        """Return one page, newest first."""
        parameters = Parameters({"project_id": query.project_id, "limit": query.limit, "offset": query.offset})
        sql = statement(
            "find_scores",
            columns=_SELECT,
            window=_window(query, parameters),
            filters=COMPILER.compile(query.where, parameters),
        )
        return columns.scores(await self._engine.read(sql, parameters.values))

    async def count(self, query: ScoreQuery) -> int:
        """Return how many scores the query matches, whatever its page."""
        parameters = Parameters({"project_id": query.project_id})
        window = _window(query, parameters)
        filters = COMPILER.compile(query.where, parameters)
        rows = await self._engine.read(statement("count_scores", window=window, filters=filters), parameters.values)
        return int(rows[0][0])


def _window(query: ScoreQuery, parameters: Parameters) -> str:
    parameters.values.update(
        {name: value for name, value in (("since", query.since), ("until", query.until)) if value is not None}
    )
    since, until = "since" if query.since is not None else None, "until" if query.until is not None else None
    window = windows.window_sql(since, until, column="timestamp", grain=windows.DAY)
    if query.after is None:
        return window
    parameters.values.update({"after_time": query.after.time, "after_id": query.after.id})
    before = windows.window_sql(None, "after_time", column="timestamp", closed=True, grain=windows.DAY)
    return f"{window} {before} AND ({windows.exact_time('timestamp')}, id) < ({{after_time:Int64}}, {{after_id:String}})"
