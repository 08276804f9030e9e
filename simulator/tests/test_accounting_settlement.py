"""Payments, refunds and allocations (xero-api.md 4.3 and 4.4)."""

from decimal import Decimal

import pytest
from books import Books, document


@pytest.fixture
def books():
    return Books()


def payment(invoice, amount, **more):
    return {"Invoice": {"InvoiceID": invoice["InvoiceID"]}, "Account": {"Code": "090"}, "Amount": amount, **more}


# -- payments


def test_payments_up_to_paid(books):
    invoice = books.invoice(100)
    books.pay(invoice, 40)
    part = books.read_invoice(invoice)
    assert (part["Status"], part["AmountPaid"], part["AmountDue"]) == ("AUTHORISED", 40, 75)
    paid = books.pay(invoice, 75, Date="2026-06-22", Reference="bank 7")
    assert (paid["PaymentType"], paid["Status"], paid["BankAmount"]) == ("ACCRECPAYMENT", "AUTHORISED", 75)
    assert paid["Account"]["Code"] == "090"
    assert paid["Invoice"]["InvoiceNumber"] == invoice["InvoiceNumber"]
    done = books.read_invoice(invoice)
    assert (done["Status"], done["AmountDue"]) == ("PAID", 0)
    assert done["FullyPaidOnDate"] == "/Date(1782086400000+0000)/"
    assert [one["Amount"] for one in done["Payments"]] == [40, 75]
    assert books.balance("090") == 115
    assert books.balance("610") == 0


def test_a_payment_tells_of_the_invoice_and_moves_its_update(books):
    invoice = books.invoice(100)
    books.clock.advance(60)
    books.events.clear()
    books.pay(invoice, 40)
    assert books.events == [("INVOICE", "UPDATE", invoice["InvoiceID"])]
    assert books.read_invoice(invoice)["UpdatedDateUTC"] != invoice["UpdatedDateUTC"]


def test_deleting_a_payment_opens_the_invoice_again(books):
    invoice = books.invoice(100)
    paid = books.pay(invoice, 115)
    deleted = books.post(f"Payments/{paid['PaymentID']}", {"Status": "DELETED"})
    assert deleted["Status"] == "DELETED"
    reopened = books.read_invoice(invoice)
    assert (reopened["Status"], reopened["AmountDue"], reopened["Payments"]) == ("AUTHORISED", 115, [])
    assert "FullyPaidOnDate" not in reopened
    assert (books.balance("090"), books.balance("610")) == (0, 115)
    assert books.get(f"Payments/{paid['PaymentID']}")[0]["Status"] == "DELETED"
    path = f"Payments/{paid['PaymentID']}"
    assert books.refused("POST", path, {"Status": "DELETED"})


def test_payments_are_never_changed(books):
    paid = books.pay(books.invoice(100), 40)
    assert books.refused("POST", f"Payments/{paid['PaymentID']}", {"Amount": 41})


@pytest.mark.parametrize("status", ["DRAFT", "SUBMITTED"])
def test_only_authorised_documents_are_paid(books, status):
    invoice = books.invoice(100, status=status)
    assert books.refused("PUT", "Payments", payment(invoice, 1)) == [
        "Payments can only be made against authorised documents"
    ]


def test_voided_documents_are_not_paid(books):
    invoice = books.invoice(100)
    books.post("Invoices", {"InvoiceID": invoice["InvoiceID"], "Status": "VOIDED"})
    assert books.refused("PUT", "Payments", payment(invoice, 1)) == [
        "Payments can only be made against authorised documents"
    ]


def test_more_than_is_open(books):
    message = ["Payment amount exceeds the amount outstanding on this document"]
    invoice = books.invoice(100)
    assert books.refused("PUT", "Payments", payment(invoice, "115.01")) == message
    books.pay(invoice, 115)
    assert books.refused("PUT", "Payments", payment(invoice, 1)) == message
    other = books.invoice(100)
    assert books.refused("PUT", "Payments", [payment(other, 100), payment(other, 100)]) == message
    assert books.read_invoice(other)["AmountPaid"] == 0


@pytest.mark.parametrize("amount", [0, -5])
def test_amounts_that_are_no_payment(books, amount):
    assert books.refused("PUT", "Payments", payment(books.invoice(100), amount))


def test_accounts_of_payments(books):
    invoice = books.invoice(100)
    assert books.refused("PUT", "Payments", payment(invoice, 1, Account={"Code": "nope"})) == [
        "Account could not be found"
    ]
    assert books.refused("PUT", "Payments", payment(invoice, 1, Account={"Code": "200"})) == [
        "Account code '200' is not a valid code for a payment."
    ]
    assert books.pay(invoice, 1, account="855")["Account"]["Name"] == "Clearing Account"
    by_id = next(one for one in books.get("Accounts") if one["Code"] == "091")["AccountID"]
    assert books.put("Payments", payment(invoice, 1, Account={"AccountID": by_id}))["Account"]["Code"] == "091"


def test_what_is_paid_has_to_be_named(books):
    invoice, account = books.invoice(100), {"Account": {"Code": "090"}, "Amount": 1}
    assert books.refused("PUT", "Payments", account)
    both = payment(invoice, 1, CreditNote={"CreditNoteNumber": "CN-1"})
    assert books.refused("PUT", "Payments", both)
    assert books.refused("PUT", "Payments", {**account, "Invoice": {"InvoiceNumber": "nope"}}) == [
        "Invoice could not be found"
    ]
    by_number = books.put("Payments", {**account, "Invoice": {"InvoiceNumber": invoice["InvoiceNumber"]}})
    assert by_number["Invoice"]["InvoiceID"] == invoice["InvoiceID"]


def test_payments_have_no_key_of_their_own(books):
    """The same payment twice is two payments (xero-api.md 4.4)."""
    invoice = books.invoice(100)
    ids = {books.pay(invoice, 10, Reference="same")["PaymentID"] for _ in range(2)}
    assert len(ids) == 2
    assert books.read_invoice(invoice)["AmountPaid"] == 20


def test_post_takes_one_payment_and_put_many(books):
    invoice = books.invoice(100)
    two = {"Payments": [payment(invoice, 1), payment(invoice, 2)]}
    assert books.call("POST", "Payments", two)[0] == 400
    assert books.post("Payments", payment(invoice, 1))["Amount"] == 1
    assert len(books.call("PUT", "Payments", two)[1]["Payments"]) == 2


def test_payments_are_found_by_their_invoice(books):
    invoice, other = books.invoice(100), books.invoice(100)
    books.pay(invoice, 10)
    books.pay(other, 20)
    where = f'Invoice.InvoiceID==Guid("{invoice["InvoiceID"]}") AND Date==DateTime(2026,6,20)'
    assert [one["Amount"] for one in books.get("Payments", where=where)] == [10]
    either = " OR ".join(f'Invoice.InvoiceID==Guid("{one["InvoiceID"]}")' for one in (invoice, other))
    assert len(books.get("Payments", where=either)) == 2


def test_a_bill_is_paid(books):
    bill = books.bill(100)
    assert books.pay(bill, 115)["PaymentType"] == "ACCPAYPAYMENT"
    assert (books.balance("090"), books.balance("800")) == (-115, 0)


def test_a_payment_made_in_xero(books):
    invoice = books.invoice(100)
    books.act("bank-payment", invoice=invoice["InvoiceNumber"], amount=15, reference="teller")
    books.act("bank-payment", invoice=invoice["InvoiceID"])
    payments = books.get("Payments")
    assert {(one["Amount"], one["IsReconciled"]) for one in payments} == {(15, True), (100, True)}
    assert books.read_invoice(invoice)["Status"] == "PAID"
    with pytest.raises(ValueError, match="authorised|exceeds"):
        books.act("bank-payment", invoice=invoice["InvoiceID"], amount=1)


def test_an_action_that_is_refused_changes_nothing(books):
    for action, params in (
        ("bank-payment", {"invoice": "nope"}),
        ("merge-contacts", {"from": "Kauri Cafe"}),
        ("merge-contacts", {"from": "Kauri Cafe", "into": "Kauri Cafe"}),
        ("unarchive-contact", {"contact": "nobody"}),
        ("deactivate-account", {"account": "610"}),
    ):
        with pytest.raises(ValueError, match=r"."):
            books.act(action, **params)
    assert books.organisation.ledger.balances() == {}


def test_a_line_edited_in_xero(books):
    invoice = books.invoice(100, 50)
    books.act("edit-invoice-line", invoice=invoice["InvoiceNumber"], line=2, values={"UnitAmount": 60})
    assert books.read_invoice(invoice)["SubTotal"] == 160
    books.act("void-invoice", invoice=invoice["InvoiceNumber"])
    assert books.read_invoice(invoice)["Status"] == "VOIDED"


# -- currency


def test_realised_currency_gain(books):
    """USD 115 booked at 0.50 (NZD 230) and paid at 0.46 (NZD 250): 20 gained."""
    invoice = books.invoice(100, CurrencyCode="USD", CurrencyRate="0.5")
    paid = books.pay(invoice, 115, CurrencyRate="0.46")
    assert paid["BankAmount"] == 250
    assert books.balance("090") == 250
    assert books.balance("610") == 0
    assert books.balance("499") == -20


def test_parts_of_a_foreign_invoice_leave_no_cent_behind(books):
    invoice = books.invoice("33.33", CurrencyCode="AUD", CurrencyRate="0.915")
    for amount in ("10.01", "10.01", "10.01", "8.30"):
        books.pay(invoice, amount, CurrencyRate="0.915")
    assert books.read_invoice(invoice)["Status"] == "PAID"
    assert books.balance("610") == 0


# -- allocations


def test_allocation(books):
    invoice, credit_note = books.invoice(200, Date="2026-06-10"), books.credit_note(100, Date="2026-06-12")
    allocation = books.allocate(credit_note, invoice, 115)
    assert (allocation["Amount"], allocation["Date"]) == (115, "/Date(1781222400000+0000)/")
    assert allocation["Invoice"]["InvoiceID"] == invoice["InvoiceID"]
    spent = books.read_credit_note(credit_note)
    assert (spent["Status"], spent["RemainingCredit"]) == ("PAID", 0)
    assert spent["Allocations"][0]["AllocationID"] == allocation["AllocationID"]
    credited = books.read_invoice(invoice)
    assert (credited["AmountCredited"], credited["AmountDue"], credited["Status"]) == (115, 115, "AUTHORISED")
    assert credited["CreditNotes"][0]["AppliedAmount"] == 115
    assert books.balance("610") == 115


def test_an_invoice_that_is_credited_in_full_is_paid(books):
    invoice, credit_note = books.invoice(100), books.credit_note(100)
    books.allocate(credit_note, invoice, 115)
    assert books.read_invoice(invoice)["Status"] == "PAID"


def test_undoing_an_allocation(books):
    invoice, credit_note = books.invoice(100), books.credit_note(100)
    allocation = books.allocate(credit_note, invoice, 115)
    path = f"CreditNotes/{credit_note['CreditNoteID']}/Allocations/{allocation['AllocationID']}"
    status, answer = books.call("DELETE", path)
    assert status == 200
    assert (answer["AllocationID"], answer["IsDeleted"]) == (allocation["AllocationID"], True)
    assert books.read_credit_note(credit_note)["RemainingCredit"] == 115
    assert books.read_invoice(invoice)["AmountDue"] == 115
    assert books.call("DELETE", path) == (404, None)


def test_several_allocations_in_one_call(books):
    invoices, credit_note = [books.invoice(10), books.invoice(20)], books.credit_note(100)
    body = {"Allocations": [{"Amount": 5, "Invoice": {"InvoiceID": one["InvoiceID"]}} for one in invoices]}
    _, payload = books.call("PUT", f"CreditNotes/{credit_note['CreditNoteID']}/Allocations", body)
    assert [one["Amount"] for one in payload["Allocations"]] == [5, 5]
    assert books.read_credit_note(credit_note)["RemainingCredit"] == 105


def test_allocations_that_are_refused(books):
    invoice, credit_note = books.invoice(100), books.credit_note(200)
    path = f"CreditNotes/{credit_note['CreditNoteID']}/Allocations"

    def refused(target, amount):
        return books.refused("PUT", path, {"Amount": amount, "Invoice": {"InvoiceID": target["InvoiceID"]}})

    too_much = ["Credit Note cannot be allocated as amount is greater than amount outstanding"]
    assert refused(invoice, "115.01") == too_much
    assert refused(books.invoice(1000), 500) == too_much
    books.pay(invoice, 115)
    assert refused(invoice, 1) == ["The invoice you are trying to allocate to has already been paid off"]
    assert refused(books.invoice(100, contact="Ridgeline University"), 1)
    assert refused(books.bill(100, contact="Kauri Cafe"), 1)
    assert refused(books.invoice(100, CurrencyCode="USD"), 1)
    assert refused(books.invoice(100, status="DRAFT"), 1)
    draft = books.put("CreditNotes", document("ACCRECCREDIT", [1], "DRAFT"))
    body = {"Amount": 1, "Invoice": {"InvoiceID": books.invoice(100)["InvoiceID"]}}
    assert books.refused("PUT", f"CreditNotes/{draft['CreditNoteID']}/Allocations", body)


def test_a_refund_of_a_credit_note(books):
    credit_note = books.credit_note(100)
    body = {"CreditNote": {"CreditNoteID": credit_note["CreditNoteID"]}, "Account": {"Code": "090"}, "Amount": 115}
    refund = books.put("Payments", body)
    assert refund["PaymentType"] == "ARCREDITPAYMENT"
    assert refund["CreditNote"]["CreditNoteNumber"] == credit_note["CreditNoteNumber"]
    assert books.read_credit_note(credit_note)["Status"] == "PAID"
    assert (books.balance("090"), books.balance("610")) == (-115, 0)
    books.post(f"Payments/{refund['PaymentID']}", {"Status": "DELETED"})
    assert books.read_credit_note(credit_note)["RemainingCredit"] == Decimal(115)
