"""Signing in and out, and coming back to where one wanted to go."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.visits import EMAIL, PASSWORD, Visit, Visitor
from tests.serving.server_process import ServerProcess


def fill(page: Page, password: str, email: str = EMAIL) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_a_wrong_password_is_refused_in_the_servers_words_and_the_right_one_opens_the_project(
    visitor: Visitor, server: ServerProcess
) -> None:
    visit = visitor(server)
    visit.expected_errors.append("401")
    page = visit.open("/")
    expect(page).to_have_url(re.compile("/login$"))
    fill(page, "wrong")
    expect(page.get_by_role("alert")).to_contain_text(re.compile("password", re.IGNORECASE))
    fill(page, PASSWORD)
    expect(page).to_have_url(re.compile(f"/project/{server.project_id}/traces$"))
    expect(page.get_by_role("table", name="Traces")).to_be_visible()


def test_a_link_leads_through_the_login_to_its_page(visitor: Visitor, server: ServerProcess) -> None:
    visit = visitor(server)
    visit.expected_errors.append("401")
    page = visit.open(visit.project("/traces?environment=many&q=many-0007"))
    fill(page, PASSWORD)
    expect(page).to_have_url(re.compile(r"/traces\?q=many-0007&environment=many$|/traces\?environment=many&q=many-0007$"))
    expect(page.get_by_role("link", name="many-0007")).to_be_visible()


def test_signing_out_ends_the_login_on_the_server_too(visit: Visit) -> None:
    visit.expected_errors.append("401")
    page = visit.open(visit.project())
    page.get_by_role("button", name=re.compile("^Account")).click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    visit.open(visit.project())
    expect(page.get_by_label("Password")).to_be_visible()


def test_a_login_that_ended_meanwhile_leads_back_to_the_page(visit: Visit) -> None:
    visit.expected_errors.append("401")
    page = visit.open(visit.project("/traces?environment=many&live=off"))
    expect(page.get_by_role("link", name="many-0000")).to_be_visible()
    visit.context.clear_cookies()
    page.get_by_role("link", name="many-0000").click()
    expect(page).to_have_url(re.compile(r"/login\?next="))
    fill(page, PASSWORD)
    expect(page.get_by_role("heading", name="many-0000", level=1)).to_be_visible()


def test_the_server_may_be_away(visitor: Visitor, server: ServerProcess) -> None:
    visit = visitor(server)
    visit.expected_errors += ["401", "ERR_INTERNET_DISCONNECTED"]
    page = visit.open("/login")
    # The form comes with a part of the application that is loaded when it is needed.
    expect(page.get_by_label("E-mail")).to_be_visible()
    visit.context.set_offline(True)
    fill(page, PASSWORD)
    expect(page.get_by_role("alert")).to_contain_text("could not be reached")
    expect(page.get_by_role("button", name="Sign in")).to_be_enabled()
