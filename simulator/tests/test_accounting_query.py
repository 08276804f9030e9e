"""Filters, order and pages of lists (xero-api.md 3.5 and 3.8)."""

from decimal import Decimal

import pytest
from books import Books, document


@pytest.fixture(scope="module")
def books():
    """Four documents and an archived contact; the tests of this file only read."""
    books = Books()
    for number, reference, contact, amount, date in (
        ("A-1", "Blue door", "Kauri Cafe", 100, "2026-05-01"),
        ("A-2", None, "Kauri Cafe", 200, "2026-06-01"),
        ("A-3", "blue roof", "Ridgeline University", 300, "2026-06-05"),
    ):
        extra = {"Reference": reference} if reference else {}
        books.invoice(amount, InvoiceNumber=number, contact=contact, Date=date, **extra)
        books.clock.advance(10)
    books.put("Invoices", document("ACCPAY", [50], "DRAFT", "Southern Power", InvoiceNumber="B-1"))
    books.post("Contacts", {"Name": "Coral Sea Imports", "ContactStatus": "ARCHIVED"})
    return books


def numbers(books, **args):
    return [invoice["InvoiceNumber"] for invoice in books.get("Invoices", **args)]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ('Type=="ACCREC"', ["A-1", "A-2", "A-3"]),
        ('Type="ACCPAY"', ["B-1"]),
        ('InvoiceNumber=="a-2"', ["A-2"]),
        ('Status!="AUTHORISED"', ["B-1"]),
        ("Total>115 AND Total<=345", ["A-2", "A-3"]),
        ("Total<115.01 && Total>=115", ["A-1"]),
        ('InvoiceNumber=="A-1" OR InvoiceNumber=="B-1"', ["A-1", "B-1"]),
        ('InvoiceNumber=="A-1" || Total==57.5', ["A-1", "B-1"]),
        ('Type=="ACCREC" AND (InvoiceNumber=="A-1" OR InvoiceNumber=="A-3")', ["A-1", "A-3"]),
        ("Date>=DateTime(2026,06,01) AND Date<DateTime(2026, 6, 5)", ["A-2"]),
        ('Date>DateTime.Parse("2026-06-04") and Type=="ACCREC"', ["A-3"]),
        ('Contact.Name=="kauri cafe"', ["A-1", "A-2"]),
        ('Reference!=null AND Reference.Contains("BLUE")', ["A-1", "A-3"]),
        ('Reference!=null AND Reference.StartsWith("blue d")', ["A-1"]),
        ('Reference!=null AND Reference.EndsWith("roof")', ["A-3"]),
        ('Reference==null AND Type=="ACCREC"', ["A-2"]),
        ("SentToContact==false AND AmountPaid==0 AND AmountDue>300", ["A-3"]),
        ('Contact.Name.ToLower()=="southern power"', ["B-1"]),
        ('InvoiceNumber=="nothing"', []),
    ],
)
def test_where(books, where, found):
    assert numbers(books, where=where) == found


def test_where_by_guid(books):
    invoice = books.get("Invoices", where='InvoiceNumber=="A-3"')[0]
    for guid in (invoice["InvoiceID"], invoice["InvoiceID"].upper()):
        assert numbers(books, where=f'InvoiceID==Guid("{guid}")') == ["A-3"]
    contact = invoice["Contact"]["ContactID"]
    assert numbers(books, where=f'Contact.ContactID=Guid("{contact}") AND Total>1000') == []
    assert numbers(books, where=f'Contact.ContactID=Guid("{contact}")') == ["A-3"]


@pytest.mark.parametrize(
    "where",
    [
        "Type==",
        "(Type",
        'Type=="A" garbage',
        'Name=="x"',
        "Contact.Colour==1",
        'Type=="a"b"',
        'Reference.Contains("x")',
        "Total>Type",
        "DateTime(2026)==Date",
        "Date>DateTime(2026,13,1)",
        "Type.Explode()",
        "§",
        "(" * 500,
        "'",
    ],
)
def test_where_that_cannot_be_read(books, where):
    status, payload = books.call("GET", "Invoices", where=where)
    assert (status, payload["ErrorNumber"], payload["Type"]) == (400, 16, "QueryParseException")


def test_texts_of_parse_errors(books):
    """Xero's own words, as clients have reported them (xeroizer#160, Xero-Java#347)."""
    assert books.call("GET", "Contacts", where='Bat=="x"')[1]["Message"] == (
        "No property or field 'Bat' exists in type 'Contact'"
    )
    assert books.call("GET", "Contacts", where='Name=="a"b"')[1]["Message"] == "Syntax error"


def test_a_long_list_of_ids_in_where(books):
    ids = [invoice["InvoiceID"] for invoice in books.get("Invoices")] * 500
    where = " OR ".join(f'InvoiceID==Guid("{one}")' for one in ids)
    assert len(numbers(books, where=where)) == 4


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("InvoiceNumber DESC", ["B-1", "A-3", "A-2", "A-1"]),
        ("Total", ["B-1", "A-1", "A-2", "A-3"]),
        ("Type ASC, Total DESC", ["B-1", "A-3", "A-2", "A-1"]),
        ("Reference", ["A-2", "B-1", "A-1", "A-3"]),
        ("Contact.Name, Date DESC", ["A-2", "A-1", "A-3", "B-1"]),
    ],
)
def test_order(books, order, found):
    assert numbers(books, order=order) == found


@pytest.mark.parametrize("order", ["Colour", "Total DOWN", ",", "Total DESC extra"])
def test_order_that_cannot_be_read(books, order):
    status, payload = books.call("GET", "Invoices", order=order)
    assert (status, payload["ErrorNumber"]) == (400, 16)


def test_default_order_is_that_of_updates(books):
    assert numbers(books) == ["A-1", "A-2", "A-3", "B-1"]


def test_pages(books):
    pages = [numbers(books, page=str(page), pageSize="3") for page in (1, 2, 3)]
    assert pages == [["A-1", "A-2", "A-3"], ["B-1"], []]
    assert books.call("GET", "Invoices", page="one")[0] == 400


def test_lists_of_keys(books):
    invoices = books.get("Invoices")
    ids = ",".join(invoice["InvoiceID"] for invoice in invoices[1:3])
    assert numbers(books, IDs=ids) == ["A-2", "A-3"]
    assert numbers(books, InvoiceNumbers="A-1,B-1,Z-9") == ["A-1", "B-1"]
    assert numbers(books, ContactIDs=invoices[2]["Contact"]["ContactID"]) == ["A-3"]
    assert numbers(books, IDs=ids, where='Reference=="blue roof"') == ["A-3"]


def test_statuses_force_paging(books):
    _, payload = books.call("GET", "Invoices", Statuses="DRAFT,SUBMITTED")
    assert [invoice["InvoiceNumber"] for invoice in payload["Invoices"]] == ["B-1"]
    assert payload["pagination"]["itemCount"] == 1


def test_keys_that_are_no_ids(books):
    status, payload = books.call("GET", "Invoices", IDs="a,b")
    assert (status, payload) == (400, "Supplied parameter 'IDs' cannot be parsed.")


def test_summaries(books):
    _, payload = books.call("GET", "Invoices", summaryOnly="true")
    assert payload["pagination"]["itemCount"] == 4
    assert not {"LineItems", "Payments", "HasAttachments"} & set(payload["Invoices"][0])
    contact = books.get("Contacts", summaryOnly="true")[0]
    assert not {"Addresses", "ContactPersons", "IsCustomer", "Balances"} & set(contact)


def test_search_term(books):
    assert numbers(books, searchTerm="BLUE") == ["A-1", "A-3"]
    assert [one["Name"] for one in books.get("Contacts", searchTerm="ridgeline.ex")] == ["Ridgeline University"]


def test_archived_contacts_are_hidden_unless_asked_for(books):
    assert "Coral Sea Imports" not in [one["Name"] for one in books.get("Contacts")]
    assert "Coral Sea Imports" in [one["Name"] for one in books.get("Contacts", includeArchived="true")]
    where = 'Name=="Coral Sea Imports"'
    assert books.get("Contacts", where=where) == []
    assert len(books.get("Contacts", where=where, includeArchived="true")) == 1
    _, payload = books.call("GET", "Contacts", page="1", includeArchived="true")
    assert payload["pagination"]["itemCount"] == 6


@pytest.mark.parametrize(
    ("since", "found"),
    [
        ("2026-06-15T00:00:15", ["A-3", "B-1"]),
        ("2026-06-15T00:00:15.900", ["A-3", "B-1"]),
        ("2026-06-15T00:00:15Z", ["A-3", "B-1"]),
        ("Mon, 15 Jun 2026 00:00:15 GMT", ["A-3", "B-1"]),
        ("2026-06-15T12:00:15+12:00", ["A-3", "B-1"]),
        ("2027-01-01T00:00:00", []),
        ("rubbish", ["A-1", "A-2", "A-3", "B-1"]),
    ],
)
def test_if_modified_since(books, since, found):
    assert numbers(books, headers={"If-Modified-Since": since}) == found
    paged = numbers(books, page="1", headers={"If-Modified-Since": since}, where="Total>0")
    assert paged == found


def test_balances_of_a_contact(books):
    contact = books.get("Contacts", where='Name=="Kauri Cafe"')[0]
    assert contact["Balances"]["AccountsReceivable"] == {"Outstanding": Decimal("345"), "Overdue": Decimal("0")}
    assert contact["Balances"]["AccountsPayable"]["Outstanding"] == 0
