"""Quirks of xero-api.md sections 3 to 5 that no single message or figure shows; each test names its place."""

from datetime import timedelta
from decimal import Decimal

import pytest
from books import Books, document, line
from evidence.player import Player

ZERO = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def books():
    return Books()


def refused(books, method, path, body, **args):
    status, payload = books.call(method, path, body, **args)
    assert status == 400, payload
    return payload["Elements"][0]


# -- 3.6, 3.9 and 4.5: what a refused element looks like


def test_a_refused_document_is_shown_as_far_as_it_was_worked_out(books):
    """4.5, R:purchase_order_number_held_by_deleted: contact, lines and totals computed, the zero id, no line ids."""
    contact = books.put("Contacts", {"Name": "Rimu Joinery", "Phones": [{"PhoneType": "DEFAULT", "PhoneNumber": "5"}]})
    body = {
        "Contact": {"ContactID": contact["ContactID"]},
        "PurchaseOrderNumber": "P-1",
        "LineItems": [line(100, "300")],
    }
    made = books.put("PurchaseOrders", body)
    books.post("PurchaseOrders", {"PurchaseOrderID": made["PurchaseOrderID"], "Status": "DELETED"})
    sent = {**body, "Status": "SUBMITTED"}
    status, payload = books.call("POST", "PurchaseOrders", sent, summarizeErrors="False")
    element = payload["PurchaseOrders"][0]
    assert (status, element["PurchaseOrderID"], element["StatusAttributeString"]) == (200, ZERO, "ERROR")
    assert (element["HasErrors"], element["Type"], element["Status"]) == (True, "PURCHASEORDER", "SUBMITTED")
    assert (element["SubTotal"], element["TotalTax"], element["Total"]) == (100, 15, 115)
    assert (element["Contact"]["Name"], element["LineItems"][0]["TaxType"]) == ("Rimu Joinery", "INPUT2")
    assert "LineItemID" not in element["LineItems"][0]
    assert not {"UpdatedDateUTC", "SentToContact", "CurrencyRate"} & set(element)
    assert books.get(f"PurchaseOrders/{made['PurchaseOrderID']}")[0]["Status"] == "DELETED"


def test_a_refused_invoice_is_computed_and_echoes_what_was_sent(books):
    """3.9: failed creates have a zero id, HasErrors is true; nothing of a new contact stays."""
    body = document("ACCREC", [line(100, "999")], contact="Somebody New")
    element = refused(books, "PUT", "Invoices", body)
    assert (element["InvoiceID"], element["HasErrors"], element["AmountDue"]) == (ZERO, True, 100)
    assert element["Contact"]["Name"] == "Somebody New"
    assert element["DateString"] == "2026-06-10T00:00:00"
    assert books.get("Contacts", where='Name=="Somebody New"') == []


def test_a_change_of_status_that_is_refused_echoes_what_was_sent(books):
    """4.2, R:invoice_delete_authorised: the real id, the contact as a stub with its own errors."""
    invoice = books.invoice(100)
    contact = {"ContactID": invoice["Contact"]["ContactID"]}
    sent = {"InvoiceID": invoice["InvoiceID"], "Type": "ACCREC", "Status": "DELETED", "Contact": contact}
    element = refused(books, "POST", "Invoices", sent)
    assert (element["InvoiceID"], element["Status"], element["HasErrors"]) == (invoice["InvoiceID"], "DELETED", True)
    lists = {key: [] for key in ("Addresses", "Phones", "ContactGroups", "ContactPersons", "ValidationErrors")}
    assert element["Contact"] == {**contact, **lists, "HasValidationErrors": False}
    for key in ("Payments", "CreditNotes", "Prepayments", "Overpayments", "InvoiceAddresses", "InvoicePaymentServices"):
        assert element[key] == []


def test_a_refused_contact_echoes_flags_that_are_ignored(books):
    """4.1, R:contact_create_duplicate_name: IsCustomer comes back as sent, while a saved contact has it false."""
    element = refused(books, "PUT", "Contacts", {"Name": "Kauri Cafe", "IsCustomer": True})
    assert (element["ContactID"], element["IsCustomer"], element["HasValidationErrors"]) == (ZERO, True, True)
    assert books.put("Contacts", {"Name": "Other", "IsCustomer": True})["IsCustomer"] is False


# -- 3.8 and 4.12: lists and files


def test_files_are_named_within_their_document(books):
    """4.12: a single GET lists them, a list only says that there are some."""
    invoice = books.invoice(100)
    path = f"Invoices/{invoice['InvoiceID']}"
    books.call("PUT", f"{path}/Attachments/a.pdf", raw=b"%PDF")
    read = books.read_invoice(invoice)
    assert read["HasAttachments"] is True
    assert read["Attachments"] == books.get(f"{path}/Attachments")
    assert (
        "Attachments" not in books.get("Invoices", page="1")[0] or books.get("Invoices", page="1")[0]["HasAttachments"]
    )


def test_invoices_of_the_calling_app_alone(running):
    """3.8: createdByMyApp."""
    player = Player(running)
    sent = {"call": "PUT Invoices", "body": document("ACCREC", [100])}
    player.step(sent)
    player.step({"call": "POST /_sim/apps", "body": {"name": "Another app"}, "keep": {"other": "client_id"}})
    player.step({"call": "POST /_sim/token", "body": {"client_id": "$other"}, "keep": {"access_token": "access_token"}})
    mine = player.step(sent).json()["Invoices"][0]["InvoiceID"]
    mine_alone = player.step({"call": "GET Invoices", "args": {"createdByMyApp": "true"}}).json()["Invoices"]
    assert [one["InvoiceID"] for one in mine_alone] == [mine]
    assert len(player.step({"call": "GET Invoices"}).json()["Invoices"]) == 2


@pytest.mark.parametrize(("kind", "name"), [("Overpayment", "References"), ("Prepayment", "InvoiceNumbers")])
def test_advances_are_found_by_their_reference(books, kind, name):
    """3.8: Overpayments by References, Prepayments by InvoiceNumbers."""
    for reference in ("R-1", "R-2", "R-3"):
        books.put(
            "BankTransactions",
            {
                "Type": f"RECEIVE-{kind.upper()}",
                "Reference": reference,
                "Contact": {"Name": "Kauri Cafe"},
                "BankAccount": {"Code": "090"},
                "LineItems": [line(50)],
            },
        )
    found = books.get(f"{kind}s", **{name: "r-1,R-3"})
    assert {one["Reference"] for one in found} == {"R-1", "R-3"}, "made within one moment, so in any order"


def test_changes_of_the_same_second_are_given_again(books):
    """3.5: whole seconds, so that what has changed within the second of the header comes along."""
    books.clock.advance(0.5)
    contact = books.put("Contacts", {"Name": "Within the second"})
    second = books.clock.now().replace(microsecond=0)
    for offset, found in ((0, True), (1, False)):
        since = (second + timedelta(seconds=offset)).strftime("%Y-%m-%dT%H:%M:%S")
        _, payload = books.call("GET", "Contacts", headers={"If-Modified-Since": since})
        assert (contact["ContactID"] in [one["ContactID"] for one in payload["Contacts"]]) is found


# -- 4.1 and 4.2: rules of documents and contacts


def test_tax_numbers_of_the_united_states_are_masked():
    """4.1: only the last digits are shown, and what is masked is not what is kept."""
    books = Books("demo-us")
    contact = books.put("Contacts", {"Name": "Sam Jones", "TaxNumber": "123456789"})
    assert books.get(f"Contacts/{contact['ContactID']}")[0]["TaxNumber"] == "*****6789"
    assert books.organisation.store.tables["Contacts"].get(contact["ContactID"])["TaxNumber"] == "123456789"
    assert Books().put("Contacts", {"Name": "Sam Jones", "TaxNumber": "123456789"})["TaxNumber"] == "123456789"


def test_the_contact_of_a_paid_invoice_may_change(books):
    """4.2, edits after payment: a payment does not bind the contact, an allocated credit does (see messages.json)."""
    invoice = books.invoice(100)
    books.pay(invoice, 40)
    changed = {"InvoiceID": invoice["InvoiceID"], "Contact": {"Name": "Harbour City Motors"}}
    assert books.post("Invoices", changed)["Contact"]["Name"] == "Harbour City Motors"


def test_a_rounding_amount_is_posted_on_the_rounding_account(books):
    """4.2: RoundingAmount; the books still balance."""
    totals = {"SubTotal": "100", "TotalTax": "15", "Total": "114.95", "RoundingAmount": "-0.05"}
    invoice = books.invoice(100, **totals)
    assert (books.balance("610"), books.balance("860")) == (Decimal("114.95"), Decimal("0.05"))
    books.pay(invoice, "114.95")
    assert books.read_invoice(invoice)["Status"] == "PAID"
    assert sum(books.organisation.ledger.balances().values()) == 0


def test_approvals_of_the_early_plan_begin_anew_each_month(running):
    """2.2: 5 bills a month; a refused approval does not count."""
    settings = {"name": "Early Ltd", "country": "NZ", "settings": {"Class": "STARTER"}}
    player = Player(running)
    player.step({"call": "POST /_sim/tenants", "body": settings, "keep": {"tenant": "tenant_id"}})
    keep = {"access_token": "access_token"}
    player.step({"call": "POST /_sim/token", "body": {"tenant_id": "$tenant"}, "keep": keep})
    bill = {"call": "PUT Invoices", "body": document("ACCPAY", [10])}
    player.step({**bill, "times": 5})
    assert player.play({"recipe": [bill]}).status_code == 400
    player.step({"call": "POST /_sim/clock", "body": {"advance": 31 * 86400}})
    player.step({"call": "POST /_sim/token", "body": {"tenant_id": "$tenant"}, "keep": keep})
    assert player.play({"recipe": [bill]}).status_code == 200


def test_a_replayed_answer_counts_as_a_call(running):
    """3.4: replays consume quota."""
    player = Player(running)
    sent = {"call": "PUT Contacts", "body": {"Name": "Once"}, "headers": {"Idempotency-Key": "k"}}
    left = [int(player.step(sent).headers["X-MinLimit-Remaining"]) for _ in range(2)]
    assert left[1] == left[0] - 1
