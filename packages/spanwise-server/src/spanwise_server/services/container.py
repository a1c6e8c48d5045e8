"""Everything a request may use, built once by ``app.open_services`` and handed to routes. No behaviour."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from spanwise_server._lib.clock import Clock
from spanwise_server.services.administration.administration import Administration
from spanwise_server.services.annotation.comments import Comments
from spanwise_server.services.annotation.queues import AnnotationQueues
from spanwise_server.services.authentication import Authenticator
from spanwise_server.services.connections.llm_connections import LlmConnections
from spanwise_server.services.datasets.datasets import Datasets
from spanwise_server.services.datasets.experiment_items import ExperimentItems
from spanwise_server.services.datasets.experiments import Experiments
from spanwise_server.services.datasets.items import DatasetItems
from spanwise_server.services.datasets.runs import DatasetRuns
from spanwise_server.services.ingestion import Ingestion
from spanwise_server.services.logins import Logins
from spanwise_server.services.media.library import MediaLibrary
from spanwise_server.services.metrics.metrics import Metrics
from spanwise_server.services.pricing.models import Models
from spanwise_server.services.pricing.repricing import Repricing
from spanwise_server.services.projects import Projects
from spanwise_server.services.prompts.prompts import Prompts
from spanwise_server.services.provisioning import FirstStart
from spanwise_server.services.readiness import Readiness
from spanwise_server.services.scoring.configs import ScoreConfigs
from spanwise_server.settings import Settings
from spanwise_server.storage.interface import EventAdmin, EventAggregator, EventWriter, ExperimentEvents


class EventStore(ExperimentEvents, EventAggregator, EventWriter, EventAdmin, Protocol):
    """The whole event store; a route uses the narrowest part it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The running server's parts."""

    settings: Settings
    version: str
    clock: Clock
    authenticator: Authenticator
    logins: Logins
    projects: Projects
    events: EventStore
    ingestion: Ingestion
    readiness: Readiness
    prompts: Prompts
    datasets: Datasets
    dataset_items: DatasetItems
    runs: DatasetRuns
    experiments: Experiments
    experiment_items: ExperimentItems
    media: MediaLibrary
    score_configs: ScoreConfigs
    comments: Comments
    annotation_queues: AnnotationQueues
    models: Models
    repricing: Repricing
    llm_connections: LlmConnections
    administration: Administration
    metrics: Metrics
    first_start: FirstStart | None = field(default=None, repr=False)
    """Set on the very first start of the installation; only ``cli.serve`` looks at it, to print it once."""
