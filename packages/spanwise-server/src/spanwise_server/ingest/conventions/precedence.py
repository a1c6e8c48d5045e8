"""Which convention wins when several say the same thing about a span: the one place that decides it.

``TABLES`` is in order of precedence; within a table, earlier rows win. A table that yields no value for a field leaves it to
the next. A new vendor is a new module and its lines here.
"""

from __future__ import annotations

from typing import Final

from spanwise_server.ingest.conventions.dialects import (
    anthropic_sdk,
    claude_code,
    claude_code_events,
    flue,
    gen_ai,
    genkit,
    google_adk,
    langfuse,
    langsmith,
    livekit,
    logfire,
    mlflow,
    openinference,
    plain,
    pydantic_ai,
    strands,
    traceloop,
    vercel_ai,
)
from spanwise_server.ingest.conventions.table import Table

TABLES: Final[tuple[Table, ...]] = (
    langfuse.TABLE,
    plain.WHO,
    plain.ENVIRONMENT,
    claude_code.TABLE,
    claude_code_events.TABLE,
    openinference.SUMS,
    openinference.MESSAGES,
    openinference.KIND,
    gen_ai.OPERATION,
    genkit.TABLE,
    mlflow.TABLE,
    langsmith.TABLE,
    traceloop.KIND,
    gen_ai.TOOL_NAME,
    gen_ai.RESPONSE,
    vercel_ai.MODEL,
    strands.TABLE,
    gen_ai.FIRST_CHUNK,
    gen_ai.REQUEST,
    pydantic_ai.REQUEST,
    langfuse.INSIDE_METADATA,
    vercel_ai.TABLE,
    anthropic_sdk.TABLE,
    gen_ai.USAGE,
    openinference.USAGE,
    flue.VALUES,
    gen_ai.DETAIL_EVENTS,
    gen_ai.MESSAGE_EVENTS,
    gen_ai.CONTENT_EVENTS,
    google_adk.TABLE,
    logfire.TABLE,
    livekit.TABLE,
    traceloop.TABLE,
    openinference.VALUES,
    plain.VALUES,
    pydantic_ai.RUN,
    plain.TOOL,
    gen_ai.INDEXED,
    openinference.INDEXED,
    gen_ai.MESSAGES,
    gen_ai.TOOL_CALL,
    openinference.TAGS,
    traceloop.WHO,
    genkit.MODEL,
    # What a span is, when nothing above says so: what its producer hints at; whatever names a model is a generation.
    flue.KIND,
    logfire.KIND,
    langfuse.MODEL,
    gen_ai.MODEL,
    openinference.MODEL,
    plain.MODEL,
)
