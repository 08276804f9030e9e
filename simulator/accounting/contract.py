"""Which keys a resource has, of what type and length: read from xero-python's models, not typed again.

Only input goes through here. Keys that the models do not know are dropped, as Xero does, and the case of keys
does not matter (xero-api.md 3.1).
"""

import inspect
import re
from dataclasses import dataclass
from enum import Enum
from functools import cache

from xero_python.accounting import models

from . import codec
from .validation import PostDataInvalid

_LENGTH = re.compile(r"if (\w+) is not None and len\(\w+\) > (\d+)")
_LIST = re.compile(r"list\[(\w+)\]")

# Lengths that the pages name and the models do not (xero-api.md 4.2, 4.8).
_LENGTHS = {
    ("Account", "Code"): 10,
    ("Account", "Description"): 4000,
    ("Invoice", "Reference"): 255,
    ("CreditNote", "CreditNoteNumber"): 255,
    ("CreditNote", "Reference"): 255,
    ("LineItem", "Description"): 4000,
    ("TaxRate", "Name"): 50,
    ("PurchaseOrder", "DeliveryInstructions"): 500,
    ("BatchPaymentDetails", "Details"): 18,
}

#: Keys that are taken although the models do not know them: model → key, kind (xero-api.md 4.2, RoundingAmount).
_FURTHER = {"Invoice": (("RoundingAmount", "float"),)}


@dataclass(frozen=True)
class Field:
    """One key of a model.

    :ivar kind: str, float, bool, int, date, datetime, enum, model or list
    :ivar model: the nested model's name, for kinds model and list
    """

    key: str
    kind: str
    model: str | None = None
    max_length: int | None = None


@cache
def fields(model: str) -> dict[str, Field]:
    """Fields of a xero-python accounting model by lower-case key."""
    cls = getattr(models, model)
    lengths = {name: int(length) for name, length in _LENGTH.findall(inspect.getsource(cls))}
    found = {key.lower(): Field(key, kind) for key, kind in _FURTHER.get(model, ())}
    for attribute, declared in cls.openapi_types.items():
        key = cls.attribute_map[attribute]
        kind, nested = _kind(declared)
        limit = lengths.get(attribute, _LENGTHS.get((model, key)))
        found[key.lower()] = Field(key, kind, nested, limit)
    return found


@cache
def list_keys() -> frozenset[str]:
    """Keys that hold a list in some model; XML says of an element alone whether it is one."""
    declared = (cls for cls in vars(models).values() if hasattr(cls, "openapi_types"))
    return frozenset(
        cls.attribute_map[name] for cls in declared for name, kind in cls.openapi_types.items() if _LIST.fullmatch(kind)
    )


@cache
def choices(enum: str) -> frozenset[str]:
    """Values of a xero-python enumeration, e.g. CurrencyCode."""
    return frozenset(member.value for member in getattr(models, enum))


def read(model: str, data) -> dict:
    """`data` with Xero's key names and typed values; null and unknown keys are left out.

    :raises PostDataInvalid: where a value does not fit its type
    """
    if not isinstance(data, dict):
        raise PostDataInvalid(f"An object is expected for {model}")
    known = fields(model)
    typed = {}
    for key, value in data.items():
        field = known.get(key.lower())
        if field is not None and value is not None:
            typed[field.key] = _value(field, value)
    return typed


def too_long(model: str, data: dict) -> list[str]:
    """Messages for texts in `data` (as :func:`read` gives it) that exceed their length."""
    messages = []
    for field in fields(model).values():
        value = data.get(field.key)
        if field.max_length and isinstance(value, str) and len(value) > field.max_length:
            messages.append(f"The {field.key} field must not exceed {field.max_length} characters.")
        elif field.kind == "model" and isinstance(value, dict):
            messages += too_long(field.model, value)
        elif field.kind == "list" and isinstance(value, list):
            messages += [text for part in value if isinstance(part, dict) for text in too_long(field.model, part)]
    return messages


def _kind(declared: str) -> tuple[str, str | None]:
    if match := _LIST.fullmatch(declared):
        return "list", match[1]
    plain = declared.split("[")[0]
    if plain in ("str", "float", "bool", "int", "date", "datetime"):
        return plain, None
    is_enum = issubclass(getattr(models, declared), Enum)
    return ("enum", declared) if is_enum else ("model", declared)


def _value(field: Field, value):
    try:
        return _READERS[field.kind](field, value)
    except PostDataInvalid:
        raise
    except (TypeError, ValueError, AttributeError) as error:
        raise PostDataInvalid(f"The value of {field.key} cannot be read as {field.kind}") from error


def _text(field: Field, value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        raise ValueError(field.key)
    return str(value)


def _boolean(field: Field, value) -> bool:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False, "1": True, "0": False}.get(str(value).lower()) is True


def _number(field: Field, value):
    if isinstance(value, (bool, dict, list)):
        raise ValueError(field.key)
    return codec.number(value)


def _list(field: Field, value) -> list:
    if not isinstance(value, list):
        raise ValueError(field.key)
    if not hasattr(models, field.model):
        return value
    return [read(field.model, part) for part in value]


_READERS = {
    "str": _text,
    "enum": _text,
    "float": _number,
    "int": lambda field, value: int(_number(field, value)),
    "bool": _boolean,
    "date": lambda field, value: codec.read_date(_text(field, value)),
    "datetime": lambda field, value: codec.read_date(_text(field, value)),
    "model": lambda field, value: read(field.model, value),
    "list": _list,
}
