"""Which built-in model a name means. Never guesses: an open model has no price until it is known who served it.

Clients write model names bare (``gpt-4o``) or with a provider in front (``openai/gpt-4o``, ``bedrock/us.anthropic.…``,
``models/gemini-…``); some say beside it who the provider is. Matching rules are the price library's; what is ours is the
order in which providers are asked, and that a bare name is looked up with those who make models, not with those who host
them: the same weights cost something else at each host, and nothing at home.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from spanwise_server.domain.observations import Micros
from spanwise_server.services.pricing.built_in import BuiltIn, make_built_in

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, Provider

LONGEST_NAME: Final = 500
"""Longer texts are no model names; matching them would only cost time."""
_FIRST_PARTIES: Final = (
    *("openai", "anthropic", "aws", "google", "mistral", "cohere", "deepseek", "x-ai", "perplexity", "moonshotai"),
    *("minimax", "zai", "zhipuai", "voyageai", "meta", "elevenlabs", "arcee", "typesafe", "cursor"),
)
"""Who makes models, in the order they are asked; AWS, because its ids name it, and before Google, which matches them too."""
_ALIASES: Final = {
    **dict.fromkeys(("bedrock", "bedrock_converse", "aws_bedrock", "amazon", "amazon_bedrock"), "aws"),
    **dict.fromkeys(("azure_ai", "azure_openai", "azure-openai"), "azure"),
    **dict.fromkeys(("vertex_ai", "vertex_ai_beta", "vertexai", "gemini", "google_genai", "google-vertex"), "google"),
    **dict.fromkeys(("xai", "x_ai"), "x-ai"),
    **dict.fromkeys(("together_ai", "togetherai"), "together"),
    **dict.fromkeys(("fireworks_ai",), "fireworks"),
    **dict.fromkeys(("mistralai",), "mistral"),
    **dict.fromkeys(("voyage",), "voyageai"),
    **dict.fromkeys(("moonshot",), "moonshotai"),
}
_PATH_WORDS: Final = frozenset(
    {"models", "publishers", "converse", "invoke", "openai_compatible", "litellm", "responses", "chat"}
)
"""Parts of a name that say how a model is called, not which."""
_UNMARKED: Final = ("-latest",)
_OPEN_WEIGHTS: Final = ("gpt-oss", "gemma")
"""Families whose makers are no more than one host among many."""


class BuiltInModels:
    """Every built-in model, and what each name means. Made anew when the prices change; read by any thread."""

    def __init__(self, providers: Sequence[Provider], *, now: Micros) -> None:
        self._providers = {provider.id: provider for provider in providers}
        self._models: dict[tuple[str, int], BuiltIn] = {}
        names: set[str] = set()
        for provider in self._in_order():
            for info in provider.models:
                is_bare = provider.id in _FIRST_PARTIES and info.id not in names
                name = info.id if is_bare else f"{provider.id}/{info.id}"
                if name not in names:
                    names.add(name)
                    self._models[provider.id, id(info)] = make_built_in(provider, info, name, now=now)
        self.all: Sequence[BuiltIn] = tuple(self._models.values())
        self._all_providers = list(providers)
        self._makers = [self._providers[name] for name in _FIRST_PARTIES if name in self._providers]
        self._claims = [(p, p.model_match) for p in self._in_order() if p.model_match is not None]

    def _in_order(self) -> Iterable[Provider]:
        known = [self._providers[name] for name in _FIRST_PARTIES if name in self._providers]
        first = {provider.id for provider in known}
        return [*known, *(provider for provider in self._providers.values() if provider.id not in first)]

    def match(self, name: str) -> BuiltIn | None:
        """Return the model that ``name`` means, or none."""
        text = name.strip().lower()
        if not text or len(text) > LONGEST_NAME:
            return None
        # With a provider in front first: OpenRouter sells many of them under the same name.
        return (self._prefixed(text) if "/" in text else None) or self._whole(text) or self._marked(text)

    def _whole(self, text: str) -> BuiltIn | None:
        if text.startswith(_OPEN_WEIGHTS):
            return None
        for provider in (*self._claiming(text), *self._makers):
            found = self._in(provider, text)
            if found is not None:
                return found
        return None

    def _claiming(self, text: str) -> list[Provider]:
        """Return those whose models are recognised by the look of the name, makers first."""
        return [provider for provider, rule in self._claims if rule.is_match(text)]

    def _in(self, provider: Provider, text: str) -> BuiltIn | None:
        info = provider.find_model(text)
        return None if info is None else self._models.get((provider.id, id(info)))

    def _prefixed(self, text: str) -> BuiltIn | None:
        """Read ``provider/model``; of several parts the last that names a provider counts (``openrouter/openai/gpt-4o``)."""
        head, slash, rest = text.partition("/")
        if not slash:
            return None
        provider = self._provider(head)
        if provider is not None:
            found = self._sold_by(provider, rest)
            if found is not None:
                return found
        nested = self._prefixed(rest)
        if nested is not None or not (provider is not None or head in _PATH_WORDS):
            return nested
        return self._whole(rest) or self._marked(rest) if provider is None or provider.id in _FIRST_PARTIES else None

    def _provider(self, name: str) -> Provider | None:
        return self._providers.get(_ALIASES.get(name, name))

    def _sold_by(self, provider: Provider, text: str) -> BuiltIn | None:
        """Return what one provider sells, itself or (Azure, Vertex) in another's name."""
        info: ModelInfo | None = provider.find_model(text, all_providers=self._all_providers)
        if info is None:
            return None
        owners = (provider.id, *(provider.fallback_model_providers or ()))
        return next((self._models[owner, id(info)] for owner in owners if (owner, id(info)) in self._models), None)

    def _marked(self, text: str) -> BuiltIn | None:
        """Ignore what marks a variant without a price of its own: ``@20250929`` of Vertex, ``:latest``, ``-latest``."""
        for mark in ("@", ":"):
            base, found, _ = text.partition(mark)
            if found and base:
                return self._whole(base) or (self._whole(text.replace(mark, "-")) if mark == "@" else None)
        for mark in _UNMARKED:
            if text.endswith(mark):
                return self._whole(text.removesuffix(mark))
        return None
