"""The traces that the tests of the trace page look at, and what is in them."""

from __future__ import annotations

from typing import Any

from tests.browser.telemetry import SentTrace, Span, observation, trace_facts

STACK = 'Traceback (most recent call last):\n  File "agent.py", line 7, in call\n    raise TimeoutError\nTimeoutError: no answer in 5 s'
HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script> [x](javascript:window.hacked=1) ![y](https://elsewhere.invalid/y.png)'
MESSAGES: list[dict[str, Any]] = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Where is my **order**?"},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {"id": "call_1", "type": "function", "function": {"name": "find_order", "arguments": '{"order": 48291}'}}
        ],
    },
    {"role": "tool", "tool_call_id": "call_1", "content": '{"state": "in transit"}'},
]


def agent_trace() -> SentTrace:
    """Return an agent's run: tool, generation with usage and cost, a failed tool with a stack trace, and an orphan."""
    generation = observation(
        "generation",
        input=MESSAGES,
        output={"role": "assistant", "content": "It arrives on *Thursday*. 🚚 東京"},
        **{
            "model.name": "gpt-4o-2024-08-06",
            "model.parameters": {"temperature": 0.2},
            "usage_details": {"input": 1200, "output": 300, "total": 1500},
            "cost_details": {"input": 0.003, "output": 0.009, "total": 0.012},
            "metadata.region": "eu-central-1",
        },
    )
    failure = observation("tool", input={"city": "Berlin"}, level="ERROR", status_message="the carrier did not answer")
    exception = {
        "exception.type": "TimeoutError",
        "exception.message": "no answer in 5 s",
        "exception.stacktrace": STACK,
    }
    return SentTrace(
        spans=[
            Span(
                name="run-agent", id="a" * 16, seconds=4.0, attributes=observation("agent", input="Where?", output="Thursday")
            ),
            Span(name="plan", id="b" * 16, parent="a" * 16, start=0.2, seconds=3.0, attributes=observation("chain")),
            Span(name="answer", id="c" * 16, parent="b" * 16, start=0.5, seconds=2.0, attributes=generation),
            Span(
                name="ask-carrier",
                id="1234567890123456",
                parent="b" * 16,
                start=2.6,
                seconds=0.5,
                attributes=failure,
                events=[("retry", {"attempt": 2}), ("exception", exception)],
            ),
            Span(name="stray", id="d" * 16, parent="9" * 16, start=3.0, seconds=0.1, attributes=observation("span")),
        ],
        attributes=trace_facts(
            "order-agent",
            user="ada@example.org",
            session="chat / 7",
            environment="samples",
            tags=["vip"],
            input="Where?",
            output="Thursday",
        ),
    )


def huge_trace(count: int) -> SentTrace:
    """Return a trace of ``count`` spans: one root, groups of fifty below it."""
    root = Span(name="huge-root", id=f"{1:016x}", seconds=count * 0.01)
    spans = [root]
    group = root
    for number in range(2, count + 1):
        is_group = number % 50 == 2
        parent = root if is_group else group
        span = Span(
            name=f"{'group' if is_group else 'step'}-{number}",
            id=f"{number:016x}",
            parent=parent.id,
            start=number * 0.01,
            seconds=0.4 if is_group else 0.005,
        )
        if is_group:
            group = span
        spans.append(span)
    return SentTrace(spans=spans, attributes=trace_facts("huge", environment="samples"))


def hostile_trace() -> SentTrace:
    """Return a trace that carries code in every field that a page shows, and payloads of a megabyte."""
    rows = [{"row": number, "text": "zwölf Boxkämpfer " * 4} for number in range(12_000)]
    return SentTrace(
        spans=[
            Span(
                name=HOSTILE,
                id="e" * 16,
                attributes=observation(
                    "generation",
                    input=[{"role": "user", "content": HOSTILE}],
                    output=HOSTILE,
                    level="WARNING",
                    status_message=HOSTILE,
                    **{"model.name": HOSTILE, f"metadata.{HOSTILE}": HOSTILE},
                ),
                events=[(HOSTILE, {HOSTILE: HOSTILE})],
            ),
            Span(name="megabyte-json", id="f" * 16, parent="e" * 16, attributes=observation("tool", input=rows)),
            Span(
                name="megabyte-text",
                id="0" * 15 + "f",
                parent="e" * 16,
                attributes=observation("tool", input="lorem ipsum\n" * 90_000),
            ),
        ],
        attributes=trace_facts(
            HOSTILE, user=HOSTILE, session=HOSTILE, environment="samples", tags=[HOSTILE], input=HOSTILE, output=HOSTILE
        ),
    )
