"""PDF of a document: a few lines of text on A4 pages, written by hand since a library would weigh more than this.

Fonts are the standard ones that every reader has; texts are Windows-1252, other characters become question marks.
"""

from collections.abc import Callable, Iterable

from .spec import Context

WIDTH, HEIGHT, MARGIN, LEADING = 595, 842, 50, 14
LINES_A_PAGE = (HEIGHT - 2 * MARGIN) // LEADING
WIDEST = 92
_COLUMNS = "{:<44.44} {:>12.12} {:>14.14} {:>16.16}"


def printer(title: str, number_key: str, render: Callable[[Context, dict, str], dict]):
    """(context, row) → bytes of the PDF of a document that `render` shows."""

    def printed(context: Context, row: dict) -> bytes:
        shown = render(context, row, "full")
        return write(list(_text(context.organisation, title, shown.get(number_key, ""), shown)))

    return printed


def write(lines: list[str]) -> bytes:
    """A PDF 1.4 file with one line of text for each of `lines`."""
    pages = [lines[at : at + LINES_A_PAGE] for at in range(0, len(lines), LINES_A_PAGE)] or [[]]
    first = 4
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
    ]
    for number, page in enumerate(pages):
        objects.append(_page(first + 2 * number + 1))
        objects.append(_stream(page))
    return _file(objects)


def _page(contents: int) -> bytes:
    box = f"/MediaBox [0 0 {WIDTH} {HEIGHT}] /Resources << /Font << /F1 3 0 R >> >>"
    return f"<< /Type /Page /Parent 2 0 R {box} /Contents {contents} 0 R >>".encode()


def _stream(lines: Iterable[str]) -> bytes:
    shown = b"".join(b"(%s) Tj T*\n" % _escaped(line) for line in lines)
    content = b"BT /F1 9 Tf %d TL %d %d Td\n%sET" % (LEADING, MARGIN, HEIGHT - MARGIN, shown)
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)


def _escaped(line: str) -> bytes:
    printable = "".join(character if character.isprintable() else " " for character in line[:WIDEST])
    text = printable.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return text.encode("cp1252", "replace")


def _file(objects: list[bytes]) -> bytes:
    """The objects, numbered from 1, with the table that says where each begins."""
    written = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    count = len(objects) + 1
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(written))
    return written + b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table) + trailer


def _text(organisation, title: str, number: str, shown: dict):
    """The lines of a document, from what a GET of it shows."""
    yield organisation.name
    yield ""
    yield f"{title} {number}".rstrip()
    yield f"To: {shown['Contact']['Name']}"
    yield f"Date: {shown['DateString'][:10]}"
    for key, label in (("DueDateString", "Due"), ("ExpiryDateString", "Valid until"), ("Reference", "Reference")):
        if shown.get(key):
            yield f"{label}: {shown[key][:10] if key.endswith('String') else shown[key]}"
    yield ""
    yield _COLUMNS.format("Description", "Quantity", "Unit price", f"Amount {shown['CurrencyCode']}")
    for line in shown["LineItems"]:
        yield from _line(line)
    yield ""
    for key, label in (("SubTotal", "Subtotal"), ("TotalTax", "Tax"), ("Total", "Total")):
        yield _COLUMNS.format("", "", label, str(shown[key]))


def _line(line: dict):
    first, *more = (line.get("Description") or " ").splitlines() or [""]
    numbers = [str(line.get(key, "")) for key in ("Quantity", "UnitAmount", "LineAmount")]
    yield _COLUMNS.format(first, *numbers)
    yield from more
