"""How pages look and whom they shut out: colours, narrow screens, things that jump, and axe's rules."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.telemetry import SentTrace
from tests.browser.visits import Visit, Visitor
from tests.packaging.building import ROOT
from tests.serving.server_process import ServerProcess

AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
NARROW = {"width": 360, "height": 740}
SMALL_SHIFT = 0.02
"""The browser calls a page good below 0.1."""


def background(page: Page) -> int:
    """Return how light the page is, 0 to 255."""
    painted = page.evaluate(
        """() => { const canvas = new OffscreenCanvas(1, 1).getContext("2d");
        canvas.fillStyle = getComputedStyle(document.body).backgroundColor; canvas.fillRect(0, 0, 1, 1);
        return canvas.getImageData(0, 0, 1, 1).data[1]; }"""
    )
    return int(painted)


def paths(visit: Visit, trace: SentTrace) -> dict[str, str]:
    return {
        "login": "/login",
        "list": visit.project("/traces?environment=many&live=off"),
        "nothing": visit.project("/traces?q=nothing+like+it"),
        "trace": visit.project(f"/traces/{trace.id}"),
        "generation": visit.project(f"/traces/{trace.id}?observation={'c' * 16}"),
        "failure": visit.project(f"/traces/{trace.id}?observation=1234567890123456"),
        "session": visit.project("/sessions/chat%20%2F%207"),
        "user": visit.project("/users/ada%40example.org"),
    }


SEEN = {
    "login": "Sign in",
    "list": "many-0000",
    "nothing": "No trace matches",
    "trace": "helpfulness",
    "generation": "find_order",
    "failure": "the carrier did not answer",
    "session": "order-agent",
    "user": "order-agent",
}


def axe(page: Page) -> list[str]:
    """Return what axe-core finds wrong with the page as it is now."""
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert found["passes"]
    return [
        f"{violation['id']}: {violation['help']} -> {node['html'][:160]} {node['any'][:1]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("width", ["wide", "narrow"])
@pytest.mark.parametrize("name", sorted(SEEN))
def test_axe_finds_nothing_in_light_and_dark(
    visitor: Visitor, server: ServerProcess, sample: SentTrace, name: str, width: str
) -> None:
    size = NARROW if width == "narrow" else {"width": 1440, "height": 900}
    visit = visitor(server, color_scheme="light", viewport=size, reduced_motion="reduce")
    if name != "login":
        visit.sign_in()
    page = visit.open(paths(visit, sample)[name])
    if name == "trace" and width == "narrow":
        page.get_by_role("treeitem").first.click()
    expect(page.locator("#root")).to_contain_text(SEEN[name])
    page.evaluate(AXE.read_text("utf-8"))
    light = axe(page)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    assert background(page) < 40
    assert light + axe(page) == []


@pytest.mark.parametrize("name", sorted(SEEN))
def test_nothing_reaches_beyond_a_narrow_screen(visitor: Visitor, server: ServerProcess, sample: SentTrace, name: str) -> None:
    visit = visitor(server, viewport=NARROW)
    if name != "login":
        visit.sign_in()
    page = visit.open(paths(visit, sample)[name])
    if name == "trace":
        page.get_by_role("treeitem").first.click()
    expect(page.locator("#root")).to_contain_text(SEEN[name])
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    outside = page.evaluate(
        """() => [...document.querySelectorAll("button, a, input, h1, h2")].filter(element => {
          const box = element.getBoundingClientRect();
          return box.width > 1 && (box.right > innerWidth + 1 || box.left < -1) && !element.closest("[role=tree], pre");
        }).map(element => element.outerHTML.slice(0, 120))"""
    )
    assert outside == []


def test_on_a_narrow_screen_detail_and_tree_take_turns(visitor: Visitor, server: ServerProcess, sample: SentTrace) -> None:
    visit = visitor(server, viewport=NARROW, has_touch=True)
    visit.sign_in()
    page = visit.open(visit.project(f"/traces/{sample.id}"))
    page.get_by_role("treeitem").filter(has_text="answer").tap()
    expect(page.get_by_role("tree")).to_have_count(0)
    expect(page.get_by_role("heading", name="answer", level=2)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("tree")).to_be_visible()
    page.get_by_role("treeitem").filter(has_text="plan").tap()
    page.get_by_role("button", name="Back to the tree").tap()
    expect(page.get_by_role("tree")).to_be_visible()


def test_colours_follow_the_system_until_one_is_chosen_and_a_choice_is_kept(visitor: Visitor, server: ServerProcess) -> None:
    visit = visitor(server, color_scheme="dark")
    visit.sign_in()
    page = visit.open(visit.project())
    assert background(page) < 40
    page.emulate_media(color_scheme="light")
    assert background(page) > 220
    page.get_by_role("button", name=re.compile("^Account")).click()
    page.get_by_role("menuitemradio", name="Dark").click()
    assert background(page) < 40
    page.reload(wait_until="commit")
    page.wait_for_function("document.body !== null && document.styleSheets.length > 0")
    assert background(page) < 40
    page.get_by_role("button", name=re.compile("^Account")).click()
    page.get_by_role("menuitemradio", name="As the system").click()
    assert background(page) > 220


@pytest.mark.parametrize("width", ["wide", "narrow"])
@pytest.mark.parametrize("name", ["list", "trace", "generation", "session", "user"])
def test_nothing_jumps_while_a_page_loads(
    visitor: Visitor, server: ServerProcess, sample: SentTrace, name: str, width: str
) -> None:
    visit = visitor(server, viewport=NARROW if width == "narrow" else {"width": 1440, "height": 900})
    visit.sign_in()
    page = visit.open(paths(visit, sample)[name])
    if not (name == "trace" and width == "narrow"):
        expect(page.locator("#root")).to_contain_text(SEEN[name])
    page.wait_for_timeout(400)
    assert visit.shifts() < SMALL_SHIFT


def test_motion_is_left_out_for_those_who_ask(visitor: Visitor, server: ServerProcess) -> None:
    visit = visitor(server, reduced_motion="reduce")
    visit.sign_in()
    page = visit.open(visit.project())
    expect(page.get_by_role("switch", name="Live")).to_be_visible()
    assert (
        float(page.evaluate("getComputedStyle(document.querySelector('[role=switch] span')).animationDuration").rstrip("s"))
        < 0.01
    )


def test_the_keyboard_alone_reaches_the_content_first(visit: Visit) -> None:
    page = visit.open(visit.project("/traces?environment=many&live=off"))
    expect(page.get_by_role("link", name="many-0000")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
