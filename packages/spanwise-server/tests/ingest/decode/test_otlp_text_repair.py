"""Half an emoji in one span costs neither the span nor its neighbours."""

from __future__ import annotations

import pytest
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st

from spanwise_server.ingest.decode.otlp import decode_spans
from spanwise_server.ingest.decode.otlp_text_repair import repair_text
from tests.otlp_requests import CONTEXT, SpanSent, to_protobuf


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"ab\xed\xa0\xbc", "ab\ufffd"),
        (b"\xed\xa0\xbc\xed\xbc\xa6", "🌦"),
        (b"caf\xe9 x", "caf\ufffd x"),
        (b"\xff\xfe\xfd", "\ufffd\ufffd\ufffd"),
        ("Zürich".encode(), "Zürich"),
    ],
)
def test_text_that_is_not_utf8_is_repaired(raw: bytes, text: str) -> None:
    mark = "m" * len(raw)
    sent = [
        SpanSent(span_id=f"{1:016x}", attributes={"input": "kept", "k": b"\xff\xfe"}),
        SpanSent(span_id=f"{2:016x}", name=mark, attributes={"input": mark, "output": [mark]}, events=[("e", {mark: mark})]),
    ]
    body = to_protobuf(sent).replace(mark.encode(), raw)
    first, second = decode_spans(body, is_json=False, context=CONTEXT).observations
    assert (first.input, first.metadata["attributes"]) == ("kept", '{"k":"//4="}')
    assert (second.name, second.input, second.output) == (text, text, f'["{text}"]')
    assert f'{{"{text}":"{text}"}}' in second.span_events


@given(st.text(st.characters(exclude_categories=["Cs"])), st.binary())
def test_a_good_request_is_not_changed(text: str, raw: bytes) -> None:
    body = to_protobuf([SpanSent(name=text, attributes={"a": text, "b": {"c": [raw]}}, message=text, status=1)])
    assert decode_spans(repair_text(body), is_json=False, context=CONTEXT) == decode_spans(body, is_json=False, context=CONTEXT)


def test_what_is_no_protobuf_stays_an_error() -> None:
    with pytest.raises(DecodeError):
        repair_text(b"\xff\xff\xff")
