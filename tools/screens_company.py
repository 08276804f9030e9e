"""A busy quarter of the simulator's demo company, made through its API, so that pictures of it show something."""

from __future__ import annotations

import datetime
import secrets

import requests

TIMEOUT = 30
SCAN = b"%PDF-1.4\n% A scanned order, as far as a demo needs one.\n"
BANK, SAVINGS, DEBTORS = "090", "091", "610"


class Company:
    """Calls the API of a running simulator as an app would; the company is the first one of its seed."""

    def __init__(self, url: str):
        self.url = url
        self.today = datetime.date.today()
        token = requests.post(f"{url}/_sim/token", timeout=TIMEOUT).json()
        self.tenant_id = token["tenant_id"]
        self._headers = {
            "Authorization": f"Bearer {token['access_token']}",
            "Xero-Tenant-Id": self.tenant_id,
            "Accept": "application/json",
        }

    def call(self, method: str, path: str, body=None, **more) -> dict:
        """The answer's JSON; also of a refusal."""
        headers = self._headers | more.pop("headers", {})
        url = f"{self.url}/api.xro/2.0/{path}"
        answer = requests.request(method, url, json=body, headers=headers, timeout=TIMEOUT, **more)
        return answer.json() if "json" in answer.headers.get("Content-Type", "") else {}

    def put(self, resource: str, *elements: dict) -> list[dict]:
        """Make these; what Xero says of them."""
        headers = {"Idempotency-Key": secrets.token_hex(8)}
        answer = self.call("PUT", resource, {resource: list(elements)}, headers=headers)
        if resource not in answer:
            raise RuntimeError(f"{resource} were refused: {answer}")
        return answer[resource]

    def day(self, back: int) -> str:
        """So many days ago."""
        return (self.today - datetime.timedelta(days=back)).isoformat()


def fill(url: str) -> Company:
    """Have the company at `url` buy, sell, pay and be paid; returns what calls it."""
    requests.put(f"{url}/_sim/limits", json={"minute": 1000}, timeout=TIMEOUT).raise_for_status()
    company = Company(url)
    stock(company)
    invoices = sales(company)
    bills = purchases(company)
    money(company, invoices, bills)
    papers(company, invoices)
    slips(company)
    return company


def line(text: str, quantity, price, account: str = "200", tax: str = "OUTPUT2", **more) -> dict:
    named = {"Description": text, "Quantity": quantity, "UnitAmount": price}
    return {**named, "AccountCode": account, "TaxType": tax, **more}


def stock(company: Company) -> None:
    """One item that is tracked, bought at two prices."""
    tracked = {"Code": "LAMP-BRASS", "Name": "Brass lamp", "Description": "Reading lamp in brass"}
    tracked |= {"InventoryAssetAccountCode": "630", "SalesDetails": {"UnitPrice": 120, "AccountCode": "200"}}
    company.put("Items", {**tracked, "PurchaseDetails": {"UnitPrice": 52.5, "COGSAccountCode": "310"}})
    for back, quantity, price in ((80, 20, 52.5), (45, 12, 56)):
        lamps = line("Reading lamp in brass", quantity, price, "630", "INPUT2", ItemCode="LAMP-BRASS")
        document(company, "ACCPAY", "Coral Sea Imports", back, [lamps], InvoiceNumber=f"CSI-{4000 + back}")


def document(company: Company, kind: str, contact: str, back: int, lines: list[dict], **more) -> dict:
    due = {"Date": company.day(back), "DueDate": company.day(back - 20), "Status": "AUTHORISED"}
    element = {"Type": kind, "Contact": {"Name": contact}, "LineItems": lines, **due, **more}
    return company.put("Invoices", element)[0]


def sales(company: Company) -> list[dict]:
    north = {"Tracking": [{"Name": "Region", "Option": "North"}]}
    chairs = line("Dining chair in solid oak", 8, 240, ItemCode="CHAIR-OAK", **north)
    table = line("Dining table in solid oak, 1.8 m", 1, 1150, ItemCode="TABLE-OAK")
    work = line("Skilled labour, per hour", 6.5, 95, ItemCode="SERVICE-HR")
    lamps = line("Reading lamp in brass", 9, 120, ItemCode="LAMP-BRASS")
    wax = line("Beeswax polish, 500 ml", 24, 24.5, ItemCode="WAX-500", DiscountRate=10)
    orders = (
        ("Harbour City Motors", 72, [chairs, table], "PO 4471"),
        ("Ridgeline University", 58, [chairs, work], "Reading room"),
        ("Kauri Cafe", 41, [table, wax], "Terrace"),
        ("Ridgeline University", 33, [lamps], "Desks, 2nd floor"),
        ("Harbour City Motors", 16, [work], "Repairs"),
        ("Kauri Cafe", 6, [chairs, table, wax], "Second room"),
    )
    made = [document(company, "ACCREC", who, back, lines, Reference=ref) for who, back, lines, ref in orders]
    document(company, "ACCREC", "Kauri Cafe", 1, [work], Status="DRAFT", Reference="Bar stools")
    document(company, "ACCREC", "Coral Sea Imports", 12, [line("Oak samples", 4, 85)], CurrencyCode="AUD")
    return made


def purchases(company: Company) -> list[dict]:
    bills = (
        ("Tasman Timber Supplies", 63, [line("Oak boards, 32 mm", 14, 118, "300", "INPUT2")], "TT-20391"),
        ("Southern Power", 37, [line("Electricity, workshop", 1, 612.4, "445", "INPUT2")], "SP-88120"),
        ("Tasman Timber Supplies", 19, [line("Oak boards, 45 mm", 9, 164, "300", "INPUT2")], "TT-20677"),
        ("Southern Power", 5, [line("Electricity, workshop", 1, 587.15, "445", "INPUT2")], "SP-90345"),
    )
    return [document(company, "ACCPAY", who, back, lines, InvoiceNumber=no) for who, back, lines, no in bills]


def money(company: Company, invoices: list[dict], bills: list[dict]) -> None:
    """Payments, a credit note that is allocated, an overpayment, a transfer and a batch."""
    bank = {"Account": {"Code": BANK}}
    settled = ((invoices[0], 51, 1), (invoices[1], 30, 2), (bills[0], 40, 1))
    for invoice, back, part in settled:
        paid = {"Invoice": {"InvoiceID": invoice["InvoiceID"]}, "Date": company.day(back), **bank}
        company.put("Payments", {**paid, "Amount": round(invoice["AmountDue"] / part, 2), "Reference": "Transfer"})
    due = [{"Invoice": {"InvoiceID": bill["InvoiceID"]}, "Amount": bill["AmountDue"]} for bill in bills[1:3]]
    company.put("BatchPayments", {**bank, "Date": company.day(3), "Reference": "Weekly run", "Payments": due})
    back = {"Type": "ACCRECCREDIT", "Contact": {"Name": "Kauri Cafe"}, "Status": "AUTHORISED", "Date": company.day(20)}
    note = company.put("CreditNotes", {**back, "LineItems": [line("One chair returned", 1, 240)]})[0]
    allocation = {"Amount": 276, "Date": company.day(20), "Invoice": {"InvoiceID": invoices[2]["InvoiceID"]}}
    company.call("PUT", f"CreditNotes/{note['CreditNoteID']}/Allocations", {"Allocations": [allocation]})
    received = {"Type": "RECEIVE", "Contact": {"Name": "Kauri Cafe"}, "BankAccount": {"Code": BANK}}
    capital = line("Capital paid in", 1, 15000, "970", "NONE")
    company.put("BankTransactions", {**received, "Date": company.day(85), "LineItems": [capital]})
    hired = line("Hire of the showroom", 1, 420, "260")
    company.put("BankTransactions", {**received, "Date": company.day(8), "LineItems": [hired], "Reference": "Evening"})
    over = {"Description": "Paid twice", "Quantity": 1, "UnitAmount": 150, "AccountCode": DEBTORS, "TaxType": "NONE"}
    advance = {**received, "Type": "RECEIVE-OVERPAYMENT", "LineAmountTypes": "NoTax", "LineItems": [over]}
    company.put("BankTransactions", {**advance, "Date": company.day(7)})
    moved = {"FromBankAccount": {"Code": BANK}, "ToBankAccount": {"Code": SAVINGS}, "Amount": 1500}
    company.put("BankTransfers", {**moved, "Date": company.day(4)})


def papers(company: Company, invoices: list[dict]) -> None:
    """An order, a quote, a manual journal, and on one invoice a note and a file."""
    quote = {"Contact": {"Name": "Ridgeline University"}, "Date": company.day(9), "Title": "Library, ground floor"}
    company.put("Quotes", {**quote, "Status": "SENT", "LineItems": [line("Oak shelves, fitted", 12, 480)]})
    supplier = company.call("GET", "Contacts", params={"searchTerm": "Tasman Timber"})["Contacts"][0]["ContactID"]
    order = {"Contact": {"ContactID": supplier}, "Date": company.day(10), "Status": "AUTHORISED"}
    company.put("PurchaseOrders", {**order, "LineItems": [line("Oak boards, 32 mm", 30, 118, "300", "INPUT2")]})
    entries = [{"LineAmount": sign * 350, "AccountCode": code} for sign, code in ((1, "416"), (-1, "711"))]
    company.put("ManualJournals", {"Narration": "Depreciation of the saw", "Status": "POSTED", "JournalLines": entries})
    path = f"Invoices/{invoices[3]['InvoiceID']}"
    company.call("PUT", f"{path}/History", {"HistoryRecords": [{"Details": "Delivered to the loading dock."}]})
    pdf = {"Content-Type": "application/pdf"}
    company.call("PUT", f"{path}/Attachments/signed-order.pdf", data=SCAN, headers=pdf)
    company.call("POST", path, {"InvoiceID": invoices[3]["InvoiceID"], "Reference": "Desks, second floor"})


def slips(company: Company) -> None:
    """What goes wrong: a name that is taken, an unknown account."""
    company.call("PUT", "Contacts", {"Contacts": [{"Name": "Kauri Cafe"}]})
    wrong = {"Type": "ACCREC", "Contact": {"Name": "Kauri Cafe"}, "Status": "AUTHORISED"}
    company.call("PUT", "Invoices", {"Invoices": [{**wrong, "LineItems": [line("Typing error", 1, 10, "2000")]}]})
