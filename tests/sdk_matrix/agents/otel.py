"""The trip planner on the plain OpenTelemetry SDK: GenAI semantic conventions, no Langfuse package, scores by REST.

Both OTLP/HTTP encodings run this script; the test chooses by ``MATRIX_OTLP`` as an application chooses its exporter.
"""

from __future__ import annotations

import base64
import json
import os
import urllib.request
from typing import Any

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span
from scenario import OBSERVATIONS, SCORES, SESSION_ID, TRACE, NoRoomsLeftError, Report, payload, utc_now

if os.environ["MATRIX_OTLP"] == "json":
    from opentelemetry.exporter.otlp.json.http.trace_exporter import OTLPSpanExporter
else:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

report = Report()
provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
tracer = trace.get_tracer("travel.agent", "2.0.0")

OPERATIONS = {"AGENT": "invoke_agent", "TOOL": "execute_tool", "GENERATION": "chat"}


def as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def note(name: str, span: Span) -> None:
    report.observation(name, trace.format_span_id(span.get_span_context().span_id))


def gen_ai(name: str) -> dict[str, Any]:
    """Return the attributes that the GenAI conventions give to one operation of the run."""
    told = OBSERVATIONS[name]
    attributes: dict[str, Any] = {"user.id": TRACE["user_id"], "session.id": SESSION_ID}
    if told["type"] in OPERATIONS:
        attributes["gen_ai.operation.name"] = OPERATIONS[told["type"]]
    if told["type"] == "TOOL":
        attributes |= {"gen_ai.tool.name": name, "gen_ai.tool.call.arguments": as_text(told["input"])}
        if "output" in told:
            attributes["gen_ai.tool.call.result"] = as_text(told["output"])
    if told["type"] == "GENERATION":
        attributes |= {
            "gen_ai.provider.name": "house",
            "gen_ai.request.model": told["model"],
            "gen_ai.response.model": told["model"],
        }
    for key, value in told.get("metadata", {}).items():
        attributes[f"langfuse.observation.metadata.{key}"] = json.dumps(value) if isinstance(value, dict | list) else value
    return attributes


def plain_io(name: str) -> dict[str, Any]:
    told = OBSERVATIONS[name]
    return {f"{side}.value": as_text(told[side]) for side in ("input", "output") if side in told}


def search_flights() -> None:
    with tracer.start_as_current_span("search-flights", attributes=gen_ai("search-flights")) as span:
        note("search-flights", span)
        with tracer.start_as_current_span(
            "rank-flights", attributes=gen_ai("rank-flights") | plain_io("rank-flights")
        ) as ranking:
            used = OBSERVATIONS["rank-flights"]["usage_openai"]
            ranking.set_attributes(
                {
                    "gen_ai.usage.prompt_tokens": used["prompt_tokens"],
                    "gen_ai.usage.completion_tokens": used["completion_tokens"],
                }
            )
            ranking.set_attribute("gen_ai.usage.total_tokens", used["total_tokens"])
            note("rank-flights", ranking)
        span.add_event("cache-miss", {"input": as_text(OBSERVATIONS["cache-miss"]["input"]), "tier": "edge"})


def book_hotel() -> None:
    try:
        with tracer.start_as_current_span("book-hotel", attributes=gen_ai("book-hotel")) as span:
            note("book-hotel", span)
            raise NoRoomsLeftError(OBSERVATIONS["book-hotel"]["error"])
    except NoRoomsLeftError:
        pass  # the agent goes on without a hotel


def check_visa() -> None:
    told = OBSERVATIONS["check-visa"]
    with tracer.start_as_current_span("check-visa", attributes=gen_ai("check-visa") | plain_io("check-visa")) as span:
        note("check-visa", span)
        span.set_attributes(
            {"langfuse.observation.level": told["level"], "langfuse.observation.status_message": told["status_message"]}
        )


def write_answer() -> None:
    told = OBSERVATIONS["write-answer"]
    with tracer.start_as_current_span("write-answer", attributes=gen_ai("write-answer")) as span:
        note("write-answer", span)
        span.set_attribute("gen_ai.input.messages", as_text(told["input"]))
        span.set_attributes({f"gen_ai.request.{key}": value for key, value in told["model_parameters"].items()})
        first_token = utc_now()
        report.set("completion_start_time", first_token)
        span.set_attribute("langfuse.observation.completion_start_time", first_token.isoformat())
        span.set_attribute("gen_ai.output.messages", as_text(told["output"]))
        # The convention counts cached tokens inside the input tokens.
        cached = told["usage"]["input_cached_tokens"]
        span.set_attributes(
            {
                "gen_ai.usage.input_tokens": told["usage"]["input"] + cached,
                "gen_ai.usage.cache_read.input_tokens": cached,
                "gen_ai.usage.output_tokens": told["usage"]["output"],
                "gen_ai.usage.total_tokens": told["usage"]["total"],
                "gen_ai.usage.cost": told["cost"]["total"],
            }
        )


def plan_trip() -> str:
    with tracer.start_as_current_span("plan-trip", attributes=gen_ai("plan-trip") | plain_io("plan-trip")) as span:
        note("plan-trip", span)
        span.set_attributes(
            {"langfuse.trace.name": TRACE["name"], "langfuse.trace.tags": TRACE["tags"], "langfuse.trace.public": True}
        )
        span.set_attributes({f"langfuse.trace.metadata.{key}": value for key, value in TRACE["metadata"].items()})
        search_flights()
        book_hotel()
        check_visa()
        write_answer()
        with tracer.start_as_current_span("summarise", attributes=gen_ai("summarise")) as summary:
            note("summarise", summary)
            summary.set_attributes({"input.value": payload(), "output.value": payload()})
        return trace.format_trace_id(span.get_span_context().trace_id)


def post_score(body: dict[str, Any]) -> None:
    keys = f"{os.environ['LANGFUSE_PUBLIC_KEY']}:{os.environ['LANGFUSE_SECRET_KEY']}".encode()
    request = urllib.request.Request(
        os.environ["LANGFUSE_HOST"] + "/api/public/scores",
        data=json.dumps(body).encode(),
        method="POST",
        headers={"Content-Type": "application/json", "Authorization": "Basic " + base64.b64encode(keys).decode()},
    )
    with urllib.request.urlopen(request) as answer:
        report.set("score_id", json.load(answer)["id"])


def score_run(trace_id: str) -> None:
    for name, told in SCORES.items():
        body: dict[str, Any] = {"name": name, "value": told["value"], "environment": "staging"}
        body |= {
            key: told[wire]
            for key, wire in (("dataType", "data_type"), ("comment", "comment"), ("metadata", "metadata"))
            if wire in told
        }
        body |= {"sessionId": SESSION_ID} if told.get("session") else {"traceId": trace_id}
        if "observation" in told:
            body["observationId"] = report._facts["ids"][told["observation"]]
        post_score(body)


def main() -> None:
    trace_id = plan_trip()
    provider.force_flush()
    report.set("trace_id", trace_id)
    score_run(trace_id)
    report.write()


main()
