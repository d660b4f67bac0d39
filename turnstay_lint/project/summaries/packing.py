"""Summaries as bytes, for the way between processes: MessagePack, and pickle for what it lacks.

MessagePack takes a fifth of pickle's time to write. It has no ``...``, which goes as an extension,
and no lone surrogates, which a file's name may hold.
https://jcristharif.com/msgspec/extending.html
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TypeAlias

from msgspec import DecodeError, Raw
from msgspec.msgpack import Decoder, Encoder, Ext, decode
from msgspec.structs import astuple, replace

from turnstay_lint.project.summaries.places import is_test
from turnstay_lint.project.summaries.summary import (
    AttributeSummary,
    ClassSummary,
    FunctionSummary,
    ModuleSummary,
    VariableSummary,
)
from turnstay_lint.source.file import SourceFile

Buffer: TypeAlias = bytes | Raw

_ELLIPSIS = 1
_UNWRITABLE = (TypeError, ValueError, OverflowError, NotImplementedError)
"""What MessagePack raises for what it has no form of."""
Summaries = list[ModuleSummary | None]


def packed(summaries: Sequence[ModuleSummary | None]) -> bytes:
    """Return summaries as bytes, for ``unpacked`` of the same version of this program."""
    try:
        return _encoder().encode(summaries)
    except _UNWRITABLE:
        return pickle.dumps(summaries, pickle.HIGHEST_PROTOCOL)


def unpacked(content: bytes) -> Summaries:
    """Return the summaries that were packed, in their order."""
    try:
        return _decoder().decode(content)
    except (DecodeError, UnicodeError):
        found: Summaries = pickle.loads(content)
        return found


def lasting(summary: ModuleSummary) -> bytes | None:
    """Return a summary as bytes that may outlive the process; None for what only pickle can."""
    try:
        return _encoder().encode(summary)
    except _UNWRITABLE:
        return None


def unpacked_one(content: Buffer) -> ModuleSummary:
    """Return a summary of ``lasting`` bytes; raises DecodeError for other bytes."""
    return _one_decoder().decode(content)


def said(summary: ModuleSummary) -> bytes:
    """Return bytes that are the same for summaries that say the same, wherever in their files.

    What tests call is left out: of that others only ask for names, which a project notes.
    Raises what an encoder does, for what only pickle can put into bytes.
    """
    definitions = [
        [(name, list(map(_unplaced, parts))) for name, parts in _definitions(summary)],
        list(summary.imports),
    ]
    called = frozenset[str]() if is_test(summary.path) else summary.called
    others = replace(summary, classes={}, functions={}, variables={}, called=called)
    return _sorting_encoder().encode((others, definitions))


def places(summary: ModuleSummary) -> bytes:
    """Return bytes that are the same as long as what a summary tells of stands where it stood."""
    found = ([part.span for part in parts] for _, parts in _definitions(summary))
    return _encoder().encode(list(found))


_Definition: TypeAlias = ClassSummary | FunctionSummary | VariableSummary | AttributeSummary


def _definitions(summary: ModuleSummary) -> Iterator[tuple[str, list[_Definition]]]:
    """Yield what a module defines by name, each class with what it says of its attributes."""
    for name, definition in summary.classes.items():
        yield name, [replace(definition, attributes=()), *definition.attributes]
    for name, function in summary.functions.items():
        yield name, [function]
    for name, variable in summary.variables.items():
        yield name, [variable]


def _unplaced(definition: _Definition) -> tuple[object, ...]:
    """Return all that a definition says but where it stands."""
    at = definition.__struct_fields__.index("span")
    fields = astuple(definition)
    return (type(definition).__name__, *fields[:at], *fields[at + 1 :])


def told(again: object) -> bytes:
    """Return bytes that are the same for what was read again of a file and says the same."""
    if isinstance(again, ModuleSummary):
        return said(again)
    if isinstance(again, SourceFile):
        again = again.text
    orders = list(again) if isinstance(again, Mapping) else []
    return _sorting_encoder().encode((again, orders))


class NotPacked(Exception):
    """A value has no bytes, or bytes are of no such value."""


def packed_value(value: object) -> bytes:
    """Return a value as bytes that may outlive the process; raises NotPacked."""
    try:
        return _encoder().encode(value)
    except _UNWRITABLE as error:
        raise NotPacked(str(error)) from error


def unpacked_value(content: bytes, kind: object) -> object:
    """Return a value of a ``kind`` from its bytes; raises NotPacked."""
    try:
        return decode(content, type=kind, ext_hook=_from_extension)
    except (DecodeError, UnicodeError, TypeError) as error:
        raise NotPacked(str(error)) from error


@cache
def _sorting_encoder() -> Encoder:
    return Encoder(enc_hook=_extended, order="deterministic")


@cache
def _one_decoder() -> Decoder[ModuleSummary]:
    return Decoder(ModuleSummary, ext_hook=_from_extension)


@cache
def _encoder() -> Encoder:
    return Encoder(enc_hook=_extended)


@cache
def _decoder() -> Decoder[Summaries]:
    return Decoder(Summaries, ext_hook=_from_extension)


def _extended(value: object) -> Ext:
    if value is ...:
        return Ext(_ELLIPSIS, b"")
    raise NotImplementedError(type(value).__name__)


def _from_extension(code: int, data: object) -> object:
    return ... if code == _ELLIPSIS else data
