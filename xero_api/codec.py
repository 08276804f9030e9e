"""Xero's JSON and dates: exact decimals, .NET and ISO dates, and a digest that says "nothing changed".

Sources: xero-api.md 3.2 (numbers), 3.3 (dates), 3.5 (If-Modified-Since).
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
# The offset is for show: the milliseconds always count from 1970 UTC (xero-api.md 3.3).
_NET_DATE = re.compile(r"^/Date\((?P<ms>-?\d+)(?:[+-]\d{4})?\)/$")
_ISO_DATE = re.compile(
    r"^(?P<day>\d{4}-\d{2}-\d{2})"
    r"(?:[T ](?P<time>\d{2}:\d{2}:\d{2})(?:\.(?P<fraction>\d{1,9}))?(?P<zone>Z|[+-]\d{2}:?\d{2})?)?$"
)
# Stands on both sides of a decimal while JSON is laid out, since a float would lose its last digits.
_NUMBER = "\N{WORD JOINER}\N{FULLWIDTH NUMBER SIGN}"


# --- JSON --------------------------------------------------------------------------------------------------------


def loads(text: str | bytes) -> Any:
    """Parse JSON; numbers with a decimal point become exact Decimals, whole numbers ints.

    :raises ValueError: not JSON, not UTF-8, or with NaN or Infinity in it
    """
    return json.loads(text, parse_float=Decimal, parse_constant=_no_constant)


def dumps(payload: Any) -> str:
    """Write JSON exactly as given: Decimals digit by digit, dates as YYYY-MM-DD, keys in their order.

    A float is refused because its decimals are a guess; money and quantities are Decimals.

    :raises TypeError: names the place of a value that JSON or we cannot write
    """
    return _written(payload, "")


def indented(text: str | None) -> str | None:
    """JSON laid out for reading, its numbers digit by digit; other text as it is."""
    try:
        laid_out = json.dumps(json.loads(text or "", parse_float=_mark_number), indent=2, ensure_ascii=False)
    except ValueError:
        return text
    return laid_out.replace(f'"{_NUMBER}', "").replace(f'{_NUMBER}"', "")


def _mark_number(digits: str) -> str:
    return f"{_NUMBER}{digits}{_NUMBER}"


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _written(value: Any, where: str) -> str:
    for kinds, write in _WRITERS:
        if isinstance(value, kinds):
            return write(value, where)
    raise TypeError(f"{where or 'The payload'}: cannot write {type(value).__name__} as JSON{_hint(value)}")


def _hint(value: Any) -> str:
    return "; money and quantities are Decimal" if isinstance(value, float) else ""


def _written_decimal(value: Decimal, where: str) -> str:
    if not value.is_finite():
        raise TypeError(f"{where or 'The payload'}: {value} is no number")
    return format(value, "f")


def _written_dict(value: Mapping, where: str) -> str:
    return (
        "{" + ", ".join(f"{_key(key, where)}: {_written(item, f'{where}.{key}')}" for key, item in value.items()) + "}"
    )


def _key(key: Any, where: str) -> str:
    if not isinstance(key, str):
        raise TypeError(f"{where or 'The payload'}: the key {key!r} is no text")
    return encode_basestring(key)


def _written_list(value: list | tuple, where: str) -> str:
    return "[" + ", ".join(_written(item, f"{where}[{index}]") for index, item in enumerate(value)) + "]"


# Order counts: bool is an int, datetime is a date.
_WRITERS = (
    (str, lambda value, where: encode_basestring(value)),
    (type(None), lambda value, where: "null"),
    (bool, lambda value, where: "true" if value else "false"),
    (int, lambda value, where: int.__repr__(value)),
    (Decimal, _written_decimal),
    (datetime, lambda value, where: encode_basestring(utc(value).strftime("%Y-%m-%dT%H:%M:%SZ"))),
    (date, lambda value, where: encode_basestring(value.isoformat())),
    (Mapping, _written_dict),
    ((list, tuple), _written_list),
)


def digest(payload: Any) -> str:
    """SHA-256 (hex) of what a payload says: 10, 10.0 and 10.00 are one number, the order of keys does not count.

    An absent key, None, and an empty text are three different things.
    """
    return hashlib.sha256(dumps(_canonical(payload)).encode()).hexdigest()


def _canonical(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _canonical(value[key]) for key in sorted(value)}
    if isinstance(value, (list, tuple)):
        return [_canonical(item) for item in value]
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        number = Decimal(value)
        # 0 and -0 are one number as well; `normalize` alone would keep the sign.
        return number.normalize() if number else Decimal(0)
    return value


# --- dates -------------------------------------------------------------------------------------------------------


def parse_date(value: str | None) -> date | None:
    """Calendar date of a document date: "/Date(ms+0000)/", "YYYY-MM-DDT00:00:00" or "YYYY-MM-DD".

    No time zone is applied.

    :raises ValueError: another format
    """
    if not value:
        return None
    if found := _NET_DATE.match(value):
        return _from_ms(found).date()
    if found := _ISO_DATE.match(value):
        return date.fromisoformat(found["day"])
    raise ValueError(f"{value!r} is no date of Xero's")


def parse_datetime(value: str | None) -> datetime | None:
    """Moment (aware, UTC) of a timestamp: "/Date(ms)/" with or without offset, or ISO; without zone it is UTC.

    :raises ValueError: another format
    """
    if not value:
        return None
    if found := _NET_DATE.match(value):
        return _from_ms(found)
    if found := _ISO_DATE.match(value):
        return _from_iso(found)
    raise ValueError(f"{value!r} is no timestamp of Xero's")


def read_date(element: Mapping, key: str) -> date | None:
    """Date of `element[key]`, from its readable twin `<key>String` where Xero sends one; None when absent."""
    return parse_date(element.get(f"{key}String") or element.get(key))


def read_datetime(element: Mapping, key: str = "UpdatedDateUTC") -> datetime | None:
    """Moment of `element[key]`, from its readable twin `<key>String` where Xero sends one; None when absent."""
    return parse_datetime(element.get(f"{key}String") or element.get(key))


def filter_date(day: date | str) -> str:
    """A day, or its ISO text, as Xero's ``where`` filters write it: ``DateTime(2026,1,31)`` (xero-api.md 3.8)."""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return f"DateTime({day.year},{day.month},{day.day})"


def modified_since(moment: datetime) -> str:
    """Value of the If-Modified-Since header: UTC in whole seconds, rounded down so that nothing is missed."""
    return utc(moment).strftime("%Y-%m-%dT%H:%M:%S")


def utc(moment: datetime) -> datetime:
    """An aware moment in UTC; a naive one is taken as UTC already, as Odoo stores it."""
    return moment.replace(tzinfo=timezone.utc) if moment.tzinfo is None else moment.astimezone(timezone.utc)


def _from_ms(found: re.Match) -> datetime:
    try:
        return _EPOCH + timedelta(milliseconds=int(found["ms"]))
    except OverflowError as error:
        raise ValueError(f"{found.string!r} is out of the calendar") from error


def _from_iso(found: re.Match) -> datetime:
    # Xero writes up to seven digits of a second, more than Python takes.
    fraction = (found["fraction"] or "").ljust(6, "0")[:6]
    zone = (found["zone"] or "Z").replace("Z", "+00:00")
    if ":" not in zone:
        zone = f"{zone[:3]}:{zone[3:]}"
    return utc(datetime.fromisoformat(f"{found['day']}T{found['time'] or '00:00:00'}.{fraction}{zone}"))
