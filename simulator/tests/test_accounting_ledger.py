"""The double entry: what documents post, and that the books hold whatever happens."""

import random
from datetime import date
from decimal import Decimal

import pytest
from books import Books, document, line

from simulator.accounting.resources import accounts


@pytest.fixture
def books():
    return Books()


def test_postings_of_a_sales_invoice(books):
    books.invoice(100, line(50, "260"))
    expected = {"610": Decimal("172.50"), "200": Decimal(-100), "260": Decimal(-50), "820": Decimal("-22.50")}
    assert books.organisation.ledger.balances() == expected


def test_postings_of_a_bill_and_its_credit(books):
    books.bill(100)
    assert books.organisation.ledger.balances() == {"800": -115, "429": 100, "820": 15}
    books.put("CreditNotes", document("ACCPAYCREDIT", [40], contact="Southern Power"))
    assert books.organisation.ledger.balances() == {"800": -69, "429": 60, "820": 9}


def test_tax_is_taken_out_of_inclusive_lines(books):
    books.invoice("541.25", LineAmountTypes="Inclusive")
    assert (books.balance("200"), books.balance("820")) == (Decimal("-470.65"), Decimal("-70.60"))


def test_a_change_reverses_and_posts_anew(books):
    invoice = books.invoice(100)
    books.post("Invoices", {"InvoiceID": invoice["InvoiceID"], "LineItems": [line(10)]})
    assert books.balance("610") == Decimal("11.50")
    amounts = [posting.amount for _, posting in books.organisation.ledger.postings()]
    assert len(amounts) == 9
    assert sum(amounts) == 0


def test_balances_at_a_date(books):
    books.invoice(100, Date="2026-05-01")
    books.invoice(200, Date="2026-06-01")
    assert books.organisation.ledger.balances(until=date(2026, 6, 1))["200"] == -300
    before = books.organisation.ledger.balances(until=date(2026, 5, 31))
    assert before["200"] == -100


# -- trial balance


def cells(report):
    """{account: (debit, credit, debit of the year, credit of the year)} and the last row's totals."""
    rows = [row for section in report["Rows"][1:] for row in section["Rows"]]
    table = {row["Cells"][0]["Value"]: tuple(cell["Value"] for cell in row["Cells"][1:]) for row in rows}
    return table, table.pop("Total")


def test_trial_balance(books):
    books.invoice(100, Date="2026-05-01")
    books.invoice(200, Date="2026-06-01")
    report = books.get("Reports/TrialBalance", date="2026-06-30")[0]
    assert report["ReportTitles"] == ["Trial Balance", "Kowhai Furniture Ltd", "As at 30 June 2026"]
    assert [cell["Value"] for cell in report["Rows"][0]["Cells"]] == [
        *("Account", "Debit", "Credit", "YTD Debit", "YTD Credit")
    ]
    table, total = cells(report)
    assert table["Sales (200)"] == ("", "200.00", "", "300.00")
    assert table["Accounts Receivable (610)"] == ("230.00", "", "345.00", "")
    assert table["GST (820)"] == ("", "30.00", "", "45.00")
    assert total == ("230.00", "230.00", "345.00", "345.00")
    account = report["Rows"][1]["Rows"][0]["Cells"][0]["Attributes"][0]
    assert account["Id"] == "account"
    assert books.organisation.store.tables["Accounts"].get(account["Value"])["Code"] == "200"


def test_earlier_years_stand_on_retained_earnings(books):
    """The company's year ends on 31 March."""
    books.invoice(100, Date="2026-03-31")
    books.invoice(200, Date="2026-04-01")
    table, total = cells(books.get("Reports/TrialBalance", date="2026-06-30")[0])
    assert table["Sales (200)"][3] == "200.00"
    assert table["Retained Earnings (960)"][3] == "100.00"
    assert total[2] == total[3] == "345.00"
    assert books.call("GET", "Reports/TrialBalance", date="soon")[0] == 400


# -- whatever happens

STEPS = 400


class Clerk:
    """Does something at random with the books; refusals are part of the work."""

    def __init__(self, books, seed):
        self.books, self.random = books, random.Random(seed)

    def work(self):
        steps = (self.write_document, self.write_document, self.pay, self.pay, self.allocate, self.undo, self.change)
        self.random.choice(steps)()

    def write_document(self):
        kind = self.random.choice(["ACCREC", "ACCPAY", "ACCRECCREDIT", "ACCPAYCREDIT"])
        amounts = [self.amount(kind) for _ in range(self.random.randint(1, 4))]
        currency = self.random.choice(["NZD", "NZD", "AUD", "USD"])
        more = {"CurrencyRate": self.rate()} if currency != "NZD" else {}
        body = document(
            kind,
            amounts,
            self.random.choice(["DRAFT", "AUTHORISED", "AUTHORISED"]),
            "Kauri Cafe",
            LineAmountTypes=self.random.choice(["Exclusive", "Inclusive", "NoTax"]),
            CurrencyCode=currency,
            **more,
        )
        self.call("PUT", "CreditNotes" if kind.endswith("CREDIT") else "Invoices", body)

    def pay(self):
        kind = self.random.choice(["Invoice", "CreditNote"])
        row = self.pick(f"{kind}s")
        if row:
            amount = row["AmountDue"] if self.random.random() < 0.4 else self.money(max(row["AmountDue"], 1) * 2)
            target = {kind: {f"{kind}ID": row[f"{kind}ID"]}, "Account": {"Code": "090"}, "Amount": amount}
            self.call("PUT", "Payments", {**target, "CurrencyRate": self.rate(), "Date": "2026-06-12"})

    def allocate(self):
        credit_note = self.pick("CreditNotes", lambda row: row["Status"] == "AUTHORISED")
        invoice = credit_note and self.pick("Invoices", lambda row: self.fits(row, credit_note))
        if invoice:
            amount = min(credit_note["AmountDue"], invoice["AmountDue"])
            body = {"Amount": amount, "Invoice": {"InvoiceID": invoice["InvoiceID"]}}
            self.call("PUT", f"CreditNotes/{credit_note['CreditNoteID']}/Allocations", body)

    def undo(self):
        payment, allocation = self.pick("Payments"), self.pick("Allocations")
        if payment and self.random.random() < 0.5:
            self.call("POST", f"Payments/{payment['PaymentID']}", {"Status": "DELETED"})
        elif allocation:
            path = f"CreditNotes/{allocation['CreditNoteID']}/Allocations/{allocation['AllocationID']}"
            self.call("DELETE", path, None)

    def change(self):
        row = self.pick("Invoices")
        if row:
            change = self.random.choice(
                [{"Status": "VOIDED"}, {"Status": "AUTHORISED"}, {"LineItems": [self.amount(row["Type"])]}]
            )
            self.call("POST", f"Invoices/{row['InvoiceID']}", change)

    def call(self, *call):
        status, payload = self.books.call(*call)
        assert status in (200, 400), payload

    @staticmethod
    def fits(invoice, credit_note):
        pair = (invoice["Type"] + "CREDIT", invoice["CurrencyCode"])
        return invoice["Status"] == "AUTHORISED" and pair == (credit_note["Type"], credit_note["CurrencyCode"])

    def pick(self, table, wanted=lambda row: True):
        rows = [row for row in self.books.organisation.store.tables[table] if wanted(row)]
        return self.random.choice(rows) if rows else None

    def amount(self, kind):
        account = self.random.choice(["200", "260"] if kind.startswith("ACCREC") else ["429", "404", "310"])
        return line(self.money(500), account, Quantity=self.random.randint(0, 5))

    def money(self, most):
        return str(Decimal(self.random.randint(1, int(most * 100))) / 100)

    def rate(self):
        return str(Decimal(self.random.randint(400_000, 1_900_000)) / 1_000_000)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_books_hold_whatever_happens(seed):
    """Debits equal credits, and control accounts equal the open documents, after each of many random steps."""
    books = Books()
    clerk = Clerk(books, seed)
    for step in range(STEPS):
        clerk.work()
        if step % 20 == 0 or step == STEPS - 1:
            check(books)
    statuses = {row["Status"] for row in books.organisation.store.tables["Invoices"]}
    assert {"DRAFT", "AUTHORISED", "PAID", "VOIDED"} <= statuses
    assert len(books.organisation.store.tables["Allocations"]) > 0


def check(books):
    organisation = books.organisation
    assert sum(organisation.ledger.balances().values()) == 0
    open_amounts = {"610": Decimal(0), "800": Decimal(0)}
    for table, id_key in (("Invoices", "InvoiceID"), ("CreditNotes", "CreditNoteID")):
        for row in organisation.store.tables[table]:
            value = organisation.ledger.open_amount(row[id_key])
            open_amounts["610" if row["Type"].startswith("ACCREC") else "800"] += value
            check_document(row, value)
    assert open_amounts == {code: books.balance(code) for code in open_amounts}


SIGNS = {"ACCREC": 1, "ACCPAYCREDIT": 1, "ACCPAY": -1, "ACCRECCREDIT": -1}


def check_document(row, value):
    """A posted document is worth on the books what is open of it; any other is worth nothing."""
    assert row["AmountDue"] == row["Total"] - row["AmountPaid"] - row["AmountCredited"] >= 0
    if row["Status"] not in ("AUTHORISED", "PAID"):
        assert value == 0
    elif row["CurrencyCode"] == "NZD":
        assert value == SIGNS[row["Type"]] * row["AmountDue"]
    assert (row["Status"] == "PAID") <= (value == 0)


def test_a_rolled_back_batch_leaves_no_trace(books):
    good, bad = document("ACCREC", [100]), document("ACCREC", [line(1, "999")])
    assert books.call("PUT", "Invoices", [good, good, bad])[0] == 400
    assert books.organisation.ledger.balances() == {}
    assert books.get("Invoices") == []
    assert books.invoice(100)["InvoiceNumber"] == "INV-0001"


def test_control_accounts_are_found_by_their_role(books):
    """Another code for receivables changes where invoices post, not whether they do."""
    row = accounts.find(Ctx(books), {"Code": "610"})
    books.post(f"Accounts/{row['AccountID']}", {"Code": "611"})
    books.invoice(100)
    assert books.balance("611") == 115


class Ctx:
    def __init__(self, books):
        self.table = books.organisation.store.tables.__getitem__
