"""Which convention wins when several say the same thing about a span: the one place that decides it.

``TABLES`` is in order of precedence; within a table, earlier rows win. A table that yields no value for a field leaves it to
the next. A new vendor is a new module and its lines here.
"""

from __future__ import annotations

from typing import Final

from spanwise_server.ingest.conventions import gen_ai, langfuse, openinference, plain
from spanwise_server.ingest.conventions.table import Table

TABLES: Final[tuple[Table, ...]] = (
    langfuse.TABLE,
    plain.WHO,
    plain.ENVIRONMENT,
    openinference.KIND,
    gen_ai.OPERATION,
    gen_ai.TOOL_NAME,
    gen_ai.RESPONSE,
    gen_ai.REQUEST,
    langfuse.INSIDE_METADATA,
    gen_ai.USAGE,
    openinference.USAGE,
    gen_ai.DETAIL_EVENTS,
    gen_ai.MESSAGE_EVENTS,
    gen_ai.CONTENT_EVENTS,
    openinference.VALUES,
    plain.VALUES,
    plain.TOOL,
    gen_ai.INDEXED,
    openinference.INDEXED,
    gen_ai.MESSAGES,
    gen_ai.TOOL_CALL,
    openinference.TAGS,
    # What a span is, when nothing above says so: whatever names a model is a generation.
    langfuse.MODEL,
    gen_ai.MODEL,
    openinference.MODEL,
    plain.MODEL,
)
