"""Bodies that are right but for one to three values: refused in Xero's words, and then nothing has changed.

Some hundreds of cases run each time; ``SIMULATOR_CASES=10000`` runs as many as one likes, ``SIMULATOR_DICE`` others.
"""

import os
import random

import pytest
from nonsense import EXPECTED, REFUSED, TEXTS, Caller, indexes_are_right, of_model, resources, spoil, value, written

from simulator import payroll
from simulator.accounting.registry import SPECS

CASES = int(os.environ.get("SIMULATOR_CASES", "400"))
DICE = int(os.environ.get("SIMULATOR_DICE", "1"))
LINE = {"Description": "Goods", "Quantity": 2, "UnitAmount": "10.50", "AccountCode": "200", "TaxType": "OUTPUT2"}
COST = {"Description": "Goods", "Quantity": 2, "UnitAmount": "10.50", "AccountCode": "429", "TaxType": "INPUT2"}
TRACKING = [{"Name": "Region", "Option": "North"}]
WHO = {"Contact": {"Name": "Kauri Cafe"}, "Date": "2026-06-10"}
DUE = WHO | {"DueDate": "2026-07-10"}
#: One right body of each kind that can be written: (resource, body).
RIGHT = (
    ("Contacts", {"Name": "Moa Ltd", "EmailAddress": "a@moa.example", "ContactPersons": [{"FirstName": "Ana"}]}),
    ("Contacts", {"Name": "Tui Ltd", "Addresses": [{"AddressType": "STREET", "City": "Napier"}], "PaymentTerms": {
        "Sales": {"Day": 20, "Type": "OFFOLLOWINGMONTH"}}, "Phones": [{"PhoneType": "DDI", "PhoneNumber": "1"}]}),
    ("ContactGroups", {"Name": "Wholesale"}),
    ("Accounts", {"Code": "X77", "Name": "Gifts", "Type": "EXPENSE", "TaxType": "INPUT2", "Description": "x"}),
    ("Accounts", {"Code": "X95", "Name": "Till", "Type": "BANK", "BankAccountNumber": "01-0123-0123456-00"}),
    ("TaxRates", {"Name": "Two parts", "ReportTaxType": "OUTPUT", "TaxComponents": [
        {"Name": "One", "Rate": "6", "IsCompound": False}, {"Name": "Two", "Rate": "4", "IsCompound": True}]}),
    ("Currencies", {"Code": "EUR"}),
    ("TrackingCategories", {"Name": "Colour", "Options": [{"Name": "Red"}]}),
    ("Items", {"Code": "PEN", "Name": "Pen", "SalesDetails": {"UnitPrice": 5, "AccountCode": "200"}}),
    ("Items", {"Code": "BOARD", "Name": "Board", "InventoryAssetAccountCode": "630", "PurchaseDetails": {
        "UnitPrice": 7, "COGSAccountCode": "310"}, "SalesDetails": {"UnitPrice": 11, "AccountCode": "200"}}),
    ("Invoices", DUE | {"Type": "ACCPAY", "Status": "AUTHORISED", "InvoiceNumber": "B-1", "LineItems": [
        COST | {"ItemCode": "BOARD", "AccountCode": "630", "Quantity": 20}]}),
    ("Invoices", DUE | {"Type": "ACCREC", "Status": "AUTHORISED", "InvoiceNumber": "A-1", "LineItems": [
        LINE | {"Tracking": TRACKING}, LINE | {"ItemCode": "BOARD"}, {"Description": "A note"}]}),
    ("Invoices", DUE | {"Type": "ACCREC", "Status": "DRAFT", "CurrencyCode": "AUD", "CurrencyRate": "0.91",
        "LineAmountTypes": "Inclusive", "LineItems": [LINE | {"DiscountRate": 10}, LINE | {"TaxAmount": "1.00"}]}),
    ("CreditNotes", WHO | {"Type": "ACCRECCREDIT", "Status": "AUTHORISED", "LineItems": [LINE]}),
    ("CreditNotes", WHO | {"Type": "ACCPAYCREDIT", "Status": "AUTHORISED", "LineItems": [COST]}),
    ("BankTransactions", WHO | {"Type": "SPEND", "BankAccount": {"Code": "090"}, "LineItems": [COST]}),
    ("BankTransactions", WHO | {"Type": "RECEIVE-OVERPAYMENT", "BankAccount": {"Code": "090"}, "LineItems": [
        {"Description": "Too much", "Quantity": 1, "UnitAmount": 50}]}),
    ("BankTransactions", WHO | {"Type": "SPEND-PREPAYMENT", "BankAccount": {"Code": "090"}, "LineItems": [COST]}),
    ("Payments", {"Invoice": {"InvoiceNumber": "A-1"}, "Account": {"Code": "090"}, "Amount": 1, "Date": "2026-06-12"}),
    ("BatchPayments", {"Account": {"Code": "090"}, "Date": "2026-06-12", "Reference": "x", "Payments": [
        {"Invoice": {"InvoiceNumber": "A-1"}, "Amount": 1}]}),
    ("BankTransfers", {"FromBankAccount": {"Code": "090"}, "ToBankAccount": {"Code": "091"}, "Amount": "5.00"}),
    ("ManualJournals", {"Narration": "Wear", "Date": "2026-06-10", "Status": "POSTED", "JournalLines": [
        {"LineAmount": "12.00", "AccountCode": "429", "Tracking": TRACKING},
        {"LineAmount": "-12.00", "AccountCode": "710"}]}),
    ("PurchaseOrders", WHO | {"PurchaseOrderNumber": "PO-1", "Status": "AUTHORISED", "LineItems": [COST],
        "DeliveryDate": "2026-06-20", "Contact": None}),
    ("Quotes", WHO | {"LineAmountTypes": "EXCLUSIVE", "ExpiryDate": "2026-08-01", "Title": "Ours", "LineItems": [
        {"Description": "Work", "Quantity": 1, "UnitAmount": 9, "AccountCode": "200", "TaxType": "OUTPUT2"}]}),
)  # fmt: skip
BELOW = {
    "History": {"HistoryRecords": [{"Details": "Rang up"}]},
    "Allocations": {"Amount": 1, "Invoice": {"InvoiceNumber": "A-1"}},
    "Options": {"Name": "Blue"},
    "Contacts": {"Contacts": [{"Name": "Kauri Cafe"}]},
    "Attachments/a.txt": "text",
    "Email": {},
}


def furnish(caller):
    """One record of each kind; returns the bodies that made them."""
    kauri = next(one for one in caller.organisation.store.tables["Contacts"] if one["Name"] == "Kauri Cafe")
    bodies = []
    for resource, body in RIGHT:
        sent = body | ({"Contact": {"ContactID": kauri["ContactID"]}} if "Contact" in body else {})
        reply = caller.write("PUT", resource, sent)
        assert reply.status_code == 200, (resource, reply.data)
        bodies.append((resource, sent))
    return bodies


@pytest.fixture(scope="module")
def caller():
    made = Caller()
    made.bodies = furnish(made)
    return made


def check(caller, dice, method, path, query, body, headers=None):
    """Send; whatever is refused must have left everything as it was."""
    before = caller.holds()
    reply = caller.call(method, path, query, body, headers)
    said = (method, path, query, body[:3000], headers, reply.status_code, reply.data[:1500])
    assert reply.status_code in EXPECTED, said
    assert b"Traceback" not in reply.data, said
    if reply.status_code in REFUSED or method == "GET":
        assert caller.holds() == before, said
    return reply


def rows_of(caller, resource):
    table = caller.organisation.store.tables.get(resource)
    return [row[table.id_key] for row in table] if table else []


def a_path(caller, dice, resource):
    """The collection, one of its rows, or something below one."""
    ids = rows_of(caller, resource)
    if not ids or dice.random() < 0.5:
        return resource, None
    row = f"{resource}/{dice.choice(ids)}"
    if dice.random() < 0.6:
        return row, None
    below = dice.choice(list(BELOW))
    if below == "Options" and dice.random() < 0.5:
        return f"{row}/Options/{dice.choice(TEXTS)}", BELOW["Options"]
    if below == "Allocations" and dice.random() < 0.3 and (found := rows_of(caller, "Allocations")):
        return f"{row}/Allocations/{dice.choice(found)}", BELOW["Allocations"]
    return f"{row}/{below}", BELOW[below]


def a_body(caller, dice, resource):
    """What was right once, what is held now, or fields of the model; mostly spoilt."""
    roll = dice.random()
    known = [body for name, body in caller.bodies if name == resource]
    if roll < 0.6 and known:
        return spoil(dice, dice.choice(known))
    if roll < 0.8 and (held := caller.organisation.dump(resource)):
        return spoil(dice, dice.choice(held))
    made = of_model(dice, SPECS[resource].model)
    return dice.choice(known) | made if known else made


def wrapped(dice, resource, body):
    shapes = (body, [body], {resource: [body]}, {resource.lower(): [body, body]}, {resource: [body, value(dice)]})
    return dice.choice((body, {resource: [body]}, *shapes))


def a_query(dice):
    names = ("summarizeErrors", "unitdp", "allowBackorders", "summarizeErrors")
    return {dice.choice(names): dice.choice(("false", "true", "4", "2", "x", ""))} if dice.random() < 0.5 else {}


def test_bodies_with_a_few_wrong_values_break_nothing(caller):
    dice = random.Random(DICE)
    for number in range(CASES):
        resource = dice.choice([name for name, _body in caller.bodies] + resources())
        path, below = a_path(caller, dice, resource)
        body = spoil(dice, below) if below is not None else wrapped(dice, resource, a_body(caller, dice, resource))
        method = dice.choice(("PUT", "POST", "PUT", "POST", "DELETE"))
        sent = b"" if method == "DELETE" and dice.random() < 0.7 else written(body)
        check(caller, dice, method, f"/api.xro/2.0/{path}", a_query(dice), sent)
        if number % 100 == 99:
            indexes_are_right(caller.world)
            every_list_reads(caller)
            assert sum(caller.organisation.ledger.balances().values()) == 0


def every_list_reads(caller):
    """All that has been taken in by now can be read, sorted and reported."""
    for resource in resources():
        if resource == "Journals":
            continue
        for query in ({}, {"page": "1"}):
            reply = caller.call("GET", f"/api.xro/2.0/{resource}", query)
            assert reply.status_code == 200, (resource, reply.data[:500])
            assert resource in reply.json
        reply = caller.call("GET", f"/api.xro/2.0/{resource}", {}, headers={"Accept": "text/xml"})
        assert reply.status_code == 200, (resource, reply.data[:500])
    for report in ("TrialBalance", "BalanceSheet", "ProfitAndLoss", "BankSummary", "ExecutiveSummary"):
        assert caller.call("GET", f"/api.xro/2.0/Reports/{report}").status_code == 200, report
    office = f"/organisations/{caller.organisation.tenant_id}"
    for section in ("", "/contacts", "/invoices", "/credit-notes", "/items", "/payments", "/ledger"):
        assert caller.call("GET", f"{office}{section}").status_code == 200, section


# --- payroll ----------------------------------------------------------------------------------------------------------

COUNTRIES = {"demo-nz": ("2.0",), "demo-au": ("1.0", "2.0"), "demo-uk": ("2.0",)}


@pytest.mark.parametrize("seed", COUNTRIES)
def test_payroll_bodies_with_a_few_wrong_values_break_nothing(seed):
    caller, dice = Caller(seed), random.Random(DICE)
    for _ in range(max(CASES // 3, 100)):
        version = dice.choice(COUNTRIES[seed])
        specs = caller.organisation.payroll.versions[version].specs
        spec = dice.choice(list(specs.values()))
        path, row = spec.name, None
        held = _held(caller, spec)
        if held and dice.random() < 0.6:
            row = dice.choice(held)
            path += f"/{_id(row, spec)}"
        if row and dice.random() < 0.4:
            parts = [name for one in specs.values() for name in one.parts] or ["x"]
            path += f"/{dice.choice(list(spec.parts) or parts)}"
            if dice.random() < 0.3:
                path += f"/{_id(dice.choice(held), spec)}"
        body = spoil(dice, dice.choice(held)) if held and dice.random() < 0.8 else value(dice)
        if isinstance(body, dict) and dice.random() < 0.6:
            body.pop(spec.id_key, None)
        sent = written([body] if version == "1.0" and dice.random() < 0.9 else body)
        method = dice.choice(("GET", "PUT", "POST", "POST", "PUT", "DELETE"))
        query = {dice.choice(("page", "pageSize", "where", "order", "filter", "employeeId")): dice.choice(TEXTS)}
        query = query if dice.random() < 0.3 else {}
        check(caller, dice, method, f"/payroll.xro/{version}/{path}", query, b"" if method == "GET" else sent)
    indexes_are_right(caller.world)


def _id(row, spec):
    """The id, in whichever version's case it is shown."""
    return {key.lower(): one for key, one in row.items()}.get(spec.id_key.lower(), "x")


def _held(caller, spec):
    if not spec.id_key:
        return []
    try:
        return payroll.dump(caller.organisation, spec.name)
    except KeyError:
        return []
