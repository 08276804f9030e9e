"""Files, history, online invoice, e-mail and print (xero-api.md 4.2, 4.12)."""

import re

import pytest
import requests
from books import Books, line

from simulator.accounting import registry

PATHS = ["Invoices", "CreditNotes", "Contacts", "Accounts", "PurchaseOrders", "Quotes", "RepeatingInvoices"]
PDF = {"Accept": "application/pdf"}


@pytest.fixture
def books():
    return Books()


@pytest.fixture
def kinds(books):
    """Path of one record of each kind that takes files."""
    books.invoice(100)
    books.credit_note(100)
    contact = {"ContactID": books.get("Contacts")[0]["ContactID"]}
    order = {"Contact": contact, "Date": "2026-06-10", "LineItems": [line(1)]}
    books.put("PurchaseOrders", order)
    books.put("Quotes", order)
    return {name: f"{name}/{books.get(name)[0][f'{name[:-1]}ID']}" for name in PATHS}


def attach(books, path, name="note.txt", content=b"hello", method="PUT", **args):
    return books.call(method, f"{path}/Attachments/{name}", raw=content, **args)


def message(answer):
    status, payload = answer
    assert status == 400
    assert (payload["ErrorNumber"], payload["Type"]) == (10, "ValidationException")
    return payload["Message"]


# -- attachments


@pytest.mark.parametrize("name", PATHS)
def test_a_file_is_put_listed_and_fetched(books, kinds, name):
    status, payload = attach(books, kinds[name], "note.pdf", b"%PDF-1.4 recording")
    (made,) = payload["Attachments"]
    assert (status, made["FileName"], made["MimeType"], made["ContentLength"]) == (
        200,
        "note.pdf",
        "application/pdf",
        18,
    )
    assert made["Url"] == f"https://api.xero.com/api.xro/2.0/{kinds[name]}/Attachments/note.pdf"
    assert books.get(f"{kinds[name]}/Attachments") == [made]
    for key in (made["FileName"], made["AttachmentID"]):
        assert books.call("GET", f"{kinds[name]}/Attachments/{key}") == (200, "%PDF-1.4 recording")
    assert books.call("GET", f"{kinds[name]}/Attachments/other.pdf") == (404, None)
    if name != "Quotes":
        assert books.get(kinds[name])[0]["HasAttachments"] is True


def test_the_same_name_overwrites(books, kinds):
    path = kinds["Invoices"]
    first = attach(books, path)[1]["Attachments"][0]
    second = attach(books, path, "NOTE.txt", b"bye!", method="POST")[1]["Attachments"][0]
    assert (second["AttachmentID"], second["ContentLength"]) == (first["AttachmentID"], 4)
    assert len(books.get(f"{path}/Attachments")) == 1


def test_ten_files_on_a_document(books, kinds):
    path = kinds["PurchaseOrders"]
    for number in range(10):
        assert attach(books, path, f"{number}.txt")[0] == 200
    assert message(attach(books, path, "11.txt")) == "A document can have at most 10 attachments."
    assert attach(books, path, "3.txt", b"anew")[0] == 200


@pytest.mark.parametrize("bad", '<>:"\\|?*\0+/')
def test_characters_that_names_may_not_have(books, kinds, bad):
    text = message(attach(books, kinds["Invoices"], f"a{bad}b.txt"))
    assert text == f"The file name 'a{bad}b.txt' contains characters that are not allowed: {bad}"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "The attachment has no content."),
        (b"x" * (10 * 1024 * 1024 + 1), "The attachment must not exceed 10 MB."),
    ],
    ids=["empty", "large"],
)
def test_sizes_that_are_refused(books, kinds, content, text):
    assert message(attach(books, kinds["Invoices"], content=content)) == text
    assert books.get(kinds["Invoices"])[0]["HasAttachments"] is False


def test_only_sales_documents_show_files_online(books, kinds):
    bill = books.bill(10)
    online = attach(books, kinds["Invoices"], IncludeOnline="true")[1]["Attachments"][0]
    not_online = attach(books, f"Invoices/{bill['InvoiceID']}", IncludeOnline="true")[1]["Attachments"][0]
    assert online["IncludeOnline"] is True
    assert "IncludeOnline" not in not_online


def test_what_takes_no_files(books):
    item = books.get("Items")[0]
    assert attach(books, f"Items/{item['ItemID']}") == (404, None)


def test_files_over_http_have_a_scope_of_their_own(api, steering, xero):
    invoice = api.call("PUT", "Invoices", {"Type": "ACCREC", "Contact": {"Name": "Kauri Cafe"}, "LineItems": [line(1)]})
    path = f"Invoices/{invoice.json()['Invoices'][0]['InvoiceID']}/Attachments"
    address = f"{xero.url}/api.xro/2.0/{path}/r%20%5B1%5D.png"
    narrow, wide = (steering.token(scope) for scope in ("accounting.invoices", "accounting.attachments"))
    answers = [
        requests.put(
            address,
            data=b"\x89PNG\r\n",
            headers={
                "Authorization": f"Bearer {token['access_token']}",
                "Xero-Tenant-Id": token["tenant_id"],
                "Content-Type": "application/octet-stream",
            },
            timeout=10,
        )
        for token in (narrow, wide)
    ]
    assert [answer.status_code for answer in answers] == [401, 200]
    (made,) = answers[1].json()["Attachments"]
    assert (made["FileName"], made["MimeType"]) == ("r [1].png", "image/png")
    fetched = requests.get(
        made["Url"],
        headers={"Authorization": f"Bearer {wide['access_token']}", "Xero-Tenant-Id": wide["tenant_id"]},
        timeout=10,
    )
    assert (fetched.content, fetched.headers["Content-Type"]) == (b"\x89PNG\r\n", "image/png")


# -- history


@pytest.mark.parametrize("name", PATHS)
def test_notes(books, kinds, name):
    books.put(f"{kinds[name]}/History", {"HistoryRecords": [{"Details": "Checked"}]})
    (note,) = books.get(f"{kinds[name]}/History")
    assert (note["Details"], note["User"]) == ("Checked", "System Generated")


# -- online invoice and e-mail


def test_an_approved_invoice_is_online(books):
    invoice, draft, bill = books.invoice(10), books.invoice(10, status="DRAFT"), books.bill(10)
    (online,) = books.get(f"Invoices/{invoice['InvoiceID']}/OnlineInvoice")
    assert online["OnlineInvoiceUrl"].startswith("https://in.xero.com/")
    for other in (draft, bill):
        answer = books.call("GET", f"Invoices/{other['InvoiceID']}/OnlineInvoice")
        assert message(answer) == "An online invoice exists only for approved sales invoices."


@pytest.mark.parametrize("status", ["SUBMITTED", "AUTHORISED"])
def test_an_emailed_invoice_is_marked_as_sent(books, status):
    invoice = books.invoice(10, status=status)
    path = f"Invoices/{invoice['InvoiceID']}"
    assert books.call("POST", f"{path}/Email") == (204, None)
    assert books.get(path)[0]["SentToContact"] is True


def test_what_cannot_be_emailed(books):
    books.put("Contacts", {"Name": "No address"})
    only = "Only sales invoices that are submitted, approved or paid can be emailed."
    expected = [
        (books.invoice(10, status="DRAFT"), only),
        (books.bill(10), only),
        (books.invoice(10, contact="No address"), "The contact of this invoice has no email address."),
    ]
    for invoice, text in expected:
        assert message(books.call("POST", f"Invoices/{invoice['InvoiceID']}/Email")) == text


def test_twenty_emails_a_day_on_trial(books):
    books.organisation.settings["Class"] = "TRIAL"
    path = f"Invoices/{books.invoice(10)['InvoiceID']}/Email"
    for _ in range(20):
        assert books.call("POST", path) == (204, None)
    assert message(books.call("POST", path)) == "The daily limit of 20 emails has been reached."
    books.clock.advance(24 * 3600)
    assert books.call("POST", path)[0] == 204


# -- print


@pytest.mark.parametrize("name", ["Invoices", "CreditNotes", "PurchaseOrders", "Quotes"])
def test_a_pdf_by_its_type_or_by_its_path(books, kinds, name):
    printed = pdf_of(books, kinds[name])
    assert printed.startswith(b"%PDF-1.4\n")
    assert printed == pdf_of(books, f"{kinds[name]}/pdf")
    check_places(printed)


def test_a_pdf_tells_what_the_document_says(books):
    lines = [line(1, Description=f"Plank ({number}) \\ \u20ac \u4e2d\nsecond line") for number in range(60)]
    printed = pdf_of(books, f"Invoices/{books.invoice(*lines)['InvoiceID']}")
    check_places(printed)
    assert printed.count(b"/Type /Page ") == 3
    assert rb"Plank \(59\) \\ " in printed
    assert b"Kauri Cafe" in printed
    assert b"69.00" in printed


@pytest.mark.parametrize("path", ["Contacts", "Accounts"])
def test_what_has_no_pdf_answers_json(books, kinds, path):
    assert isinstance(books.call("GET", kinds[path], headers=PDF)[1], dict)


def pdf_of(books, path):
    """The bytes of a PDF, which the books give as text where they can."""
    reply = books.reply("GET", path, headers=PDF)
    assert (reply.status, reply.content_type) == (200, "application/pdf")
    return reply.payload


def check_places(printed):
    """Every object is where the table at the end says, and every stream is as long as it says."""
    start = int(re.search(rb"startxref\n(\d+)\n%%EOF\n$", printed)[1])
    assert printed[start:].startswith(b"xref\n0 ")
    places = [int(place) for place in re.findall(rb"(\d{10}) 00000 n ", printed[start:])]
    assert places
    for number, place in enumerate(places, start=1):
        assert printed[place:].startswith(b"%d 0 obj\n" % number)
    for length, content in re.findall(rb"/Length (\d+) >>\nstream\n(.*?)\nendstream", printed, re.DOTALL):
        assert len(content) == int(length)


# -- what is not there


@pytest.mark.parametrize("name", sorted(registry.NOT_IMITATED))
def test_what_xero_has_and_the_simulator_has_not(books, name):
    status, payload = books.call("GET", name)
    assert (status, payload["Message"]) == (501, f"The resource {name} is not imitated by this simulator.")


def test_what_xero_has_not_either(books):
    assert books.call("GET", "Dragons") == (404, None)


def test_a_body_that_is_too_large_over_http(api):
    """The body as captured from the real Xero (Xero-Java#349)."""
    answer = api.call("PUT", "Invoices/x/Attachments/a.txt", data=b"x" * (10 * 1024 * 1024 + 1))
    assert answer.status_code == 413
    assert (answer.json()["Title"], answer.json()["Detail"]) == ("RequestEntityTooLarge", "PayloadTooLarge")
