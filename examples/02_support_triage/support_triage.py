"""Support agents traced with the plain OpenTelemetry SDK and the GenAI attribute names: no observability vendor in sight.

A router hands each ticket over to a team's agent, which calls a tool and answers. Tools and the model may fail; both are
tried again. The exporter is configured by the standard ``OTEL_EXPORTER_OTLP_*`` variables, the model by ``ANTHROPIC_BASE_URL``.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, Status, StatusCode

HERE = Path(__file__).parent
MODEL_URL = os.environ.get("ANTHROPIC_BASE_URL", "http://127.0.0.1:8085")
ROUTER, AGENT = "claude-haiku-4-5", "claude-sonnet-4-5"
USD_PER_MILLION = {ROUTER: (1.0, 0.1, 5.0), AGENT: (3.0, 0.3, 15.0)}
"""Price of a million tokens of input, cached input and output."""
ROUTER_PROMPT = (
    "You route support tickets. Hand every ticket over to exactly one team: billing for charges and refunds, technical for "
    "the app, orders for parcels, privacy for personal data. Set the urgency to high if money or personal data is at stake."
)
ATTEMPTS = 3
PAUSE_SECONDS = 0.05
GATEWAY_SECONDS = 0.06

provider = TracerProvider(resource=Resource.create({"service.name": "support-desk", "service.version": "2026.11"}))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
tracer = trace.get_tracer("support-desk", "1.0.0")
http = httpx.Client(base_url=MODEL_URL, timeout=30)


class PaymentGatewayError(RuntimeError):
    """The payment provider did not do what it was asked to do."""


class ModelOverloadedError(RuntimeError):
    """The model endpoint asked for a pause."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One message of a customer; tickets of one session belong together."""

    customer: str
    session: str
    text: str

    def attributes(self) -> dict[str, str]:
        """Return what every span of the ticket carries."""
        return {"user.id": self.customer, "session.id": self.session}


def parts_of(content: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return Anthropic content blocks as the parts of the GenAI conventions."""
    return [
        {"type": "tool_call", "id": block["id"], "name": block["name"], "arguments": block["input"]}
        if block["type"] == "tool_use"
        else {"type": "text", "content": block["text"]}
        for block in content
    ]


def set_messages(span: Span, side: str, role: str, content: list[dict[str, Any]]) -> None:
    """Set the input or output message of a generation, as the GenAI conventions shape it."""
    message = {"role": role, "parts": parts_of(content)}
    span.set_attribute(f"gen_ai.{side}.messages", json.dumps([message], ensure_ascii=False))


def set_usage(span: Span, model: str, usage: dict[str, int]) -> None:
    """Set token counts and what they cost in USD. The conventions count cached tokens as part of the input."""
    fresh, cached, written = usage["input_tokens"], usage["cache_read_input_tokens"], usage["output_tokens"]
    prices = USD_PER_MILLION[model]
    cost = sum(count * price for count, price in zip((fresh, cached, written), prices, strict=True)) / 1_000_000
    span.set_attribute("gen_ai.usage.input_tokens", fresh + cached)
    span.set_attribute("gen_ai.usage.cache_read.input_tokens", cached)
    span.set_attribute("gen_ai.usage.output_tokens", written)
    span.set_attribute("gen_ai.usage.cost", cost)


def ask(model: str, system: str, text: str, ticket: Ticket) -> dict[str, Any]:
    """Ask the model once and return its answer.

    Raises:
        ModelOverloadedError: it is busy; asking again may help.
    """
    attributes: dict[str, str | int] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "anthropic",
        "gen_ai.request.model": model,
        "gen_ai.request.max_tokens": 300,
        "gen_ai.system_instructions": json.dumps([{"type": "text", "content": system}]),
        **ticket.attributes(),
    }
    with tracer.start_as_current_span(f"chat {model}", attributes=attributes, kind=trace.SpanKind.CLIENT) as span:
        content = [{"type": "text", "text": text}]
        set_messages(span, "input", "user", content)
        messages, metadata = [{"role": "user", "content": content}], {"user_id": ticket.session}
        request = {"model": model, "system": system, "messages": messages, "max_tokens": 300, "metadata": metadata}
        response = http.post("/v1/messages", json=request)
        if response.status_code == 529:
            raise ModelOverloadedError(response.json()["error"]["message"])
        answer: dict[str, Any] = response.raise_for_status().json()
        set_usage(span, model, answer["usage"])
        span.set_attribute("gen_ai.response.model", answer["model"])
        span.set_attribute("gen_ai.response.finish_reasons", [answer["stop_reason"]])
        set_messages(span, "output", answer["role"], answer["content"])
        return answer


def refund_payment(order: str, amount: float) -> str:
    """Refund an order. The gateway times out at first, and never refunds more than 1000 by itself."""
    time.sleep(GATEWAY_SECONDS)
    gateway_calls[order] = gateway_calls.get(order, 0) + 1
    if amount > 1000:
        raise PaymentGatewayError(f"refund of {amount} for {order} needs approval (limit 1000)")
    if gateway_calls[order] == 1:
        raise PaymentGatewayError(f"gateway timed out on {order}")
    return f"refunded {amount:.2f} for {order}"


gateway_calls: dict[str, int] = {}
TOOLS: dict[str, Callable[..., str]] = {
    "refund_payment": refund_payment,
    "search_known_issues": lambda symptom: f"known issue 8.2-17 matches {symptom!r}: cache is not renewed",
    "track_parcel": lambda order: f"parcel of {order}: left Malmö 06:40, arrives tomorrow",
}


def call_tool(name: str, arguments: dict[str, Any], ticket: Ticket) -> str:
    """Call the tool once, in a span of its own that keeps the exception if it fails."""
    attributes = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": name,
        "gen_ai.tool.call.arguments": json.dumps(arguments),
        **ticket.attributes(),
    }
    with tracer.start_as_current_span(f"execute_tool {name}", attributes=attributes) as span:
        result = TOOLS[name](**arguments)
        span.set_attribute("gen_ai.tool.call.result", result)
        return result


def with_retries(attempt: Callable[[], Any], error: type[Exception]) -> Any:
    """Return the first success of up to ``ATTEMPTS`` attempts, or raise the last error."""
    for number in range(1, ATTEMPTS + 1):
        try:
            return attempt()
        except error as raised:
            if number == ATTEMPTS:
                raise
            trace.get_current_span().add_event("retry", {"attempt": number, "reason": str(raised)})
            time.sleep(PAUSE_SECONDS * number)
    raise AssertionError("unreachable")


def tool_call_of(answer: dict[str, Any]) -> dict[str, Any] | None:
    """Return the answer's tool call, if it has one."""
    return next((part for part in answer["content"] if part["type"] == "tool_use"), None)


def run_agent(team: str, ticket: Ticket) -> str:
    """Let the team's agent work on the ticket and return its reply."""
    attributes = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": f"{team}-agent", **ticket.attributes()}
    with tracer.start_as_current_span(f"invoke_agent {team}-agent", attributes=attributes) as span:
        span.set_attribute("input.value", ticket.text)
        system = f"You are the {team} agent. Use your tool, then write to the customer."
        answer = with_retries(lambda: ask(AGENT, system, f"Ticket: {ticket.text}", ticket), ModelOverloadedError)
        if call := tool_call_of(answer):
            try:
                result = with_retries(lambda: call_tool(call["name"], call["input"], ticket), PaymentGatewayError)
            except PaymentGatewayError as error:
                span.set_status(Status(StatusCode.ERROR, f"{call['name']} failed {ATTEMPTS} times: {error}"))
                result = f"failed: {error}"
            answer = with_retries(lambda: ask(AGENT, system, result, ticket), ModelOverloadedError)
        reply = "".join(part["text"] for part in answer["content"] if part["type"] == "text")
        span.set_attribute("output.value", reply)
        return reply


def handle(ticket: Ticket) -> str:
    """Route one ticket and have it answered; one trace."""
    attributes = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "router", **ticket.attributes()}
    with tracer.start_as_current_span("support-ticket", attributes=attributes) as span:
        span.set_attribute("langfuse.trace.tags", ["support", "example"])
        span.set_attribute("input.value", ticket.text)
        routed = with_retries(lambda: ask(ROUTER, ROUTER_PROMPT, ticket.text, ticket), ModelOverloadedError)
        call = tool_call_of(routed)
        team = call["input"]["team"] if call else "technical"
        span.set_attribute("langfuse.trace.metadata.team", team)
        reply = run_agent(team, ticket)
        span.set_attribute("output.value", reply)
        return reply


def main() -> None:
    """Handle all tickets."""
    for ticket in (Ticket(**told) for told in json.loads((HERE / "tickets.json").read_text("utf-8"))):
        reply = handle(ticket)
        print(f"{ticket.session}: {ticket.text}\n  {reply}")
    if not provider.force_flush():
        raise SystemExit("The spans did not arrive: check OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_HEADERS.")
    provider.shutdown()


if __name__ == "__main__":
    main()
