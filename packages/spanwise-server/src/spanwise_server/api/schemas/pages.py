"""The ``meta`` objects of lists. Owns their shape; how pages are asked for is ``api.listing``'s."""

from __future__ import annotations

from typing import NotRequired

from typing_extensions import TypedDict


class PageMeta(TypedDict):
    """Where a numbered page stands. ``totalPages`` is 0 when nothing matches."""

    page: int
    limit: int
    totalItems: int
    totalPages: int


class CursorMeta(TypedDict):
    """``cursor`` asks for the next page; it is absent on the last one."""

    cursor: NotRequired[str]


class LimitedCursorMeta(TypedDict):
    """As ``CursorMeta``, and the page size in force."""

    limit: int
    cursor: NotRequired[str]


class Message(TypedDict):
    """The answer of a request that changes something and returns nothing else."""

    message: str


class Fault(TypedDict):
    """One fault in a request: what and where."""

    code: str
    path: list[str | int]
    message: str


class ApiError(TypedDict):
    """The body of every error of the public API; ``error`` is a class name, or the list of faults."""

    message: str
    error: str | list[Fault]
    hint: NotRequired[str]


class NativeError(TypedDict):
    """The body of every error of the native API."""

    code: str
    message: str
    hint: NotRequired[str]
    issues: NotRequired[list[Fault]]
