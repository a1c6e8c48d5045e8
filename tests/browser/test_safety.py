"""What a page may load and run: nothing from elsewhere, nothing inline, nothing out of a payload, and not too much."""

from __future__ import annotations

from typing import Any

import httpx
from playwright.sync_api import expect

from tests.browser.telemetry import SentTrace
from tests.browser.visits import EMAIL, PASSWORD, Visit, Visitor
from tests.serving.server_process import ServerProcess

FIRST_LOAD_BYTES = 300_000


def test_pages_are_served_with_a_strict_policy(server: ServerProcess) -> None:
    for path in ("/", "/login", f"/project/{server.project_id}/traces/x"):
        policy = httpx.get(server.url + path).headers["content-security-policy"]
        rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split(";")}
        assert rules["default-src"] == ["'self'"]
        assert "unsafe" not in policy
        for name in ("script-src", "style-src"):
            assert rules.get(name, ["'self'"]) == ["'self'"]


def test_the_policy_is_kept_while_every_part_is_used(visit: Visit, sample: SentTrace) -> None:
    """Leaving the test checks that nothing was violated; menus and panels are where libraries put styles in."""
    page = visit.open(visit.project("/traces?live=off"))
    for name in ("Any time", "Filter"):
        page.get_by_role("button", name=name, exact=True).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")
    for role, name in (("button", "Project"), ("button", "Account")):
        page.locator(f"{role}[aria-label^={name}]").click()
        expect(page.get_by_role("menu")).to_be_visible()
        page.keyboard.press("Escape")
    visit.open(visit.project(f"/traces/{sample.id}"))
    for item in page.get_by_role("treeitem").all():
        item.click()
        expect(page.get_by_role("region", name="Content")).to_be_visible()


def test_the_watch_sees_violations_and_foreign_requests(visitor: Visitor, server: ServerProcess) -> None:
    """Every other test relies on it."""
    visit = visitor(server)
    visit.expected_errors += ["Content Security Policy", "violates", "401", "elsewhere"]
    page = visit.open("/login")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')")
    page.wait_for_function("window.violations.length > 0")
    assert "style-src" in page.evaluate("window.violations[0]")
    page.evaluate("window.violations = []")


def test_hostile_telemetry_stays_text_everywhere(visit: Visit, hostile: SentTrace) -> None:
    page = visit.open(visit.project(f"/traces?q={hostile.id}"))
    expect(page.locator("[data-row-link]")).to_have_count(1)
    page.locator("[data-row-link]").click()
    for raw in ("", "&view=raw"):
        visit.open(visit.project(f"/traces/{hostile.id}?observation={'e' * 16}{raw}"))
        expect(page.get_by_role("region", name="Content")).to_contain_text("<script>window.hacked=1</script>")
        page.wait_for_timeout(300)
        assert page.evaluate("window.hacked") is None
        assert page.locator("#root img, #root script, #root iframe").count() == 0
        assert page.locator("a[href^='javascript']").count() == 0
    visit.open(visit.project(f"/traces/{hostile.id}"))
    page.locator("dl a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("<script>")
    assert page.evaluate("window.hacked") is None


def test_the_first_visit_loads_little(visitor: Visitor, server: ServerProcess) -> None:
    visit = visitor(server)
    visit.expected_errors.append("401")
    network = visit.context.new_cdp_session(visit.page)
    sizes: dict[str, float] = {}
    addresses: dict[str, str] = {}

    def remember(event: dict[str, Any]) -> None:
        addresses[event["requestId"]] = event["response"]["url"]

    def add(event: dict[str, Any]) -> None:
        sizes[event["requestId"]] = event["encodedDataLength"]

    network.on("Network.responseReceived", remember)
    network.on("Network.loadingFinished", add)
    network.send("Network.enable")
    page = visit.open("/")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("table", name="Traces")).to_be_visible()
    page.wait_for_timeout(500)
    files = {address: sizes.get(key, 0) for key, address in addresses.items() if "/api/" not in address}
    assert any(address.endswith(".js") for address in files)
    assert sum(files.values()) < FIRST_LOAD_BYTES, files


def test_files_are_kept_by_the_browser_and_pages_are_not(server: ServerProcess) -> None:
    page = httpx.get(server.url + "/login")
    assert page.headers["cache-control"] == "no-cache"
    script = page.text.split('src="./assets/')[1].split('"')[0]
    assert "immutable" in httpx.get(f"{server.url}/assets/{script}").headers["cache-control"]
    licences = httpx.get(f"{server.url}/third-party-licenses.txt").text
    assert "react-dom" in licences
