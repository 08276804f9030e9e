"""Transfers, batches, manual journals and the general ledger (xero-api.md 4.4 and 4.11)."""

import pytest
from books import Books, line

from simulator.accounting import required_scope


@pytest.fixture
def books():
    return Books()


# -- transfers


def transfer(amount, **more):
    sides = {"FromBankAccount": {"Code": "090"}, "ToBankAccount": {"Code": "091"}}
    return {**sides, "Amount": amount, "Date": "2026-06-10", **more}


def test_a_transfer_moves_money_and_makes_two_bank_transactions(books):
    made = books.put("BankTransfers", transfer(250, Reference="savings"))
    assert (books.balance("090"), books.balance("091")) == (-250, 250)
    shown = books.get("BankTransactions", page="1")
    assert {(one["Type"], one["BankTransactionID"]) for one in shown} == {
        ("SPEND-TRANSFER", made["FromBankTransactionID"]),
        ("RECEIVE-TRANSFER", made["ToBankTransactionID"]),
    }
    path = f"BankTransactions/{made['ToBankTransactionID']}"
    message = "Bank transactions of type RECEIVE-TRANSFER can only be read; use BankTransfers."
    assert books.refused("POST", path, {"Status": "DELETED"}) == [message]


def test_a_deleted_transfer_is_listed_on_request(books):
    made = books.put("BankTransfers", transfer(250))
    deleted = books.post("BankTransfers", {"BankTransferID": made["BankTransferID"], "Status": "DELETED"})
    assert deleted["Status"] == "DELETED"
    assert (books.balance("090"), books.balance("091")) == (0, 0)
    assert books.get("BankTransfers") == []
    assert [one["Status"] for one in books.get("BankTransfers", includeDeleted="true")] == ["DELETED"]
    assert {one["Status"] for one in books.get("BankTransactions")} == {"DELETED"}
    path = f"BankTransfers/{made['BankTransferID']}"
    assert books.refused("POST", path, {"Status": "DELETED"}) == ["Bank transfer not of valid status for modification"]
    assert books.refused("POST", path, {"Amount": 1}) == ["Bank transfers cannot be updated, only deleted."]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ToBankAccount": {"Code": "090"}}, "The bank accounts of a transfer must differ."),
        ({"ToBankAccount": {"Code": "200"}}, "The to bank account could not be found."),
        ({"FromBankAccount": {}}, "The from bank account could not be found."),
        ({"Amount": 0}, "The amount of a transfer must be greater than zero."),
    ],
)
def test_transfers_that_are_refused(books, change, message):
    assert books.refused("PUT", "BankTransfers", {**transfer(1), **change}) == [message]


# -- batches


def batch(*parts, **more):
    rows = [{"Invoice": {"InvoiceID": invoice["InvoiceID"]}, "Amount": amount} for invoice, amount in parts]
    return {"Account": {"Code": "090"}, "Date": "2026-06-20", "Payments": rows, **more}


def test_a_batch_pays_invoices_and_is_deleted_as_a_whole(books):
    first, second = books.invoice(100), books.invoice(200)
    made = books.put("BatchPayments", batch((first, 115), (second, 30), Reference="b"))
    assert (made["Type"], made["TotalAmount"], len(made["Payments"])) == ("RECBATCH", 145, 2)
    assert (books.read_invoice(first)["Status"], books.read_invoice(second)["AmountDue"]) == ("PAID", 200)
    payment = made["Payments"][0]["PaymentID"]
    assert books.get(f"Payments/{payment}")[0]["BatchPaymentID"] == made["BatchPaymentID"]
    message = "Payments that are part of a batch cannot be deleted on their own."
    assert books.refused("POST", f"Payments/{payment}", {"Status": "DELETED"}) == [message]
    deleted = books.post("BatchPayments", {"BatchPaymentID": made["BatchPaymentID"], "Status": "DELETED"})
    assert deleted["Status"] == "DELETED"
    assert (books.read_invoice(first)["AmountDue"], books.balance("090")) == (115, 0)
    path = f"BatchPayments/{made['BatchPaymentID']}"
    assert books.refused("POST", path, {"Status": "DELETED"}) == ["Batch payment not of valid status for modification"]


def test_batches_that_are_refused(books):
    invoice, bill = books.invoice(100), books.bill(100)
    assert books.put("BatchPayments", batch((bill, 1)))["Type"] == "PAYBATCH"
    refused = {
        "A batch payment cannot mix sales invoices and bills.": batch((invoice, 1), (bill, 1)),
        "Payment amount exceeds the amount outstanding on this document": batch((invoice, 100), (invoice, 100)),
        "A batch payment must have at least one payment.": batch(),
        "The account of a batch payment must be a bank account.": batch((invoice, 1), Account={"Code": "855"}),
        "The Code field must not exceed 12 characters.": batch((invoice, 1), Code="0123456789ABC"),
        "The Details field must not exceed 18 characters.": batch((invoice, 1), Details="0123456789ABCDEFGHI"),
        "A batch payment can only pay invoices in the base currency.": batch(
            (books.invoice(100, CurrencyCode="AUD", CurrencyRate="0.9"), 1)
        ),
        "A batch payment can only pay invoices.": batch() | {"Payments": [{"CreditNote": {}, "Amount": 1}]},
    }
    for message, body in refused.items():
        assert books.refused("PUT", "BatchPayments", body) == [message]
    assert books.read_invoice(invoice)["AmountDue"] == 115


# -- manual journals


def manual(*lines, **more):
    rows = [{"LineAmount": amount, "AccountCode": code} for amount, code in lines]
    return {"Narration": "n", "Date": "2026-06-10", "JournalLines": rows, **more}


def test_a_manual_journal_from_draft_to_void(books):
    made = books.put("ManualJournals", manual((100, "404"), (-100, "620")))
    assert (made["Status"], made["LineAmountTypes"], made["ShowOnCashBasisReports"]) == ("DRAFT", "NoTax", True)
    assert books.organisation.ledger.balances() == {}
    path = f"ManualJournals/{made['ManualJournalID']}"
    assert books.post(path, {"Status": "POSTED"})["Status"] == "POSTED"
    assert books.organisation.ledger.balances() == {"404": 100, "620": -100}
    message = ["Manual journal not of valid status for modification"]
    assert books.refused("POST", path, {"Status": "DELETED"}) == message
    assert books.post(path, {"Status": "VOIDED"})["Status"] == "VOIDED"
    assert books.balance("404") == 0
    assert books.refused("POST", path, {"Status": "POSTED"}) == message
    draft = books.put("ManualJournals", manual((1, "404"), (-1, "620")))
    path = f"ManualJournals/{draft['ManualJournalID']}"
    assert books.post(path, {"Status": "DELETED"})["Status"] == "DELETED"


def test_tax_of_a_manual_journal_counts_for_the_balance(books):
    lines = ((100, "429"), (-115, "620"))
    books.put("ManualJournals", manual(*lines, Status="POSTED", LineAmountTypes="Exclusive"))
    assert books.organisation.ledger.balances() == {"429": 100, "820": 15, "620": -115}
    lines = ((115, "429"), (-115, "620"))
    books.put("ManualJournals", manual(*lines, Status="POSTED", LineAmountTypes="Inclusive"))
    assert books.organisation.ledger.balances() == {"429": 200, "820": 30, "620": -230}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (manual((100, "404"), (-90, "620")), "The total debits (100.00) must equal total credits (-90.00)"),
        (manual((1, "404")), "A manual journal must have at least two lines."),
        (manual((1, "404"), (-1, "620"), Narration=""), "The Narration field is mandatory"),
        (manual((1, "404"), (-1, "999"), Status="POSTED"), "Account code '999' is not a valid code for this document."),
        (manual((1, "630"), (-1, "620")), "You cannot save this transaction using an inventory account type"),
        (manual((1, "090"), (-1, "620")), "You cannot save this transaction using a bank account"),
        (manual((1, "610"), (-1, "620")), "You cannot save this transaction using the accounts receivable account"),
        (manual((1, "800"), (-1, "620")), "You cannot save this transaction using the accounts payable account"),
        (manual((1, "960"), (-1, "620")), "You cannot save this transaction using the retained earnings account"),
        (manual((1, "404"), (-1, "620"), Status="VOIDED"), "Manual journal not of valid status for creation"),
    ],
)
def test_manual_journals_that_are_refused(books, body, message):
    assert message in books.refused("PUT", "ManualJournals", body)


# -- the general ledger


def test_journals_are_read_from_an_offset(books):
    for _ in range(105):
        books.invoice(1)
    first = books.get("Journals")
    assert [one["JournalNumber"] for one in first] == list(range(1, 101))
    rest = books.get("Journals", offset="100")
    assert [one["JournalNumber"] for one in rest] == list(range(101, 106))
    assert books.get("Journals", offset="105") == []
    assert rest[0]["SourceType"] == "ACCREC"
    assert sum(one["NetAmount"] for one in rest[0]["JournalLines"]) == 0
    assert {one["AccountCode"] for one in rest[0]["JournalLines"]} == {"610", "200", "820"}
    assert books.get(f"Journals/{rest[0]['JournalID']}") == books.get("Journals/101") == [rest[0]]
    assert books.call("PUT", "Journals", {})[0] == 405


def test_journals_name_where_they_come_from(books):
    bank = {"Type": "RECEIVE", "Contact": {"Name": "Kauri Cafe"}, "BankAccount": {"Code": "090"}}
    books.put("BankTransactions", {**bank, "LineItems": [line(1)]})
    books.put("BankTransactions", {**bank, "Type": "RECEIVE-OVERPAYMENT", "LineItems": [line(1)]})
    books.put("ManualJournals", manual((1, "404"), (-1, "620"), Status="POSTED"))
    books.put("BankTransfers", transfer(1))
    found = [one["SourceType"] for one in books.get("Journals")]
    assert found == ["CASHREC", "AROVERPAYMENT", "MANJOURNAL", "TRANSFER"]


def test_journals_need_a_scope_of_their_own(api, steering):
    """Xero grants it to approved apps only (xero-api.md 1.6)."""
    assert required_scope("GET", "Journals") == ("accounting.journals.read",)
    assert api.get("Journals").status_code == 401
