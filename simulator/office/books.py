"""Reads one organisation for the back office: its rows, and each as Xero writes it."""

import json
from datetime import date, datetime, timezone
from decimal import Decimal

from werkzeug.datastructures import Headers, MultiDict

from .. import accounting
from ..accounting.arithmetic import rounded
from ..accounting.registry import SPECS
from ..accounting.resources import accounts
from ..accounting.spec import Context
from ..calls import ApiCall
from . import rooms
from .rooms import Room

PAGE_SIZE = 50
ZERO = Decimal("0.00")


class Books:
    """One organisation, read for one page; whoever makes it holds the organisation's lock."""

    def __init__(self, world, organisation):
        self.world = world
        self.organisation = organisation
        self.base = f"/organisations/{organisation.tenant_id}"
        now = world.clock.now().astimezone(timezone.utc)
        self.context = Context(organisation, now, world.ids, places=4)
        self._balances: dict[str, Decimal] | None = None

    @property
    def today(self) -> date:
        return self.context.today

    def table(self, resource: str):
        return self.organisation.store.tables[resource]

    def get(self, path: str, **args) -> dict:
        """The envelope that GET `path` answers; empty where there is nothing."""
        call = ApiCall(
            method="GET",
            path_segments=path.split("/"),
            args=MultiDict({name: str(value) for name, value in args.items() if value}),
            headers=Headers({"Accept": "application/json"}),
            body=b"",
            organisation=self.organisation,
            clock=self.world.clock,
            ids=self.world.ids,
        )
        reply = accounting.handle(call)
        if reply.status != 200 or reply.payload is None:
            return {}
        return json.loads(reply.payload, parse_float=Decimal) if isinstance(reply.payload, bytes) else reply.payload

    # -- records

    def show(self, resource: str, row: dict) -> dict:
        """A row as Xero writes it, and what the pages say beyond that."""
        shown = SPECS[resource].render(self.context, row, "full")
        more = EXTRAS.get(resource)
        return {**shown, **more(self, row)} if more else shown

    def one(self, resource: str, row_id: str) -> dict | None:
        """The row of that id; a tax rate's is its type."""
        return self.table(resource).get(row_id)

    def found(self, room: Room, *, status: str = "", text: str = "") -> list[dict]:
        """The room's rows in its order, only those of a status or that say `text` somewhere."""
        wanted = text.strip().lower()
        rows = [
            row
            for row in self.table(room.resource)
            if room.keep(row)
            and (not status or row.get(room.status_key) == status)
            and (not wanted or self._says(room, row, wanted))
        ]
        return sorted(rows, key=lambda row: _order(room, row), reverse=not room.ascending)

    def statuses(self, room: Room) -> list[str]:
        """Those that the room's rows have."""
        if not room.status_key:
            return []
        return sorted(
            {str(row.get(room.status_key) or "") for row in self.table(room.resource) if room.keep(row)} - {""}
        )

    def page(self, rows: list[dict], number: int, address: str = "?") -> dict:
        """One page of `rows`, and where it stands among the pages.

        :param address: query to go on with, up to the number of the page
        """
        pages = max(1, -(-len(rows) // PAGE_SIZE))
        number = min(number, pages)
        part = rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
        return {"rows": part, "number": number, "pages": pages, "count": len(rows), "address": address}

    def _says(self, room: Room, row: dict, wanted: str) -> bool:
        texts = [row.get(key) for key in room.search]
        contact = self.table("Contacts").get(row.get("ContactID")) if room.resource != "Contacts" else None
        if contact:
            texts.append(contact["Name"])
        return any(wanted in str(text).lower() for text in texts if text)

    # -- balances

    def balance(self, account_id: str) -> Decimal:
        """What the ledger holds on an account, in base currency, debit positive."""
        if self._balances is None:
            self._balances = self.organisation.ledger.movements()
        return self._balances.get(account_id, ZERO)

    def system(self, role: str) -> dict:
        """The control account of that role, e.g. "DEBTORS"."""
        return accounts.system(self.context, role)

    def latest(self, count: int) -> list[tuple[Room, dict]]:
        """The documents that changed last, whatever their kind."""
        kinds = ("Invoices", "CreditNotes", "PurchaseOrders", "Quotes")
        held = [(row["UpdatedDateUTC"], kind, row) for kind in kinds for row in self.table(kind)]
        newest = sorted(held, key=lambda one: one[0], reverse=True)[:count]
        return [(room, row) for _at, kind, row in newest if (room := rooms.room_of(kind, row))]


def _order(room: Room, row: dict) -> tuple:
    return tuple(_comparable(row.get(key)) for key in room.order)


def _comparable(value) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value or "").lower()


def _average_cost(_books: Books, row: dict) -> dict:
    if not row.get("QuantityOnHand"):
        return {}
    return {"_AverageCost": rounded(row["TotalCostPool"] / row["QuantityOnHand"])}


def _account_balance(books: Books, row: dict) -> dict:
    return {"_Balance": books.balance(row["AccountID"])}


EXTRAS = {"Items": _average_cost, "Accounts": _account_balance}
