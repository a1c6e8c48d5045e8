"""Model definitions: what projects define, what is built in, and the prices of observations that follow from both.

One instance a server. Definitions are kept in memory as a snapshot; a change made here is in force when the call returns, one
made by another process or by the command line within ``REFRESH_SECONDS``.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import msgspec

from spanwise_server._lib.clock import Clock
from spanwise_server.domain.errors import ConflictError, InvalidRequestError, Issue, NotFoundError, SpanwiseError
from spanwise_server.domain.models import DEFAULT_UNIT, FlatPrices, ModelDefinition, PricingTier, flat_prices
from spanwise_server.domain.observations import Micros, Observation, ObservationType
from spanwise_server.services.pricing.catalog import Catalog
from spanwise_server.services.pricing.compiled import CompiledModel
from spanwise_server.services.pricing.matching import BuiltInModels
from spanwise_server.services.pricing.observation_prices import may_estimate, reset, set_price
from spanwise_server.services.pricing.patterns import compile_pattern
from spanwise_server.services.pricing.price_library import bundled_providers, bundled_version, parse_providers
from spanwise_server.services.pricing.tokens import TokenCounter
from spanwise_server.storage.metadata import models as rows
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction

REFRESH_SECONDS: Final = 2.0
"""How long a change by another process may stay unseen."""
_INLINE_ROWS: Final = 64
"""Pricing so many rows takes less time than handing them to a thread."""

_logger = logging.getLogger("spanwise.pricing")


class ModelDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A definition as a client describes it; its tiers have no ids yet."""

    name: str
    match_pattern: str
    start_date: Micros | None = None
    unit: str = DEFAULT_UNIT
    tiers: tuple[PricingTier, ...]
    tokenizer_id: str | None = None
    tokenizer_config: object = None


class Models:
    """Implements ``ingest.pricer.Pricer``. ``open`` it before it prices; ``close`` it after the last row."""

    def __init__(self, database: MetadataDatabase, *, clock: Clock, estimates_tokens: bool = True) -> None:
        self._database = database
        self._clock = clock
        self._estimates_tokens = estimates_tokens
        self._catalog: Catalog | None = None
        self._built_in: tuple[int | None, BuiltInModels] | None = None
        self._revision = -1
        self._checked_at = 0.0
        self._loading = asyncio.Lock()
        # One: rows are priced by one commit at a time, and a second thread would only fight for the interpreter.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pricing")

    def close(self) -> None:
        """Let the worker thread end."""
        self._thread.shutdown(wait=True)

    # What is in force

    async def catalog(self) -> Catalog:
        """Return the definitions in force, looking for changes of other processes every ``REFRESH_SECONDS``."""
        if self._catalog is None or time.monotonic() - self._checked_at > REFRESH_SECONDS:
            await self._refresh()
        if self._catalog is None:  # _refresh raises unless it has set it
            raise RuntimeError("the model definitions are not loaded")
        return self._catalog

    async def _refresh(self) -> None:
        async with self._loading:
            if self._catalog is not None and time.monotonic() - self._checked_at <= REFRESH_SECONDS:
                return
            try:
                revision = await self._database.read(rows.current_revision)
                if self._catalog is None or revision != self._revision:
                    await self._load()
            except SpanwiseError:
                # Telemetry must not wait for a metadata database that is down; what is known stays in force.
                if self._catalog is None:
                    raise
                _logger.warning("model definitions could not be refreshed", exc_info=True)
            self._checked_at = time.monotonic()

    async def _load(self) -> None:
        def read(connection: MetadataTransaction) -> tuple[int, Sequence[ModelDefinition], rows.PriceFile | None]:
            file = rows.get_price_file(connection)
            return rows.current_revision(connection), rows.all_models(connection), file

        revision, definitions, file = await self._database.read(read)
        built_in = await asyncio.to_thread(self._built_in_models, file)
        self._catalog = Catalog(built_in, definitions)
        self._revision = revision

    def _built_in_models(self, file: rows.PriceFile | None) -> BuiltInModels:
        key = None if file is None else file.created_at
        if self._built_in is None or self._built_in[0] != key:
            providers = bundled_providers()
            if file is not None:
                try:
                    providers = parse_providers(file.content)
                except InvalidRequestError:
                    _logger.exception("the stored price file %s cannot be read; released prices are used", file.source)
            self._built_in = (key, BuiltInModels(providers, now=self._clock()))
        return self._built_in[1]

    async def _changed(self) -> None:
        async with self._loading:
            await self._load()
            self._checked_at = time.monotonic()

    async def price_source(self) -> str:
        """Name where the built-in prices come from."""
        file = await self._database.read(rows.get_price_file)
        return bundled_version() if file is None else file.source

    # Pricing

    async def price(self, observations: Sequence[Observation]) -> None:
        """Set what follows from model, usage and given cost on each row. See ``ingest.pricer.Pricer``."""
        if not observations:
            return
        catalog = await self.catalog()
        if len(observations) > _INLINE_ROWS:
            loop = asyncio.get_running_loop()
            unreported = await loop.run_in_executor(self._thread, self._price_now, catalog, observations)
        else:
            unreported = self._price_now(catalog, observations)
        if unreported:
            await asyncio.get_running_loop().run_in_executor(self._thread, _estimate, unreported)

    def _price_now(self, catalog: Catalog, observations: Sequence[Observation]) -> list[tuple[Observation, CompiledModel]]:
        unreported: list[tuple[Observation, CompiledModel]] = []
        for row in observations:
            if row.type == ObservationType.TRACE:
                continue
            reset(row)
            if not row.model:
                continue
            model = catalog.model_for(row)
            set_price(row, model)
            if model is not None and self._estimates_tokens and may_estimate(row, model):
                unreported.append((row, model))
        return unreported

    # Definitions

    async def list_models(self, project_id: str) -> list[ModelDefinition]:
        """Return the project's and the built-in definitions, by name, then unit, then newest start."""
        catalog = await self.catalog()
        known = [*catalog.of_project(project_id), *(model.definition for model in catalog.built_in.all)]
        return sorted(known, key=_listed)

    async def get_model(self, project_id: str, model_id: str) -> ModelDefinition:
        """Return a definition that the project may see.

        Raises:
            NotFoundError: there is none of this id.
        """
        model = (await self.catalog()).get(project_id, model_id)
        if model is None:
            raise NotFoundError("No model with this id found.")
        return model

    async def flat_prices(self, project_id: str, observations: Sequence[Observation]) -> dict[str, FlatPrices]:
        """Return the default prices of the models that rows were matched with, by model id; of those that still exist."""
        catalog = await self.catalog()
        found = {model_id: catalog.get(project_id, model_id) for model_id in {row.model_id for row in observations} if model_id}
        return {model_id: flat_prices(model) for model_id, model in found.items() if model is not None}

    async def create_model(self, project_id: str, draft: ModelDraft) -> ModelDefinition:
        """Add a definition.

        Raises:
            InvalidRequestError: it is wrong, or the name is taken in this project.
        """
        return await self._put(project_id, uuid.uuid4().hex, draft, is_new=True)

    async def put_model(self, project_id: str, model_id: str, draft: ModelDraft) -> ModelDefinition:
        """Create the definition of this id or replace it whole.

        Raises:
            NotFoundError: the id is a built-in model's or another project's.
            InvalidRequestError: as ``create_model``.
        """
        if not model_id or len(model_id) > _MAX_ID or "\0" in model_id:
            raise InvalidRequestError(
                f"a model id has 1 to {_MAX_ID} characters", issues=[Issue("is not a model id", ("modelId",))]
            )
        known = (await self.catalog()).get(project_id, model_id)
        if known is not None and known.is_built_in:
            raise NotFoundError("No model with this id found.", hint=_BUILT_IN_HINT)
        return await self._put(project_id, model_id, draft, is_new=False)

    async def _put(self, project_id: str, model_id: str, draft: ModelDraft, *, is_new: bool) -> ModelDefinition:
        check_draft(draft)
        now = self._clock()

        def work(connection: MetadataTransaction) -> ModelDefinition:
            same_name = rows.find_model_id(connection, project_id, draft.name)
            if same_name is not None and same_name != model_id:
                raise _name_taken(draft.name)
            before = None if is_new else rows.get_model(connection, project_id, model_id)
            if before is None and rows.is_taken(connection, model_id):
                raise NotFoundError("No model with this id found.")
            model = _define(project_id, model_id, draft, created_at=now if before is None else before.created_at, now=now)
            if before is None:
                rows.add_model(connection, model)
            else:
                rows.replace_model(connection, model)
            return model

        try:
            model = await self._database.write(work)
        except ConflictError as error:  # another process took the name between the look and the write
            raise _name_taken(draft.name) from error
        await self._changed()
        return model

    async def delete_model(self, project_id: str, model_id: str) -> None:
        """Delete a definition of the project; rows that were priced with it keep their cost.

        Raises:
            NotFoundError: the project has none of this id; built-in ones cannot be deleted.
        """
        is_deleted = await self._database.write(lambda connection: rows.delete_model(connection, project_id, model_id))
        if not is_deleted:
            raise NotFoundError("No model with this id found.", hint=_BUILT_IN_HINT)
        await self._changed()


_MAX_ID: Final = 200
_BUILT_IN_HINT: Final = (
    "Built-in models cannot be changed or deleted; define a model of the same name in the project, which then goes first."
)


def _listed(model: ModelDefinition) -> tuple[str, str, bool, int, str]:
    return (model.name, model.unit or "", model.start_date is None, -(model.start_date or 0), model.id)


def _name_taken(name: str) -> InvalidRequestError:
    message = f"Model name '{name}' already exists in project"
    return InvalidRequestError(message)


def _define(project_id: str, model_id: str, draft: ModelDraft, *, created_at: Micros, now: Micros) -> ModelDefinition:
    tiers = sorted(draft.tiers, key=lambda tier: (not tier.is_default, tier.priority))
    return ModelDefinition(
        id=model_id,
        project_id=project_id,
        name=draft.name,
        match_pattern=draft.match_pattern,
        start_date=draft.start_date,
        unit=draft.unit,
        tiers=tuple(msgspec.structs.replace(tier, id=_tier_id(model_id, tier)) for tier in tiers),
        tokenizer_id=draft.tokenizer_id,
        tokenizer_config=draft.tokenizer_config,
        created_at=created_at,
        updated_at=now,
    )


def _tier_id(model_id: str, tier: PricingTier) -> str:
    return f"{model_id}_tier_{'default' if tier.is_default else tier.priority}"


def _estimate(unreported: Sequence[tuple[Observation, CompiledModel]]) -> None:
    counter = TokenCounter()
    for row, model in unreported:
        row.usage = counter.estimate(row, model.definition.tokenizer_config)
        row.usage_estimated = True
        set_price(row, model)


def check_draft(draft: ModelDraft) -> None:
    """Check what no schema can say: patterns, and how the tiers fit together.

    Raises:
        InvalidRequestError: the issues name what is wrong and where.
    """
    issues = [*_pattern_issues(draft), *_tier_issues(draft.tiers)]
    if issues:
        raise InvalidRequestError("; ".join(issue.message for issue in issues), issues=issues)


def _pattern_issues(draft: ModelDraft) -> list[Issue]:
    patterns: list[tuple[str, tuple[str | int, ...]]] = [(draft.match_pattern, ("matchPattern",))]
    for position, tier in enumerate(draft.tiers):
        for place, condition in enumerate(tier.conditions):
            pattern = getattr(condition, "pattern", None)
            if pattern is not None:
                where = ("pricingTiers", position, "conditions", place, "usageDetailPattern")
                patterns.append((pattern, where))
    issues = []
    for pattern, path in patterns:
        try:
            compile_pattern(pattern)
        except ValueError as error:
            issues.append(Issue(f"{path[-1]} {error}", path, "invalid_regex"))
    return issues


def _tier_issues(tiers: Sequence[PricingTier]) -> list[Issue]:
    path = ("pricingTiers",)
    issues: list[Issue] = []
    if len({tier.name for tier in tiers}) != len(tiers):
        issues.append(Issue("tiers must have different names", path, "duplicate"))
    if len({tier.priority for tier in tiers}) != len(tiers):
        issues.append(Issue("tiers must have different priorities", path, "duplicate"))
    if any(tier.prices.keys() != tiers[0].prices.keys() for tier in tiers):
        issues.append(Issue("every tier must price the same usage keys", path, "different_keys"))
    return issues
