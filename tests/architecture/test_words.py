"""What no tracked file may contain: addresses of package indexes and paths of somebody's machine.

The tree must work unchanged behind a mirror, in an air-gapped network and in every folder.
"""

from __future__ import annotations

import json
import re

import pytest

from tests.architecture.source_tree import ROOT, text_files

# Spelled so that this file does not contain what it forbids.
PACKAGE_INDEX = re.compile(
    r"py[p]i\.(?:org|io|python)|python[h]osted\.org|npm[j]s\.(?:org|com)|yarn[p]kg\.com|[-]-(?:extra-)?index-url\s+http",
    re.IGNORECASE,
)
MACHINE_PATH = re.compile(r"(?<![\w.~$})/])/(?:home|Users|root|work|workspace|mnt|builds)/[\w.]")
SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bghp_[A-Za-z0-9]{36}\b|\bsk-ant-[A-Za-z0-9-]{20,}"
)
RULES = [PACKAGE_INDEX, MACHINE_PATH, SECRET]


@pytest.mark.parametrize("rule", RULES, ids=["package index", "machine path", "secret"])
def test_no_file_contains_it(rule: re.Pattern[str]) -> None:
    found = [
        f"{path}:{text.count(chr(10), 0, m.start()) + 1}: {m.group()}"
        for path, text in text_files()
        for m in rule.finditer(text)
    ]
    assert found == []


def test_the_lock_of_the_browser_application_names_no_registry() -> None:
    packages = json.loads((ROOT / "web/package-lock.json").read_text("utf-8"))["packages"]
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if name and not entry.get("link") and "integrity" not in entry] == []


def test_the_lock_of_the_browser_application_is_of_its_manifest() -> None:
    manifest = json.loads((ROOT / "web/package.json").read_text("utf-8"))
    root = json.loads((ROOT / "web/package-lock.json").read_text("utf-8"))["packages"][""]
    for kind in ("dependencies", "devDependencies"):
        assert root.get(kind, {}) == manifest.get(kind, {}), "run `npm install` in web/"


@pytest.mark.parametrize(
    ("rule", "text", "is_good"),
    [
        (PACKAGE_INDEX, "pip install spanwise", True),
        (PACKAGE_INDEX, "https://files.python" + "hosted.org/x", False),
        (PACKAGE_INDEX, "https://py" + "pi.org/simple", False),
        (PACKAGE_INDEX, '"resolved": "https://registry.npm' + 'js.org/x"', False),
        (PACKAGE_INDEX, "-" + "-index-url http://mirror", False),
        (MACHINE_PATH, "https://example.com/work/item and ./home/x", True),
        (MACHINE_PATH, "/var/lib/spanwise", True),
        (MACHINE_PATH, "open('/ho" + "me/ann/x')", False),
        (MACHINE_PATH, "cd /wo" + "rk/main", False),
        (SECRET, "sk-lf-1234567890", True),
        (SECRET, "-----BEGIN RSA PRIVATE" + " KEY-----", False),
    ],
)
def test_the_rules_know_good_from_bad(rule: re.Pattern[str], text: str, *, is_good: bool) -> None:
    assert (rule.search(text) is None) is is_good
