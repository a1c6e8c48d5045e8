"""Libraries that report to Langfuse by themselves: which versions, which script uses them, what each cannot say."""

from __future__ import annotations

from dataclasses import dataclass

from tests.sdk_matrix.environments import Generation

_LANGCHAIN = ("langchain==1.4.7", "langchain-core==1.7.2", "langchain-openai==1.7.3", "openai==3.52.0")
_LANGCHAIN_0 = ("langchain==0.3.30", "langchain-core==0.3.86", "langchain-openai==0.3.35", "openai==2.54.0")
_LITELLM_SETTINGS = ("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # or it looks for prices on the network first


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration:
    """A library with its Langfuse integration."""

    generation: Generation
    names: frozenset[str]
    """Generations that must arrive."""
    tells_cached_tokens: bool = True
    """Whether the usage always says how many tokens came from the cache; otherwise all may be billed as input."""
    reads_session: bool = True
    """Whether everything carries the session; otherwise it is found by its environment."""


def _generation(name: str, script: str, packages: tuple[str, ...], *settings: tuple[str, str]) -> Generation:
    return Generation(name=name, script=script, packages=packages, settings=settings)


_CALLS = frozenset({"plain", "streamed", "tool", "refused"})

OPENAI = {
    version: Integration(
        generation=_generation(f"openai-{version}", "openai_wrapper.py", (f"langfuse=={version}", *langchain)),
        names=_CALLS,
    )
    for version, langchain in (
        ("2.60.10", _LANGCHAIN_0),
        ("3.15.0", _LANGCHAIN),
        ("4.18.0", _LANGCHAIN),
        ("5.0.4", _LANGCHAIN),
    )
}
LANGCHAIN = {
    version: Integration(
        generation=_generation(openai.generation.name, "langchain_handler.py", openai.generation.packages),
        names=_CALLS,
        reads_session=False,
    )
    for version, openai in OPENAI.items()
}
LITELLM = {
    "langfuse 2.59.7": Integration(
        generation=_generation(
            "litellm-langfuse",
            "litellm_callback.py",
            ("litellm==1.80.0", "langfuse==2.59.7"),
            ("MATRIX_CALLBACK", "langfuse"),
            _LITELLM_SETTINGS,
        ),
        tells_cached_tokens=False,
        names=frozenset({"plain", "streamed"}),  # this version reports no failure when the call is made without a proxy
    ),
    "OpenTelemetry": Integration(
        generation=_generation(
            "litellm-otel",
            "litellm_callback.py",
            ("litellm==1.106.2", "opentelemetry-sdk==1.45.2", "opentelemetry-exporter-otlp-proto-http==1.45.1"),
            ("MATRIX_CALLBACK", "langfuse_otel"),
            _LITELLM_SETTINGS,
        ),
        names=frozenset({"plain", "streamed", "refused"}),
    ),
}
