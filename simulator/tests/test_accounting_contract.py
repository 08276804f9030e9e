"""Every answer parses into xero-python's models and has no key that they do not know.

Keys that the wire has and the models lack are listed with their source.
"""

import json
import re

import pytest
from books import Books, document, elements_key
from xero_python.accounting import models
from xero_python.api_client.deserializer import deserialize

from simulator.accounting import handle
from simulator.accounting.codec import dumps
from simulator.calls import ApiCall

# xero-api.md 3.2, 3.3, 4.2, 4.3 and 4.12.
ON_THE_WIRE_ONLY = {
    "Invoice": {"DateString", "DueDateString", "InvoicePaymentServices"},
    "CreditNote": {"DateString", "DueDateString", "ID"},
    "LineItem": {"ValidationErrors"},
    "Contact": {"Warnings"},
    "HistoryRecord": {"DateUTCString", "ValidationErrors"},
    "BankTransaction": {"DateString"},
    "BankTransfer": {"DateString", "CreatedDateUTCString"},
    "ManualJournal": {"DateString"},
    "Overpayment": {"DateString"},
    "Prepayment": {"DateString"},
}
MODELS = {
    "Organisations": "Organisation",
    "Users": "User",
    "Accounts": "Account",
    "TaxRates": "TaxRate",
    "Currencies": "Currency",
    "Contacts": "Contact",
    "Items": "Item",
    "Invoices": "Invoice",
    "CreditNotes": "CreditNote",
    "Payments": "Payment",
    "BankTransfers": "BankTransfer",
    "BatchPayments": "BatchPayment",
    "ManualJournals": "ManualJournal",
    "Journals": "Journal",
    "BankTransactions": "BankTransaction",
    "Overpayments": "Overpayment",
    "Prepayments": "Prepayment",
    "Allocations": "Allocation",
    "HistoryRecords": "HistoryRecord",
    "Reports": "ReportWithRow",
    "Actions": "Action",
}
MORE = ("BankTransactions", "BankTransfers", "BatchPayments", "ManualJournals")
ENVELOPE = {"Id", "Status", "ProviderName", "DateTimeUTC", "pagination"}


class Finder:
    """Finds models for xero-python's own deserialiser."""

    @staticmethod
    def find_model(name):
        return getattr(models, name)


@pytest.fixture(scope="module")
def books():
    """Books with one of everything."""
    books = Books()
    paid = books.invoice({"ItemCode": "CHAIR-OAK", "Quantity": 2, "DiscountRate": 10}, Url="https://odoo.example/1")
    books.pay(paid, 100, Reference="r")
    books.pay(paid, books.read_invoice(paid)["AmountDue"])
    credited, credit_note = books.invoice(100, {"Description": "thanks"}), books.credit_note(60, DueDate="2026-07-01")
    books.allocate(credit_note, credited, 50)
    refund = {"CreditNote": {"CreditNoteID": credit_note["CreditNoteID"]}, "Account": {"Code": "855"}, "Amount": 2}
    books.put("Payments", refund)
    books.bill(100, CurrencyCode="AUD", CurrencyRate="0.9")
    books.put("Invoices", document("ACCREC", [10], "DRAFT"))
    books.post(
        "Contacts", {"Name": "Kauri Cafe", "ContactPersons": [{"FirstName": "A", "EmailAddress": "a@b.example"}]}
    )
    books.put("Items", {"Code": "T", "InventoryAssetAccountCode": "630", "PurchaseDetails": {"COGSAccountCode": "310"}})
    books.put(f"Invoices/{paid['InvoiceID']}/History", {"Details": "note"})
    sides = {"FromBankAccount": {"Code": "090"}, "ToBankAccount": {"Code": "091"}}
    books.put("BankTransfers", {**sides, "Amount": 5})
    part = {"Invoice": {"InvoiceID": books.invoice(30)["InvoiceID"]}, "Amount": 1}
    books.put("BatchPayments", {"Account": {"Code": "090"}, "Payments": [part], "Date": "2026-06-12"})
    lines = [{"LineAmount": amount, "AccountCode": "404"} for amount in (3, -3)]
    books.put("ManualJournals", {"Narration": "n", "JournalLines": lines, "Status": "POSTED"})
    bank = {"Contact": {"Name": "Kauri Cafe"}, "BankAccount": {"Code": "090"}}
    for kind, part in (("SPEND", ""), ("RECEIVE-OVERPAYMENT", "Overpayment"), ("RECEIVE-PREPAYMENT", "Prepayment")):
        lines = [{"Description": "d", "UnitAmount": 90, "AccountCode": "404" if kind == "SPEND" else "200"}]
        made = books.put("BankTransactions", {**bank, "Type": kind, "LineItems": lines})
        if part:
            more = {"Amount": 10, "Invoice": {"InvoiceID": credited["InvoiceID"]}}
            books.put(f"{part}s/{made[f'{part}ID']}/Allocations", more)
            refund = {part: {f"{part}ID": made[f"{part}ID"]}, "Account": {"Code": "090"}, "Amount": 5}
            books.put("Payments", refund)
    books.paid, books.credit = paid["InvoiceID"], credit_note["CreditNoteID"]
    return books


COLLECTIONS = [
    *("Organisation", "Organisation/Actions", "Users", "Accounts", "TaxRates", "Currencies", "Contacts", "Items"),
    *("Invoices", "CreditNotes", "Payments", "BankTransactions", "Overpayments", "Prepayments"),
    *("BankTransfers", "BatchPayments", "ManualJournals", "Journals"),
    *(
        f"Reports/{name}"
        for name in ("TrialBalance", "BalanceSheet", "ProfitAndLoss", "BankSummary", "ExecutiveSummary")
    ),
]


@pytest.mark.parametrize("args", [{}, {"page": "1"}, {"summaryOnly": "true", "unitdp": "4"}], ids=str)
@pytest.mark.parametrize("path", COLLECTIONS)
def test_lists(books, path, args):
    check(books, "GET", path, **args)


@pytest.mark.parametrize("path", [one for one in COLLECTIONS if "/" not in one and one != "Organisation"])
def test_single_records(books, path):
    spec_key = {"TaxRates": "TaxType", "Currencies": "Code"}.get(path, f"{path[:-1]}ID")
    for element in books.get(path):
        check(books, "GET", f"{path}/{element[spec_key]}")


def test_history(books):
    check(books, "GET", f"Invoices/{books.paid}/History")


@pytest.mark.parametrize("summarize", ["true", "false"])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "Invoices", document("ACCREC", [10])),
        ("PUT", "Invoices", document("ACCREC", [10], CurrencyCode="USD", CurrencyRate=1)),
        ("PUT", "CreditNotes", document("ACCPAYCREDIT", [10])),
        ("POST", "Contacts", {"Name": "Kauri Cafe", "FirstName": "K"}),
        ("POST", "Items", {"Code": "WAX-500"}),
        ("PUT", "Currencies", {"Code": "EUR"}),
        ("PUT", "Payments", {"Invoice": {"InvoiceNumber": "INV-0002"}, "Account": {"Code": "090"}, "Amount": 1}),
    ],
)
def test_writes(books, method, path, body, summarize):
    check(books, method, path, body, summarizeErrors=summarize)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("Contacts", {"Name": "Kauri Cafe", "Phones": [{"PhoneType": "DDI"}], "UpdatedDateUTC": "2026-01-01"}),
        ("Invoices", document("ACCREC", [{"Description": "no account", "Quantity": 1, "UnitAmount": 1}])),
        ("CreditNotes", document("ACCRECCREDIT", [{"Description": "no account", "Quantity": 1, "UnitAmount": 1}])),
        ("Payments", {"Amount": 1, "Date": "2026-06-01"}),
        ("Items", {"Code": "WAX-500"}),
    ],
)
def test_refused_elements(books, path, body):
    check(books, "PUT", path, body, summarizeErrors="false")
    status, payload = books.call("PUT", path, body)
    assert status == 400
    parse(MODELS[path], payload["Elements"])


def test_a_payment_that_is_deleted(books):
    paid = next(one for one in books.get("Payments") if one["Amount"] == 2)
    check(books, "POST", f"Payments/{paid['PaymentID']}", {"Status": "DELETED"})


def test_an_allocation_that_is_deleted(books):
    allocation = books.get(f"CreditNotes/{books.credit}")[0]["Allocations"][0]
    status, answer = books.call("DELETE", f"CreditNotes/{books.credit}/Allocations/{allocation['AllocationID']}")
    assert status == 200
    parse("Allocation", [answer])


def check(books, method, path, body=None, **args):
    status, payload = books.call(method, path, body, **args)
    assert status == 200, payload
    name = elements_key(payload)
    assert set(payload) <= {*ENVELOPE, name}
    assert payload[name]
    parse(MODELS[name], payload[name])


def parse(model, elements):
    """Parse with xero-python's own deserialiser, after a look at every key."""
    plain = json.loads(dumps(elements))
    unknown_keys(model, plain, [])
    deserialize(f"list[{model}]", plain, Finder)


def unknown_keys(model, elements, path):
    cls = getattr(models, model, None)
    if not hasattr(cls, "attribute_map"):
        return
    nested = {key: cls.openapi_types[attribute] for attribute, key in cls.attribute_map.items()}
    for element in elements:
        extra = set(element) - set(nested) - ON_THE_WIRE_ONLY.get(model, set())
        assert not extra, f"{model} {'.'.join(path)} has {extra}"
        for key, value in element.items():
            inner = re.sub(r"list\[(.*)\]", r"\1", nested.get(key, "str"))
            if isinstance(value, dict):
                unknown_keys(inner, [value], [*path, key])
            elif isinstance(value, list) and value and isinstance(value[0], dict):
                unknown_keys(inner, value, [*path, key])


def test_every_stored_row_can_be_dumped(books):
    for resource, model in MODELS.items():
        if resource not in ("Allocations", "HistoryRecords", "Reports", "Actions"):
            parse(model, books.organisation.dump(resource))
    with pytest.raises(KeyError):
        books.organisation.dump("Nothing")


@pytest.mark.parametrize(
    "resource",
    ["Invoices", "CreditNotes", "Contacts", "Items", "Payments", "Accounts", "TaxRates", *MORE],
)
def test_hostile_values_are_refused_in_words(books, resource):
    """Wrong types, huge numbers and odd texts never raise (issue: no 500 for bad input)."""
    values = ["", "\0", "💥" * 300, -1, 10**14, 1e-9, True, None, [], {}, [[]], [{}], {"Name": {}}, "1e999", "NaN"]
    keys = [field["json"] for field in fields(resource)]
    for key in keys:
        for value in values:
            body = {**STARTS.get(resource, {}), key: value}
            call = ApiCall(
                "PUT", [resource], {}, {}, json.dumps(body).encode(), books.organisation, books.clock, books.ids
            )
            assert handle(call).status in (200, 400, 404), body


STARTS = {
    "BankTransfers": {"FromBankAccount": {"Code": "090"}, "ToBankAccount": {"Code": "091"}, "Amount": 1},
    "BatchPayments": {
        "Account": {"Code": "090"},
        "Payments": [{"Invoice": {"InvoiceNumber": "INV-0002"}, "Amount": "0.01"}],
    },
    "ManualJournals": {
        "Narration": "n",
        "JournalLines": [{"LineAmount": 1, "AccountCode": "404"}, {"LineAmount": -1, "AccountCode": "404"}],
    },
    "Invoices": document("ACCREC", [10]),
    "CreditNotes": document("ACCPAYCREDIT", [10]),
    "Contacts": {"Name": "Hostile"},
    "Items": {"Code": "HOSTILE"},
    "Payments": {"Invoice": {"InvoiceNumber": "INV-0002"}, "Account": {"Code": "090"}, "Amount": 1},
    "BankTransactions": {
        "Type": "RECEIVE-OVERPAYMENT",
        "Contact": {"Name": "Hostile"},
        "BankAccount": {"Code": "090"},
        "LineItems": [{"Description": "d", "UnitAmount": 1}],
    },
    "Accounts": {"Code": "HOST", "Name": "Host", "Type": "EXPENSE"},
    "TaxRates": {"Name": "H", "ReportTaxType": "OUTPUT", "TaxComponents": [{"Name": "G", "Rate": 1}]},
}


def fields(resource):
    return [{"json": key} for key in getattr(models, MODELS[resource]).attribute_map.values()]
