"""What an answer of Xero's holds: its elements in request order, the calls left, and the server's time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

ZERO_ID = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class Element:
    """One record of an answer.

    :ivar ok: False when Xero refused this element (StatusAttributeString ERROR, or validation errors)
    :ivar data: the record as Xero sent it
    :ivar messages: what Xero says against it; empty when ok
    :ivar warnings: what Xero says although it saved it (data can be dropped on a 200, xero-api.md 3.9)
    :ivar doubtful: Xero calls it done but gave it no identifier: look it up, as if the answer had been lost
    """

    ok: bool
    data: dict[str, Any]
    messages: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    doubtful: bool = False


@dataclass(frozen=True)
class Remaining:
    """Calls left in the minute and day of this organisation, and in the minute of the whole app; None when not told."""

    minute: int | None = None
    day: int | None = None
    app: int | None = None


@dataclass(frozen=True)
class Answer:
    """A successful answer (2xx). Single elements may still be refused: see `Element.ok`.

    :ivar payload: the parsed JSON envelope, None when the answer has no body (204)
    :ivar server_time: Xero's own clock, the only one fit for a cursor (xero-api.md 3.5)
    :ivar ms: milliseconds from sending to the last byte
    :ivar sent_at: our clock when the call left, seconds since 1970
    """

    status: int
    payload: dict[str, Any] | None
    elements: list[Element]
    limits: Remaining
    server_time: datetime | None
    ms: int
    headers: Mapping[str, str] = field(default_factory=dict)
    sent_at: float = 0.0


@dataclass(frozen=True)
class Call:
    """What one call looked like from outside, for the journal; every text in it is redacted.

    :ivar status: None when no answer came
    :ivar outcome: "Done", or the name of the outcome class
    """

    method: str
    path: str
    params: dict[str, str]
    key: str | None
    status: int | None
    outcome: str
    sent_at: float
    ms: int
    limits: Remaining
    correlation_id: str | None
    request_body: str
    response_body: str


_LIMIT_HEADERS = {"minute": "X-MinLimit-Remaining", "day": "X-DayLimit-Remaining", "app": "X-AppMinLimit-Remaining"}


def remaining(headers: Mapping[str, str]) -> Remaining:
    """Calls left, from an answer's headers (case-insensitive mapping)."""
    return Remaining(**{name: _whole(headers.get(header)) for name, header in _LIMIT_HEADERS.items()})


def element(record: dict[str, Any], id_key: str | None = None) -> Element:
    """Read one record of an answer.

    :param id_key: name of its identifier, given only for the answer to a write: without that id it is doubtful
    """
    ok = _accepted(record)
    return Element(
        ok=ok,
        data=record,
        messages=[] if ok else _unique(record, "ValidationErrors"),
        warnings=_unique(record, "Warnings"),
        doubtful=ok and id_key is not None and record.get(id_key) in (None, "", ZERO_ID),
    )


def _accepted(record: dict[str, Any]) -> bool:
    """StatusAttributeString decides where it stands; it is absent when errors are summarised (xero-api.md 3.6)."""
    if verdict := record.get("StatusAttributeString"):
        return verdict != "ERROR"
    return not (record.get("HasValidationErrors") or record.get("HasErrors") or record.get("ValidationErrors"))


def _unique(record: dict[str, Any], kind: str) -> list[str]:
    return list(dict.fromkeys(_texts(record, kind)))


def _texts(record: Any, kind: str) -> Iterator[str]:
    """Messages of a record, then those of the records inside it (lines, contact): Xero puts them at either level."""
    if isinstance(record, list):
        for item in record:
            yield from _texts(item, kind)
    elif isinstance(record, dict):
        for entry in record.get(kind) or ():
            yield str(entry.get("Message") or "") if isinstance(entry, dict) else str(entry)
        for key, value in record.items():
            if key not in ("ValidationErrors", "Warnings"):
                yield from _texts(value, kind)


def _whole(value: str | None) -> int | None:
    try:
        return int(value) if value is not None else None
    except ValueError:
        return None
