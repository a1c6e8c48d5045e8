"""The trip planner on the Langfuse SDK 4: trace input and output by ``set_trace_io``, scores through the ingestion route."""

from __future__ import annotations

from langfuse import get_client, propagate_attributes
from langfuse_otel import record_run, score_run
from scenario import OBSERVATIONS, SESSION_ID, TRACE, Report

GROUPS = "core,basic,time,io,metadata,model,usage,prompt,metrics,trace_context"


def main() -> None:
    report = Report()
    langfuse = get_client()
    report.set("auth_check", langfuse.auth_check())
    root = OBSERVATIONS["plan-trip"]
    with (
        langfuse.start_as_current_observation(
            as_type="agent", name="plan-trip", input=root["input"], metadata=root["metadata"]
        ) as agent,
        propagate_attributes(
            user_id=TRACE["user_id"],
            session_id=SESSION_ID,
            tags=TRACE["tags"],
            version=TRACE["version"],
            metadata=TRACE["metadata"],
            trace_name=TRACE["name"],
        ),
    ):
        agent.set_trace_io(input=TRACE["input"], output=TRACE["output"])
        agent.set_trace_as_public()
        record_run(langfuse, agent, report)
        score_run(langfuse, agent)
    langfuse.flush()
    trace_id = report._facts["trace_id"]
    answer_id = report._facts["ids"]["write-answer"]
    report.read("trace", lambda: langfuse.api.trace.get(trace_id))
    report.read("traces", lambda: langfuse.api.trace.list(session_id=SESSION_ID))
    report.read("observations", lambda: langfuse.api.legacy.observations_v1.get_many(trace_id=trace_id, limit=100))
    report.read("observation", lambda: langfuse.api.legacy.observations_v1.get(answer_id))
    report.read("observations_v2", lambda: langfuse.api.observations.get_many(trace_id=trace_id, fields=GROUPS))
    report.read("sessions", lambda: langfuse.api.sessions.list(limit=100))
    report.read("session", lambda: langfuse.api.sessions.get(SESSION_ID))
    report.read("scores_v2", lambda: langfuse.api.scores.get_many(limit=100))
    report.read("scores_v3", lambda: langfuse.api.scores_v3.get_many_v3(fields="core,details,subject,annotation", limit=100))
    report.set("trace_url", langfuse.get_trace_url(trace_id=trace_id))
    report.write()


main()
