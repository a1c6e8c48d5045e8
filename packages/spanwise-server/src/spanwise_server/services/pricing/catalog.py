"""Every model definition in force, and which of them an observation's model name means. A snapshot: replaced, never changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from spanwise_server.domain.models import ModelDefinition
from spanwise_server.domain.observations import Observation
from spanwise_server.services.pricing.built_in import BuiltIn
from spanwise_server.services.pricing.compiled import CompiledModel
from spanwise_server.services.pricing.matching import LONGEST_NAME, BuiltInModels
from spanwise_server.services.pricing.patterns import Pattern, compile_pattern

_MAX_REMEMBERED: Final = 20_000
"""Real installations use a few hundred names; a client that invents ever new ones must not fill the memory."""
_PROVIDER: Final = re.compile(
    r'"(?:gen_ai\.provider\.name|gen_ai\.system|llm\.provider|llm\.system|ai\.model\.provider)":"([A-Za-z0-9_.-]{1,60})"'
)
"""Attributes that name who served the model, in the leftover attributes that decoding keeps as metadata."""


class Catalog:
    """Definitions by project, built-in ones, and a memory of what each name meant."""

    def __init__(self, built_in: BuiltInModels, definitions: Iterable[ModelDefinition]) -> None:
        self.built_in = built_in
        self._by_project: dict[str, list[tuple[Pattern, CompiledModel]]] = {}
        for definition in sorted(definitions, key=_order):
            if definition.project_id is not None:
                compiled = (compile_pattern(definition.match_pattern), CompiledModel(definition))
                self._by_project.setdefault(definition.project_id, []).append(compiled)
        self._built_in_by_id: Mapping[str, BuiltIn] = {model.definition.id: model for model in built_in.all}
        self._known: dict[tuple[str, str], CompiledModel | None] = {}

    def of_project(self, project_id: str) -> list[ModelDefinition]:
        """Return the project's own definitions."""
        return [model.definition for _, model in self._by_project.get(project_id, ())]

    def get(self, project_id: str, model_id: str) -> ModelDefinition | None:
        """Return a definition that the project may see, or none."""
        built_in = self._built_in_by_id.get(model_id)
        if built_in is not None:
            return built_in.definition
        return next((model for model in self.of_project(project_id) if model.id == model_id), None)

    def model_for(self, row: Observation) -> CompiledModel | None:
        """Return the definition that the model name of ``row`` means: the project's own first, then the built-in one."""
        name = row.model
        key = (row.project_id if row.project_id in self._by_project else "", name)
        try:
            model = self._known[key]
        except KeyError:
            model = self._remember(key, self._find(row.project_id, name))
        if model is None and name:
            model = self._served(row)
        return model

    def find(self, project_id: str, name: str) -> CompiledModel | None:
        """Return the definition that a bare name means."""
        return self._find(project_id, name)

    def _find(self, project_id: str, name: str) -> CompiledModel | None:
        if not name or len(name) > LONGEST_NAME:
            return None
        for pattern, model in self._by_project.get(project_id, ()):
            if pattern.search(name) is not None:
                return model
        built_in = self.built_in.match(name)
        return None if built_in is None else built_in.compiled

    def _served(self, row: Observation) -> CompiledModel | None:
        """Try the name with the provider in front that the observation names beside it."""
        provider = _provider_of(row)
        if not provider:
            return None
        key = ("/" + provider, row.model)
        try:
            return self._known[key]
        except KeyError:
            built_in = self.built_in.match(f"{provider}/{row.model}")
            return self._remember(key, None if built_in is None else built_in.compiled)

    def _remember(self, key: tuple[str, str], model: CompiledModel | None) -> CompiledModel | None:
        if len(self._known) >= _MAX_REMEMBERED:
            self._known.clear()
        if len(key[1]) <= LONGEST_NAME:
            self._known[key] = model
        return model


def _provider_of(row: Observation) -> str:
    found = _PROVIDER.search(row.metadata.get("attributes", ""))
    return found[1] if found else row.metadata.get("ls_provider", "").strip('"')


def _order(model: ModelDefinition) -> tuple[bool, int, str, str]:
    """Newest start first, those without one last; then by name and id, so that every process decides alike."""
    return (model.start_date is None, -(model.start_date or 0), model.name, model.id)
