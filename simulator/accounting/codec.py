"""JSON and dates as Xero writes and reads them (xero-api.md 3.2, 3.3)."""

import json
import re
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation

from .validation import PostDataInvalid

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MS_DATE = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,7})?)?(?:Z|[+-]\d{2}:?\d{2})?)?")
_EXACT = re.compile(r'"\\u0000number:([^"]+)"')
_LARGEST = Decimal(10) ** 15


def loads(body: bytes):
    """Parse a request body; numbers become Decimal.

    :raises PostDataInvalid: where it is no JSON
    """
    try:
        return json.loads(body.decode("utf-8-sig"), parse_float=number, parse_int=number, parse_constant=_no_constant)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise PostDataInvalid(f"JSON for post data was invalid, {error}") from error


def dumps(payload) -> bytes:
    """Write JSON; a Decimal becomes a JSON number with all its digits."""
    text = json.dumps(payload, default=_plain, ensure_ascii=False, separators=(",", ":"))
    if "\\u0000number:" in text:
        text = _EXACT.sub(r"\1", text)
    return text.encode("utf-8", "replace")


def number(text) -> Decimal:
    """A finite Decimal below 10^15.

    :raises PostDataInvalid: for anything else
    """
    try:
        value = Decimal(str(text).strip())
    except InvalidOperation:
        raise PostDataInvalid(f"The value '{text}' is not a number") from None
    if not value.is_finite() or abs(value) >= _LARGEST:
        raise PostDataInvalid(f"The value '{text}' is out of range")
    return value


def read_date(text: str) -> date:
    """The calendar date of `YYYY-MM-DD`, of an ISO date and time with a T, or of ``/Date(ms)/``.

    :raises PostDataInvalid: for anything else, a space instead of the T included (xero-api.md 3.3)
    """
    try:
        if match := _MS_DATE.fullmatch(text):
            return (EPOCH + timedelta(milliseconds=int(match[1]))).date()
        if _ISO_DATE.fullmatch(text):
            return date.fromisoformat(text[:10])
    except (ValueError, OverflowError):
        pass
    raise PostDataInvalid(f"Error converting value '{text}' to a date")


def ms_date(day: date) -> str:
    """A document's date: midnight in UTC of the calendar date (xero-api.md 3.3)."""
    return f"/Date({(day - EPOCH.date()).days * 86_400_000}+0000)/"


def iso_date(day: date) -> str:
    """The `…String` twin of a document's date."""
    return f"{day.isoformat()}T00:00:00"


def ms_moment(moment: datetime, *, offset: bool = True) -> str:
    """A timestamp, with "+0000" where Xero writes it (xero-api.md 3.3)."""
    milliseconds = (moment - EPOCH) // timedelta(milliseconds=1)
    return f"/Date({milliseconds}{'+0000' if offset else ''})/"


def iso_moment(moment: datetime) -> str:
    """`UpdatedDateUTCString`: whole seconds and a trailing Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _plain(value):
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} has no place in an answer")
    as_float = float(value)
    # Up to 15 digits the shortest float has the same digits, and Xero's own answers look like it (21.0).
    return as_float if Decimal(repr(as_float)) == value else f"\0number:{value:f}"


def _no_constant(text: str):
    raise ValueError(f"{text} is not a JSON number")


def present(element: dict) -> dict:
    """`element` without the keys that hold None: Xero leaves null scalars out (xero-api.md 3.2)."""
    return {key: value for key, value in element.items() if value is not None}
