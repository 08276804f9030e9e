"""What a call has changed: records before and after, field by field."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

READING = frozenset({"GET", "HEAD", "OPTIONS"})
#: Changes of one call that are kept.
MOST = 200
LONGEST_TEXT = 500
#: Says nothing that the time of the call does not say.
STAMP = "UpdatedDateUTC"
_ABSENT = object()


@dataclass(frozen=True)
class Change:
    """What has become of one record.

    :ivar table: e.g. "Invoices"
    :ivar what: "created", "updated" or "deleted"
    :ivar before: fields that differ, as they were; empty where there was no record
    :ivar after: fields that differ, as they are; empty where there is no record any more
    """

    table: str
    row_id: str
    what: str
    before: dict
    after: dict

    def fields(self) -> list[tuple[str, Any, Any]]:
        """(name, before, after) of each field that differs, in texts and numbers; None where it is absent."""
        names = dict.fromkeys([*self.before, *self.after])
        told = [(name, plain(self.before.get(name)), plain(self.after.get(name))) for name in names]
        return [(name, before, after) for name, before, after in told if before is not None or after is not None]

    def as_json(self) -> dict:
        """The change as the journal tells it."""
        fields = [{"name": name, "before": before, "after": after} for name, before, after in self.fields()]
        return {"resource": self.table, "id": self.row_id, "change": self.what, "fields": fields}


@contextmanager
def noted(exchange) -> Iterator[None]:
    """Note on `exchange` what happens to its organisation within the block; reading calls are left alone."""
    organisation = exchange.organisation
    if exchange.request.method in READING:
        yield
        return
    with organisation.lock, organisation.store.recording() as recorded:
        yield
    made = (_change(*key, *rows) for key, rows in recorded.items() if rows[0] is not rows[1])
    exchange.changes = tuple(islice((change for change in made if change.before or change.after), MOST))


def _change(table: str, row_id: str, old: dict | None, new: dict | None) -> Change:
    if old is None:
        return Change(table, row_id, "created", {}, new)
    if new is None:
        return Change(table, row_id, "deleted", old, {})
    names = [key for key in (*old, *new) if key != STAMP and old.get(key, _ABSENT) != new.get(key, _ABSENT)]
    before, after = ({key: row[key] for key in names if key in row} for row in (old, new))
    return Change(table, row_id, "updated", before, after)


def plain(value):
    """A value of a row in what JSON has."""
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(part) for part in value]
    if is_dataclass(value):
        return plain(asdict(value))
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float | Decimal):
        return value
    text = str(value)
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"
