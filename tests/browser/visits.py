"""A browser's visit to the server, watched: whatever a page loads, breaks or reports is kept for the test to judge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

from tests.serving.server_process import ServerProcess

EMAIL = "matrix@example.org"
PASSWORD = "correct horse battery"

_WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
});
window.shifts = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


@dataclass
class Visit:
    """One page in its own browser profile. ``check`` fails for anything that must not happen on any page."""

    server: ServerProcess
    context: BrowserContext
    page: Page
    expected_errors: list[str] = field(default_factory=list)
    """Parts of console messages that the test provokes, such as the 404 of a trace that is not there."""
    _problems: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Begin to listen. Call once, before the first address is opened."""
        self.context.add_init_script(_WATCH)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self._problems.append(f"error in the page: {error}"))
        self.context.on("request", self._see)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._problems.append(f"console: {message.text}")

    def _see(self, request: Request) -> None:
        if not request.url.startswith(self.server.url):
            self._problems.append(f"request to elsewhere: {request.url}")

    def open(self, path: str) -> Page:
        """Open an address of the server."""
        self.page.goto(self.server.url + path)
        return self.page

    def sign_in(self) -> None:
        """Sign in without the form, as a browser that has kept its cookie."""
        answer = self.context.request.post(
            f"{self.server.url}/api/v1/login",
            data={"email": EMAIL, "password": PASSWORD},
            headers={"X-Spanwise-Request": "1"},
        )
        assert answer.ok, answer.text()

    def project(self, path: str = "/traces") -> str:
        """Return an address inside the project."""
        return f"/project/{self.server.project_id}{path}"

    def shifts(self) -> float:
        """Return how far things have moved without the reader's doing (the browser's layout-shift score)."""
        return float(self.page.evaluate("window.shifts"))

    def check(self) -> None:
        """Fail if the page has reported errors, violated the policy or loaded anything from elsewhere."""
        violations: list[Any] = self.page.evaluate("window.violations ?? []")
        unexpected = [
            problem for problem in self._problems if not any(expected in problem for expected in self.expected_errors)
        ]
        assert [*unexpected, *violations] == []


Visitor = Callable[..., Visit]
"""Makes a visit: keyword arguments are the browser profile's (``viewport``, ``color_scheme`` …)."""
