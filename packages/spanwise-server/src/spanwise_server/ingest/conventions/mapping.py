"""From a span to an observation: collects what every convention says about it, and lets the first in order speak.

Attributes are looked at once, each by one dictionary lookup (``dispatch``). What a resource or scope says is worked out once
a request. Knows no vendor: their names stand in their tables, apart from the SDKs' whose quirks depend on the version.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from spanwise_server.domain.observations import DEFAULT_ENVIRONMENT, Observation
from spanwise_server.ingest.conventions.consumption import is_counted_elsewhere, set_cost, set_usage
from spanwise_server.ingest.conventions.content import set_content
from spanwise_server.ingest.conventions.dialects import langfuse
from spanwise_server.ingest.conventions.dispatch import Candidate, derived_candidates, dispatch_for
from spanwise_server.ingest.conventions.events import encode_events, encode_links, find_exception
from spanwise_server.ingest.conventions.fields import SETTERS, text_of
from spanwise_server.ingest.conventions.metadata import encode_object, reader_for, texts_of_object
from spanwise_server.ingest.conventions.table import Field
from spanwise_server.ingest.decoded import IngestContext
from spanwise_server.ingest.environment import normalise_environment
from spanwise_server.ingest.spans import Resource, Scope, Span

_ENVIRONMENT_KEYS: Final = ("langfuse.environment", "deployment.environment.name", "deployment.environment")
_METADATA: Final = int(Field.METADATA)
_METADATA_KEY: Final = int(Field.METADATA_KEY)
_TRACE_METADATA: Final = int(Field.TRACE_METADATA)
_TRACE_METADATA_KEY: Final = int(Field.TRACE_METADATA_KEY)
_ENVIRONMENT: Final = int(Field.ENVIRONMENT)
_LEFTOVER: Final = int(Field.LEFTOVER)
_DERIVED: Final = int(Field.DERIVED)

Found = dict[int, list[Candidate]]
"""Field to everything that says it, best first."""


def _rank(candidate: Candidate) -> int:
    return candidate[0].rank


class SpanMapper:
    """Maps the spans of one request."""

    def __init__(self, context: IngestContext) -> None:
        self._context = context
        self._resource_texts: dict[int, tuple[Resource, str]] = {}

    def for_scope(self, resource: Resource, scope: Scope) -> Callable[[Span], Observation]:
        """Return the function that maps spans of one scope in one resource."""
        known = self._resource_texts.get(id(resource))
        if known is None:  # the resource is kept beside its text, so its id cannot be given to another one meanwhile
            known = self._resource_texts[id(resource)] = (resource, encode_object(resource.attributes))
        return _ScopeMapper(self._context, resource, scope, known[1]).map_span


class _ScopeMapper:
    """Maps the spans of one scope in one resource."""

    def __init__(self, context: IngestContext, resource: Resource, scope: Scope, resource_text: str) -> None:
        about_scope = {"name": scope.name, "version": scope.version, "attributes": scope.attributes}
        attributes = resource.attributes
        self._context = context
        self._is_truncated = resource.is_truncated or scope.is_truncated
        self._dispatch = dispatch_for(scope.name)
        self._to_text = reader_for(resource, scope)
        self._metadata = {"resourceAttributes": resource_text, "scope": encode_object(about_scope)}
        self._environments = {key: text_of(attributes.get(key)) for key in _ENVIRONMENT_KEYS}
        self._environment = normalise_environment(next(filter(None, self._environments.values()), DEFAULT_ENVIRONMENT))
        self._version = text_of(attributes.get("service.version"))
        self._release = text_of(attributes.get("langfuse.release"))
        is_python_langfuse = scope.name == langfuse.SCOPE and attributes.get("telemetry.sdk.language", "python") == "python"
        self._may_call_generations_spans = is_python_langfuse and langfuse.calls_generations_spans(scope.version)
        self._sdk_name = context.sdk_name or scope.name
        self._sdk_version = context.sdk_version or scope.version

    def map_span(self, span: Span) -> Observation:
        """Map one span."""
        found = self._collect(span)
        context = self._context
        observation = Observation(
            project_id=context.project_id,
            trace_id=span.trace_id,
            id=span.span_id,
            start_time=span.start_time,
            name=span.name,
            parent_id=span.parent_id,
            is_root=not span.parent_id,
            end_time=span.end_time,
            level="ERROR" if span.is_error else "DEFAULT",
            status_message=span.status_message,
            environment=self._environment,
            version=self._version,
            release=self._release,
            source="otlp",
            sdk_name=self._sdk_name,
            sdk_version=self._sdk_version,
            public_key=context.public_key,
            created_at=context.received_at,
        )
        for field, candidates in found.items():
            if len(candidates) > 1:
                candidates.sort(key=_rank)
            setter = SETTERS.get(field)
            if setter is not None:
                setter(observation, candidates)
        if self._may_call_generations_spans and langfuse.is_generation_called_span(span.attributes):
            observation.type = "GENERATION"
        if observation.type != "GENERATION":
            observation.prompt_name = ""
            observation.prompt_version = 0
        self._finish(observation, span, found)
        return observation

    def _collect(self, span: Span) -> Found:
        """Look each attribute and event up, once."""
        targets_by_key = self._dispatch.targets
        resolve = self._dispatch.resolve
        found: Found = {}
        for key, value in span.attributes.items():
            targets = targets_by_key.get(key)
            if targets is None:
                targets = resolve(key)
            for target in targets:
                candidates = found.get(target.field)
                if candidates is None:
                    found[target.field] = [(target, value)]
                else:
                    candidates.append((target, value))
        if _DERIVED in found or self._dispatch.always:
            for target in (*self._dispatch.always, *(target for target, _ in found.pop(_DERIVED, ()))):
                for candidate in derived_candidates(target, span):
                    found.setdefault(candidate[0].field, []).append(candidate)
        return found

    def _finish(self, observation: Observation, span: Span, found: Found) -> None:
        """Set what takes more than one attribute."""
        limit = self._context.limits.max_attribute_bytes
        truncated = {*span.truncated, *self._names_of_cut(span)} if span.cut_keys or span.truncated else set()
        if self._is_truncated:
            truncated.add("metadata")
        consumed, used_events = set_content(observation, span, found, self._dispatch, truncated=truncated, limit=limit)
        metadata = self._own_metadata(found, _METADATA, _METADATA_KEY) if _METADATA in found or _METADATA_KEY in found else {}
        observation.metadata = {**self._metadata, **metadata}
        if _TRACE_METADATA in found or _TRACE_METADATA_KEY in found:
            observation.trace_metadata = self._own_metadata(found, _TRACE_METADATA, _TRACE_METADATA_KEY)
        if not is_counted_elsewhere(found):
            set_usage(observation, found)
            set_cost(observation, found)
        else:
            observation.model = ""
        leftover = found.get(_LEFTOVER)
        if leftover:
            consumed.update(target.attribute for target, _ in found.get(_METADATA, ()))
            rest = {target.attribute: text_of(value) for target, value in leftover if target.attribute not in consumed}
            if rest:
                key = "attributes" if "attributes" not in observation.metadata else "spanAttributes"
                observation.metadata[key] = encode_object(rest)
        if _ENVIRONMENT in found:
            self._set_environment(observation, found[_ENVIRONMENT])
        if span.events:
            if not observation.status_message:
                observation.status_message = find_exception(span.events)
            observation.span_events = encode_events(span.events, used_events)
        if span.links:
            observation.span_links = encode_links(span.links)
        if truncated:
            observation.truncated = sorted(truncated)

    def _own_metadata(self, found: Found, whole: int, single: int) -> dict[str, str]:
        """Put metadata together: objects first, the best of them on top, then single keys."""
        metadata: dict[str, str] = {}
        for _, value in reversed(found.get(whole, ())):
            metadata.update(texts_of_object(value))
        singles: dict[str, str] = {}
        to_text = self._to_text
        for target, value in found.get(single, ()):
            if target.key not in singles:
                singles[target.key] = to_text(value)
        return {**metadata, **singles}

    def _set_environment(self, observation: Observation, candidates: list[Candidate]) -> None:
        """Apply the order of the Langfuse API: key by key, the span's value before the resource's."""
        of_span = {target.attribute: text_of(value) for target, value in candidates}
        for key in _ENVIRONMENT_KEYS:
            environment = of_span.get(key) or self._environments[key]
            if environment:
                observation.environment = normalise_environment(environment)
                return

    def _names_of_cut(self, span: Span) -> set[str]:
        """Name the fields whose attribute was cut as the observation names them."""
        names: set[str] = set()
        for key in span.cut_keys:
            fields = {Field(target.field) for target in self._dispatch.resolve(key)} - {
                Field.LEFTOVER,
                Field.TYPE,
                Field.SUMMARY,
                Field.DERIVED,
            }
            names.update(_FIELD_NAMES.get(field, "metadata") for field in fields or {Field.LEFTOVER})
        return names


_SAME_NAME: Final = (
    *(Field.NAME, Field.LEVEL, Field.STATUS_MESSAGE, Field.INPUT, Field.OUTPUT, Field.MODEL, Field.MODEL_PARAMETERS),
    *(Field.PROMPT_NAME, Field.PROMPT_VERSION, Field.USAGE, Field.COST, Field.TAGS, Field.ENVIRONMENT, Field.VERSION),
    *(Field.RELEASE, Field.TRACE_NAME, Field.TRACE_INPUT, Field.TRACE_OUTPUT, Field.TRACE_METADATA, Field.EXPERIMENT),
)
_FIELD_NAMES: Final = {
    **{field: field.name.lower() for field in _SAME_NAME},
    Field.MODEL_PARAMETER: "model_parameters",
    Field.USAGE_COUNT: "usage",
    Field.COST_AMOUNT: "cost",
    Field.USER: "user_id",
    Field.SESSION: "session_id",
    Field.TOOLS: "tool_names",
    Field.SYSTEM_INSTRUCTIONS: "input",
    Field.TRACE_METADATA_KEY: "trace_metadata",
}
"""How the observation names what a field fills; all others end in the metadata."""
