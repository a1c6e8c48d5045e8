"""The trip planner on the Langfuse SDK 5: no trace input or output of its own, gzip, scores as an array."""

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
        agent.set_trace_as_public()
        record_run(langfuse, agent, report)
        score_run(langfuse, agent)
    langfuse.flush()
    trace_id = report._facts["trace_id"]
    report.read("observations_v2", lambda: langfuse.api.observations.get_many(trace_id=trace_id, fields=GROUPS))
    report.read("scores_v3", lambda: langfuse.api.scores.get_many(fields="core,details,subject,annotation", limit=100))
    report.set("trace_url", langfuse.get_trace_url(trace_id=trace_id))
    report.write()


main()
