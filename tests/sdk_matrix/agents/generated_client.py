"""Every method of a generated client (``langfuse.api``), whatever its generation, called with what the server's documents say.

Fields are written here as on the wire. Each generation wants them its own way, in one request object or one by one, and its own
models check them before they are sent and check the answer. A method that this generation lacks is passed over; the report says
what each call brought and which methods were not called.
"""

import base64
import hashlib
import inspect
import json
import os
import sys
import typing
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

NAME = os.environ["MATRIX_NAME"]
USER_ID = os.environ["MATRIX_USER_ID"]
TRACE, LEGACY_TRACE = (hashlib.md5(f"{NAME} {kind}".encode()).hexdigest() for kind in ("new", "old"))
SPAN, SESSION = TRACE[:16], f"{NAME} session"
START = "2026-11-20T10:00:00Z"
PICTURE = f"picture of {NAME}".encode()
LACKING = ("scim.", "blob_storage_integrations.", "evaluators.", "evaluation_rules.", "unstable.", "feedback.")


def make_client(public_key: str, secret_key: str) -> Any:
    """Return the client of whatever generation is installed."""
    try:
        from langfuse.api.client import LangfuseAPI as Client  # noqa: PLC0415 - the name depends on the generation
    except ImportError:
        from langfuse.api.client import FernLangfuse as Client  # noqa: PLC0415 - as above, the older name
    return Client(
        base_url=os.environ["LANGFUSE_HOST"],
        username=public_key,
        password=secret_key,
        x_langfuse_sdk_name="python",
        x_langfuse_sdk_version="matrix",
        x_langfuse_public_key=public_key,
    )


def parser() -> Callable[[Any, Any], Any]:
    """Return the function by which this generation makes a type of its own from wire data."""
    from langfuse.api.core import pydantic_utilities  # noqa: PLC0415 - after the package is known to be there

    found: Callable[[Any, Any], Any] = (
        getattr(pydantic_utilities, "parse_obj_as", None) or pydantic_utilities.pydantic_v1.parse_obj_as
    )
    return found


def methods(client: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every method below ``client`` with its dotted name."""
    for name in dir(client):
        if name.startswith("_") or name == "with_raw_response":
            continue
        value = getattr(client, name)
        if inspect.ismethod(value):
            yield prefix + name, value
        elif type(value).__module__.startswith("langfuse.api"):
            yield from methods(value, f"{prefix}{name}.")


def plain(text: str) -> str:
    return text.replace("_", "").lower()


class Calls:
    """Calls methods by name and keeps what came of it."""

    def __init__(self, client: Any) -> None:
        self.methods = dict(methods(client))
        self.outcomes: dict[str, str] = {}
        self.values: dict[str, Any] = {}
        self._parse = parser()

    def __call__(self, names: str, **fields: Any) -> Any:
        """Call every one of these methods that exists; return the last answer as wire data, or an empty object."""
        answer: Any = {}
        for name in names.split():
            if name in self.methods:
                answer = self._call(name, fields) or answer
        return answer

    def _call(self, name: str, fields: dict[str, Any]) -> Any:
        try:
            result = self.methods[name](**self._arguments(self.methods[name], fields))
        except Exception as problem:  # noqa: BLE001 - whatever it is, it is the finding
            self.outcomes[name] = f"{type(problem).__name__}: {problem}"
            return None
        self.outcomes.setdefault(name, "ok")
        self.values[name] = json.loads(result.json()) if hasattr(result, "json") else result
        return self.values[name]

    def _arguments(self, method: Any, fields: dict[str, Any]) -> dict[str, Any]:
        hints = typing.get_type_hints(method)
        parameters = {plain(name): name for name in inspect.signature(method).parameters}
        arguments = {parameters[plain(key)]: value for key, value in fields.items() if plain(key) in parameters}
        if "request" in parameters and "request" not in arguments:
            arguments["request"] = {key: value for key, value in fields.items() if plain(key) not in parameters}
        return {name: self._parse(hints[name], value) for name, value in arguments.items()}


def write_telemetry(call: Calls) -> None:
    event = {"timestamp": START, "metadata": None}
    body = {"id": f"{NAME} old call", "traceId": LEGACY_TRACE, "name": "old call", "model": "gpt-4o-mini", "startTime": START}
    trace = {"id": LEGACY_TRACE, "name": "old", "userId": NAME, "sessionId": SESSION, "tags": ["old"], "timestamp": START}
    score = {"name": f"{NAME} old", "value": 0.5, "traceId": LEGACY_TRACE, "dataType": "NUMERIC"}
    call(
        "ingestion.batch",
        batch=[
            {"id": f"{NAME} 1", "type": "trace-create", "body": trace, **event},
            {
                "id": f"{NAME} 2",
                "type": "generation-create",
                "body": {**body, "endTime": "2026-11-20T10:00:01Z", "usageDetails": {"input": 4, "output": 2}},
                **event,
            },
            {"id": f"{NAME} 3", "type": "score-create", "body": {"id": f"{NAME} old score", **score}, **event},
        ],
    )
    attributes = {
        "langfuse.observation.type": "generation",
        "langfuse.observation.model.name": "gpt-4o-mini",
        "langfuse.observation.usage_details": '{"input": 3, "output": 1}',
        "langfuse.observation.input": '{"question": "why"}',
        "langfuse.session.id": SESSION,
        "langfuse.user.id": NAME,
        "langfuse.experiment.id": TRACE[16:],
        "langfuse.experiment.name": f"{NAME} experiment",
        "langfuse.experiment.item.id": "one",
        "langfuse.experiment.item.root_observation_id": SPAN,
    }
    span = {
        "traceId": TRACE,
        "spanId": SPAN,
        "name": "new call",
        "kind": 1,
        "startTimeUnixNano": "1795169000000000000",
        "endTimeUnixNano": "1795169001000000000",
        "attributes": [{"key": key, "value": {"stringValue": value}} for key, value in attributes.items()],
        "status": {},
    }
    scope = {"name": "langfuse-sdk", "version": "4.0.0"}
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": NAME}}]}
    call(
        "opentelemetry.export_traces", resourceSpans=[{"resource": resource, "scopeSpans": [{"scope": scope, "spans": [span]}]}]
    )


def read_telemetry(call: Calls, trace_id: str) -> None:
    call("trace.list", userId=NAME, limit=5, orderBy="timestamp.desc", fields="core,io,scores,observations,metrics")
    call("trace.get", traceId=trace_id)
    call("observations.get_many legacy.observations_v1.get_many", traceId=trace_id, limit=5)
    rows = call("observations.get_many legacy.observations_v1.get_many", userId=NAME, type="GENERATION")
    if rows:
        call("observations.get legacy.observations_v1.get", observationId=rows["data"][0]["id"])
    groups = "core,basic,time,io,metadata,model,usage,prompt,metrics,trace_context"
    condition = {"type": "string", "column": "traceId", "operator": "=", "value": trace_id}
    call("observations_v_2.get_many", fields=groups, traceId=trace_id)
    if "fields" in inspect.signature(call.methods["observations.get_many"]).parameters:
        call("observations.get_many", fields=groups, filter=json.dumps([condition]), isRootObservation=True)
    call("sessions.list", limit=5)
    call("sessions.get", sessionId=SESSION)
    call("experiments.list", fromStartTime="2026-01-01T00:00:00Z", fields="core,metadata,scores", name=f"{NAME} experiment")
    everything = "core,dataset,io,metadata,itemMetadata,experimentMetadata,scores"
    call("experiments.list_items", fromStartTime="2026-01-01T00:00:00Z", fields=everything, experimentName=f"{NAME} experiment")


def query_metrics(call: Calls) -> None:
    window = {"fromTimestamp": "2026-11-01T00:00:00Z", "toTimestamp": "2026-12-31T00:00:00Z", "filters": []}
    count = [{"measure": "count", "aggregation": "count"}]
    query = {"view": "observations", "metrics": count, "dimensions": [{"field": "type"}], **window}
    call("metrics.metrics metrics_v_2.metrics legacy.metrics_v1.metrics", query=json.dumps(query))
    call("metrics.daily", userId=NAME)


def try_scores(call: Calls, trace_id: str) -> str:
    config = call("score_configs.create", name=f"{NAME} grade", dataType="NUMERIC", minValue=0, maxValue=1, description="grade")
    colours = [{"label": "red", "value": 1}, {"label": "blue", "value": 2}]
    call("score_configs.create", name=f"{NAME} colour", dataType="CATEGORICAL", categories=colours)
    config_id: str = config["id"]
    call("score_configs.update", configId=config_id, description="grade of the answer")
    call("score_configs.get_by_id", configId=config_id)
    call("score_configs.get", limit=5)
    create = "score.create scores.create legacy.score_v1.create"
    for name, value, kind in (("number", 0.5, "NUMERIC"), ("colour", "red", "CATEGORICAL"), ("yes", 1, "BOOLEAN")):
        body = {"id": f"{NAME} {name}", "name": name, "value": value, "dataType": kind, "traceId": trace_id}
        if "scores.create" in call.methods and "scores.delete" in call.methods:  # 5 knows the list alone
            call(create, request=[{**body, "timestamp": START}])
        else:
            call(create, **body)
    groups = "core,details,subject,annotation"
    call("score.get score_v_2.get scores_v3.get_many_v3", limit=5, name="colour", dataType="CATEGORICAL", fields=groups)
    call("scores.get_many", limit=5, name="colour")
    call("score.get score_v_2.get scores.get_many scores_v3.get_many_v3", limit=20, traceId=trace_id)
    call("score.get_by_id score_v_2.get_by_id scores.get_by_id", scoreId=f"{NAME} number")
    call("score.delete scores.delete legacy.score_v1.delete", scoreId=f"{NAME} number")
    return config_id


def try_prompts(call: Calls) -> None:
    text, chat = f"{NAME} text", f"{NAME}/chat"
    call(
        "prompts.create",
        type="text",
        name=text,
        prompt="Hello {{who}}",
        labels=["production"],
        tags=["matrix"],
        config={"t": 1},
    )
    message = {"type": "chatmessage", "role": "system", "content": "Answer."}
    call("prompts.create", type="chat", name=chat, prompt=[message], labels=["production"])
    call("prompts.create", type="text", name=text, prompt="Good day {{who}}", labels=[])
    call("prompt_version.update", name=text, version=2, newLabels=["staging"])
    call("prompts.get", promptName=text, label="staging")
    call("prompts.get", promptName=chat)
    call("prompts.list", tag="matrix", limit=5)
    call("prompts.delete", promptName=chat)


def try_datasets(call: Calls, trace_id: str) -> str:
    name, run = f"{NAME}/set one", f"{NAME} run"
    dataset = call(
        "datasets.create", name=name, description="capitals", metadata={"of": "matrix"}, inputSchema={"type": "object"}
    )
    body = {"datasetName": name, "input": {"country": "Chile"}, "expectedOutput": "Santiago", "metadata": {"n": 1}}
    item = call("dataset_items.create", **body, id=f"{NAME} item", sourceTraceId=trace_id, status="ACTIVE")
    call("dataset_items.get", id=item["id"])
    call("dataset_items.list", datasetName=name, limit=5)
    call("datasets.get", datasetName=name)
    call("datasets.list", limit=5)
    call("dataset_run_items.create", runName=run, datasetItemId=item["id"], traceId=trace_id, metadata={"model": "small"})
    call("dataset_run_items.list", datasetId=dataset["id"], runName=run)
    call("datasets.get_runs", datasetName=name)
    call("datasets.get_run", datasetName=name, runName=run)
    call("datasets.delete_run", datasetName=name, runName=run)
    item_id: str = item["id"]
    return item_id


def try_media(call: Calls, trace_id: str) -> None:
    digest = base64.b64encode(hashlib.sha256(PICTURE).digest()).decode()
    subject = {"traceId": trace_id, "field": "input"}
    file = {"contentType": "image/png", "contentLength": len(PICTURE), "sha256Hash": digest}
    upload = call("media.get_upload_url", **subject, **file)
    headers = {"Content-Type": "image/png", "x-amz-checksum-sha256": digest}
    request = urllib.request.Request(upload["uploadUrl"], data=PICTURE, headers=headers, method="PUT")
    with urllib.request.urlopen(request) as answer:
        status = answer.status
    call("media.patch", mediaId=upload["mediaId"], uploadedAt=START, uploadHttpStatus=status, uploadTimeMs=3)
    call("media.get", mediaId=upload["mediaId"])


def try_models(call: Calls) -> None:
    body = {"modelName": NAME, "matchPattern": f"(?i)^{NAME}$", "unit": "TOKENS", "inputPrice": 0.001, "outputPrice": 0.002}
    model = call("models.create", **body)
    call("models.get", id=model["id"])
    call("models.list", limit=100)
    call("models.delete", id=model["id"])
    tier = {"name": "Standard", "isDefault": True, "priority": 0, "conditions": [], "prices": {"input": 0.003}}
    usage = [{"usageDetailPattern": "input", "operator": "gt", "value": 200, "caseSensitive": False}]
    long = {"name": "Long", "isDefault": False, "priority": 1, "conditions": usage, "prices": {"input": 0.006}}
    upserted = {"modelName": f"{NAME} 2", "matchPattern": "^none$", "unit": "TOKENS", "pricingTiers": [tier, long]}
    call("models.upsert", id=f"{NAME}-model", **upserted)


def try_annotation(call: Calls, trace_id: str, config_id: str) -> None:
    project = call("projects.get")["data"][0]["id"]
    comment = call("comments.create", projectId=project, objectType="TRACE", objectId=trace_id, content="see here")
    call("comments.get", objectType="TRACE", objectId=trace_id)
    call("comments.get_by_id", commentId=comment["id"])
    queue = call("annotation_queues.create_queue", name=f"{NAME} queue", description="to do", scoreConfigIds=[config_id])
    queue = queue or {"id": os.environ["MATRIX_QUEUE_ID"]}
    call("annotation_queues.list_queues", limit=5)
    call("annotation_queues.get_queue", queueId=queue["id"])
    item = call("annotation_queues.create_queue_item", queueId=queue["id"], objectId=trace_id, objectType="TRACE")
    found = {"queueId": queue["id"], "itemId": item["id"]}
    call("annotation_queues.list_queue_items", queueId=queue["id"], status="PENDING")
    call("annotation_queues.get_queue_item", **found)
    call("annotation_queues.update_queue_item", **found, status="COMPLETED")
    call("annotation_queues.create_queue_assignment", queueId=queue["id"], userId=USER_ID)
    call("annotation_queues.delete_queue_assignment", queueId=queue["id"], userId=USER_ID)
    call("annotation_queues.delete_queue_item", **found)


def try_connections(call: Calls) -> None:
    body = {"provider": NAME, "adapter": "openai", "secretKey": "sk-of-the-provider", "customModels": ["m"]}
    connection = call("llm_connections.upsert", **body, extraHeaders={"X-Team": "a"}, baseURL="https://models.example.org/v1")
    call("llm_connections.list", limit=100)
    call("llm_connections.delete", id=connection.get("id"))


def delete_telemetry(call: Calls, item_id: str) -> None:
    call("dataset_items.delete", id=item_id)
    call("trace.delete", traceId=TRACE)
    call("trace.delete_multiple", traceIds=[LEGACY_TRACE])


def administer(call: Calls) -> None:
    """With an organization's key."""
    project = call("projects.create", name=f"{NAME} project", retention=0, metadata={"team": "a"})
    if not project:
        return
    chosen = {"projectId": project["id"]}
    call("projects.update", **chosen, name=f"{NAME} renamed", retention=7, metadata={"team": "b"})
    key = call("projects.create_api_key", **chosen, note="of the matrix")
    call("projects.get_api_keys", **chosen)
    call("projects.delete_api_key", **chosen, apiKeyId=key["id"])
    for kind, where in (("organization", {}), ("project", chosen)):
        call(f"organizations.update_{kind}_membership", **where, userId=USER_ID, role="MEMBER")
        call(f"organizations.get_{kind}_memberships", **where)
    for kind, where in (("project", chosen), ("organization", {})):
        call(f"organizations.delete_{kind}_membership", **where, userId=USER_ID)
    call("organizations.get_organization_projects")
    call("organizations.get_organization_api_keys")
    call("projects.delete", **chosen)


def ask_for_what_lacks(client: Any) -> dict[str, str]:
    """Return what each method of the parts that are not there brings, of those that need no argument."""
    found = {}
    for name, method in methods(client):
        needed = [one for one in inspect.signature(method).parameters.values() if one.default is one.empty]
        if name.startswith(LACKING) and not needed:
            try:
                found[name] = repr(method())
            except Exception as problem:  # noqa: BLE001 - its class is what is asked for
                found[name] = type(problem).__name__
    return found


def main() -> None:
    client = make_client(os.environ["LANGFUSE_PUBLIC_KEY"], os.environ["LANGFUSE_SECRET_KEY"])
    call = Calls(client)
    organization = Calls(
        make_client(os.environ["MATRIX_ORGANIZATION_PUBLIC_KEY"], os.environ["MATRIX_ORGANIZATION_SECRET_KEY"])
    )
    trace_id = TRACE if "opentelemetry.export_traces" in call.methods else LEGACY_TRACE
    call("health.health")
    write_telemetry(call)
    config_id = try_scores(call, trace_id)
    read_telemetry(call, trace_id)
    query_metrics(call)
    try_prompts(call)
    item_id = try_datasets(call, trace_id)
    try_media(call, trace_id)
    try_models(call)
    try_annotation(call, trace_id, config_id)
    try_connections(call)
    delete_telemetry(call, item_id)
    administer(organization)
    outcomes = {**call.outcomes, **organization.outcomes}
    report = {
        "outcomes": outcomes,
        "values": {**organization.values, **call.values},
        "uncalled": sorted(name for name in call.methods if name not in outcomes and not name.startswith(LACKING)),
        "lacking": ask_for_what_lacks(client),
    }
    Path(sys.argv[1]).write_text(json.dumps(report, indent=1, default=str), "utf-8")


if __name__ == "__main__":
    main()
