"""The reference pages of the API, routes and errors, as text. ``generate_reference`` writes them.

Must not invent: what a page says is the first sentence of the docstring of what it describes.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from spanwise_server.api.policies import SIGNED_URL, Credential, Policy
from spanwise_server.api.routes import ROUTE_TABLES
from spanwise_server.domain.errors import SpanwiseError

GENERATED = "Made from the code by `tools/generate_reference.py`; do not edit."

CREDENTIALS = {
    Credential.NONE: "none",
    Credential.PROJECT_KEY: "key pair",
    Credential.LOGIN: "browser login",
    Credential.PROJECT_KEY_OR_LOGIN: "key pair or browser login",
    Credential.PROJECT_LOGIN: "browser login",
    Credential.ORGANIZATION_KEY: "key pair of an organization",
    Credential.ADMIN_KEY: "admin key",
}


def first_sentence(thing: object) -> str:
    """Return the first line of the docstring of ``thing``, with Markdown's code marks."""
    text = (inspect.getdoc(thing) or "").partition("\n")[0]
    return text.replace("``", "`").replace("|", "\\|")


def credential(policy: Policy) -> str:
    """Return in words what a caller must show."""
    if policy is SIGNED_URL:
        return "the signed URL itself"
    words = CREDENTIALS[policy.credential]
    if policy.allows_admin_key:
        words += " or admin key"
    return f"{words}, or the public key alone for scores" if policy.allows_scores_scope else words


def routes_page() -> str:
    """Return the page that lists every route."""
    lines = [
        "# Routes",
        "",
        GENERATED,
        "",
        "Under `/api/public` stands the Langfuse API as its SDKs know it; a key pair is HTTP Basic, the public key as user and the secret key as password",
        "(`Authorization: Bearer public:secret` is taken as well). Under `/api/v1` stands Spanwise's own API, which the browser application uses; a request that",
        "changes something with a browser login carries the header `X-Spanwise-Request: 1`. Any other path is the browser application.",
    ]
    for tag in dict.fromkeys(table.tag for table in ROUTE_TABLES):
        lines += ["", f"## {tag.capitalize()}", "", "| Route | Credential | Does |", "|---|---|---|"]
        for route in (route for table in ROUTE_TABLES if table.tag == tag for route in table):
            path = route.path.replace(":path}", "}")
            for method in sorted(set(route.methods or ()) - {"HEAD", "OPTIONS"}):
                lines.append(f"| `{method} {path}` | {credential(route.policy)} | {first_sentence(route.endpoint)} |")
    return "\n".join(lines) + "\n"


def error_kinds(kind: type[SpanwiseError] = SpanwiseError) -> Iterator[type[SpanwiseError]]:
    """Yield every error of the tree, parents before children."""
    for child in kind.__subclasses__():
        yield child
        yield from error_kinds(child)


def errors_page() -> str:
    """Return the page that lists every error."""
    lines = [
        "# Errors",
        "",
        GENERATED,
        "",
        'Under `/api/public` a body is `{"message", "error"}`, as clients of the Langfuse API expect; for an invalid request `error` lists the issues. Everywhere',
        'else it is `{"code", "message", "hint"?, "issues"?}`. A code is stable, a message is for people. 503 and 429 carry `Retry-After`. An error that is not in',
        "the table is a 500 without details and with a request id that the server's log has as well.",
        "",
        "| Code | Status | Means |",
        "|---|---|---|",
    ]
    lines += [
        f"| `{kind.code}` | {kind.status} | {first_sentence(kind)} |"
        for kind in error_kinds()
        if kind.__module__ == SpanwiseError.__module__
    ]
    return "\n".join(lines) + "\n"
