"""Secrets are hashed under the pepper, compared in constant time, and shown only in part."""

from __future__ import annotations

import hashlib
import hmac
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanwise_server.services.api_keys import KeyPair, SecretHasher, display_secret, generate_key_pair

UUID4 = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


def test_generated_pairs_have_the_documented_form_and_differ() -> None:
    pairs = [generate_key_pair() for _ in range(50)]

    assert all(re.fullmatch(f"pk-lf-{UUID4}", pair.public_key) for pair in pairs)
    assert all(re.fullmatch(f"sk-lf-{UUID4}", pair.secret_key) for pair in pairs)
    assert len({pair.secret_key for pair in pairs} | {pair.public_key for pair in pairs}) == 100


@given(secret=st.text(), other=st.text())
def test_only_the_same_secret_matches(secret: str, other: str) -> None:
    hasher = SecretHasher(b"p" * 32)

    assert hasher.matches(secret, hasher.hash(secret))
    assert hasher.matches(other, hasher.hash(secret)) is (other == secret)


def test_the_hash_is_hmac_sha256_under_the_pepper() -> None:
    assert SecretHasher(b"pepper").hash("sk") == hmac.new(b"pepper", b"sk", hashlib.sha256).digest()
    assert SecretHasher(b"other").hash("sk") != SecretHasher(b"pepper").hash("sk")


@pytest.mark.parametrize(
    ("secret", "shown"),
    [("sk-lf-0b3c-9f", "..."), ("sk-lf-12345678-abcd", "sk-lf-...abcd"), ("", "..."), ("short", "...")],
)
def test_a_displayed_secret_gives_nothing_away(secret: str, shown: str) -> None:
    assert display_secret(secret) == shown


def test_a_pair_does_not_print_its_secret_and_its_stored_form_has_none() -> None:
    pair = KeyPair("pk-lf-1", "sk-lf-very-secret-value")
    stored = SecretHasher(b"pepper").new_api_key("p", pair, lambda: 7)

    assert "very-secret" not in repr(pair) + repr(stored)
    assert (stored.project_id, stored.public_key, stored.created_at) == ("p", "pk-lf-1", 7)
