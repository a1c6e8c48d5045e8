"""All resources of the HTTP API on one screen. Each module's routes carry their own policies."""

from __future__ import annotations

from collections.abc import Sequence

from spanwise_server.api.administration import api_keys, installation, memberships, organizations
from spanwise_server.api.administration import projects as project_administration
from spanwise_server.api.mcp import routes as mcp
from spanwise_server.api.native import administration as native_administration
from spanwise_server.api.native import annotation as native_annotation
from spanwise_server.api.native import dataset_runs as native_dataset_runs
from spanwise_server.api.native import datasets as native_datasets
from spanwise_server.api.native import logins, repricing
from spanwise_server.api.native import media as native_media
from spanwise_server.api.native import metrics as native_metrics
from spanwise_server.api.native import prompts as native_prompts
from spanwise_server.api.native import traces as native_traces
from spanwise_server.api.policies import RouteTable
from spanwise_server.api.public import (
    annotation_queues,
    comments,
    health,
    ingest,
    llm_connections,
    media,
    media_files,
    metrics,
    models,
    observations,
    projects,
    prompts,
    score_configs,
    scores,
    scores_v3,
    sessions,
    traces,
)
from spanwise_server.api.public.datasets import datasets, experiments, items, runs

ROUTE_TABLES: Sequence[RouteTable] = (
    # Public API, as the SDKs know it
    health.routes,
    projects.routes,
    # What agents call all the time comes early: routes are tried in this order
    ingest.routes,
    prompts.routes,
    traces.routes,
    observations.routes,
    sessions.routes,
    scores.routes,
    scores_v3.routes,
    score_configs.routes,
    datasets.routes,
    items.routes,
    runs.routes,
    datasets.routes_v1,
    experiments.routes,
    media.routes,
    media_files.routes,
    models.routes,
    metrics.routes,
    comments.routes,
    annotation_queues.routes,
    llm_connections.routes,
    mcp.routes,
    # Administration, for organization-scoped keys and the admin key
    organizations.routes,
    project_administration.routes,
    memberships.routes,
    api_keys.routes,
    installation.routes,
    # Native API, for the browser application
    logins.routes,
    native_traces.routes,
    native_datasets.routes,
    native_dataset_runs.routes,
    repricing.routes,
    native_metrics.routes,
    native_annotation.routes,
    native_administration.routes,
    native_media.routes,
    native_prompts.routes,
)
