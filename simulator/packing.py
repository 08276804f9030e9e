"""Python values ↔ JSON text that gives them back exactly: what a file can keep of a simulator.

Only plain values and the dataclasses of this package are packed; reading a file runs nothing of its contents.
"""

import base64
import dataclasses
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

_PACKAGE = __package__
_TAG = "$"
_PLAIN = (str, int, float, bool, type(None))


def dumps(value) -> str:
    """`value` as JSON.

    :raises TypeError: it holds something that cannot be kept
    """
    return json.dumps(pack(value), ensure_ascii=False, separators=(",", ":"))


def loads(text: str):
    """What :func:`dumps` was given."""
    return unpack(json.loads(text))


def pack(value):
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is dict:
        return _pack_dict(value)
    if kind is list:
        return [pack(part) for part in value]
    name, write = _WRITERS.get(kind, (None, None))
    if name:
        return {_TAG: name, "v": write(value)}
    if dataclasses.is_dataclass(value) and kind.__module__.startswith(f"{_PACKAGE}."):
        fields = {field.name: pack(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {_TAG: f"{kind.__module__.removeprefix(_PACKAGE)}:{kind.__name__}", "v": fields}
    raise TypeError(f"{kind.__name__} cannot be kept in a file")


def unpack(value):
    if type(value) is list:
        return [unpack(part) for part in value]
    if type(value) is not dict:
        return value
    tag = value.get(_TAG)
    if tag is None:
        return {key: unpack(part) for key, part in value.items()}
    return _READERS[tag](value["v"]) if tag in _READERS else _dataclass(tag, value["v"])


def _pack_dict(value: dict):
    if all(type(key) is str for key in value) and _TAG not in value:
        return {key: pack(part) for key, part in value.items()}
    return {_TAG: "map", "v": [[pack(key), pack(part)] for key, part in value.items()]}


def _dataclass(tag: str, fields: dict):
    module, _, name = tag.partition(":")
    kind = getattr(import_module(module, _PACKAGE), name)
    if not (isinstance(kind, type) and dataclasses.is_dataclass(kind)):
        raise ValueError(f"{tag} is nothing that a file can hold")
    return kind(**{key: unpack(part) for key, part in fields.items()})


def _parts(value) -> list:
    return [pack(part) for part in value]


_WRITERS: dict[type, tuple[str, Callable[[Any], Any]]] = {
    Decimal: ("number", str),
    datetime: ("moment", datetime.isoformat),
    date: ("day", date.isoformat),
    timedelta: ("span", lambda span: [span.days, span.seconds, span.microseconds]),
    bytes: ("bytes", lambda value: base64.b64encode(value).decode()),
    tuple: ("tuple", _parts),
    set: ("set", _parts),
    frozenset: ("frozenset", _parts),
}
_READERS: dict[str, Callable[[Any], Any]] = {
    "number": Decimal,
    "moment": datetime.fromisoformat,
    "day": date.fromisoformat,
    "span": lambda parts: timedelta(*parts),
    "bytes": base64.b64decode,
    "tuple": lambda parts: tuple(map(unpack, parts)),
    "set": lambda parts: set(map(unpack, parts)),
    "frozenset": lambda parts: frozenset(map(unpack, parts)),
    "map": lambda pairs: {unpack(key): unpack(part) for key, part in pairs},
}
