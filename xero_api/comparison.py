"""What would change in Xero: a payload beside what Xero holds, field by field.

Only what is in the payload is compared. An absent key is left alone by Xero, but for lists of lines, which a payload
replaces as a whole (xero-api.md 4.2).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from . import codec

# By what an entry of a list is told from the others, on both sides.
_NAMES = ("AddressType", "PhoneType")
_IDS = ("LineItemID", "JournalLineID", "TaxComponentID")
# Lists of which Xero keeps nothing that a payload leaves out.
_REPLACED = ("LineItems", "JournalLines", "ContactPersons")


@dataclass(frozen=True)
class Field:
    """One field: where it stands, what Xero has and what it would have; None = nothing."""

    path: tuple[str, ...]
    now: str | None
    then: str | None

    @property
    def is_changed(self) -> bool:
        return not _same(self.now, self.then)

    @property
    def name(self) -> str:
        return " / ".join(self.path)


def leaves(payload: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """``(path, value)`` of all that has a value in nested JSON; entries of lists go by their type or number."""
    if isinstance(payload, Mapping):
        for key, value in payload.items():
            if key not in _NAMES:
                yield from leaves(value, (*path, key))
    elif isinstance(payload, (list, tuple)):
        for number, entry in enumerate(payload, 1):
            yield from leaves(entry, (*path, _label(entry, number)))
    elif payload not in (None, ""):
        yield path, payload


def compare(payload: Any, held: Any, path: tuple[str, ...] = ()) -> list[Field]:
    """Each field of ``payload`` beside what ``held``, read from Xero, has there.

    :param held: None where Xero holds nothing yet
    """
    if isinstance(payload, Mapping):
        mine = held if isinstance(held, Mapping) else {}
        fields = []
        for key, value in payload.items():
            if key not in _NAMES:
                fields += compare(value, mine.get(key), (*path, key))
        return fields
    if isinstance(payload, (list, tuple)):
        return _compare_lists(payload, held if isinstance(held, (list, tuple)) else [], path)
    field = Field(path, shown(held), shown(payload))
    return [field] if field.then is not None or field.now is not None else []


def _compare_lists(payload, held, path) -> list[Field]:
    partners = [_partner(entry, held, number) for number, entry in enumerate(payload)]
    fields = []
    for number, (entry, partner) in enumerate(zip(payload, partners, strict=True), 1):
        fields += compare(entry, partner, (*path, _label(entry, number)))
    if path and path[-1] in _REPLACED:
        for number, entry in enumerate(held, 1):
            if not any(entry is partner for partner in partners):
                fields.append(Field((*path, _label(entry, number)), _summary(entry), None))
    return fields


def _partner(entry, held, number):
    """The entry of ``held`` that is the same one."""
    if not isinstance(entry, Mapping):
        return held[number] if number < len(held) else None
    for key in (*_IDS, *_NAMES):
        if entry.get(key):
            return next((other for other in held if other.get(key) == entry[key]), None)
    is_known = held and isinstance(held[0], Mapping) and any(held[0].get(key) for key in _NAMES)
    return None if is_known or number >= len(held) else held[number]


def _label(entry, number) -> str:
    names = [entry[key] for key in _NAMES if entry.get(key)] if isinstance(entry, Mapping) else []
    return names[0] if names else str(number)


def _summary(entry) -> str:
    parts = ("Description", "FirstName", "LastName", "EmailAddress", "LineAmount")
    said = [shown(entry[key]) for key in parts if isinstance(entry, Mapping) and entry.get(key) not in (None, "")]
    return " ".join(filter(None, said)) or "–"


def shown(value: Any) -> str | None:
    """A value as people read it; a .NET or ISO date as a calendar date."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float, Decimal)):
        return _number(Decimal(str(value)))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return _day(value) or value
    return codec.dumps(value)


def _number(number: Decimal) -> str:
    """With two decimals at least, and no empty ones behind them."""
    if number == number.to_integral_value():
        return format(number.quantize(Decimal("1.00")), "f") if number.as_tuple().exponent else str(number)
    plain = format(number.normalize(), "f")
    return plain if len(plain.partition(".")[2]) > 1 else plain + "0"


def _day(text: str) -> str | None:
    if not (text.startswith("/Date(") or text[10:] == "T00:00:00"):
        return None
    try:
        day = codec.parse_date(text)
    except ValueError:
        return None
    return day.isoformat() if day else None


def _same(one: str | None, other: str | None) -> bool:
    if one == other:
        return True
    try:
        return Decimal(one or "") == Decimal(other or "")
    except InvalidOperation:
        return False
