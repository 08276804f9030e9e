"""Envelope, dates, errors, batches: how answers look (xero-api.md 3)."""

import re
from decimal import Decimal

import pytest
from books import Books, document

ZERO_ID = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def books():
    return Books()


# -- envelope and dates


def test_envelope_of_a_list(books):
    _, payload = books.call("GET", "Contacts")
    assert list(payload) == ["Id", "Status", "ProviderName", "DateTimeUTC", "Contacts"]
    assert re.fullmatch(r"/Date\(\d+\)/", payload["DateTimeUTC"])


def test_pagination_only_when_asked_for(books):
    _, payload = books.call("GET", "Contacts", page="1", pageSize="4")
    assert list(payload)[4] == "pagination"
    assert payload["pagination"] == {"page": 1, "pageSize": 4, "pageCount": 2, "itemCount": 6}


@pytest.mark.parametrize(("asked", "given"), [("0", 1), ("5000", 1000), ("-3", 1), ("250", 250)])
def test_page_size_is_clamped(books, asked, given):
    _, payload = books.call("GET", "Contacts", page="1", pageSize=asked)
    assert payload["pagination"]["pageSize"] == given


def test_dates_have_twins_and_midnight_in_utc(books):
    invoice = books.invoice(100, Date="2026-06-10")
    assert invoice["Date"] == "/Date(1781049600000+0000)/"
    assert invoice["DateString"] == "2026-06-10T00:00:00"
    assert invoice["DueDateString"] == "2026-07-20T00:00:00"
    assert re.fullmatch(r"/Date\(17814816\d{5}\+0000\)/", invoice["UpdatedDateUTC"])
    assert invoice["UpdatedDateUTCString"] == "2026-06-15T00:00:00Z"


def test_missing_date_is_today_where_the_organisation_is(books):
    """Half past one in the afternoon UTC is the next day in New Zealand (xero-api.md 3.3)."""
    books.clock.advance(13.5 * 3600)
    body = document("ACCREC", [100])
    del body["Date"]
    assert books.put("Invoices", body)["DateString"] == "2026-06-16T00:00:00"


def test_a_write_shows_fewer_keys_than_a_read(books):
    written = books.invoice(100)
    assert not {"Payments", "CreditNotes", "AmountCredited", "HasAttachments", "FullyPaidOnDate"} & set(written)
    assert {"Prepayments", "Overpayments", "InvoicePaymentServices"} <= set(written)
    assert written["LineItems"][0]["ValidationErrors"] == []
    assert {"Payments", "CreditNotes", "AmountCredited", "HasAttachments"} <= set(books.read_invoice(written))


def test_lists_hold_stubs_of_contacts(books):
    books.invoice(100)
    contact = books.get("Invoices", page="1")[0]["Contact"]
    keys = {"ContactID", "Name", "Addresses", "Phones", "ContactGroups", "ContactPersons", "HasValidationErrors"}
    assert set(contact) == keys


def test_unpaged_invoices_are_summaries(books):
    invoice = books.invoice(100)
    assert books.get("Invoices")[0]["LineItems"] == []
    assert len(books.get("Invoices", page="1")[0]["LineItems"]) == 1
    assert len(books.read_invoice(invoice)["LineItems"]) == 1


def test_null_scalars_are_left_out(books):
    bill = books.bill(100)
    assert "InvoiceNumber" not in bill
    assert "Reference" not in bill


# -- bodies


@pytest.mark.parametrize(
    "wrap",
    [
        lambda contact: contact,
        lambda contact: [contact],
        lambda contact: {"Contacts": [contact]},
        lambda contact: {"contacts": [{"name": contact["Name"]}]},
        lambda contact: {**contact, "NoSuchKey": {"a": [1]}, "EmailAddress": None},
    ],
    ids=["object", "array", "wrapped", "other casing", "unknown keys"],
)
def test_accepted_bodies(books, wrap):
    assert books.put("Contacts", wrap({"Name": "Newcomer"}))["Name"] == "Newcomer"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'"text"',
        b"[]",
        b"[1]",
        b'{"Contacts": []}',
        b'{"Name": {"First": "x"}}',
        b'{"Name": "x", "Phones": "none"}',
        b'{"Name": "x", "Discount": NaN}',
        b'{"Name": "x", "Discount": 1e400}',
        b"[" * 100_000,
    ],
)
def test_bodies_that_cannot_be_read(books, raw):
    status, payload = books.call("PUT", "Contacts", raw=raw)
    assert status == 400
    assert (payload["ErrorNumber"], payload["Type"]) == (14, "PostDataInvalidException")


@pytest.mark.parametrize("date", ["2026-06-10", "2026-06-10T00:00:00", "/Date(1781049600000+0000)/"])
def test_accepted_dates(books, date):
    assert books.invoice(100, Date=date)["DateString"] == "2026-06-10T00:00:00"


@pytest.mark.parametrize("date", ["2026-06-10 00:00:00", "10/06/2026", "2026-02-30", "/Date(x)/", "tomorrow"])
def test_malformed_dates(books, date):
    """A date and time with a space is error 14 (xero-api.md 3.3)."""
    status, payload = books.call("PUT", "Invoices", document("ACCREC", [100], Date=date))
    assert (status, payload["ErrorNumber"]) == (400, 14)


# -- addresses


@pytest.mark.parametrize("path", [f"Invoices/{ZERO_ID}", "Contacts/nobody", "Items/none", "Invoices/x/History"])
def test_unknown_record_is_an_empty_404(books, path):
    assert books.call("GET", path) == (404, None)


def test_unknown_contact_in_a_document_is_a_404_and_saves_nothing(books):
    bodies = [document("ACCREC", [100]), {**document("ACCREC", [100]), "Contact": {"ContactID": ZERO_ID}}]
    for summarize in ("true", "false"):
        assert books.call("PUT", "Invoices", bodies, summarizeErrors=summarize) == (404, None)
    assert books.get("Invoices") == []


def test_resource_outside_the_list(books):
    assert books.call("GET", "ExpenseClaims")[0] == 501
    assert books.call("GET", "Reports/BudgetSummary")[0] == 501


@pytest.mark.parametrize(("method", "path"), [("DELETE", "Invoices"), ("PUT", "Users"), ("POST", "Currencies")])
def test_verbs_that_a_resource_does_not_take(books, method, path):
    assert books.call(method, path, {})[0] == 405


@pytest.mark.parametrize(
    ("resource", "key", "identifier"),
    [("Invoices", "InvoiceNumber", "INV-0001"), ("Contacts", "ContactNumber", "42"), ("Items", "Code", "WAX-500")],
)
def test_records_are_found_by_their_other_identifier(books, resource, key, identifier):
    books.invoice(100)
    books.post("Contacts", {"Name": "Kauri Cafe", "ContactNumber": "42"})
    assert books.get(f"{resource}/{identifier.lower()}")[0][key] == identifier


# -- several elements, some of them bad


GOOD, BAD = {"Name": "Newcomer"}, {"Name": "KAURI CAFE"}


def test_summarised_errors_save_nothing(books):
    status, payload = books.call("PUT", "Contacts", [GOOD, BAD])
    assert status == 400
    assert (payload["ErrorNumber"], payload["Type"]) == (10, "ValidationException")
    assert payload["Message"] == "A validation exception occurred"
    (element,) = payload["Elements"]
    assert (element["ContactID"], element["Name"]) == (ZERO_ID, "KAURI CAFE")
    assert element["HasValidationErrors"] is True
    assert "StatusAttributeString" not in element
    assert books.events == []
    assert len(books.get("Contacts")) == 6


def test_errors_element_by_element(books):
    status, payload = books.call("PUT", "Contacts", [BAD, GOOD], summarizeErrors="false")
    assert status == 200
    refused, saved = payload["Contacts"]
    assert (refused["StatusAttributeString"], refused["ContactID"]) == ("ERROR", ZERO_ID)
    assert refused["ValidationErrors"][0]["Message"].startswith("The contact name KAURI CAFE is already assigned")
    assert (saved["StatusAttributeString"], saved["Name"]) == ("OK", "Newcomer")
    assert books.events == [("CONTACT", "CREATE", saved["ContactID"])]


def test_answers_stand_in_the_order_of_the_request(books):
    names = [f"Person {number}" for number in (3, 1, 2)]
    bodies = [{"Name": names[0]}, BAD, {"Name": names[1]}, {"Name": names[2]}]
    _, payload = books.call("PUT", "Contacts", bodies, summarizeErrors="False")
    assert [one["Name"] for one in payload["Contacts"]] == [names[0], "KAURI CAFE", names[1], names[2]]


def test_a_summarised_answer_has_no_status_attribute(books):
    assert "StatusAttributeString" not in books.put("Contacts", GOOD)


def test_a_refused_invoice_leaves_no_contact_behind(books):
    body = document("ACCREC", [{"Description": "No account", "Quantity": 1, "UnitAmount": 1}], contact="Newcomer")
    _, payload = books.call("PUT", "Invoices", body, summarizeErrors="false")
    (element,) = payload["Invoices"]
    assert (element["InvoiceID"], element["HasErrors"]) == (ZERO_ID, True)
    assert "Newcomer" not in [contact["Name"] for contact in books.get("Contacts")]
    assert books.invoice(100)["InvoiceNumber"] == "INV-0001"


def test_a_failed_update_echoes_the_real_id(books):
    invoice = books.invoice(100)
    body = {"InvoiceID": invoice["InvoiceID"], "Status": "DELETED"}
    _, payload = books.call("POST", "Invoices", body, summarizeErrors="false")
    assert payload["Invoices"][0]["InvoiceID"] == invoice["InvoiceID"]


@pytest.mark.parametrize("resource", ["Accounts", "TaxRates"])
def test_one_element_a_request(books, resource):
    assert books.call("PUT", resource, [{"Name": "A"}, {"Name": "B"}])[0] == 400


def test_numbers_keep_all_their_digits(books):
    assert books.invoice("9999999999.99")["SubTotal"] == Decimal("9999999999.99")


# -- history


def test_notes_of_a_record(books):
    invoice = books.invoice(100)
    path = f"Invoices/{invoice['InvoiceID']}/History"
    written = books.put(path, {"HistoryRecords": [{"Details": "Packed"}]})
    assert set(written) == {"DateUTCString", "DateUTC", "Details", "ValidationErrors"}
    books.put(path, {"HistoryRecords": [{"Details": "Sent"}]})
    notes = books.get(path)
    assert [note["Details"] for note in notes] == ["Sent", "Packed"]
    assert notes[0]["User"] == "System Generated"
    assert books.refused("PUT", path, {"HistoryRecords": [{"Details": "x" * 2501}]})


# -- organisation


def test_organisation_and_its_actions(books):
    (organisation,) = books.get("Organisation")
    assert organisation["OrganisationID"] == books.organisation.tenant_id
    assert (organisation["BaseCurrency"], organisation["CountryCode"]) == ("NZD", "NZ")
    assert "EndOfYearLockDate" not in organisation
    actions = {action["Name"]: action["Status"] for action in books.get("Organisation/Actions")}
    assert actions["CreateApprovedInvoice"] == "ALLOWED"
    assert actions["ApproveTransactionsBeforePeriodLockDate"] == "NOT-ALLOWED"
