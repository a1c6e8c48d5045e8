"""The trip planner on the Langfuse SDK 2: stateful clients, JSON batches to the ingestion route."""

from __future__ import annotations

from typing import Any

from langfuse import Langfuse
from scenario import OBSERVATIONS, SCORES, SESSION_ID, TRACE, NoRoomsLeftError, Report, payload, utc_now


def text_of(name: str, *keys: str) -> dict[str, Any]:
    return {key: OBSERVATIONS[name][key] for key in keys if key in OBSERVATIONS[name]}


def search_flights(parent: Any, report: Report) -> None:
    tool = parent.span(name="search-flights", **text_of("search-flights", "input", "metadata"))
    ranking = tool.generation(
        name="rank-flights", usage=OBSERVATIONS["rank-flights"]["usage_openai"], **text_of("rank-flights", "input", "model")
    )
    ranking.end(output=OBSERVATIONS["rank-flights"]["output"])
    miss = tool.event(name="cache-miss", **text_of("cache-miss", "input", "metadata"))
    tool.end(output=OBSERVATIONS["search-flights"]["output"])
    ranking.score(name="rank-quality", value=SCORES["rank-quality"]["value"])
    for name, client in (("search-flights", tool), ("rank-flights", ranking), ("cache-miss", miss)):
        report.observation(name, client.id)


def book_hotel(parent: Any, report: Report) -> None:
    tool = parent.span(name="book-hotel", **text_of("book-hotel", "input"))
    report.observation("book-hotel", tool.id)
    try:
        raise NoRoomsLeftError(OBSERVATIONS["book-hotel"]["error"])
    except NoRoomsLeftError as error:
        tool.end(level="ERROR", status_message=f"{type(error).__name__}: {error}")


def write_answer(parent: Any, report: Report) -> None:
    told = OBSERVATIONS["write-answer"]
    generation = parent.generation(
        name="write-answer", model_parameters=told["model_parameters"], **text_of("write-answer", "input", "model")
    )
    first_token = utc_now()
    generation.update(completion_start_time=first_token)
    generation.end(output=told["output"], usage_details=told["usage"], cost_details=told["cost"])
    judged = SCORES["grounded"]
    generation.score(name="grounded", value=judged["value"], data_type=judged["data_type"], comment=judged["comment"])
    report.set("completion_start_time", first_token)
    report.observation("write-answer", generation.id)


def run(langfuse: Langfuse, report: Report) -> str:
    trace = langfuse.trace(
        name=TRACE["name"],
        user_id=TRACE["user_id"],
        session_id=SESSION_ID,
        tags=TRACE["tags"],
        version=TRACE["version"],
        metadata=TRACE["metadata"],
        input=TRACE["input"],
        public=True,
    )
    agent = trace.span(name="plan-trip", **text_of("plan-trip", "input", "metadata"))
    report.observation("plan-trip", agent.id)
    search_flights(agent, report)
    book_hotel(agent, report)
    visa = agent.span(name="check-visa", level="WARNING", **text_of("check-visa", "input", "status_message"))
    visa.end(output=OBSERVATIONS["check-visa"]["output"])
    report.observation("check-visa", visa.id)
    write_answer(agent, report)
    summary = agent.generation(name="summarise", model=OBSERVATIONS["summarise"]["model"], input=payload())
    summary.end(output=payload())
    report.observation("summarise", summary.id)
    agent.end(output=OBSERVATIONS["plan-trip"]["output"])
    trace.update(output=TRACE["output"])
    told = SCORES["helpfulness"]
    trace.score(name="helpfulness", value=told["value"], data_type=told["data_type"], comment=told["comment"])
    langfuse.score(trace_id=trace.id, name="tone", value=SCORES["tone"]["value"], data_type="CATEGORICAL")
    return trace.id


def read_back(langfuse: Langfuse, report: Report, trace_id: str) -> None:
    report.read("trace", lambda: langfuse.fetch_trace(trace_id))
    report.read("traces", lambda: langfuse.fetch_traces(session_id=SESSION_ID))
    report.read("observations", lambda: langfuse.fetch_observations(trace_id=trace_id, limit=100))
    report.read("observation", lambda: langfuse.fetch_observation(report._facts["ids"]["write-answer"]))
    report.read("sessions", lambda: langfuse.fetch_sessions(limit=100))
    report.read("session", lambda: langfuse.api.sessions.get(SESSION_ID))
    report.read("scores", lambda: langfuse.api.score.get(limit=100).data)


def main() -> None:
    report = Report()
    langfuse = Langfuse()
    report.set("auth_check", langfuse.auth_check())
    trace_id = run(langfuse, report)
    langfuse.flush()
    report.set("trace_id", trace_id)
    report.set("trace_url", langfuse.get_trace_url())
    read_back(langfuse, report, trace_id)
    report.write()


main()
