"""The table of producers whose export requests are captured: library, version, packages, and the agent that uses it.

A new one is a row here and, where no agent fits, a module in ``golden_agents/``. Knows nothing of how captures are made.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True)
class Producer:
    """A library, the packages that install it, and the agent that uses it."""

    name: str
    version: str
    packages: tuple[str, ...]
    agent: str
    environment: dict[str, str] = field(default_factory=dict)
    """More variables; ``{url}`` stands for the address of the recording server."""

    @property
    def folder(self) -> str:
        """The name of the folder of its golden files."""
        return f"{self.name}-{self.version}"


_OTEL: Final = ("opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http")
_CAPTURE: Final = {"OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "true"}
_OFFICIAL: Final = (
    "opentelemetry-instrumentation-openai-v2==2.4b0",
    "opentelemetry-util-genai==0.4b0",
    "openai==3.51.0",
    "httpx",
    *_OTEL,
)
_NODE_OTEL: Final = (
    "@opentelemetry/api",
    "@opentelemetry/sdk-trace-node",
    "@opentelemetry/resources",
    "@opentelemetry/exporter-trace-otlp-proto",
)
_GENKIT_OTEL: Final = ("@opentelemetry/exporter-trace-otlp-proto@0.52.1", "@opentelemetry/sdk-trace-base@1.25.1")
_AI_7: Final = ("ai@7.0.173", "@ai-sdk/openai@4.0.118", "@ai-sdk/otel@1.0.173", "zod@4", *_NODE_OTEL)
_CLAUDE_CODE: Final = {
    "CLAUDE_CODE_ENABLE_TELEMETRY": "1",
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    "CLAUDE_CODE_MAX_RETRIES": "0",
    "DISABLE_AUTOUPDATER": "1",
    "DISABLE_ERROR_REPORTING": "1",
    "MAX_THINKING_TOKENS": "0",
    "ENABLE_TOOL_SEARCH": "false",
    "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
    "OTEL_LOG_USER_PROMPTS": "1",
    "OTEL_LOG_TOOL_DETAILS": "1",
    "OTEL_LOG_TOOL_CONTENT": "1",
}
_CLAUDE_CODE_TRACES: Final = {"OTEL_TRACES_EXPORTER": "otlp", "CLAUDE_CODE_ENHANCED_TELEMETRY_BETA": "1"}
_LATEST: Final = {
    "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "span_only",
    "OTEL_SEMCONV_STABILITY_OPT_IN": "gen_ai_latest_experimental",
}

PRODUCERS: Final = (
    *(Producer("langfuse-python", v, (f"langfuse=={v}",), "langfuse_agent.py") for v in ("3.15.0", "4.18.0", "5.0.4")),
    Producer(
        "langfuse-javascript",
        "5.11.1",
        ("@langfuse/otel@5.11.1", "@langfuse/tracing@5.11.1", "@opentelemetry/sdk-node", "@opentelemetry/api"),
        "langfuse_agent.mjs",
    ),
    Producer(
        "openllmetry-openai",  # up to this line of versions it sends gen_ai.prompt.N and gen_ai.completion.N
        "0.40.14",
        ("opentelemetry-instrumentation-openai==0.40.14", "openai<2", "setuptools<80", *_OTEL),
        "openai_agent.py",
        {"GOLDEN_INSTRUMENTATION": "openllmetry"},
    ),
    Producer(
        "openllmetry-openai",
        "0.62.4",
        ("opentelemetry-instrumentation-openai==0.62.4", "openai<3", *_OTEL),
        "openai_agent.py",
        {"GOLDEN_INSTRUMENTATION": "openllmetry"},
    ),
    Producer(
        "openllmetry-anthropic",
        "0.62.4",
        ("opentelemetry-instrumentation-anthropic==0.62.4", "anthropic", *_OTEL),
        "anthropic_agent.py",
    ),
    Producer(
        "traceloop-sdk",
        "0.62.4",
        ("traceloop-sdk==0.62.4", "openai<3"),
        "traceloop_agent.py",
        {"TRACELOOP_BASE_URL": "{url}", "TRACELOOP_TELEMETRY": "false"},
    ),
    Producer(
        "pydantic-ai",
        "2.68.0",
        ("pydantic-ai-slim[openai]==2.68.0", "logfire==5.2.0"),
        "pydantic_ai_agent.py",
    ),
    *(
        Producer(
            f"pydantic-ai-instrumentation-{version}",
            "1.0.18",
            ("pydantic-ai-slim[openai]==1.0.18", "logfire==4.37.0", "openai<2"),
            "pydantic_ai_agent.py",
            {"GOLDEN_INSTRUMENTATION_VERSION": version},
        )
        for version in ("1", "2")
    ),
    Producer(
        "logfire-openai",
        "5.2.0",
        ("logfire==5.2.0", "openai<3", "anthropic"),
        "logfire_agent.py",
    ),
    Producer("vercel-ai", "4.3.19", ("ai@4.3.19", "@ai-sdk/openai@1", "zod@3", *_NODE_OTEL), "vercel_agent.mjs"),
    Producer("vercel-ai", "5.0.277", ("ai@5.0.277", "@ai-sdk/openai@2", "zod@4", *_NODE_OTEL), "vercel_agent.mjs"),
    Producer("vercel-ai", "6.0.326", ("ai@6.0.326", "@ai-sdk/openai@3", "zod@4", *_NODE_OTEL), "vercel_agent.mjs"),
    *(
        Producer(
            "vercel-ai-anthropic",
            version,
            (f"ai@{version}", f"@ai-sdk/anthropic@{provider}", "zod@4", *_NODE_OTEL),
            "vercel_agent.mjs",
            {"GOLDEN_PROTOCOL": "anthropic"},
        )
        for version, provider in (("5.0.277", "2"), ("6.0.326", "3"))
    ),
    Producer("vercel-ai", "7.0.173", _AI_7, "vercel_agent.mjs", {"GOLDEN_INSTRUMENTATION": "otel"}),
    Producer("vercel-ai-legacy", "7.0.173", _AI_7, "vercel_agent.mjs", {"GOLDEN_INSTRUMENTATION": "legacy"}),
    *(
        Producer(
            "claude-code",
            f"{version}{name}",
            (f"claude-agent-sdk=={version}",),
            "claude_code_agent.py",
            {**_CLAUDE_CODE, **environment},
        )
        for version in ("0.2.186",)
        for name, environment in (
            ("", {**_CLAUDE_CODE_TRACES, "OTEL_LOGS_EXPORTER": "otlp"}),
            ("-logs", {"OTEL_LOGS_EXPORTER": "otlp"}),
        )
    ),
    *(
        Producer(
            f"langgraph-{instrumentation}",
            version,
            (*packages, "langgraph==1.2.22", "langchain-openai==1.7.3", *_OTEL),
            "langgraph_agent.py",
            {"GOLDEN_INSTRUMENTATION": instrumentation, **environment},
        )
        for instrumentation, version, packages, environment in (
            ("openinference", "0.1.80", ("openinference-instrumentation-langchain==0.1.80",), {}),
            ("openllmetry", "0.62.4", ("opentelemetry-instrumentation-langchain==0.62.4",), {}),
            (
                "langsmith",
                "0.14.17",
                ("langsmith[otel]==0.14.17",),
                {"LANGSMITH_OTEL_ENABLED": "true", "LANGSMITH_OTEL_ONLY": "true", "LANGSMITH_TRACING": "true"},
            ),
        )
    ),
    Producer(
        "mlflow",
        "3.17.2",
        ("mlflow==3.17.2", "openai<3", "opentelemetry-exporter-otlp-proto-http<1.40", "opentelemetry-sdk<1.40"),
        "mlflow_agent.py",
        {
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "{url}/v1/traces",
            "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
            "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/protobuf",
            "OTEL_SERVICE_NAME": "weather",
        },
    ),
    *(
        Producer(
            name,
            "2.13.0",
            ("google-adk==2.13.0", *_OTEL),
            "adk_agent.py",
            {"GOOGLE_GEMINI_BASE_URL": "{url}", "GOOGLE_API_KEY": "golden", **environment},
        )
        for name, environment in (
            ("google-adk", _LATEST),
            ("google-adk-legacy", {"ADK_TELEMETRY_SCHEMA_VERSION_OPT_IN": "1", **_CAPTURE}),
        )
    ),
    *(
        Producer(
            name,
            "1.62.0",
            ("strands-agents[openai]==1.62.0", *_OTEL),
            "strands_agent.py",
            {"GOLDEN_PROTOCOL": protocol, **environment},
        )
        for name, protocol, environment in (
            ("strands", "openai", {}),
            ("strands-latest", "openai", {"OTEL_SEMCONV_STABILITY_OPT_IN": "gen_ai_latest_experimental"}),
            (
                "strands-bedrock",
                "bedrock",
                {
                    "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "{url}",
                    "AWS_ACCESS_KEY_ID": "golden",
                    "AWS_SECRET_ACCESS_KEY": "golden",
                    "AWS_REGION": "us-east-1",
                },
            ),
        )
    ),
    Producer("livekit-agents", "1.8.9", ("livekit-agents[openai]==1.8.9", *_OTEL), "livekit_agent.py"),
    Producer("genkit", "1.42.0", ("genkit@1.42.0", "@genkit-ai/compat-oai@1.42.0", *_GENKIT_OTEL), "genkit_agent.mjs"),
    Producer(
        "openinference-openai",
        "0.1.66",
        ("openinference-instrumentation-openai==0.1.66", "openai==3.51.0", *_OTEL),
        "openai_agent.py",
        {"GOLDEN_INSTRUMENTATION": "openinference"},
    ),
    Producer(
        "openinference-smolagents",
        "0.1.43",
        ("openinference-instrumentation-smolagents==0.1.43", "smolagents[openai]==1.26.0", *_OTEL),
        "smolagents_agent.py",
    ),
    Producer(
        "openinference-openai-agents",
        "2.6.0",
        ("openinference-instrumentation-openai-agents==2.6.0", "openai-agents==0.24.0", *_OTEL),
        "openai_agents_agent.py",
        {"OPENAI_AGENTS_DISABLE_TRACING": "false"},
    ),
    Producer(
        "openinference-crewai",
        "1.1.21",
        (
            "openinference-instrumentation-crewai==1.1.21",
            "openinference-instrumentation-openai==0.1.66",
            "crewai==1.15.30",
            *_OTEL,
        ),
        "crewai_agent.py",
        {"CREWAI_DISABLE_TELEMETRY": "true", "CREWAI_TRACING_ENABLED": "false"},
    ),
    Producer(
        "openinference-langchain",
        "0.1.80",
        ("openinference-instrumentation-langchain==0.1.80", "langchain-core==1.7.2", *_OTEL),
        "langchain_agent.py",
    ),
    Producer(
        "opentelemetry-openai-v2",
        "2.4b0",
        _OFFICIAL,
        "openai_agent.py",
        {"GOLDEN_INSTRUMENTATION": "opentelemetry", **_CAPTURE},
    ),
    Producer(
        "opentelemetry-openai-v2-latest",
        "2.4b0",
        _OFFICIAL,
        "openai_agent.py",
        {"GOLDEN_INSTRUMENTATION": "opentelemetry", **_LATEST},
    ),
)
"""Also in ``golden/``: ``*-handwritten-*`` requests for forms that no installable library sends any more."""
