"""The list of traces: paging, search, filters, time range, live rows, and what it says when there is nothing."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import MANY
from tests.browser.telemetry import SentTrace, Span, observation, send, simple_trace, trace_facts
from tests.browser.visits import Visit, Visitor
from tests.serving.server_process import ServerProcess


def names(page: Page) -> list[str]:
    """Return the names of the rows that are drawn, from top to bottom."""
    rows = page.locator("[role=row]:has([data-row-link])").evaluate_all(
        "rows => rows.map(row => [row.getBoundingClientRect().top, row.querySelector('[data-row-link]').textContent])"
    )
    return [name for _, name in sorted(rows)]


def scroller(page: Page) -> str:
    return "document.querySelector('[role=table]').parentElement"


def test_rows_are_newest_first_and_only_those_in_sight_are_drawn(visit: Visit) -> None:
    page = visit.open(visit.project("/traces?environment=many"))
    expect(page.get_by_role("link", name="many-0000")).to_be_visible()
    drawn = names(page)
    assert drawn == [f"many-{number:04d}" for number in range(len(drawn))]
    assert len(drawn) < 60


def test_a_row_tells_what_the_trace_was(visit: Visit, sample: SentTrace) -> None:
    page = visit.open(visit.project(f"/traces?q={sample.id}"))
    row = page.get_by_role("row").filter(has_text="order-agent")
    expect(row).to_contain_text("Where?")
    expect(row).to_contain_text("Thursday")
    expect(row).to_contain_text("4.00 s")
    expect(row).to_contain_text("1.5k")
    expect(row).to_contain_text("$0.012")
    expect(row.get_by_title("1 error")).to_be_visible()
    expect(row.get_by_role("link", name="ada@example.org")).to_be_visible()
    expect(row.get_by_role("link", name="chat / 7")).to_be_visible()
    expect(row.get_by_role("button", name="Only tag vip")).to_be_visible()


def test_scrolling_loads_page_after_page_to_the_very_last_trace(visit: Visit) -> None:
    page = visit.open(visit.project("/traces?environment=many&live=off"))
    expect(page.get_by_role("link", name="many-0000")).to_be_visible()
    last = page.get_by_role("link", name=f"many-{MANY - 1:04d}")
    for _ in range(600):
        page.evaluate(f"{scroller(page)}.scrollTo(0, 1e9)")
        if last.count() > 0:
            break
        page.wait_for_timeout(100)
    expect(last).to_be_visible()
    page.evaluate(f"{scroller(page)}.scrollTo(0, 1e9)")
    expect(page.get_by_text("1,200 traces. That is all.")).to_be_visible()
    assert len(names(page)) < 60
    assert len(names(page)) == len(set(names(page)))


def test_search_finds_by_name_user_session_and_id_and_is_in_the_address(visit: Visit, sample: SentTrace) -> None:
    page = visit.open(visit.project("/traces?live=off"))
    field = page.get_by_role("searchbox")
    for text in ("ORDER-agent", "ada@exam", "chat / 7", sample.id):
        with page.expect_response(re.compile("[?&]search=")):
            field.fill(text)
        expect(page.get_by_role("link", name="order-agent")).to_be_visible()
        expect(page.get_by_role("link", name=re.compile("^many-"))).to_have_count(0)
        expect(page).to_have_url(re.compile("[?&]q="))
    field.fill("nothing is called like this")
    expect(page.get_by_role("heading", name="No trace matches")).to_be_visible()
    page.get_by_role("button", name="Clear search and filters").click()
    expect(page.get_by_role("table", name="Traces")).to_be_visible()
    expect(field).to_have_value("")


def test_the_slash_key_goes_to_the_search(visit: Visit) -> None:
    page = visit.open(visit.project())
    expect(page.get_by_role("table", name="Traces")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("many-0042")
    expect(page.get_by_role("searchbox")).to_have_value("many-0042")
    expect(page.get_by_role("link", name="many-0042")).to_be_visible()


def test_filters_are_chosen_shown_as_chips_and_undone_by_back(visit: Visit, sample: SentTrace) -> None:
    page = visit.open(visit.project("/traces?live=off"))
    expect(page.get_by_role("table", name="Traces")).to_be_visible()
    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_role("button", name="Level", exact=True).click()
    page.get_by_role("button", name="ERROR", exact=True).click()
    expect(page.get_by_role("link", name=re.compile("^many-"))).to_have_count(0)
    expect(page.get_by_role("link", name="order-agent")).to_be_visible()
    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_role("button", name="User", exact=True).click()
    page.get_by_label("User is").fill("nobody")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="No trace matches")).to_be_visible()
    assert "level=ERROR" in page.url
    assert "user=nobody" in page.url
    page.go_back()
    expect(page.get_by_role("link", name="order-agent")).to_be_visible()
    page.get_by_role("button", name="Remove filter Level").click()
    expect(page.get_by_role("button", name="Remove filter Level")).to_have_count(0)


def test_a_tag_in_a_row_narrows_the_list(visit: Visit, sample: SentTrace) -> None:
    page = visit.open(visit.project(f"/traces?q={sample.id}"))
    page.get_by_role("button", name="Only tag vip").click()
    expect(page.get_by_role("button", name="Remove filter Tag")).to_be_visible()
    expect(page.get_by_role("link", name="order-agent")).to_be_visible()


def test_time_ranges_named_and_own(visit: Visit, server: ServerProcess) -> None:
    environment = f"range-{secrets.token_hex(4)}"
    old = simple_trace("two-days-old", age=2 * 86_400, environment=environment)
    send(server, [old, simple_trace("fresh", environment=environment)])
    page = visit.open(visit.project(f"/traces?environment={environment}"))
    expect(page.get_by_role("link", name="two-days-old")).to_be_visible()
    page.get_by_role("button", name="Any time").click()
    page.get_by_role("button", name="Last 24 hours").click()
    expect(page.get_by_role("link", name="two-days-old")).to_have_count(0)
    expect(page.get_by_role("link", name="fresh")).to_be_visible()
    page.get_by_role("button", name="Last 24 hours").click()
    middle = (datetime.now(UTC) - timedelta(days=1)).astimezone()
    page.get_by_label("To (not included)").fill(middle.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("link", name="fresh")).to_have_count(0)
    expect(page.get_by_role("link", name="two-days-old")).to_be_visible()
    expect(page.get_by_role("switch", name="Live")).to_be_disabled()


def test_a_trace_sent_after_the_page_was_opened_appears_by_itself(visit: Visit, server: ServerProcess) -> None:
    environment = f"live-{secrets.token_hex(4)}"
    send(server, [simple_trace("before", environment=environment)])
    page = visit.open(visit.project(f"/traces?environment={environment}"))
    expect(page.get_by_role("link", name="before")).to_be_visible()
    expect(page.get_by_role("switch", name="Live")).to_be_checked()
    send(server, [simple_trace("sent-while-open", environment=environment)])
    expect(page.get_by_role("link", name="sent-while-open")).to_be_visible()
    assert names(page) == ["sent-while-open", "before"]


def test_a_known_trace_takes_its_new_state(visit: Visit, server: ServerProcess) -> None:
    environment = f"live-{secrets.token_hex(4)}"
    trace = simple_trace("growing", environment=environment)
    send(server, [trace])
    page = visit.open(visit.project(f"/traces?environment={environment}"))
    expect(page.get_by_role("link", name="growing")).to_be_visible()
    failed = Span(name="late", parent=trace.spans[0].id, attributes=observation("tool", level="ERROR"))
    send(server, [SentTrace(id=trace.id, spans=[failed], started_at=trace.started_at, attributes=trace.attributes)])
    expect(page.get_by_title("1 error")).to_be_visible()
    assert names(page) == ["growing"]


def test_live_can_be_switched_off_and_the_address_says_so(visit: Visit, server: ServerProcess) -> None:
    environment = f"live-{secrets.token_hex(4)}"
    send(server, [simple_trace("before", environment=environment)])
    page = visit.open(visit.project(f"/traces?environment={environment}"))
    page.get_by_role("switch", name="Live").click()
    expect(page.get_by_role("switch", name="Live")).not_to_be_checked()
    assert "live=off" in page.url
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(5000)
    assert asked == []


def test_rows_wait_while_the_reader_has_scrolled_away(visit: Visit, server: ServerProcess) -> None:
    environment = f"live-{secrets.token_hex(4)}"
    send(server, [simple_trace(f"row-{number}", age=10 + number, environment=environment) for number in range(60)])
    page = visit.open(visit.project(f"/traces?environment={environment}"))
    expect(page.get_by_role("link", name="row-0", exact=True)).to_be_visible()
    page.evaluate(f"{scroller(page)}.scrollTo(0, 600)")
    page.wait_for_timeout(300)
    before = names(page)[:20]
    send(server, [simple_trace("arrived", environment=environment)])
    waiting = page.get_by_role("button", name="1 new trace")
    expect(waiting).to_be_visible()
    assert names(page)[:20] == before
    waiting.click()
    expect(page.get_by_role("link", name="arrived")).to_be_in_viewport()


def test_an_empty_project_says_how_to_begin_and_becomes_the_list(visitor: Visitor, empty_server: ServerProcess) -> None:
    visit = visitor(empty_server)
    visit.sign_in()
    page = visit.open("/")
    expect(page.get_by_role("heading", name="Send the first trace")).to_be_visible()
    lines = page.locator("pre")
    for line in (f"LANGFUSE_HOST={empty_server.url}", "LANGFUSE_PUBLIC_KEY=", "LANGFUSE_SECRET_KEY="):
        expect(lines).to_contain_text(line)
    send(empty_server, [simple_trace("the-first")])
    expect(page.get_by_role("link", name="the-first")).to_be_visible()


def test_a_failure_is_shown_in_the_servers_words_and_can_be_tried_again(visit: Visit) -> None:
    visit.expected_errors.append("500")
    fails = True

    def answer(route: Route) -> None:
        if fails:
            body = '{"code": "internal", "message": "The disk is full.", "hint": "Make room."}'
            route.fulfill(status=500, content_type="application/json", body=body)
        else:
            route.continue_()

    visit.page.route(re.compile("/api/v1/projects/.*/traces"), answer)
    page = visit.open(visit.project("/traces?environment=many"))
    expect(page.get_by_role("alert")).to_contain_text("The disk is full.")
    expect(page.get_by_role("alert")).to_contain_text("Make room.")
    fails = False
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("link", name="many-0000")).to_be_visible()


def test_the_keyboard_goes_from_row_to_row_and_opens_one(visit: Visit) -> None:
    page = visit.open(visit.project("/traces?environment=many&live=off"))
    page.get_by_role("link", name="many-0000").focus()
    for key in ("ArrowDown", "j", "ArrowDown", "k"):
        page.keyboard.press(key)
    expect(page.get_by_role("link", name="many-0002")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="many-0002", level=1)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("link", name="many-0000")).to_be_visible()


def test_requests_that_nobody_waits_for_any_more_are_cancelled(visit: Visit) -> None:
    visit.page.route(re.compile(r"search=slow"), lambda _: None)
    page = visit.open(visit.project("/traces?live=off"))
    expect(page.get_by_role("table", name="Traces")).to_be_visible()
    with page.expect_event("requestfailed", lambda request: "search=slow" in request.url) as cancelled:
        page.get_by_role("searchbox").fill("slow")
        page.wait_for_timeout(600)
        page.get_by_role("searchbox").fill("many-0001")
    assert "ABORTED" in str(cancelled.value.failure)
    expect(page.get_by_role("link", name="many-0001")).to_be_visible()


def test_sessions_and_users_have_pages_of_their_traces(visit: Visit, server: ServerProcess) -> None:
    user, session = f"user {secrets.token_hex(4)}/x", f"session {secrets.token_hex(4)}?&#"
    send(server, [simple_trace(f"turn-{turn}", age=10 - turn, user=user, session=session) for turn in range(3)])
    page = visit.open(visit.project("/traces?q=turn-2"))
    page.get_by_role("link", name=session).click()
    expect(page.get_by_role("heading", name=session, level=1)).to_be_visible()
    expect(page.get_by_text("3 traces", exact=True)).to_be_visible()
    assert names(page) == ["turn-2", "turn-1", "turn-0"]
    page.get_by_role("link", name=user).first.click()
    expect(page.get_by_role("heading", name=user, level=1)).to_be_visible()
    expect(page.get_by_role("link", name="turn-0")).to_be_visible()
    page.get_by_role("searchbox").fill("turn-1")
    expect(page.get_by_role("link", name="turn-0")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("link", name="turn-1")).to_be_visible()


def test_facts_of_a_trace_sent_in_an_other_environment_are_marked(visit: Visit, server: ServerProcess) -> None:
    environment = f"env-{secrets.token_hex(4)}"
    send(server, [SentTrace(spans=[Span(name="solo")], attributes=trace_facts("solo", environment=environment))])
    page = visit.open(visit.project(f"/traces?environment={environment}"))
    expect(page.get_by_role("button", name=f"Only environment {environment}")).to_be_visible()
