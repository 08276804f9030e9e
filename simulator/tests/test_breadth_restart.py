"""A file changes nothing: the same calls are answered alike in memory, with a file, and after a restart in between."""

import re

import pytest
from visitor import ApiClient

from simulator.server import XeroSimulator
from simulator.steering import Steering

NOON = "2026-06-15T00:00:00Z"
ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
#: What every run has its own of: the milliseconds of a moment, an address.
MOMENT = re.compile(r"/Date\(\d+(?:\+0000)?\)/|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?|127\.0\.0\.1:\d+")
LINE = {"Description": "Goods", "Quantity": 3, "UnitAmount": "33.335", "AccountCode": "200"}
COST = {"Description": "Boards", "Quantity": 5, "UnitAmount": "8.10", "AccountCode": "630", "ItemCode": "BRD"}
ITEM = {"Code": "BRD", "InventoryAssetAccountCode": "630", "PurchaseDetails": {"COGSAccountCode": "310"}}
DATED = {"Date": "2026-06-10", "DueDate": "2026-07-10", "Contact": {"Name": "Kauri Cafe"}}
SALE = DATED | {"Type": "ACCREC", "Status": "AUTHORISED", "LineItems": [LINE, LINE]}
BILL = DATED | {"Type": "ACCPAY", "Status": "AUTHORISED", "LineItems": [COST]}
NOTE = SALE | {"Type": "ACCRECCREDIT", "CreditNoteNumber": "CN-1"}
OVER = DATED | {"Type": "RECEIVE-OVERPAYMENT", "BankAccount": {"Code": "090"}, "LineItems": [{"UnitAmount": 50}]}
#: Calls one after the other; `{sale}` stands for an id that an earlier answer had under that name.
SCRIPT = (
    ("PUT", "Contacts", {"Name": "Moa Ltd", "EmailAddress": "moa@example.com"}, "contact"),
    ("POST", "Contacts", {"Name": "Moa Ltd", "FirstName": "Ana"}, None),
    ("PUT", "Contacts", {"Name": "moa ltd"}, None),
    ("PUT", "Items", ITEM, "item"),
    ("PUT", "Invoices", BILL, "bill"),
    ("PUT", "Invoices", SALE | {"InvoiceNumber": "S-1"}, "sale"),
    ("PUT", "Invoices", SALE | {"LineItems": [COST | {"AccountCode": "200", "Quantity": 2}]}, "stock"),
    ("PUT", "Invoices", SALE | {"InvoiceNumber": "S-1"}, None),
    ("PUT", "Invoices?summarizeErrors=false", {"Invoices": [SALE, SALE | {"Type": "NONE"}]}, None),
    ("PUT", "Payments", {"Invoice": {"InvoiceID": "{sale}"}, "Account": {"Code": "090"}, "Amount": 10}, "payment"),
    ("PUT", "CreditNotes", NOTE, "note"),
    ("PUT", "CreditNotes/{note}/Allocations", {"Amount": 20, "Invoice": {"InvoiceID": "{sale}"}}, None),
    ("PUT", "BankTransactions", OVER, "over"),
    ("POST", "Payments/{payment}", {"Status": "DELETED"}, None),
    ("PUT", "Invoices/{sale}/History", {"HistoryRecords": [{"Details": "Rang up"}]}, None),
    ("POST", "Invoices/{stock}", {"Status": "VOIDED"}, None),
    ("PUT", "Invoices", SALE, None),
    ("GET", "Invoices?page=1&pageSize=2", None, None),
    ("GET", "Invoices/{sale}", None, None),
    ("GET", "Invoices/{sale}/History", None, None),
    ("GET", "Items/BRD", None, None),
    ("GET", "Overpayments", None, None),
    ("GET", "Contacts?where=Name.Contains(\"moa\")", None, None),
    ("GET", "Reports/TrialBalance?date=2026-06-30", None, None),
    ("DELETE", "Items/{item}", None, None),
)  # fmt: skip


class Run:
    """One walk through the script, whose answers are made comparable: ids by the order in which they come up."""

    def __init__(self):
        self.tokens, self.answers, self._names, self._seen = None, [], {}, {}

    def walk(self, xero, steps):
        steering = Steering(xero.url)
        if self.tokens is None:
            steering.set_clock(NOON)
            self.tokens = steering.token()
        steering.limits(minute=1000)
        api = ApiClient(xero.url, self.tokens)
        for method, path, body, name in steps:
            reply = api.call(method, path.format(**self._names), self._filled(body))
            if name:
                found = next(value for value in reply.json().values() if isinstance(value, list))[0]
                self._names[name] = self._own_id(found, name)
            self.answers.append((method, path, reply.status_code, self._plain(reply.text)))

    def _own_id(self, found, name):
        keys = {"sale": "InvoiceID", "stock": "InvoiceID", "bill": "InvoiceID", "note": "CreditNoteID"}
        keys |= {"payment": "PaymentID", "item": "ItemID", "contact": "ContactID", "over": "BankTransactionID"}
        return found[keys[name]]

    def _filled(self, value):
        if isinstance(value, dict):
            return {key: self._filled(part) for key, part in value.items()}
        return value.format(**self._names) if isinstance(value, str) else value

    def _plain(self, text):
        text = MOMENT.sub("<moment>", text)
        return ID.sub(lambda match: f"<{self._seen.setdefault(match[0].lower(), len(self._seen))}>", text)


@pytest.fixture(scope="module")
def in_memory():
    run = Run()
    with XeroSimulator("demo-nz") as xero:
        run.walk(xero, SCRIPT)
    return run.answers


def test_the_script_does_what_it_says(in_memory):
    assert [status for _method, _path, status, _text in in_memory].count(400) == 3
    assert {status for _method, _path, status, _text in in_memory} <= {200, 204, 400, 401}


def test_a_file_answers_like_memory(in_memory, tmp_path):
    run = Run()
    with XeroSimulator("demo-nz", db=tmp_path / "xero.db") as xero:
        run.walk(xero, SCRIPT)
    assert run.answers == in_memory


def test_restarts_in_between_change_no_answer(in_memory, tmp_path):
    run = Run()
    for start in range(0, len(SCRIPT), 5):
        with XeroSimulator("demo-nz", db=tmp_path / "xero.db") as xero:
            run.walk(xero, SCRIPT[start : start + 5])
    assert run.answers == in_memory
