"""Derived keys differ by purpose; sealed values open for their own row only, with the present key or a former one."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from spanwise_server.domain.errors import ConfigurationError
from spanwise_server.services.installation_keys import InstallationKeys, Sealing, open_installation_keys
from spanwise_server.storage.metadata.pepper import FILE_NAME, FORMER_FILE_NAME, create_pepper

KEYS = InstallationKeys(b"s" * 32)
ROW = ("project", "row")


def test_each_purpose_has_its_own_key_and_always_the_same() -> None:
    assert KEYS.derive("a") == KEYS.derive("a")
    assert len({KEYS.derive("a"), KEYS.derive("b"), InstallationKeys(b"t" * 32).derive("a")}) == 3
    # Written out, because changing how keys are derived would make every sealed value of every installation useless.
    assert KEYS.derive("a") == HKDF(algorithm=SHA256(), length=32, salt=None, info=b"spanwise/a/1").derive(b"s" * 32)


@given(value=st.binary(max_size=500), context=st.lists(st.text(), max_size=3).map(tuple))
def test_what_was_sealed_opens_again(value: bytes, context: tuple[str, ...]) -> None:
    sealing = KEYS.sealing("a")
    sealed = sealing.seal(value, context=context)

    assert sealing.open(sealed, context=context) == value
    assert sealing.seal(value, context=context) != sealed
    assert len(value) < 16 or value not in sealed


@pytest.mark.parametrize("context", [("project", "other"), ("other", "row"), ("projectrow",), ("project", "ro", "w"), ()])
def test_a_value_of_another_row_does_not_open(context: tuple[str, ...]) -> None:
    sealed = KEYS.sealing("a").seal(b"secret", context=ROW)

    with pytest.raises(ConfigurationError, match="another row"):
        KEYS.sealing("a").open(sealed, context=context)


@given(st.data())
def test_a_changed_or_cut_value_does_not_open(data: st.DataObject) -> None:
    sealed = KEYS.sealing("a").seal(b"secret", context=ROW)
    place = data.draw(st.integers(0, len(sealed) - 1))
    flipped = sealed[:place] + bytes([sealed[place] ^ data.draw(st.integers(1, 255))]) + sealed[place + 1 :]

    for damaged in (flipped, sealed[:place]):
        with pytest.raises(ConfigurationError) as caught:
            KEYS.sealing("a").open(damaged, context=ROW)
        assert caught.value.hint


@pytest.mark.parametrize("other", [KEYS.sealing("b"), InstallationKeys(b"t" * 32).sealing("a")])
def test_another_key_does_not_open_it_and_says_what_is_missing(other: Sealing) -> None:
    sealed = KEYS.sealing("a").seal(b"secret", context=ROW)

    with pytest.raises(ConfigurationError, match=FILE_NAME):
        other.open(sealed, context=ROW)


def test_a_former_key_opens_and_the_present_one_seals() -> None:
    before = KEYS.sealing("a").seal(b"secret", context=ROW)
    changed = InstallationKeys(b"t" * 32, former_secret=b"s" * 32).sealing("a")
    after = changed.seal(b"secret", context=ROW)

    assert changed.open(before, context=ROW) == changed.open(after, context=ROW) == b"secret"
    assert (changed.is_current(before), changed.is_current(after)) == (False, True)
    assert InstallationKeys(b"t" * 32).sealing("a").open(after, context=ROW) == b"secret"


def test_the_keys_of_a_data_directory(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=FILE_NAME):
        open_installation_keys(tmp_path)
    secret = create_pepper(tmp_path)

    assert open_installation_keys(tmp_path).derive("a") == InstallationKeys(secret).derive("a")

    sealed = open_installation_keys(tmp_path).sealing("a").seal(b"secret", context=ROW)
    (tmp_path / FILE_NAME).rename(tmp_path / FORMER_FILE_NAME)
    create_pepper(tmp_path)
    assert open_installation_keys(tmp_path).sealing("a").open(sealed, context=ROW) == b"secret"
