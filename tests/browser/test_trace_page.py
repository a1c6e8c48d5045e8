"""The trace page: tree, timeline, detail, keyboard, and traces that are very large."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import HUGE
from tests.browser.samples import STACK
from tests.browser.telemetry import SentTrace
from tests.browser.visits import Visit

GENERATION = "c" * 16


def row(page: Page, text: str) -> Locator:
    return page.get_by_role("treeitem").filter(has_text=text)


def open_trace(visit: Visit, trace: SentTrace, query: str = "") -> Page:
    page = visit.open(visit.project(f"/traces/{trace.id}{query}"))
    expect(page.get_by_role("tree")).to_be_visible()
    return page


def chosen(page: Page) -> Locator:
    return page.locator("[role=treeitem][aria-selected=true]")


def test_the_head_tells_the_totals(visit: Visit, sample: SentTrace) -> None:
    page = open_trace(visit, sample)
    expect(page.get_by_role("heading", name="order-agent", level=1)).to_be_visible()
    head = page.locator("header").filter(has=page.get_by_role("heading", level=1))
    for fact in ("4.00 s", "1,200 → 300", "$0.012", "5 observations", "ada@example.org", "chat / 7", "samples", "vip"):
        expect(head).to_contain_text(fact)


def test_the_tree_shows_parents_children_and_what_has_lost_its_parent(visit: Visit, sample: SentTrace) -> None:
    page = open_trace(visit, sample)
    levels = page.get_by_role("treeitem").evaluate_all(
        "rows => rows.map(row => [row.ariaLevel, row.querySelector('[data-name]').textContent])"
    )
    assert levels == [
        ["1", "order-agent"],
        ["2", "run-agent"],
        ["3", "plan"],
        ["4", "answer"],
        ["4", "ask-carrier"],
        ["2", "stray"],
    ]
    expect(page.get_by_title("Its parent is not in this trace")).to_be_visible()


def test_the_timeline_puts_every_bar_where_its_time_is(visit: Visit, sample: SentTrace) -> None:
    page = open_trace(visit, sample)

    def place(name: str) -> tuple[float, float]:
        left, width = row(page, name).evaluate(
            """row => { const bar = row.querySelector("[data-bar]"), track = bar.parentElement.getBoundingClientRect(),
            box = bar.getBoundingClientRect(); return [(box.left - track.left) / track.width, box.width / track.width]; }"""
        )
        return round(left, 2), round(width, 2)

    assert place("run-agent") == (0.0, 1.0)
    assert place("answer") == (0.12, 0.5)
    assert place("ask-carrier") == (0.65, 0.12)
    page.get_by_role("button", name="Timeline").click()
    expect(page.get_by_role("button", name="Timeline")).to_have_attribute("aria-pressed", "false")
    assert row(page, "answer").locator("[data-bar]").count() == 0


def test_a_generation_shows_its_conversation_usage_cost_and_model(visit: Visit, sample: SentTrace) -> None:
    page = open_trace(visit, sample)
    row(page, "answer").click()
    detail = page.get_by_role("region", name="Detail of answer")
    expect(detail.get_by_text("order", exact=True).first).to_be_visible()
    for text in ("System", "User", "Assistant", "Tool", "find_order", "48291", "in transit", "Thursday", "🚚 東京"):
        expect(detail).to_contain_text(text)
    expect(detail.locator("strong")).to_have_text("order")
    for text in ("gpt-4o-2024-08-06", "temperature 0.2", "1,200", "$0.003", "1,500", "$0.012", "eu-central-1", "2.00 s"):
        expect(detail).to_contain_text(text)
    expect(detail).to_contain_text("friendly")


def test_raw_shows_exactly_what_is_stored_and_stays_in_the_address(visit: Visit, sample: SentTrace) -> None:
    page = open_trace(visit, sample, f"?observation={GENERATION}")
    page.get_by_role("button", name="Raw").click()
    expect(page).to_have_url(re.compile("view=raw"))
    shown = page.get_by_role("region", name="Detail of answer").locator("pre").first.text_content()
    assert shown is not None
    assert json.loads(shown)[3] == {"role": "tool", "tool_call_id": "call_1", "content": '{"state": "in transit"}'}
    page.reload()
    expect(page.get_by_role("button", name="Raw")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Pretty").click()
    expect(page.get_by_text("Assistant").first).to_be_visible()


def test_a_failure_shows_message_exception_stack_and_events(visit: Visit, sample: SentTrace) -> None:
    page = open_trace(visit, sample)
    page.get_by_role("button", name="1 error").click()
    expect(row(page, "answer")).to_have_count(0)
    row(page, "ask-carrier").click()
    error = page.get_by_role("region", name="Error", exact=True)
    expect(error).to_contain_text("the carrier did not answer")
    expect(error).to_contain_text("TimeoutError: no answer in 5 s")
    expect(error.get_by_role("region", name="Stack trace")).to_have_text(STACK)
    expect(page.get_by_role("region", name="Detail of ask-carrier")).to_contain_text("retry")


def test_the_trace_itself_shows_input_output_and_scores(visit: Visit, sample: SentTrace) -> None:
    page = open_trace(visit, sample)
    detail = page.get_by_role("region", name="Detail of order-agent")
    for text in ("Where?", "Thursday", "helpfulness", "0.87", "found at once"):
        expect(detail).to_contain_text(text)


def test_the_keyboard_walks_the_tree(visit: Visit, sample: SentTrace) -> None:
    page = open_trace(visit, sample)
    page.get_by_role("tree").focus()
    for key, name in (
        ("ArrowDown", "run-agent"),
        ("ArrowRight", "plan"),
        ("ArrowDown", "answer"),
        ("ArrowLeft", "plan"),
        ("End", "stray"),
        ("ArrowUp", "ask-carrier"),
        ("Home", "order-agent"),
    ):
        page.keyboard.press(key)
        expect(chosen(page)).to_contain_text(name)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    expect(row(page, "plan")).to_have_attribute("aria-expanded", "false")
    expect(row(page, "answer")).to_have_count(0)
    expect(row(page, "plan")).to_contain_text("+2")
    page.keyboard.press("ArrowRight")
    expect(row(page, "answer")).to_have_count(1)
    active = page.get_by_role("tree").get_attribute("aria-activedescendant")
    assert active == chosen(page).get_attribute("id")


def test_the_address_holds_the_selection_and_back_leads_to_the_list(visit: Visit, sample: SentTrace) -> None:
    page = visit.open(visit.project(f"/traces?q={sample.id}&live=off"))
    page.get_by_role("link", name="order-agent").click()
    row(page, "answer").click()
    row(page, "ask-carrier").click()
    expect(page).to_have_url(re.compile("observation=1234567890123456$"))
    page.reload()
    expect(chosen(page)).to_contain_text("ask-carrier")
    page.go_back()
    expect(page).to_have_url(re.compile(rf"/traces\?.*q={sample.id}"))


def test_finding_narrows_the_tree_to_matches_and_the_way_to_them(visit: Visit, sample: SentTrace) -> None:
    page = open_trace(visit, sample)
    page.get_by_role("searchbox").fill("carrier")
    expect(row(page, "ask-carrier")).to_be_visible()
    expect(row(page, "plan")).to_be_visible()
    expect(row(page, "answer")).to_have_count(0)
    page.get_by_role("searchbox").press("Escape")
    expect(row(page, "answer")).to_be_visible()


def test_the_panes_can_be_resized_by_mouse_and_by_keyboard(visit: Visit, sample: SentTrace) -> None:
    page = open_trace(visit, sample)
    divider = page.get_by_role("separator", name="Width of the tree")
    box = divider.bounding_box()
    assert box is not None
    page.mouse.move(box["x"], 500)
    page.mouse.down()
    page.mouse.move(box["x"] - 200, 500, steps=4)
    page.mouse.up()
    moved = divider.bounding_box()
    assert moved is not None
    assert abs(moved["x"] - (box["x"] - 200)) < 3
    divider.focus()
    page.keyboard.press("ArrowRight")
    pushed = divider.bounding_box()
    assert pushed is not None
    assert pushed["x"] > moved["x"]
    page.reload()
    expect(divider).to_be_visible()
    kept = divider.bounding_box()
    assert kept is not None
    assert abs(kept["x"] - pushed["x"]) < 2


def test_id_and_json_can_be_copied(visit: Visit, sample: SentTrace) -> None:
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = open_trace(visit, sample, f"?observation={GENERATION}")
    detail = page.get_by_role("region", name="Detail of answer")
    detail.get_by_role("button", name="Copy id").click()
    expect(detail.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == GENERATION
    expect(detail).to_contain_text("find_order")
    detail.get_by_role("button", name="Copy as JSON").click()
    page.wait_for_function("navigator.clipboard.readText().then(text => text.startsWith('{'))")
    copied = json.loads(page.evaluate("navigator.clipboard.readText()"))
    assert (copied["id"], copied["model"]) == (GENERATION, "gpt-4o-2024-08-06")
    page.get_by_role("button", name="More about this trace").click()
    page.get_by_role("menuitem", name="Copy as JSON").click()
    page.wait_for_function("navigator.clipboard.readText().then(text => text.includes('observations'))")
    assert len(json.loads(page.evaluate("navigator.clipboard.readText()"))["observations"]) == 5


def test_a_panel_that_fails_leaves_the_page_standing_and_can_be_tried_again(visit: Visit, sample: SentTrace) -> None:
    visit.expected_errors.append("500")
    fails = True

    def answer(route: Route) -> None:
        if fails:
            route.fulfill(status=500, content_type="application/json", body='{"code": "internal", "message": "Too busy."}')
        else:
            route.continue_()

    visit.page.route(re.compile("/observation\\?"), answer)
    page = open_trace(visit, sample, f"?observation={GENERATION}")
    expect(page.get_by_role("alert")).to_contain_text("Too busy.")
    expect(row(page, "plan")).to_be_visible()
    expect(page.get_by_role("region", name="Detail of answer")).to_contain_text("gpt-4o-2024-08-06")
    fails = False
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("region", name="Detail of answer")).to_contain_text("find_order")


def test_a_trace_of_five_thousand_observations_is_drawn_only_where_it_is_seen(visit: Visit, huge: SentTrace) -> None:
    page = open_trace(visit, huge)
    expect(page.get_by_text("5,000 observations").first).to_be_visible()
    assert page.get_by_role("treeitem").count() < 80
    page.get_by_role("tree").focus()
    page.keyboard.press("End")
    expect(row(page, f"step-{HUGE}")).to_be_in_viewport()
    assert page.get_by_role("treeitem").count() < 80
    page.get_by_role("searchbox").fill("step-2600")
    expect(row(page, "step-2600")).to_be_visible()
    assert page.get_by_role("treeitem").count() == 4
    page.get_by_role("searchbox").fill("")
    page.get_by_role("button", name="Collapse all").click()
    expect(page.get_by_role("treeitem")).to_have_count(2)
    expect(row(page, "huge-root")).to_contain_text("+4999")


def test_a_link_into_a_huge_trace_scrolls_to_its_observation(visit: Visit, huge: SentTrace) -> None:
    page = open_trace(visit, huge, f"?observation={4000:016x}")
    expect(row(page, "step-4000")).to_be_in_viewport()
    expect(chosen(page)).to_contain_text("step-4000")


def test_a_megabyte_is_shown_in_portions_and_whole_on_demand(visit: Visit, hostile: SentTrace) -> None:
    page = open_trace(visit, hostile)
    row(page, "megabyte-text").click()
    detail = page.get_by_role("region", name="Detail of megabyte-text")
    expect(detail).to_contain_text("1.08 MB")
    assert len(detail.inner_text()) < 20_000
    detail.get_by_role("button", name="Show all 1.08 MB").click()
    expect(detail.get_by_role("button", name="Show less")).to_be_attached()
    assert len(detail.text_content() or "") > 1_000_000
    row(page, "megabyte-json").click()
    rows = page.get_by_role("region", name="Detail of megabyte-json")
    expect(rows.get_by_role("button", name="11900 more")).to_be_visible()
    page.get_by_role("button", name="Raw").click()
    expect(rows.locator("pre").first).to_contain_text("zwölf")
