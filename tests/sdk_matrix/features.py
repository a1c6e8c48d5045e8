"""Which client runs which script of features beyond tracing, and what each generation cannot do."""

from __future__ import annotations

from dataclasses import dataclass

from tests.sdk_matrix.environments import Generation


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One generation of an SDK with the script that uses its features."""

    generation: Generation
    has_placeholders: bool = True
    """Whether its chat prompts can leave room for messages."""
    runs_experiments: bool = True
    """Whether it has ``run_experiment``; older ones link each trace to an item themselves."""
    links_runs_by_items: bool = True
    """Whether it announces a run by run items; the newest does it by attributes of spans alone."""
    updates_scores: bool = True
    """Whether a score can be given an id, and so be sent again with another value."""


def _client(name: str, script: str, *packages: str, node: str = "node-5", **cannot: bool) -> Client:
    return Client(generation=Generation(name=name, script=script, packages=packages, node=node), **cannot)


CLIENTS = {
    client.generation.name: client
    for client in (
        _client("python-2.59.0", "features_v2.py", "langfuse==2.59.0", has_placeholders=False, runs_experiments=False),
        _client("python-2.60.10", "features_v2.py", "langfuse==2.60.10", has_placeholders=False, runs_experiments=False),
        _client("python-3.15.0", "features_otel.py", "langfuse==3.15.0"),
        _client("python-4.18.0", "features_otel.py", "langfuse==4.18.0"),
        _client("python-5.0.4", "features_otel.py", "langfuse==5.0.4", links_runs_by_items=False),
        _client("javascript-3", "features_js_3.mjs", node="node-3", runs_experiments=False, updates_scores=False),
        _client("javascript-4", "features_js.mjs", node="node-4", updates_scores=False),
        _client("javascript-5", "features_js.mjs", node="node-5", updates_scores=False),
    )
}
