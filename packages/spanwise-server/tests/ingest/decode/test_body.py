"""Bodies are decompressed and parsed within bounds, and every fault is a clear 4xx."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanwise_server.domain.errors import InvalidRequestError, PayloadRejectedError, PayloadTooLargeError
from spanwise_server.ingest.decode.body import parse_json, read_body
from spanwise_server.ingest.decoded import IngestLimits

LIMITS = IngestLimits(
    max_decompressed_bytes=1_000_000, max_json_depth=50, max_attributes=100, max_attribute_bytes=10_000, max_batch_events=100
)
TEXT = b'{"batch": []}' * 50


def read(raw: bytes, encoding: str, limit: int = 1_000_000) -> bytes:
    return read_body(raw, content_encoding=encoding, max_decompressed_bytes=limit)


def raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(data) + stream.flush()


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (TEXT, ""),
        (TEXT, "identity"),
        (gzip.compress(TEXT), "gzip"),
        (gzip.compress(TEXT), "X-GZip"),
        (gzip.compress(TEXT), " identity , gzip "),
        (gzip.compress(TEXT[:100]) + gzip.compress(b"") + gzip.compress(TEXT[100:]), "gzip"),
        (gzip.compress(TEXT) + b"\0" * 512, "gzip"),
        (zlib.compress(TEXT), "deflate"),
        (raw_deflate(TEXT), "deflate"),
    ],
)
def test_every_accepted_encoding_yields_the_body(raw: bytes, encoding: str) -> None:
    assert read(raw, encoding) == TEXT


def test_members_that_straddle_chunks_are_joined() -> None:
    noise = [bytes((i * j) % 251 for i in range(70_000)) for j in (3, 7, 11)]
    raw = b"".join(gzip.compress(part, compresslevel=0) for part in noise)
    assert read(raw, "gzip") == b"".join(noise)


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip;q=1", "compress"])
def test_an_unknown_encoding_is_refused_and_the_accepted_ones_are_named(encoding: str) -> None:
    with pytest.raises(InvalidRequestError, match="Content-Encoding") as caught:
        read(TEXT, encoding)
    assert "gzip, deflate, identity" in (caught.value.hint or "")


def test_two_compressions_are_refused() -> None:
    with pytest.raises(InvalidRequestError, match="2 compressions"):
        read(gzip.compress(gzip.compress(TEXT)), "gzip, gzip")


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (b"", "gzip"),
        (TEXT, "gzip"),
        (gzip.compress(TEXT)[:5], "gzip"),
        (gzip.compress(TEXT)[:-9], "gzip"),
        (gzip.compress(TEXT)[:-4], "gzip"),
        (gzip.compress(TEXT) + b"trailing", "gzip"),
        (gzip.compress(TEXT) + gzip.compress(TEXT)[:-3], "gzip"),
        (gzip.compress(TEXT)[:-8] + b"\1" * 8, "gzip"),
        (gzip.compress(b"") * 10_001, "gzip"),
        (b"", "deflate"),
        (zlib.compress(TEXT)[:-5], "deflate"),
        (b"\xff\xff\xff", "deflate"),
    ],
)
def test_cut_or_corrupt_data_is_a_client_fault(raw: bytes, encoding: str) -> None:
    with pytest.raises(InvalidRequestError, match="Failed to decompress request body"):
        read(raw, encoding)


@pytest.mark.parametrize("compress", [gzip.compress, zlib.compress, raw_deflate, lambda data: data])
def test_a_body_over_the_limit_is_too_large_and_one_at_the_limit_is_not(compress: Any) -> None:
    encoding = {gzip.compress: "gzip", zlib.compress: "deflate", raw_deflate: "deflate"}.get(compress, "")
    assert len(read(compress(b"a" * 1000), encoding, 1000)) == 1000
    with pytest.raises(PayloadTooLargeError, match="larger than 1000 bytes"):
        read(compress(b"a" * 1001), encoding, 1000)


def test_a_bomb_is_stopped_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked: list[int] = []
    real = zlib.decompressobj

    class Counting:
        def __init__(self, wbits: int) -> None:
            self._stream = real(wbits)

        def decompress(self, data: bytes, max_length: int) -> bytes:
            out = self._stream.decompress(data, max_length)
            unpacked.append(len(out))
            return out

        def __getattr__(self, name: str) -> Any:  # zlib's attributes
            return getattr(self._stream, name)

    monkeypatch.setattr(zlib, "decompressobj", Counting)
    bomb = gzip.compress(b"\0" * 20_000_000)
    with pytest.raises(PayloadTooLargeError):
        read(bomb, "gzip", 100_000)
    assert sum(unpacked) == 100_001


@given(st.binary(max_size=2000), st.sampled_from(["gzip", "deflate", ""]), st.integers(0, 3000))
def test_random_bytes_never_raise_anything_but_a_client_fault(raw: bytes, encoding: str, limit: int) -> None:
    for candidate in (raw, gzip.compress(raw), gzip.compress(raw)[: len(raw)]):
        try:
            body = read(candidate, encoding, limit)
        except (InvalidRequestError, PayloadTooLargeError):
            continue
        assert len(body) <= limit


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": [1, 2.5, null, true, "x"]}', {"a": [1, 2.5, None, True, "x"]}),
        ('\ufeff{"a": 1}', {"a": 1}),
        ('{"a": 1, "a": 2}', {"a": 2}),
        ('[NaN, Infinity, -Infinity, "NaN"]', ["NaN", "Infinity", "-Infinity", "NaN"]),
        ('["\\ud800", "\\udfff\\ud800", "\\ud83e\\udd8a", "é"]', ["\ufffd", "\ufffd\ufffd", "🦊", "é"]),
        ('{"\\ud800": {"\\udc00": NaN}}', {"\ufffd": {"\ufffd": "NaN"}}),
        ("[1e999, -1e999, 1e-999]", ["1e999", "-1e999", 0.0]),
        ("[18446744073709551616, -9223372036854775809]", [2**64, -(2**63) - 1]),
        ("1" * 5000, "1" * 5000),
        ('"\\u0000"', "\0"),
        (json.dumps("[" * 500 + '"\\'), "[" * 500 + '"\\'),
    ],
)
def test_what_clients_send_is_understood(text: str, value: object) -> None:
    assert parse_json(text.encode(), LIMITS) == value


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "not valid JSON: it is empty"),
        (b" \n", "not valid JSON: it is empty"),
        (b'{"a": 1,\n "b": }', "at line 2, column 7"),
        (b'{"a": 1', "at line 1, column 8"),
        (b"{'a': 1}", "at line 1, column 2"),
        (b'{"a": 1} {}', "Extra data at line 1, column 10"),
        (b'{"a": nan}', "at line 1, column 7"),
        (b'"a\nb"', "Invalid control character"),
        (b'{"a": "caf\xe9"}', "not valid UTF-8: unexpected byte 0xe9 at position 10"),
        (b'[NaN, "\xed\xa0\x80"]', "not valid UTF-8: unexpected byte 0xed at position 7"),
        ('{"a": 1}'.encode("utf-16"), "UTF-8"),
    ],
)
def test_what_is_not_json_is_refused_with_its_place(body: bytes, message: str) -> None:
    with pytest.raises(InvalidRequestError, match="Request body") as caught:
        parse_json(body, LIMITS)
    assert message in caught.value.message
    assert caught.value.issues[0].message == caught.value.message


def nested(depth: int) -> bytes:
    return b'{"a":[' * (depth // 2) + b"[" * (depth % 2) + b"]" * (depth % 2) + b"]}" * (depth // 2)


@pytest.mark.parametrize("filler", [b"1", b"NaN"])
def test_nesting_is_accepted_up_to_the_limit(filler: bytes) -> None:
    neighbours = b",".join([b'"]]}}"', b"[{}]"] * 100)
    parse_json(b"[" + filler + b"," + neighbours + b"," + nested(49) + b"]", LIMITS)
    with pytest.raises(PayloadRejectedError, match="more than 50 levels"):
        parse_json(b"[" + filler + b"," + neighbours + b"," + nested(50) + b"]", LIMITS)


@pytest.mark.parametrize("body", [b"[" * 10_000 + b"]" * 10_000, b'{"a":' * 10_000 + b"1" + b"}" * 10_000, nested(800)])
@pytest.mark.parametrize("prefix", [b"", b"[NaN,"])
def test_deep_nesting_is_refused_whatever_parser_meets_it(body: bytes, prefix: bytes) -> None:
    with pytest.raises(PayloadRejectedError, match="more than 50 levels"):
        parse_json(prefix + body + (b"]" if prefix else b""), LIMITS)


def test_a_generous_depth_setting_does_not_crash_the_parser() -> None:
    generous = msgspec.structs.replace(LIMITS, max_json_depth=100_000)
    for prefix in (b"", b"[NaN,"):
        with pytest.raises(PayloadRejectedError, match="levels deep"):
            parse_json(prefix + b"[" * 50_000 + b"]" * 50_000 + (b"]" if prefix else b""), generous)


def test_more_values_than_memory_allows_are_refused_before_they_are_built() -> None:
    with pytest.raises(PayloadRejectedError, match="more than 5000000 JSON values"):
        parse_json(b"[" + b"[]," * 5_000_001 + b"[]]", LIMITS)


def test_commas_and_brackets_in_strings_are_not_values() -> None:
    text = '[,{\\"' * 2_000_000
    assert parse_json(json.dumps([text]).encode(), LIMITS) == [text]


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON_VALUES)
def test_whatever_python_dumps_is_parsed_and_can_be_stored(value: Any) -> None:
    parsed = parse_json(json.dumps(value).encode(), LIMITS)
    assert parse_json(msgspec.json.encode(parsed), LIMITS) == parsed


@given(st.binary(max_size=300) | st.text(alphabet='[]{}",:\\u0d8N1e-', max_size=60).map(str.encode))
def test_random_bodies_parse_or_are_a_client_fault(body: bytes) -> None:
    try:
        parsed = parse_json(body, LIMITS)
    except InvalidRequestError:
        return
    msgspec.json.encode(parsed)
