"""What each generation of client can say at all: the one table of allowed differences, with the reason for each.

Everything that is not named here must come back as ``agents/scenario.json`` tells it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """The limits of one generation's wire. The defaults are what the scenario tells."""

    knows_agents_and_tools: bool = True
    """SDK 2 has spans, generations and events only; agents and tools arrive as spans."""
    has_event_observations: bool = True
    """OpenTelemetry has span events, which belong to their span and are read in its ``span_events``."""
    environment: str = "staging"
    """SDK 2.59.0 is older than environments and sends none, so the server's default stands."""
    has_own_trace_io: bool = False
    """SDK 2, 3 and 4 can give the trace an input and output of its own; otherwise they are the root observation's."""
    version_on_observations: bool = True
    """SDK 2 puts the version on the trace only."""
    string_numbers_are_numbers: bool = False
    """The JS SDK writes the number 1 and the string "1" alike, so both come back as the number, as in Langfuse."""
    trace_has_root_metadata: bool = True
    """Over OpenTelemetry a trace also shows its root observation's metadata, below its own; in SDK 2 they are two things."""
    error_names_its_type: bool = True
    """The Python SDKs' ``@observe`` sends the exception's text without its class."""
    sends_parameters_as_numbers: bool = True
    """SDK 2 turns every model parameter but integers and booleans into text."""
    cost_has_parts: bool = True
    """The ``gen_ai`` attributes know only a total."""
    has_score_metadata: bool = True
    """SDK 2 cannot send metadata with a score."""
    has_session_scores: bool = True
    """SDK 2 cannot score a session."""
    payload_bytes: int = 1024 * 1024
    """SDK 2 replaces the payload of an event above 1,000,000 bytes, escapes and envelope counted, by a note. Its clients
    send input and output in two events, its decorators in one."""


SDK_5 = Dialect(error_names_its_type=False)
SDK_2 = Dialect(
    knows_agents_and_tools=False,
    has_own_trace_io=True,
    trace_has_root_metadata=False,
    version_on_observations=False,
    sends_parameters_as_numbers=False,
    has_score_metadata=False,
    has_session_scores=False,
    payload_bytes=780_000,
)
OTEL = Dialect(has_event_observations=False, cost_has_parts=False)

DIALECTS = {
    "python-2.59.0": replace(SDK_2, environment="default"),
    "python-2.60.10": SDK_2,
    "decorators-2.60.10": replace(SDK_2, error_names_its_type=False, payload_bytes=390_000),
    "python-3.15.0": replace(SDK_5, has_own_trace_io=True),
    "python-4.18.0": replace(SDK_5, has_own_trace_io=True),
    "python-5.0.4": SDK_5,
    "javascript-3": replace(
        SDK_2,
        string_numbers_are_numbers=False,
        sends_parameters_as_numbers=True,
        has_score_metadata=True,
        has_session_scores=True,
    ),
    "javascript-4": Dialect(string_numbers_are_numbers=True),
    "javascript-5": Dialect(string_numbers_are_numbers=True),
    "otel-protobuf": OTEL,
    "otel-protobuf-gzip": OTEL,
    "otel-json": OTEL,
    "otel-node-json": OTEL,
}
