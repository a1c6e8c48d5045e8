"""Every link inside the repository leads somewhere, and every page of the documentation can be reached."""

from __future__ import annotations

import posixpath

import pytest

from tests.docs.pages import ROOT, Page, pages


def broken_links(page: Page, known: dict[str, Page]) -> list[str]:
    found = []
    for link in page.links:
        if "://" in link or link.startswith("mailto:"):
            continue
        target, _, anchor = link.partition("#")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page.path), target)) if target else page.path
        is_there = (ROOT / path).exists()
        if (not is_there and path not in known) or (anchor and anchor not in known[path].anchors):
            found.append(link)
    return found


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.path)
def test_links_lead_somewhere(page: Page) -> None:
    assert broken_links(page, {known.path: known for known in pages()}) == []


def test_a_broken_link_is_seen() -> None:
    page = Page(
        "docs/sample.md",
        "# A title, here\n[a](README.md) [b](#a-title-here) [c](gone.md) [d](#gone) [e](https://example.org)\n```\n[f](gone)\n```\n",
    )
    assert broken_links(page, {"docs/sample.md": page}) == ["gone.md", "#gone"]


def test_every_page_can_be_reached_from_the_read_me() -> None:
    known = {page.path: page for page in pages()}
    reached, waiting = set(), ["README.md"]
    while waiting:
        path = waiting.pop()
        if path in reached or path not in known:
            continue
        reached.add(path)
        waiting += [
            posixpath.normpath(posixpath.join(posixpath.dirname(path), link.partition("#")[0] or "."))
            for link in known[path].links
        ]
    wanted = {path for path in known if path.startswith("docs/") and not path.endswith("000-template.md")}
    assert sorted(wanted - reached) == []
