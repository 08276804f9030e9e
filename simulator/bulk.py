"""A company of any size: contacts, invoices and payments made up by the thousand, the same ones each time."""

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from .accounting import contract
from .accounting.registry import SPECS
from .accounting.spec import Context

#: Records per transaction: what can be undone is held in memory.
BATCH = 500
#: Documents lie within this many days before today.
DAYS = 540
_FIRST = ("Kauri", "Rimu", "Totara", "Tui", "Kea", "Pukeko", "Harbour", "Summit", "Lakeside", "Northern", "Southern")
_SECOND = ("Joinery", "Interiors", "Trading", "Motors", "Design", "Supplies", "Hotels", "Studios", "Foods", "Freight")
_GOODS = ("Oak chair", "Oak table", "Workshop hour", "Delivery", "Furniture wax", "Repair", "Shelf", "Assembly")
_ACCOUNTS = {"ACCREC": ("REVENUE", "SALES"), "ACCPAY": ("EXPENSE", "OVERHEADS", "DIRECTCOSTS")}


def fill(context: Context, *, contacts: int, invoices: int) -> None:
    """Add contacts and invoices until the organisation has as many as named; a quarter of the invoices is paid.

    :param context: its ids have a list `next` of what the next id is named after (see seeding)
    """
    chance = random.Random(f"{context.organisation.tenant_id}/{contacts}/{invoices}")
    _in_batches(context, "Contacts", range(len(context.table("Contacts")), contacts), _contact, chance)
    holders = [row["ContactID"] for row in context.table("Contacts").walk()]
    if not holders:
        _in_batches(context, "Contacts", range(1), _contact, chance)
        holders = [row["ContactID"] for row in context.table("Contacts").walk()]
    draw = _Draw(context, chance, holders)
    _in_batches(context, "Invoices", range(len(context.table("Invoices")), invoices), draw.invoice, chance)


def _in_batches(context: Context, resource: str, numbers: range, make, chance) -> None:
    """Make one record a number, each a little later than the one before, all of them before now."""
    first = context.now - timedelta(seconds=len(numbers))
    for start in range(0, len(numbers), BATCH):
        with context.organisation.store.transaction():
            for offset in range(start, min(start + BATCH, len(numbers))):
                context.ids.next = (f"bulk-{resource}", str(numbers[offset]))
                # Nobody is told about what a seed holds.
                moment = replace(context, now=first + timedelta(seconds=offset), events=[], warnings=[])
                make(moment, numbers[offset], chance)


def _contact(context: Context, number: int, chance) -> None:
    name = f"{chance.choice(_FIRST)} {chance.choice(_SECOND)} {number + 1:05}"
    _create(context, "Contacts", {"Name": name, "EmailAddress": f"accounts{number + 1}@bulk.example"})


def _create(context: Context, resource: str, data: dict) -> dict:
    spec = SPECS[resource]
    return spec.create(context, contract.read(spec.model, data))


class _Draw:
    """Makes up invoices and bills of one organisation."""

    def __init__(self, context: Context, chance, holders: list[str]):
        self._holders = holders
        active = [row for row in context.table("Accounts").walk() if row["Status"] == "ACTIVE" and row.get("Code")]
        self._bank = next((row["Code"] for row in active if row["Type"] == "BANK"), None)
        self._codes = {
            kind: next(row["Code"] for row in active if row["Type"] in types and not row.get("SystemAccount"))
            for kind, types in _ACCOUNTS.items()
        }

    def invoice(self, context: Context, number: int, chance) -> None:
        kind = "ACCPAY" if number % 4 == 3 else "ACCREC"
        day = context.today - timedelta(days=chance.randrange(DAYS))
        data = {
            "Type": kind,
            "Status": "DRAFT" if number % 20 == 19 else "AUTHORISED",
            "InvoiceNumber": f"{'BILL' if kind == 'ACCPAY' else 'BULK'}-{number + 1:06}",
            "Contact": {"ContactID": chance.choice(self._holders)},
            "Date": day.isoformat(),
            "DueDate": (day + timedelta(days=20)).isoformat(),
            "LineItems": [self._line(self._codes[kind], chance) for _ in range(1 + number % 2)],
        }
        invoice = _create(context, "Invoices", data)
        if self._bank and number % 4 == 0 and invoice["Status"] == "AUTHORISED":
            self._pay(context, invoice)

    @staticmethod
    def _line(code: str, chance) -> dict:
        price = Decimal(chance.randrange(500, 90_000)) / 100
        quantity = chance.randrange(1, 6)
        return {
            "Description": chance.choice(_GOODS),
            "Quantity": quantity,
            "UnitAmount": price,
            "AccountCode": code,
        }

    def _pay(self, context: Context, invoice: dict) -> None:
        data = {
            "Invoice": {"InvoiceID": invoice["InvoiceID"]},
            "Account": {"Code": self._bank},
            "Amount": invoice["AmountDue"],
            "Date": min(invoice["DueDate"], context.today).isoformat(),
        }
        _create(context, "Payments", data)
