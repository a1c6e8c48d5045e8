"""The trip planner as the Langfuse SDKs 3, 4 and 5 record it alike: nested contexts over OpenTelemetry.

What differs between the three, the trace-level calls and the read methods, stands in ``langfuse_v3.py`` to ``langfuse_v5.py``.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from langfuse import Langfuse, get_client, observe
from scenario import OBSERVATIONS, SCORES, SESSION_ID, NoRoomsLeftError, Report, payload, utc_now


def text_of(name: str, *keys: str) -> dict[str, Any]:
    return {key: OBSERVATIONS[name][key] for key in keys if key in OBSERVATIONS[name]}


def search_flights(langfuse: Langfuse, report: Report) -> None:
    with langfuse.start_as_current_observation(
        as_type="tool", name="search-flights", **text_of("search-flights", "input", "metadata")
    ) as tool:
        report.observation("search-flights", tool.id)
        with langfuse.start_as_current_observation(
            as_type="generation", name="rank-flights", **text_of("rank-flights", "input", "model")
        ) as ranking:
            ranking.update(
                output=OBSERVATIONS["rank-flights"]["output"], usage_details=OBSERVATIONS["rank-flights"]["usage_openai"]
            )
            ranking.score(name="rank-quality", value=SCORES["rank-quality"]["value"])
            report.observation("rank-flights", ranking.id)
        miss = langfuse.create_event(name="cache-miss", **text_of("cache-miss", "input", "metadata"))
        report.observation("cache-miss", miss.id)
        tool.update(output=OBSERVATIONS["search-flights"]["output"])


def book_hotel(report: Report) -> None:
    @observe(name="book-hotel", as_type="tool", capture_input=False)
    def call() -> None:
        langfuse = get_client()
        report.observation("book-hotel", langfuse.get_current_observation_id())
        langfuse.update_current_span(input=OBSERVATIONS["book-hotel"]["input"])
        raise NoRoomsLeftError(OBSERVATIONS["book-hotel"]["error"])

    with suppress(NoRoomsLeftError):  # the agent goes on without a hotel
        call()


def write_answer(langfuse: Langfuse, report: Report) -> None:
    told = OBSERVATIONS["write-answer"]
    generation = langfuse.start_observation(
        as_type="generation", name="write-answer", **text_of("write-answer", "input", "model", "model_parameters")
    )
    first_token = utc_now()
    generation.update(
        completion_start_time=first_token, output=told["output"], usage_details=told["usage"], cost_details=told["cost"]
    )
    generation.end()
    judged = SCORES["grounded"]
    langfuse.create_score(
        trace_id=generation.trace_id,
        observation_id=generation.id,
        name="grounded",
        value=judged["value"],
        data_type=judged["data_type"],
        comment=judged["comment"],
    )
    report.set("completion_start_time", first_token)
    report.observation("write-answer", generation.id)


def record_run(langfuse: Langfuse, agent: Any, report: Report) -> None:
    """Record everything below the agent, whose context is current."""
    report.set("trace_id", agent.trace_id)
    report.observation("plan-trip", agent.id)
    search_flights(langfuse, report)
    book_hotel(report)
    with langfuse.start_as_current_observation(
        as_type="span", name="check-visa", **text_of("check-visa", "input", "level", "status_message")
    ) as visa:
        visa.update(output=OBSERVATIONS["check-visa"]["output"])
        report.observation("check-visa", visa.id)
    write_answer(langfuse, report)
    with langfuse.start_as_current_observation(
        as_type="generation", name="summarise", input=payload(), **text_of("summarise", "model")
    ) as summary:
        summary.update(output=payload())
        report.observation("summarise", summary.id)
    agent.update(output=OBSERVATIONS["plan-trip"]["output"])


def score_run(langfuse: Langfuse, agent: Any) -> None:
    told = SCORES["helpfulness"]
    langfuse.create_score(
        trace_id=agent.trace_id,
        name="helpfulness",
        value=told["value"],
        data_type=told["data_type"],
        comment=told["comment"],
        metadata=told["metadata"],
    )
    agent.score_trace(name="tone", value=SCORES["tone"]["value"], data_type="CATEGORICAL")
    mood = SCORES["session-mood"]
    langfuse.create_score(session_id=SESSION_ID, name="session-mood", value=mood["value"], data_type=mood["data_type"])
