"""Protobuf requests with text that is not UTF-8, made readable. Only for requests that the strict parser has refused.

Some encoders write a lone surrogate (half of an emoji, left where an application cut a string) as three bytes that no strict
parser takes. protobuf refuses the whole request then, so one character of one span would cost all of its neighbours. On the
wire a string and a byte string are the same: the request is parsed with descriptors that say bytes everywhere, its text is
repaired, and it is parsed again.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from google.protobuf import message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor, FileDescriptor
from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import DESCRIPTOR, ExportTraceServiceRequest


def repair_text(body: bytes) -> bytes:
    """Return the request with U+FFFD for what is no UTF-8 in its text; surrogates in pairs become their character.

    Raises:
        google.protobuf.message.DecodeError: The bytes are no ExportTraceServiceRequest for another reason.
    """
    message_class, text_fields = _lenient_request()
    request = message_class()
    request.ParseFromString(body)
    _repair(request, text_fields)
    return request.SerializeToString()


@cache
def _lenient_request() -> tuple[type[Message], frozenset[str]]:
    """Build the request's class with bytes for strings, and the full names of the fields that were strings."""
    pool = DescriptorPool()
    text_fields: set[str] = set()
    for file in _with_dependencies(DESCRIPTOR):
        proto = FileDescriptorProto()
        file.CopyToProto(proto)
        for message in proto.message_type:
            _say_bytes(message, proto.package, text_fields)
        pool.Add(proto)
    descriptor: Descriptor = pool.FindMessageTypeByName(ExportTraceServiceRequest.DESCRIPTOR.full_name)
    return message_factory.GetMessageClass(descriptor), frozenset(text_fields)


def _with_dependencies(file: FileDescriptor) -> Iterator[FileDescriptor]:
    """Yield a file after those it needs, each once."""
    files: dict[str, FileDescriptor] = {}

    def add(one: FileDescriptor) -> None:
        for dependency in one.dependencies:
            add(dependency)
        files.setdefault(one.name, one)

    add(file)
    yield from files.values()


def _say_bytes(message: DescriptorProto, scope: str, text_fields: set[str]) -> None:
    name = f"{scope}.{message.name}"
    for field in message.field:
        if field.type == FieldDescriptorProto.TYPE_STRING:
            field.type = FieldDescriptorProto.TYPE_BYTES
            text_fields.add(f"{name}.{field.name}")
    for nested in message.nested_type:
        _say_bytes(nested, name, text_fields)


def _repair(message: Message, text_fields: frozenset[str]) -> None:
    for field, value in message.ListFields():
        if field.type == FieldDescriptor.TYPE_MESSAGE:
            for inner in value if field.is_repeated else (value,):
                _repair(inner, text_fields)
        elif field.full_name in text_fields:
            if field.is_repeated:
                value[:] = [_make_utf8(item) for item in value]
            else:
                setattr(message, field.name, _make_utf8(value))


def _make_utf8(raw: bytes) -> bytes:
    try:
        text = raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace").encode()
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()
