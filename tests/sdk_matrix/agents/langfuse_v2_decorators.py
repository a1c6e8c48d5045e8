"""The trip planner on the Langfuse SDK 2 by its decorators, which send the trace last and capture exceptions."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from langfuse.decorators import langfuse_context, observe
from scenario import OBSERVATIONS, SCORES, SESSION_ID, TRACE, NoRoomsLeftError, Report, payload, utc_now

report = Report()


def record(name: str, *keys: str, **more: Any) -> None:
    """Fill the current observation from the scenario and remember its id."""
    langfuse_context.update_current_observation(
        **{key: OBSERVATIONS[name][key] for key in keys if key in OBSERVATIONS[name]}, **more
    )
    report.observation(name, langfuse_context.get_current_observation_id())


@observe(name="search-flights", capture_input=False, capture_output=False)
def search_flights() -> None:
    record("search-flights", "input", "metadata", "output")
    rank_flights()
    cache_miss()


@observe(name="rank-flights", as_type="generation", capture_input=False, capture_output=False)
def rank_flights() -> None:
    record("rank-flights", "input", "output", "model", usage=OBSERVATIONS["rank-flights"]["usage_openai"])
    langfuse_context.score_current_observation(name="rank-quality", value=SCORES["rank-quality"]["value"])


def cache_miss() -> None:
    # The decorators have no event: applications reach for the client below them.
    event = langfuse_context.client_instance.event(
        trace_id=langfuse_context.get_current_trace_id(),
        parent_observation_id=langfuse_context.get_current_observation_id(),
        name="cache-miss",
        input=OBSERVATIONS["cache-miss"]["input"],
        metadata=OBSERVATIONS["cache-miss"]["metadata"],
    )
    report.observation("cache-miss", event.id)


@observe(name="book-hotel", capture_input=False)
def book_hotel() -> None:
    record("book-hotel", "input")
    raise NoRoomsLeftError(OBSERVATIONS["book-hotel"]["error"])


@observe(name="check-visa", capture_input=False, capture_output=False)
def check_visa() -> None:
    record("check-visa", "input", "output", "level", "status_message")


@observe(name="write-answer", as_type="generation", capture_input=False, capture_output=False)
def write_answer() -> None:
    told = OBSERVATIONS["write-answer"]
    first_token = utc_now()
    record(
        "write-answer",
        "input",
        "output",
        "model",
        "model_parameters",
        usage_details=told["usage"],
        cost_details=told["cost"],
        completion_start_time=first_token,
    )
    judged = SCORES["grounded"]
    langfuse_context.score_current_observation(
        name="grounded", value=judged["value"], data_type=judged["data_type"], comment=judged["comment"]
    )
    report.set("completion_start_time", first_token)


@observe(name="summarise", as_type="generation", capture_input=False, capture_output=False)
def summarise() -> None:
    record("summarise", "model", input=payload(), output=payload())


@observe(name="plan-trip", capture_input=False, capture_output=False)
def plan_trip() -> None:
    record("plan-trip", "input", "output", "metadata")
    search_flights()
    with suppress(NoRoomsLeftError):  # the agent goes on without a hotel
        book_hotel()
    check_visa()
    write_answer()
    summarise()


@observe(name="trip-planner", capture_input=False, capture_output=False)
def trip_planner() -> None:
    langfuse_context.update_current_trace(
        name=TRACE["name"],
        user_id=TRACE["user_id"],
        session_id=SESSION_ID,
        tags=TRACE["tags"],
        version=TRACE["version"],
        metadata=TRACE["metadata"],
        input=TRACE["input"],
        output=TRACE["output"],
        public=True,
    )
    report.set("trace_id", langfuse_context.get_current_trace_id())
    plan_trip()
    told = SCORES["helpfulness"]
    langfuse_context.score_current_trace(
        name="helpfulness", value=told["value"], data_type=told["data_type"], comment=told["comment"]
    )
    langfuse_context.score_current_trace(name="tone", value=SCORES["tone"]["value"], data_type="CATEGORICAL")


def main() -> None:
    report.set("auth_check", langfuse_context.auth_check())
    trip_planner()
    langfuse_context.flush()
    client = langfuse_context.client_instance
    trace_id = report._facts["trace_id"]
    report.read("trace", lambda: client.fetch_trace(trace_id))
    report.read("traces", lambda: client.fetch_traces(session_id=SESSION_ID))
    report.read("observations", lambda: client.fetch_observations(trace_id=trace_id, limit=100))
    report.read("observation", lambda: client.fetch_observation(report._facts["ids"]["write-answer"]))
    report.read("sessions", lambda: client.fetch_sessions(limit=100))
    report.read("session", lambda: client.api.sessions.get(SESSION_ID))
    report.read("scores", lambda: client.api.score.get(limit=100).data)
    report.write()


main()
