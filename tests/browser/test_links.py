"""Addresses that clients print and people share, and what is said when they lead nowhere."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.telemetry import SentTrace
from tests.browser.visits import Visit


def test_the_addresses_of_a_project_lead_to_its_traces(visit: Visit) -> None:
    for path in ("/", visit.project(""), visit.project("/")):
        page = visit.open(path)
        expect(page).to_have_url(re.compile(f"/project/{visit.server.project_id}/traces$"))
        expect(page.get_by_role("table", name="Traces")).to_be_visible()


def test_the_link_of_a_trace_opens_it_with_its_observation(visit: Visit, sample: SentTrace) -> None:
    page = visit.open(visit.project(f"/traces/{sample.id}?observation={'c' * 16}"))
    expect(page.get_by_role("heading", name="answer", level=2)).to_be_visible()


def test_an_observation_id_of_digits_alone_is_not_taken_for_a_number(visit: Visit, sample: SentTrace) -> None:
    page = visit.open(visit.project(f"/traces/{sample.id}?observation=1234567890123456"))
    expect(page.get_by_role("heading", name="ask-carrier", level=2)).to_be_visible()


def test_the_short_link_of_older_clients_finds_the_project(visit: Visit, sample: SentTrace) -> None:
    page = visit.open(f"/trace/{sample.id}?observation={'c' * 16}")
    expect(page).to_have_url(re.compile(f"/project/{visit.server.project_id}/traces/{sample.id}\\?observation={'c' * 16}$"))
    expect(page.get_by_role("heading", name="answer", level=2)).to_be_visible()


def test_a_short_link_to_nothing_says_so(visit: Visit) -> None:
    visit.expected_errors.append("404")
    page = visit.open("/trace/not-there")
    expect(page.get_by_role("heading", name="There is no such trace")).to_be_visible()


def test_a_trace_that_is_not_there_has_a_way_on(visit: Visit) -> None:
    visit.expected_errors.append("404")
    page = visit.open(visit.project("/traces/not-there"))
    expect(page.get_by_role("heading", name="There is no such trace")).to_be_visible()
    page.get_by_role("link", name="All traces").click()
    expect(page.get_by_role("table", name="Traces")).to_be_visible()


def test_an_observation_that_is_not_there_leaves_the_trace_in_sight(visit: Visit, sample: SentTrace) -> None:
    page = visit.open(visit.project(f"/traces/{sample.id}?observation=not-there"))
    expect(page.get_by_role("heading", name="There is no such observation")).to_be_visible()
    expect(page.get_by_role("tree")).to_be_visible()


def test_a_session_and_a_page_that_are_not_there(visit: Visit) -> None:
    visit.expected_errors.append("404")
    page = visit.open(visit.project("/sessions/not-there"))
    expect(page.get_by_role("heading", name="There is no such session")).to_be_visible()
    visit.open(visit.project("/nothing/of/the/kind"))
    expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()


def test_a_session_whose_id_has_slashes_and_spaces(visit: Visit, sample: SentTrace) -> None:
    page = visit.open(visit.project("/sessions/chat%20%2F%207"))
    expect(page.get_by_role("link", name="order-agent")).to_be_visible()


def test_titles_tell_pages_apart(visit: Visit, sample: SentTrace) -> None:
    page = visit.open(visit.project(f"/traces/{sample.id}"))
    expect(page).to_have_title("order-agent · Spanwise")
    visit.open(visit.project())
    expect(page).to_have_title("Traces · Spanwise")
