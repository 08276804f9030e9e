"""The lists of records, and the page of one record with all that hangs on it."""

from urllib.parse import urlencode

from werkzeug.exceptions import NotFound

from ..accounting import attachments
from ..accounting.registry import SPECS
from ..calls import Reply
from . import parts
from .books import Books
from .cells import Cell, first, money, table, words
from .cells import text as text_of
from .rooms import ROOMS, Room, room_of

#: Sums of a record in the order in which they are shown: key → words.
SUMS = (
    ("SubTotal", "Subtotal"),
    ("TotalTax", "Tax"),
    ("Total", "Total"),
    ("AmountPaid", "Paid"),
    ("AmountCredited", "Credited"),
    ("AmountDue", "Still open"),
    ("RemainingCredit", "Credit left"),
)
#: Figures that stand out on top of a record's page.
HEADLINES = {
    "Contacts": (
        ("Balances.AccountsReceivable.Outstanding", "Owes us"),
        ("Balances.AccountsPayable.Outstanding", "We owe"),
    ),
    "Items": (("QuantityOnHand", "On hand"), ("_AverageCost", "Average cost"), ("TotalCostPool", "Stock value")),
    "Accounts": (("_Balance", "Balance"),),
}
DOCUMENT = (
    ("Total", "Total"),
    ("Amount", "Amount"),
    ("TotalAmount", "Amount"),
    ("AmountDue", "Still open"),
    ("RemainingCredit", "Credit left"),
)
KINDS = {
    "ACCREC": "Invoice",
    "ACCPAY": "Bill",
    "ACCRECCREDIT": "Credit note",
    "ACCPAYCREDIT": "Supplier credit",
}


def listing(books: Books, room: Room, args) -> dict:
    """What list.html shows: the rows that fit the search, a page of them."""
    status, text = args.get("status", ""), args.get("q", "")
    found = books.found(room, status=status, text=text)
    kept = urlencode({name: value for name, value in (("status", status), ("q", text)) if value})
    page = books.page(found, page_number(args), f"?{kept}&" if kept else "?")
    records = [books.show(room.resource, row) for row in page["rows"]]
    return {
        "room": room,
        "page": page,
        "list": table("", room.columns, records, books.base),
        "statuses": [(one, words(one)) for one in books.statuses(room)],
        "state": status,
        "text": text,
    }


def page_number(args) -> int:
    wanted = args.get("page", "1")
    return max(1, int(wanted)) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else 1


def record(books: Books, room: Room, row_id: str, args) -> dict:
    """What record.html shows.

    :raises NotFound: there is no such record
    """
    row = books.one(room.resource, row_id)
    if row is None:
        raise NotFound
    room = room_of(room.resource, row) or room
    shown = books.show(room.resource, row)
    return {
        "room": room,
        "title": _title(room, shown),
        "kind": KINDS.get(shown.get("Type"), room.singular),
        "state": words(shown.get(room.status_key)) if room.status_key else "",
        "headlines": _headlines(room, shown),
        "facts": _facts(books, room, shown),
        "tables": [made for part in parts.OF.get(room.resource, ()) if (made := part(books, shown, args))],
        "sums": [
            (text, money(shown[key])) for key, text in SUMS if shown.get(key) is not None and "LineItems" in shown
        ],
        "entries": parts.entries(books, shown[SPECS[room.resource].id_key]),
        "files": _files(books, room, row),
        "printed": f"{books.base}/{room.slug}/{row_id}/pdf" if SPECS[room.resource].printed else "",
        "history": parts.history(books, room.resource, shown[SPECS[room.resource].id_key]),
        "identifier": shown[SPECS[room.resource].id_key],
    }


def _title(room: Room, shown: dict) -> str:
    return text_of(first(shown, room.title)) or "no number"


def _headlines(room: Room, shown: dict) -> list[tuple[str, str]]:
    wanted = HEADLINES.get(room.resource, DOCUMENT)
    return [(text, money(value)) for path, text in wanted if (value := first(shown, path)) is not None]


def _facts(books: Books, room: Room, shown: dict) -> list[tuple[str, Cell]]:
    named = {column.words: column.cell(shown, books.base) for column in (*room.columns, *room.facts)}
    hidden = {"Status", "Number", *(text for _path, text in HEADLINES.get(room.resource, DOCUMENT)), "Open"}
    return [(text, cell) for text, cell in named.items() if cell.text and text not in hidden]


def _files(books: Books, room: Room, row: dict) -> list[dict]:
    owner = (room.resource, row[SPECS[room.resource].id_key])
    held = books.table(attachments.TABLE).by("owner", owner)
    return [
        {
            "name": one["FileName"],
            "type": one["MimeType"],
            "size": f"{len(one['Content']):,} bytes",
            "href": f"{books.base}/files/{one['AttachmentID']}",
        }
        for one in held
    ]


def file(books: Books, file_id: str) -> Reply:
    """An attached file, to be saved and never shown: what it holds comes from anywhere."""
    row = books.table(attachments.TABLE).get(file_id)
    if row is None:
        raise NotFound
    headers = {
        "Content-Disposition": "attachment",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Reply(200, row["Content"], attachments.OCTETS, headers)


def pdf(books: Books, room: Room, row_id: str) -> Reply:
    spec, row = SPECS[room.resource], books.one(room.resource, row_id)
    if row is None or spec.printed is None:
        raise NotFound
    return Reply(200, spec.printed(books.context, row), "application/pdf", {"X-Content-Type-Options": "nosniff"})


def find(slug: str) -> Room:
    """
    :raises NotFound: there is no such room
    """
    if slug not in ROOMS:
        raise NotFound
    return ROOMS[slug]
