"""What hangs on a record: lines, payments, allocations, postings, the calls that have changed it."""

from collections.abc import Callable
from decimal import Decimal

from ..accounting.codec import iso_date
from .books import ZERO, Books
from .cells import Cell, Column, Table, day, money, number, table, text, words
from .rooms import ACCOUNTS, ROOMS, room_of

ITEM = Column("Item", "ItemCode", "code")
ACCOUNT = Column("Account", "AccountCode")
LINES = (
    ITEM,
    Column("Description", "Description"),
    Column("Quantity", "Quantity", "number"),
    Column("Price", "UnitAmount", "price"),
    Column("Discount %", "DiscountRate", "number"),
    ACCOUNT,
    Column("Tracking", "_Tracking"),
    Column("Tax", "TaxType", "code"),
    Column("Tax amount", "TaxAmount", "money"),
    Column("Amount", "LineAmount", "money"),
)
JOURNAL_LINES = (
    Column("Description", "Description"),
    ACCOUNT,
    Column("Tracking", "_Tracking"),
    Column("Tax", "TaxType", "code"),
    Column("Tax amount", "TaxAmount", "money"),
    Column("Amount", "LineAmount", "money"),
)
#: Columns that are left out where no line has a value.
OPTIONAL = frozenset({"Discount %", "Tracking", "Item", "Tax amount"})
INVOICE_NUMBER = Column("Document", "Invoice.InvoiceNumber", to="invoices", by="Invoice.InvoiceID")
#: Where the source of a posting may be found, besides the payments and allocations.
SOURCES = (
    *("Invoices", "CreditNotes", "Payments", "BankTransactions", "BankTransfers", "ManualJournals"),
    *("Overpayments", "Prepayments"),
)
ADDRESS = (
    "AttentionTo",
    "AddressLine1",
    "AddressLine2",
    "AddressLine3",
    "AddressLine4",
    "City",
    "Region",
    "PostalCode",
    "Country",
)
PER_CONTACT = (
    "invoices",
    "bills",
    "credit-notes",
    "supplier-credits",
    "quotes",
    "purchase-orders",
    "overpayments",
    "prepayments",
)
NEWEST = 25


def _used(columns: tuple[Column, ...], records: list[dict]) -> list[Column]:
    return [
        column
        for column in columns
        if column.words not in OPTIONAL or any(column.cell(record, "").text.strip("0.") for record in records)
    ]


def _lines(key: str, columns: tuple[Column, ...]) -> Callable:
    def lines(books: Books, shown: dict, _args) -> Table | None:
        records = [{**line, "_Tracking": _tracking(line)} for line in shown.get(key) or []]
        return table("Lines", _used(columns, records), records, books.base) if records else None

    return lines


def _tracking(line: dict) -> str:
    return ", ".join(f"{one.get('Name')}: {one.get('Option')}" for one in line.get("Tracking") or [])


def _payments(books: Books, shown: dict, _args) -> Table | None:
    held = [books.table("Payments").get(one["PaymentID"]) for one in shown.get("Payments") or []]
    records = [books.show("Payments", row) for row in held if row]
    if not records:
        return None
    kept = [column for column in ROOMS["payments"].columns if column.words != "Contact"]
    return table("Payments", kept, records, books.base)


def _allocations(books: Books, shown: dict, _args) -> Table | None:
    columns = (Column("Date", "Date", "day"), INVOICE_NUMBER, Column("Amount", "Amount", "money"))
    held = shown.get("Allocations") or []
    return table("Allocated to", columns, held, books.base) if held else None


def _credits(books: Books, shown: dict, _args) -> Table | None:
    """Credits that are allocated to an invoice."""
    kinds = (("CreditNotes", "credit-notes", "CreditNoteID"), ("Overpayments", "overpayments", "OverpaymentID"))
    found = []
    for key, slug, by in (*kinds, ("Prepayments", "prepayments", "PrepaymentID")):
        for one in shown.get(key) or []:
            called = one.get("CreditNoteNumber") or key[:-1]
            amount = money(one.get("AppliedAmount"))
            link = f"{books.base}/{slug}/{one.get(by)}"
            found.append([Cell(day(one.get("Date"))), Cell(called, href=link), Cell(amount, "amount")])
    heads = [("Date", False), ("Credit", False), ("Amount", True)]
    return Table("Credits allocated", heads, found) if found else None


def _schedule(_books: Books, shown: dict, _args) -> Table | None:
    facts = [[Cell(words(name)), Cell(text(value))] for name, value in (shown.get("Schedule") or {}).items()]
    return Table("Schedule", [("", False), ("", False)], facts) if facts else None


def _addresses(_books: Books, shown: dict, _args) -> Table | None:
    rows = []
    for one in shown.get("Addresses") or []:
        said = ", ".join(str(one[key]) for key in ADDRESS if one.get(key))
        if said:
            rows.append([Cell(f"Address, {words(one.get('AddressType')).lower()}"), Cell(said)])
    for one in shown.get("Phones") or []:
        said = " ".join(
            str(one[f"Phone{key}"]) for key in ("CountryCode", "AreaCode", "Number") if one.get(f"Phone{key}")
        )
        if said:
            rows.append([Cell(f"Telephone, {words(one.get('PhoneType')).lower()}"), Cell(said)])
    for one in shown.get("ContactPersons") or []:
        name = " ".join(filter(None, (one.get("FirstName"), one.get("LastName"))))
        rows.append([Cell("Person"), Cell(" · ".join(filter(None, (name, one.get("EmailAddress")))))])
    return Table("How to reach them", [("", False), ("", False)], rows) if rows else None


def _contact_documents(books: Books, shown: dict, _args) -> Table | None:
    rows = []
    for slug in PER_CONTACT:
        room = ROOMS[slug]
        for row in books.table(room.resource):
            if row.get("ContactID") == shown["ContactID"] and room.keep(row):
                rows.append((row["Date"], room, row))
    rows.sort(key=lambda one: one[0], reverse=True)
    heads = [("Document", False), ("Kind", False), ("Date", False), ("Status", False), ("Total", True), ("Open", True)]
    note = f"The latest {NEWEST} of {len(rows)}." if len(rows) > NEWEST else ""
    cells = [_document_cells(books, room, row) for _date, room, row in rows[:NEWEST]]
    return Table("Documents", heads, cells, note=note, empty="No document names this contact.")


def _document_cells(books: Books, room, row: dict) -> list[Cell]:
    shown = books.show(room.resource, row)
    return [
        room.columns[0].cell(shown, books.base),
        Cell(room.singular),
        Cell(day(shown.get("Date"))),
        Cell(words(shown.get("Status")), "badge"),
        Cell(money(shown.get("Total")), "amount"),
        Cell(money(shown.get("AmountDue", shown.get("RemainingCredit"))), "amount"),
    ]


def documents_table(books: Books, heading: str, found: list) -> Table:
    """(room, row) pairs of several kinds in one table."""
    heads = [
        ("Document", False),
        ("Contact", False),
        ("Kind", False),
        ("Date", False),
        ("Status", False),
        ("Total", True),
    ]
    rows = []
    for room, row in found:
        cells = _document_cells(books, room, row)
        contact = books.table("Contacts").get(row.get("ContactID"))
        name = Cell(contact["Name"], href=f"{books.base}/contacts/{contact['ContactID']}") if contact else Cell("")
        rows.append([cells[0], name, *cells[1:5]])
    return Table(heading, heads, rows)


def _members(books: Books, shown: dict, _args) -> Table | None:
    columns = (Column("Contact", "Name", to="contacts", by="ContactID"),)
    return table("Contacts", columns, shown.get("Contacts") or [], books.base)


def _options(books: Books, shown: dict, _args) -> Table | None:
    columns = (Column("Option", "Name"), Column("Status", "Status", "badge"))
    return table("Options", columns, shown.get("Options") or [], books.base)


def _components(books: Books, shown: dict, _args) -> Table | None:
    columns = (Column("Component", "Name"), Column("Rate", "Rate", "number"), Column("Compound", "IsCompound"))
    return table("Components", columns, shown.get("TaxComponents") or [], books.base)


def _batch(books: Books, shown: dict, args) -> Table | None:
    return _payments(books, shown, args)


def _moves(books: Books, shown: dict, _args) -> Table | None:
    """What has moved the stock of a tracked item, with the quantity and value after each move."""
    rows, held, value = [], Decimal(0), ZERO
    for move in books.table("StockMoves").by("item", shown["ItemID"]):
        if move["Reversed"]:
            continue
        held, value = held + move["Quantity"], value + move["Cost"]
        moved_by = source(books, move["Source"])
        figures = (number(move["Quantity"]), money(move["Cost"]), number(held), money(value))
        rows.append([moved_by, *(Cell(figure, "amount") for figure in figures)])
    heads = [("Moved by", False), *((text, True) for text in ("Quantity", "Cost", "On hand", "Value"))]
    return Table("Stock", heads, rows) if rows else None


def source(books: Books, row_id: str) -> Cell:
    """The document that a posting or a move comes from."""
    for resource in SOURCES:
        row = books.table(resource).get(row_id)
        room = room_of(resource, row) if row else None
        if room:
            shown = books.show(resource, row)
            called = room.columns[0].cell(shown, books.base)
            return Cell(f"{room.singular} {called.text}", href=called.href)
    allocation = books.table("Allocations").get(row_id)
    if allocation:
        cell = INVOICE_NUMBER.cell({"Invoice": books.table("Invoices").get(allocation["InvoiceID"])}, books.base)
        return Cell(f"Allocation to {cell.text}", href=cell.href)
    return Cell("")


def _running(books: Books, shown: dict, args) -> Table | None:
    """Every posting on an account, with the balance after it; the latest first."""
    rows, balance = [], ZERO
    for journal in books.table("Journals").walk():
        for posting in journal["Postings"]:
            if posting.account_id == shown["AccountID"]:
                balance += posting.amount
                rows.append((journal, posting.amount, balance))
    page = books.page(rows[::-1], int(args.get("page", "1")) if args.get("page", "1").isdecimal() else 1)
    cells = [
        [
            Cell(str(journal["JournalNumber"]), "amount", f"{books.base}/ledger/{journal['JournalNumber']}"),
            Cell(iso_date(journal["Date"])[:10]),
            source(books, journal["Source"]),
            *sides(amount),
            Cell(money(after), "amount"),
        ]
        for journal, amount, after in page["rows"]
    ]
    heads = [("No.", True), ("Date", False), ("From", False), ("Debit", True), ("Credit", True), ("Balance", True)]
    note = f"{page['count']} entries, page {page['number']} of {page['pages']} (?page=)" if page["pages"] > 1 else ""
    return Table("Ledger", heads, cells, note=note, empty="Nothing is posted on this account.")


def sides(amount: Decimal) -> tuple[Cell, Cell]:
    return Cell(money(amount) if amount > 0 else "", "amount"), Cell(money(-amount) if amount < 0 else "", "amount")


def entries(books: Books, source: str) -> Table | None:
    """What is posted of a document."""
    rows = []
    for journal in books.table("Journals").by("live", source):
        for posting in journal["Postings"]:
            account = books.table("Accounts").get(posting.account_id)
            name = f"{account.get('Code', '')} {account['Name']}".strip()
            link = f"{books.base}/{ACCOUNTS.slug}/{posting.account_id}"
            rows.append([Cell(iso_date(journal["Date"])[:10]), Cell(name, href=link), *sides(posting.amount)])
    heads = [("Date", False), ("Account", False), ("Debit", True), ("Credit", True)]
    return Table("In the books", heads, rows) if rows else None


def history(books: Books, resource: str, row_id: str) -> list[dict]:
    """Notes on a record and the calls that have changed it, the latest first."""
    found = [
        {"at": note["At"].isoformat(timespec="milliseconds"), "what": "Note", "text": note.get("Details", "")}
        for note in books.organisation.history.get((resource, row_id), [])
    ]
    for call in books.world.journal.find():
        for change in call.changes:
            if change.table == resource and change.row_id == row_id.lower():
                found.append({"at": call.time, "what": words(change.what), "call": call, "change": change})
    return sorted(found, key=lambda one: one["at"], reverse=True)


_DOCUMENT = (_lines("LineItems", LINES), _payments, _allocations, _credits)
OF: dict[str, tuple[Callable, ...]] = {
    "Contacts": (_addresses, _contact_documents),
    "ContactGroups": (_members,),
    "Items": (_moves,),
    "Accounts": (_running,),
    "TaxRates": (_components,),
    "TrackingCategories": (_options,),
    "ManualJournals": (_lines("JournalLines", JOURNAL_LINES),),
    "RepeatingInvoices": (_lines("LineItems", LINES), _schedule),
    "BatchPayments": (_batch,),
    **{name: _DOCUMENT for name in ("Invoices", "CreditNotes", "BankTransactions", "Overpayments", "Prepayments")},
    **{name: (_lines("LineItems", LINES),) for name in ("Quotes", "PurchaseOrders")},
}
