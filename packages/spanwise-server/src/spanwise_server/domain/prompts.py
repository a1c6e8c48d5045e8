"""Prompts: the versioned thing itself, and what a new version, its name and its labels must look like. No I/O.

A prompt is known by its name; versions count from 1; a label points to one version of a name, and ``latest`` to the
newest without being given. Tags and type belong to the name. References between prompts are ``prompt_references``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

import msgspec

from spanwise_server.domain.errors import InvalidRequestError, Issue
from spanwise_server.domain.observations import Micros

LATEST: Final = "latest"
PRODUCTION: Final = "production"
"""The label that is read when neither a version nor a label is asked for."""
MOST_NAME_CHARACTERS: Final = 255
MOST_LABEL_CHARACTERS: Final = 36
MOST_LABELS: Final = 100
MOST_TAGS: Final = 100
MOST_TAG_CHARACTERS: Final = 255
MOST_COMMIT_MESSAGE_CHARACTERS: Final = 500
MOST_VERSION: Final = 2**31 - 1
_MOST_CONFIG_DEPTH: Final = 200
_RESERVED_NAMES: Final = frozenset({"new", "metrics", "prompt-detail"})
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_HTML: Final = re.compile(r"<[^>]*>")
_LABEL: Final = re.compile(r"[a-z0-9_\-.]+")
_VARIABLE: Final = re.compile(r"{{\s*([a-zA-Z][a-zA-Z0-9_]*)\s*}}")
_PLACEHOLDER_NAME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9_]*")


class PromptType(StrEnum):
    """What ``content`` is: one string, or messages."""

    TEXT = "text"
    CHAT = "chat"


class PromptVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a prompt as it is stored."""

    id: str
    project_id: str
    prompt_id: str
    """Of the name; all versions share it."""
    name: str
    type: str
    version: int
    content: str
    """JSON text: a string, or an array of messages and placeholders."""
    config: str
    """JSON text of any value."""
    tags: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    """By alphabet, ``latest`` last."""
    commit_message: str | None = None
    created_by: str
    created_at: Micros
    updated_at: Micros


class PromptDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What a client gives for a new version."""

    name: str
    type: PromptType
    content: str
    """JSON text, as in ``PromptVersion``."""
    config: str = "{}"
    labels: tuple[str, ...] = ()
    tags: tuple[str, ...] | None = None
    """None: those of the versions before."""
    commit_message: str | None = None


class PromptSelector(msgspec.Struct, frozen=True):
    """Which version of a name: exactly one of the two is set."""

    version: int | None = None
    label: str | None = None

    def __str__(self) -> str:
        return f"version {self.version}" if self.label is None else f"label '{self.label}'"


def select_version(version: int | None, label: str | None) -> PromptSelector:
    """Return what is asked for; ``production`` when nothing is.

    Raises:
        InvalidRequestError: Both are given.
    """
    if version is not None and label is not None:
        message = "Cannot specify both version and label"
        raise InvalidRequestError(message, issues=[Issue(message, ("version",), "ambiguous")])
    return PromptSelector(version) if version is not None else PromptSelector(label=label or PRODUCTION)


def ordered_labels(labels: set[str]) -> tuple[str, ...]:
    """Return labels in the order in which they are shown."""
    return tuple(sorted(labels, key=lambda label: (label == LATEST, label)))


def parse_draft(body: object) -> PromptDraft:
    """Return the version that a decoded JSON body describes; unknown keys are ignored.

    Raises:
        InvalidRequestError: It describes none; ``issues`` name every fault.
    """
    if not isinstance(body, dict):
        raise _invalid([Issue("must be an object", (), "invalid_type")])
    issues = [*_name_issues(body.get("name")), *_type_issues(body)]
    issues += _content_issues(body) if not issues else []
    issues += [*_label_issues(body.get("labels"), "labels"), *_tag_issues(body.get("tags"))]
    issues += [*_commit_issues(body.get("commitMessage")), *_config_issues(body.get("config"))]
    if issues:
        raise _invalid(issues)
    content = body["prompt"]
    labels, config = tuple(dict.fromkeys(body.get("labels") or ())), body.get("config")
    if body.get("isActive") is True and PRODUCTION not in labels:  # the first API's word for the label
        labels = (*labels, PRODUCTION)
    tags = body.get("tags")
    return PromptDraft(
        name=body["name"].strip(),
        type=PromptType(body.get("type") or PromptType.TEXT),
        content=_text(content if isinstance(content, str) else [_message(item) for item in content]),
        config="{}" if config is None else _text(config),
        labels=labels,
        tags=None if tags is None else tuple(dict.fromkeys(tags)),
        commit_message=body.get("commitMessage"),
    )


def parse_labels(body: object, key: str) -> tuple[str, ...]:
    """Return the labels that a decoded JSON body gives under ``key``; ``latest`` cannot be given.

    Raises:
        InvalidRequestError: They are no labels; ``issues`` say why.
    """
    if not isinstance(body, dict) or not isinstance(body.get(key), list):
        raise _invalid([Issue("must be an array of labels", (key,), "invalid_type")])
    labels = body[key]
    issues = list(_label_issues(labels, key))
    if not issues:
        fault = "latest always points to the newest version and cannot be given"
        issues = [Issue(fault, (key, index), "reserved") for index, label in enumerate(labels) if label == LATEST]
    if issues:
        raise _invalid(issues)
    return tuple(dict.fromkeys(labels))


def _invalid(issues: list[Issue]) -> InvalidRequestError:
    return InvalidRequestError("Invalid request data", issues=issues)


def _text(value: Any) -> str:  # any JSON value, as the body had it
    return msgspec.json.encode(value).decode()


def _name_issues(name: object) -> Iterator[Issue]:
    if not isinstance(name, str):
        yield Issue("must be a string", ("name",), "invalid_type")
        return
    name = name.strip()
    faults = (
        (not name, "must not be empty"),
        (len(name) > MOST_NAME_CHARACTERS, f"must have at most {MOST_NAME_CHARACTERS} characters"),
        ("|" in name, "must not contain |, which separates the parts of a reference"),
        (name.startswith("/") or name.endswith("/") or "//" in name, "must not begin or end with /, nor contain //"),
        (_CONTROL.search(name) is not None, "must not contain control characters"),
        (_HTML.search(name) is not None, "must not contain HTML"),
        (name in _RESERVED_NAMES, f"must not be one of {', '.join(sorted(_RESERVED_NAMES))}"),
    )
    yield from (Issue(message, ("name",)) for is_fault, message in faults if is_fault)


def _type_issues(body: Mapping[str, Any]) -> Iterator[Issue]:
    kind = body.get("type")
    if kind is not None and kind not in (PromptType.TEXT.value, PromptType.CHAT.value):
        yield Issue("must be text or chat", ("type",), "invalid_value")


def _content_issues(body: Mapping[str, Any]) -> Iterator[Issue]:
    content = body.get("prompt")
    if body.get("type") != PromptType.CHAT:
        if not isinstance(content, str):
            hint = "; give type chat with messages" if isinstance(content, list) else ""
            yield Issue(f"must be a string{hint}", ("prompt",), "invalid_type")
        return
    if not isinstance(content, list):
        yield Issue("must be an array of messages", ("prompt",), "invalid_type")
        return
    for index, message in enumerate(content):
        yield from _message_issues(message, index)
    placeholders = {str(item.get("name")) for item in content if isinstance(item, dict) and _is_placeholder(item)}
    for index, message in enumerate(content):
        text = message.get("content") if isinstance(message, dict) else None
        clashing = placeholders.intersection(_VARIABLE.findall(text)) if isinstance(text, str) else ()
        for name in sorted(clashing):
            yield Issue(f"{name} is both a variable and a placeholder", ("prompt", index, "content"), "ambiguous")


def _is_placeholder(item: Mapping[str, Any]) -> bool:
    return item.get("type") == "placeholder"


def _message_issues(message: object, index: int) -> Iterator[Issue]:
    if not isinstance(message, dict):
        yield Issue("must be a message or a placeholder", ("prompt", index), "invalid_type")
    elif _is_placeholder(message):
        name = message.get("name")
        if not isinstance(name, str) or _PLACEHOLDER_NAME.fullmatch(name) is None:
            yield Issue("must begin with a letter, followed by letters, digits and _", ("prompt", index, "name"))
    else:
        for key in ("role", "content"):
            if not isinstance(message.get(key), str):
                yield Issue("must be a string", ("prompt", index, key), "invalid_type")


def _message(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept of a message: clients of every generation read these keys, and some refuse others."""
    if _is_placeholder(item):
        return {"type": "placeholder", "name": item["name"]}
    return {"role": item["role"], "content": item["content"]}


def _label_issues(labels: object, key: str) -> Iterator[Issue]:
    if labels is None:
        return
    if not isinstance(labels, list) or len(labels) > MOST_LABELS:
        yield Issue(f"must be an array of at most {MOST_LABELS} labels", (key,), "invalid_type")
        return
    for index, label in enumerate(labels):
        if not is_label(label):
            rule = f"must be 1 to {MOST_LABEL_CHARACTERS} characters of a-z, 0-9, _, - and ."
            yield Issue(rule, (key, index))


def is_label(label: object) -> bool:
    """Say whether a version may have this label."""
    return isinstance(label, str) and len(label) <= MOST_LABEL_CHARACTERS and _LABEL.fullmatch(label) is not None


def _tag_issues(tags: object) -> Iterator[Issue]:
    if tags is None:
        return
    if not isinstance(tags, list) or len(tags) > MOST_TAGS:
        yield Issue(f"must be an array of at most {MOST_TAGS} tags", ("tags",), "invalid_type")
        return
    for index, tag in enumerate(tags):
        if not isinstance(tag, str) or len(tag) > MOST_TAG_CHARACTERS:
            yield Issue(f"must be a string of at most {MOST_TAG_CHARACTERS} characters", ("tags", index), "invalid_type")


def _commit_issues(message: object) -> Iterator[Issue]:
    if message is None:
        return
    if not isinstance(message, str) or len(message) > MOST_COMMIT_MESSAGE_CHARACTERS or "\0" in message:
        rule = f"must be text of at most {MOST_COMMIT_MESSAGE_CHARACTERS} characters"
        yield Issue(rule, ("commitMessage",), "invalid_type")


def _config_issues(config: object) -> Iterator[Issue]:
    # Whatever reads it later must not meet the end of its stack.
    level = [config]
    for _ in range(_MOST_CONFIG_DEPTH):
        level = [inner for value in level for inner in _children(value)]
        if not level:
            return
    yield Issue(f"must not be nested deeper than {_MOST_CONFIG_DEPTH}", ("config",))


def _children(value: object) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
