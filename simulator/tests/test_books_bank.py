"""Bank transactions, the over- and prepayments they give birth to, allocations and refunds (xero-api.md 4.4, 4.11)."""

from decimal import Decimal

import pytest
from books import Books, line


@pytest.fixture
def books():
    return Books()


def transaction(kind, *lines, **more):
    body = {"Type": kind, "Contact": {"Name": "Kauri Cafe"}, "BankAccount": {"Code": "090"}, "Date": "2026-06-10"}
    return {**body, "LineItems": [one if isinstance(one, dict) else line(one) for one in lines], **more}


def spend(*lines, **more):
    lines = [one if isinstance(one, dict) else line(one, "404") for one in lines]
    return transaction("SPEND", *lines, **more)


# -- money spent and received


def test_money_received_is_inclusive_of_tax(books):
    """The example of xero-api.md 4.2: 541.25 inclusive at 15% contains 70.60."""
    made = books.put("BankTransactions", transaction("RECEIVE", "541.25", Reference="r"))
    assert (made["LineAmountTypes"], made["TotalTax"], made["Total"]) == (
        "Inclusive",
        Decimal("70.60"),
        Decimal("541.25"),
    )
    assert (made["Status"], made["BankAccount"]["Code"], made["IsReconciled"]) == ("AUTHORISED", "090", False)
    assert books.organisation.ledger.balances() == {
        "090": Decimal("541.25"),
        "200": Decimal("-470.65"),
        "820": Decimal("-70.60"),
    }


def test_money_spent_is_changed_and_deleted(books):
    made = books.put("BankTransactions", spend(100))
    path = f"BankTransactions/{made['BankTransactionID']}"
    changed = books.post(path, {"LineItems": [line(40, "404")], "Reference": "fee"})
    assert (changed["Total"], changed["Reference"]) == (40, "fee")
    assert books.balance("090") == -40
    assert books.post(path, {"Reference": "only this"})["Total"] == 40
    assert books.post(path, {"Status": "DELETED"})["Status"] == "DELETED"
    assert not any(books.organisation.ledger.balances().values())
    assert books.refused("POST", path, {"Status": "DELETED"}) == [
        "Bank transaction not of valid status for modification"
    ]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (spend(1, BankAccount={"Code": "200"}), "A valid BankAccount must be specified."),
        (spend(1, BankAccount=None), "A valid BankAccount must be specified."),
        (spend(1, Type="GIVE"), "'GIVE' is not a valid bank transaction type."),
        (
            spend(1, Type="SPEND-TRANSFER"),
            "Bank transactions of type SPEND-TRANSFER can only be read; use BankTransfers.",
        ),
        (spend(1, Contact=None), "A Contact must be specified for this type of transaction"),
        (spend(1, Status="DELETED"), "Bank transaction not of valid status for creation"),
        (spend(), "One or more line items must be specified"),
        (spend(-1), "The total amount must be greater than zero."),
        (spend(line(0, "404")), "The unit amount must not be zero."),
        (spend(line(1, "404", Quantity=0)), "The quantity must be greater than zero."),
        (spend(line(1, "090")), "Account code '090' is not a valid code for this document."),
        (
            spend(line(115, "429", TaxAmount=14)),
            "The tax amount 14.00 does not match the expected tax amount 15.00",
        ),
        (
            transaction("RECEIVE-PREPAYMENT", line(1, ItemCode="WAX-500")),
            "Items can only be used on bank transactions of type SPEND and RECEIVE.",
        ),
        (transaction("RECEIVE-OVERPAYMENT", 1, 2), "An overpayment must have exactly one line item."),
        (spend(1, CurrencyCode="USD"), "The currency of the transaction must be the currency of the bank account."),
        (spend(1, Url="https://xero.example"), "The Url must not contain 'xero'."),
    ],
)
def test_what_is_refused(books, body, message):
    body = {key: value for key, value in body.items() if value is not None}
    assert message in books.refused("PUT", "BankTransactions", body)
    assert books.organisation.ledger.balances() == {}


def test_lock_dates_bind(books):
    books.act("set-lock-dates", period="2026-06-15")
    message = "The document date cannot be before the period lock date, currently set at 15-Jun-2026"
    assert books.refused("PUT", "BankTransactions", spend(1)) == [message]


def test_lists_find_by_account_and_type(books):
    books.put("BankTransactions", spend(1))
    books.put("BankTransactions", transaction("RECEIVE", 2))
    found = books.get("BankTransactions", where='Type=="RECEIVE" AND Status=="AUTHORISED"', page="1")
    assert [one["Total"] for one in found] == [2]
    account = found[0]["BankAccount"]["AccountID"]
    assert len(books.get("BankTransactions", where=f'BankAccount.AccountID==Guid("{account}")')) == 2


# -- over- and prepayments


def overpaid(books, amount=100, kind="RECEIVE-OVERPAYMENT", **more):
    made = books.put("BankTransactions", transaction(kind, amount, **more))
    key = "OverpaymentID" if kind.endswith("OVERPAYMENT") else "PrepaymentID"
    return made, books.get(f"{key[:-2]}s/{made[key]}")[0]


def test_an_overpayment_stands_on_the_control_account_without_tax(books):
    made, overpayment = overpaid(books)
    assert made["LineItems"][0]["AccountCode"] == "610"
    assert (overpayment["Type"], overpayment["Status"]) == ("RECEIVE-OVERPAYMENT", "AUTHORISED")
    assert (overpayment["RemainingCredit"], overpayment["TotalTax"]) == (100, 0)
    assert overpayment["LineItems"][0]["TaxType"] == "NONE"
    assert books.organisation.ledger.balances() == {"090": 100, "610": -100}


def test_an_overpayment_is_allocated_and_taken_back(books):
    _, overpayment = overpaid(books)
    invoice = books.invoice(60)
    path = f"Overpayments/{overpayment['OverpaymentID']}"
    given = books.put(f"{path}/Allocations", {"Amount": 69, "Invoice": {"InvoiceID": invoice["InvoiceID"]}})
    paid = books.read_invoice(invoice)
    assert (paid["Status"], paid["AmountCredited"], paid["Overpayments"][0]["AppliedAmount"]) == ("PAID", 69, 69)
    assert books.get(path)[0]["RemainingCredit"] == 31
    assert books.balance("610") == -31
    status, deleted = books.call("DELETE", f"{path}/Allocations/{given['AllocationID']}")
    assert (status, deleted["IsDeleted"]) == (200, True)
    assert (books.get(path)[0]["RemainingCredit"], books.read_invoice(invoice)["AmountDue"]) == (100, 69)


def test_an_overpayment_is_refunded_to_paid(books):
    _, overpayment = overpaid(books)
    body = {"Overpayment": {"OverpaymentID": overpayment["OverpaymentID"]}, "Account": {"Code": "090"}, "Amount": 100}
    refund = books.put("Payments", body)
    assert (refund["PaymentType"], refund["Overpayment"]["OverpaymentID"]) == (
        "AROVERPAYMENTPAYMENT",
        overpayment["OverpaymentID"],
    )
    assert books.get(f"Overpayments/{overpayment['OverpaymentID']}")[0]["Status"] == "PAID"
    assert not any(books.organisation.ledger.balances().values())
    wrong = {**body, "Invoice": {"InvoiceID": overpayment["OverpaymentID"]}}
    del wrong["Overpayment"]
    assert books.refused("PUT", "Payments", wrong) == ["Invoice could not be found"]
    assert books.refused("PUT", "Payments", body) == ["Payment amount exceeds the amount outstanding on this document"]


def test_a_prepayment_stands_on_its_lines_accounts_with_tax(books):
    _, prepayment = overpaid(books, 115, "RECEIVE-PREPAYMENT", Reference="INV-7")
    assert (prepayment["TotalTax"], prepayment["Reference"]) == (15, "INV-7")
    assert books.organisation.ledger.balances() == {"090": 115, "200": -100, "820": -15}
    invoice = books.invoice(50)
    path = f"Prepayments/{prepayment['PrepaymentID']}"
    books.put(f"{path}/Allocations", {"Amount": "57.50", "Invoice": {"InvoiceID": invoice["InvoiceID"]}})
    # The invoice's sale and tax stand in for the part of the prepayment that is used up.
    assert books.organisation.ledger.balances() == {"090": 115, "200": -100, "820": -15, "610": 0}
    assert books.read_invoice(invoice)["Prepayments"][0]["AppliedAmount"] == Decimal("57.50")
    assert books.get(path)[0]["RemainingCredit"] == Decimal("57.50")


@pytest.mark.parametrize("kind", ["SPEND-OVERPAYMENT", "SPEND-PREPAYMENT"])
def test_what_is_spent_too_much_is_set_against_bills(books, kind):
    lines = line(50, "429") if kind.endswith("PREPAYMENT") else 50
    made = books.put("BankTransactions", transaction(kind, lines, Contact={"Name": "Southern Power"}))
    bill = books.bill(100)
    key = "Overpayment" if kind.endswith("OVERPAYMENT") else "Prepayment"
    path = f"{key}s/{made[f'{key}ID']}/Allocations"
    books.put(path, {"Amount": 50, "Invoice": {"InvoiceID": bill["InvoiceID"]}})
    assert books.balance("800") == -65
    invoice = books.invoice(100)
    wrong = {"Amount": 1, "Invoice": {"InvoiceID": invoice["InvoiceID"]}}
    assert books.refused("PUT", path, wrong) == [f"{key} not of valid status for allocation"]


def test_too_much_cannot_be_allocated(books):
    _, overpayment = overpaid(books, 10)
    invoice = books.invoice(100)
    path = f"Overpayments/{overpayment['OverpaymentID']}/Allocations"
    body = {"Amount": 11, "Invoice": {"InvoiceID": invoice["InvoiceID"]}}
    message = "Overpayment cannot be allocated as amount is greater than amount outstanding"
    assert books.refused("PUT", path, body) == [message]
    other = books.invoice(100, contact="Ridgeway University")
    body = {"Amount": 1, "Invoice": {"InvoiceID": other["InvoiceID"]}}
    message = "The overpayment and the invoice must be of the same contact and kind"
    assert books.refused("PUT", path, body) == [message]


def test_deleting_the_transaction_voids_what_it_gave_birth_to(books):
    made, overpayment = overpaid(books)
    invoice = books.invoice(60)
    path = f"Overpayments/{overpayment['OverpaymentID']}"
    given = books.put(f"{path}/Allocations", {"Amount": 69, "Invoice": {"InvoiceID": invoice["InvoiceID"]}})
    bank = f"BankTransactions/{made['BankTransactionID']}"
    message = "The overpayment cannot be voided because it has been allocated or refunded."
    assert books.refused("POST", bank, {"Status": "DELETED"}) == [message]
    books.call("DELETE", f"{path}/Allocations/{given['AllocationID']}")
    message = "Overpayments and prepayments cannot be updated, only deleted."
    assert books.refused("POST", bank, {"Reference": "x"}) == [message]
    books.post(bank, {"Status": "DELETED"})
    assert books.get(path)[0]["Status"] == "VOIDED"
    assert books.balance("610") == 69
    assert books.call("PUT", "Overpayments", {})[0] == 405
