"""Prompts inside prompts: ``@@@langfusePrompt:name=…|version=…@@@`` and how such references are replaced. No I/O.

The tag is spelled as clients of the Langfuse API write it. A reference stands in a text prompt or in the content of a
chat message and names a text prompt; that prompt may have references itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec

from spanwise_server.domain.prompts import MOST_VERSION, PromptSelector, PromptType, PromptVersion, is_label

MOST_DEPTH: Final = 5
"""References that may follow each other from a prompt down."""
MOST_REFERENCES: Final = 100
"""Different references in one version."""
MOST_VERSIONS: Final = 500
"""Different references in a whole composition; each is a look-up."""
MOST_CHARACTERS: Final = 4_000_000
"""Length of a composed prompt: references multiply, so a few small prompts could fill the memory."""
_TAG: Final = re.compile(r"@@@langfusePrompt:(.*?)@@@", re.DOTALL)
_START: Final = "@@@langfusePrompt:"


class PromptReference(msgspec.Struct, frozen=True):
    """One tag: a name and which version of it."""

    name: str
    selector: PromptSelector

    def __str__(self) -> str:
        return f"'{self.name}' with {self.selector}"


class PromptNode(msgspec.Struct, frozen=True):
    """A version within the graph of a composed prompt."""

    name: str
    version: int
    id: str


class ComposedPrompt(msgspec.Struct, frozen=True, kw_only=True):
    """A prompt whose references are replaced."""

    content: str
    """JSON text, as in ``PromptVersion``."""
    dependencies: dict[str, list[PromptNode]]
    """What each version (by id) refers to, in the order of its tags; empty when nothing was referred to."""


class BrokenReferenceError(Exception):
    """A reference cannot be followed; the message says which and why."""


Lookup = Callable[[PromptReference], PromptVersion | None]


def references_of(content: str) -> list[PromptReference]:
    """Return the references in ``content`` (JSON text), each once, in order.

    Raises:
        BrokenReferenceError: A tag does not follow the grammar, or there are too many.
    """
    if _START not in content:
        return []
    tags = (tag for text in _texts(msgspec.json.decode(content)) for tag in _TAG.findall(text))
    found = list(dict.fromkeys(map(_parse_tag, tags)))
    if len(found) > MOST_REFERENCES:
        raise BrokenReferenceError(f"A prompt may refer to at most {MOST_REFERENCES} others, not {len(found)}")
    return found


def compose(root: PromptVersion, lookup: Lookup) -> ComposedPrompt:
    """Return ``root`` with every reference replaced by the text it leads to.

    Raises:
        BrokenReferenceError: A reference leads nowhere, to a chat prompt, in a circle, too deep, or makes it too long.
    """
    composer = _Composer(root, lookup)
    if _START not in root.content:
        return ComposedPrompt(content=root.content, dependencies={})
    value = msgspec.json.decode(root.content)
    if isinstance(value, str):
        composed: Any = composer.replace(value, (root,))[0]
    else:
        composed = [
            {**message, "content": composer.replace(message["content"], (root,))[0]} if "content" in message else message
            for message in value
        ]
    content = msgspec.json.encode(composed).decode()
    _check_length(len(content))
    return ComposedPrompt(content=content, dependencies=composer.dependencies)


class _Composer:
    """The state of one composition: each reference is looked up once, each version below the root expanded once."""

    def __init__(self, root: PromptVersion, lookup: Lookup) -> None:
        self._root = root
        self._lookup = lookup
        self._found: dict[PromptReference, PromptVersion] = {}
        self._expansions: dict[str, tuple[str, int]] = {}
        """Version id to its text and to the number of references that follow each other below it."""
        self.dependencies: dict[str, list[PromptNode]] = {}

    def replace(self, text: str, path: tuple[PromptVersion, ...]) -> tuple[str, int]:
        """Return ``text`` of the last version in ``path`` with its references replaced, and how deep they go."""
        parts: list[str] = []
        length = end = height = 0
        for match in _TAG.finditer(text):
            expanded, height_below = self._expand(self._child(_parse_tag(match[1]), path), path)
            height = max(height, 1 + height_below)
            parts += [text[end : match.start()], expanded]
            end = match.end()
            length += len(parts[-1]) + len(parts[-2])
            _check_length(length)
        return "".join([*parts, text[end:]]), height

    def _child(self, reference: PromptReference, path: tuple[PromptVersion, ...]) -> PromptVersion:
        parent = path[-1]
        child = self._found.get(reference) or self._lookup(reference)
        if child is None:
            raise BrokenReferenceError(f"Prompt '{parent.name}' refers to {reference}, which does not exist")
        if child.type != PromptType.TEXT:
            raise BrokenReferenceError(f"Prompt '{parent.name}' refers to {reference}, which is not a text prompt")
        # Another version of the root's own name is refused as well: with the next move of a label it would be a circle.
        if child.name == self._root.name or any(child.id == version.id for version in path):
            raise BrokenReferenceError(f"Circular reference: {_chain(path, child)}")
        self._found[reference] = child
        if len(self._found) > MOST_VERSIONS:
            raise BrokenReferenceError(f"Prompt '{self._root.name}' is made of more than {MOST_VERSIONS} others")
        node = PromptNode(child.name, child.version, child.id)
        known = self.dependencies.setdefault(parent.id, [])
        if node not in known:
            known.append(node)
        return child

    def _expand(self, child: PromptVersion, path: tuple[PromptVersion, ...]) -> tuple[str, int]:
        expansion = self._expansions.get(child.id)
        if len(path) + (0 if expansion is None else expansion[1]) > MOST_DEPTH:
            raise BrokenReferenceError(f"References are nested deeper than {MOST_DEPTH}: {_chain(path, child)}")
        if expansion is None:
            expansion = self.replace(msgspec.json.decode(child.content, type=str), (*path, child))
            # What is expanded once is without circles, so whatever leads to it later closes none either.
            self._expansions[child.id] = expansion
        return expansion


def _chain(path: tuple[PromptVersion, ...], child: PromptVersion) -> str:
    return " → ".join(version.name for version in (*path, child))


def _texts(content: Any) -> Iterator[str]:
    """Yield the texts of decoded content in which references may stand."""
    if isinstance(content, str):
        yield content
        return
    yield from (message["content"] for message in content if "content" in message)


def _parse_tag(inner: str) -> PromptReference:
    """Return the reference of what stands between the marks."""
    name_part, separator, choice = inner.partition("|")
    key, _, value = choice.partition("=")
    name = name_part.removeprefix("name=").strip()
    if separator and name_part.startswith("name=") and name and "|" not in choice and "\0" not in name:
        value = value.strip()
        if key == "version" and value.isascii() and value.isdigit() and len(value) < 11 and 1 <= int(value) <= MOST_VERSION:
            return PromptReference(name, PromptSelector(version=int(value)))
        if key == "label" and is_label(value):
            return PromptReference(name, PromptSelector(label=value))
    raise BrokenReferenceError(
        f"{_START}{inner[:100]}@@@ is not a reference: write {_START}name=…|version=…@@@ or {_START}name=…|label=…@@@"
    )


def _check_length(characters: int) -> None:
    if characters > MOST_CHARACTERS:
        raise BrokenReferenceError(f"With its references replaced the prompt is longer than {MOST_CHARACTERS} characters")
