"""The tools, one line each: a name that agents know and the operation of the HTTP API that it calls.

A tool has no code of its own. Its arguments are the operation's parameters and body, its answer is the operation's, so that
an agent and a program can never be told different things, and a caller may do by tool what the key may do by HTTP.

Names follow the Langfuse MCP server, so that prompts written for it work. Must not describe arguments: ``bindings`` reads
them from the OpenAPI document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool and the operation behind it."""

    name: str
    method: str
    path: str
    """Below ``/api/public``; what stands in braces is an argument."""
    description: str
    is_destructive: bool = False
    is_idempotent: bool = True
    fixed: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    """Arguments that this tool always sends and does not take."""

    @property
    def is_read_only(self) -> bool:
        """Whether a call leaves everything as it was."""
        return self.method == "GET"


TOOLS: tuple[Tool, ...] = (
    Tool("getHealth", "GET", "/health", "Say whether the server is up, and its version."),
    # Prompts
    Tool(
        "getPrompt",
        "GET",
        "/v2/prompts/{name}",
        "Read one prompt by name, and by version or label (default: production), with references to other prompts filled in.",
        fixed={"resolve": "true"},
    ),
    Tool(
        "getPromptUnresolved",
        "GET",
        "/v2/prompts/{name}",
        "Read one prompt as it was written: references to other prompts stay as tags.",
        fixed={"resolve": "false"},
    ),
    Tool("listPrompts", "GET", "/v2/prompts", "List prompts with their versions, labels and tags."),
    Tool(
        "createTextPrompt",
        "POST",
        "/v2/prompts",
        "Create the next version of a text prompt. Existing versions never change.",
        is_idempotent=False,
        fixed={"type": "text"},
    ),
    Tool(
        "createChatPrompt",
        "POST",
        "/v2/prompts",
        "Create the next version of a chat prompt: a list of messages and placeholders. Existing versions never change.",
        is_idempotent=False,
        fixed={"type": "chat"},
    ),
    Tool(
        "updatePromptLabels",
        "PATCH",
        "/v2/prompts/{name}/versions/{version}",
        "Move labels to a version of a prompt; a label leaves the version that had it.",
        is_destructive=True,
    ),
    # Telemetry
    Tool(
        "listObservations",
        "GET",
        "/v2/observations",
        "List observations, newest first. Read a trace with `traceId`. Ask for the groups of `fields` that you need: each costs room.",
    ),
    Tool(
        "getObservation",
        "GET",
        "/observations/{observationId}",
        "Read one observation with input, output, metadata, usage and cost.",
    ),
    Tool(
        "queryMetrics",
        "GET",
        "/v2/metrics",
        "Aggregate observations or scores: measures by dimensions and time. `getMetricsSchema` lists what there is.",
    ),
    # Scores
    Tool("listScores", "GET", "/v3/scores", "List scores, newest first."),
    Tool("getScore", "GET", "/v2/scores/{scoreId}", "Read one score."),
    Tool(
        "createScore",
        "POST",
        "/scores",
        "Score a trace, an observation, a session or a run. The same id again replaces the score.",
    ),
    Tool("listScoreConfigs", "GET", "/score-configs", "List what scores must keep to."),
    Tool("getScoreConfig", "GET", "/score-configs/{configId}", "Read one score config."),
    Tool("createScoreConfig", "POST", "/score-configs", "Create a score config.", is_idempotent=False),
    Tool(
        "updateScoreConfig",
        "PATCH",
        "/score-configs/{configId}",
        "Change or archive a score config.",
        is_destructive=True,
    ),
    # Datasets
    Tool("listDatasets", "GET", "/v2/datasets", "List datasets."),
    Tool("getDataset", "GET", "/v2/datasets/{name}", "Read one dataset by name."),
    Tool("upsertDataset", "POST", "/v2/datasets", "Create a dataset, or change the one of this name.", is_destructive=True),
    Tool("listDatasetItems", "GET", "/dataset-items", "List the items of a dataset, now or as they were at a time."),
    Tool("getDatasetItem", "GET", "/dataset-items/{itemId}", "Read one dataset item."),
    Tool(
        "upsertDatasetItem",
        "POST",
        "/dataset-items",
        "Create a dataset item, or change the one with this id. Earlier versions stay readable.",
    ),
    Tool(
        "deleteDatasetItem",
        "DELETE",
        "/dataset-items/{itemId}",
        "Take an item out of its dataset.",
        is_destructive=True,
    ),
    Tool("listDatasetRuns", "GET", "/datasets/{datasetName}/runs", "List the runs over a dataset."),
    Tool("getDatasetRun", "GET", "/datasets/{datasetName}/runs/{runName}", "Read one run with its items."),
    Tool(
        "deleteDatasetRun",
        "DELETE",
        "/datasets/{datasetName}/runs/{runName}",
        "Delete a run; its traces stay.",
        is_destructive=True,
    ),
    Tool("listDatasetRunItems", "GET", "/dataset-run-items", "List the items of a run."),
    Tool(
        "createDatasetRunItem",
        "POST",
        "/dataset-run-items",
        "Link a trace to a dataset item in a run.",
        is_idempotent=False,
    ),
    Tool("listExperiments", "GET", "/experiments", "List experiments, latest activity first."),
    Tool("listExperimentItems", "GET", "/experiment-items", "List what each item of experiments came to."),
    # Annotation
    Tool("listAnnotationQueues", "GET", "/annotation-queues", "List annotation queues."),
    Tool("getAnnotationQueue", "GET", "/annotation-queues/{queueId}", "Read one annotation queue."),
    Tool("createAnnotationQueue", "POST", "/annotation-queues", "Create an annotation queue.", is_idempotent=False),
    Tool("listAnnotationQueueItems", "GET", "/annotation-queues/{queueId}/items", "List the items of a queue."),
    Tool("getAnnotationQueueItem", "GET", "/annotation-queues/{queueId}/items/{itemId}", "Read one item of a queue."),
    Tool(
        "createAnnotationQueueItem",
        "POST",
        "/annotation-queues/{queueId}/items",
        "Put a trace, an observation or a session into a queue.",
        is_idempotent=False,
    ),
    Tool(
        "updateAnnotationQueueItem",
        "PATCH",
        "/annotation-queues/{queueId}/items/{itemId}",
        "Set the status of an item.",
        is_destructive=True,
    ),
    Tool(
        "deleteAnnotationQueueItem",
        "DELETE",
        "/annotation-queues/{queueId}/items/{itemId}",
        "Take an item out of a queue.",
        is_destructive=True,
    ),
    Tool(
        "createAnnotationQueueAssignment",
        "POST",
        "/annotation-queues/{queueId}/assignments",
        "Assign a member of the project to a queue.",
    ),
    Tool(
        "deleteAnnotationQueueAssignment",
        "DELETE",
        "/annotation-queues/{queueId}/assignments",
        "Take a member off a queue.",
        is_destructive=True,
    ),
    Tool("listComments", "GET", "/comments", "List comments."),
    Tool("getComment", "GET", "/comments/{commentId}", "Read one comment."),
    Tool(
        "createComment",
        "POST",
        "/comments",
        "Comment on a trace, an observation, a session or a prompt.",
        is_idempotent=False,
    ),
    # Models and media
    Tool("listModels", "GET", "/models", "List model definitions with their prices, built in and of the project."),
    Tool("getModel", "GET", "/models/{modelId}", "Read one model definition."),
    Tool("createModel", "POST", "/models", "Define a model and its prices.", is_idempotent=False),
    Tool("deleteModel", "DELETE", "/models/{modelId}", "Delete a model definition of the project.", is_destructive=True),
    Tool("getMedia", "GET", "/media/{mediaId}", "Read what a media file is and where to download it."),
)
