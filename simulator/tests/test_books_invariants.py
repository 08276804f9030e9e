"""Whatever is done to the books, they hold: hypothesis looks for a sequence of operations after which they do not."""

import os
from decimal import Decimal

import hypothesis.strategies as st
from books import Books, document, line
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

#: Forty operations each; some hundreds of them each time, ``SIMULATOR_SEQUENCES=1000`` for tens of thousands.
EXAMPLES = int(os.environ.get("SIMULATOR_SEQUENCES", "30"))
CONTACT = "Kauri Cafe"
ITEMS = ("BOARD", "SCREW")
CREDIT_TABLES = {"CreditNote": "CreditNotes", "Overpayment": "Overpayments", "Prepayment": "Prepayments"}
KEYS = {"Invoices": "InvoiceID", "CreditNotes": "CreditNoteID"} | {
    table: f"{name}ID" for name, table in CREDIT_TABLES.items()
}
#: Types whose open amount is a debit on the books.
DEBITS = {"ACCREC", "ACCPAYCREDIT", "SPEND-OVERPAYMENT", "SPEND-PREPAYMENT"}
SALES = ("ACCREC", "ACCRECCREDIT", "RECEIVE-OVERPAYMENT")

amounts = st.decimals("0.01", 900, places=2)
#: Few, so that stock comes back to nothing now and then.
quantities = st.sampled_from([Decimal("0.5"), Decimal(1), Decimal(2), Decimal(3)])
choices = st.integers(0, 10**6)
#: Around the lock dates below.
days = st.sampled_from(["2026-06-10", "2026-06-10", "2026-04-20", "2026-04-02", "2026-06-15"])


class Bookkeeping(RuleBasedStateMachine):
    """One organisation; what is refused is part of the work, as long as it is refused in words."""

    def __init__(self):
        super().__init__()
        self.books = Books()
        self.store = self.books.organisation.store.tables
        for code in ITEMS:
            purchase = {"COGSAccountCode": "310", "UnitPrice": 7}
            item = {"Code": code, "InventoryAssetAccountCode": "630", "PurchaseDetails": purchase}
            self.books.put("Items", {**item, "SalesDetails": {"AccountCode": "200"}})

    # --- what can be done --------------------------------------------------------------------------------------------

    @rule(
        kind=st.sampled_from(["ACCREC", "ACCPAY", "ACCPAY", "ACCRECCREDIT", "ACCPAYCREDIT"]),
        parts=st.lists(st.tuples(st.sampled_from([None, *ITEMS]), quantities, amounts), min_size=1, max_size=3),
        status=st.sampled_from(["AUTHORISED", "AUTHORISED", "DRAFT"]),
        types=st.sampled_from(["Exclusive", "Inclusive", "NoTax"]),
        rate=st.sampled_from([None, None, "0.91", "1.37"]),
        backorders=st.sampled_from(["true", "false"]),
        tax=st.sampled_from([None, None, None, "0.00", "1.11", "-0.05"]),
        day=days,
    )
    def write_document(self, kind, parts, status, types, rate, backorders, tax, day):
        account = "200" if kind.startswith("ACCREC") else "429"
        lines = [self.line(account, *part) for part in parts]
        if tax:
            lines[0]["TaxAmount"] = tax
        currency = {"CurrencyCode": "AUD", "CurrencyRate": rate} if rate else {}
        body = document(kind, lines, status, CONTACT, LineAmountTypes=types, Date=day, **currency)
        table = "CreditNotes" if kind.endswith("CREDIT") else "Invoices"
        self.call("PUT", table, body, allowBackorders=backorders)

    @rule(
        kind=st.sampled_from(["RECEIVE", "SPEND"]),
        end=st.sampled_from(["", "", "-OVERPAYMENT", "-PREPAYMENT"]),
        part=st.tuples(st.sampled_from([None, *ITEMS]), quantities, amounts),
    )
    def move_money(self, kind, end, part):
        account = "200" if kind == "RECEIVE" else "429"
        lines = [self.line(account, None if end else part[0], *part[1:])]
        body = {"Type": kind + end, "Contact": {"Name": CONTACT}, "BankAccount": {"Code": "090"}}
        self.call("PUT", "BankTransactions", {**body, "LineItems": lines, "Date": "2026-06-10"})

    @rule(name=st.sampled_from(["Invoice", *CREDIT_TABLES]), choice=choices, amount=amounts, whole=st.booleans())
    def pay(self, name, choice, amount, whole):
        row = self.pick(f"{name}s", choice)
        if row:
            paid = row["AmountDue"] if whole else amount
            body = {name: {f"{name}ID": row[f"{name}ID"]}, "Account": {"Code": "090"}, "Amount": paid}
            before = self.balance_of_gains()
            status, _ = self.call("PUT", "Payments", {**body, "CurrencyRate": "1.11"})
            if status == 200 and row["CurrencyCode"] == "NZD":
                assert self.balance_of_gains() == before

    @rule(name=st.sampled_from(list(CREDIT_TABLES)), choice=choices, other=choices, amount=amounts, whole=st.booleans())
    def allocate(self, name, choice, other, amount, whole):
        credit, invoice = self.pick(f"{name}s", choice), self.pick("Invoices", other)
        if credit and invoice:
            used = min(credit["AmountDue"], invoice["AmountDue"]) if whole else amount
            body = {"Amount": used, "Invoice": {"InvoiceID": invoice["InvoiceID"]}}
            self.call("PUT", f"{name}s/{credit[f'{name}ID']}/Allocations", body)

    @rule(choice=choices, other=choices, amount=amounts)
    def pay_in_a_batch(self, choice, other, amount):
        picked = [self.pick("Invoices", number) for number in (choice, other)]
        parts = [{"Invoice": {"InvoiceID": row["InvoiceID"]}, "Amount": amount} for row in picked if row]
        self.call("PUT", "BatchPayments", {"Account": {"Code": "090"}, "Payments": parts, "Date": "2026-06-12"})

    @rule(amount=amounts)
    def transfer(self, amount):
        sides = {"FromBankAccount": {"Code": "090"}, "ToBankAccount": {"Code": "091"}}
        self.call("PUT", "BankTransfers", {**sides, "Amount": amount})

    @rule(amount=amounts, types=st.sampled_from(["NoTax", "Inclusive", "Exclusive"]))
    def write_journal(self, amount, types):
        lines = [{"LineAmount": value, "AccountCode": "429"} for value in (amount, -amount)]
        self.call(
            "PUT",
            "ManualJournals",
            {"Narration": "n", "JournalLines": lines, "LineAmountTypes": types, "Status": "POSTED"},
        )

    @rule(
        table=st.sampled_from(["Payments", "BankTransactions", "BankTransfers", "BatchPayments"]),
        choice=choices,
    )
    def delete(self, table, choice):
        row = self.pick(table, choice)
        if row:
            row_id = row[self.store[table].id_key]
            self.call("POST", f"{table}/{row_id}", {"Status": "DELETED"})

    @rule(
        table=st.sampled_from(["Invoices", "Invoices", "CreditNotes", "ManualJournals"]),
        choice=choices,
        status=st.sampled_from(["VOIDED", "AUTHORISED", "POSTED"]),
    )
    def change_status(self, table, choice, status):
        row = self.pick(table, choice)
        if row:
            self.call("POST", f"{table}/{row[self.store[table].id_key]}", {"Status": status})

    @rule(choice=choices, item=st.sampled_from([None, *ITEMS]), quantity=quantities, amount=amounts)
    def change_lines(self, choice, item, quantity, amount):
        row = self.pick("Invoices", choice)
        if row:
            account = "200" if row["Type"] == "ACCREC" else "429"
            lines = [self.line(account, item, quantity, amount)]
            self.call("POST", f"Invoices/{row['InvoiceID']}", {"LineItems": lines})

    @precondition(lambda self: len(self.store["Allocations"]))
    @rule(choice=choices)
    def take_back(self, choice):
        allocation = self.pick("Allocations", choice)
        name = next(one for one in CREDIT_TABLES if f"{one}ID" in allocation)
        path = f"{name}s/{allocation[f'{name}ID']}/Allocations/{allocation['AllocationID']}"
        self.call("DELETE", path, None)

    @rule(code=st.sampled_from(["429", "091", "200"]), status=st.sampled_from(["ARCHIVED", "ACTIVE", "ACTIVE"]))
    def archive(self, code, status):
        """Documents of an archived account can still be voided and paid."""
        account = next(one for one in self.store["Accounts"] if one.get("Code") == code)
        self.call("POST", f"Accounts/{account['AccountID']}", {"Status": status})

    @rule(day=st.sampled_from(["2026-04-10", "2026-05-31", None, None, None]))
    def lock(self, day):
        self.books.act("set-lock-dates", period=day)

    @rule(choice=choices, contact=st.sampled_from(["Harbour City Motors", CONTACT]))
    def move_to_another_contact(self, choice, contact):
        row = self.pick("Invoices", choice)
        if row:
            self.call("POST", f"Invoices/{row['InvoiceID']}", {"Contact": {"Name": contact}})

    # --- what holds --------------------------------------------------------------------------------------------------

    @invariant()
    def debits_equal_credits(self):
        assert sum(self.books.organisation.ledger.balances().values()) == 0

    @invariant()
    def control_accounts_equal_open_documents(self):
        """Receivables and payables are what is open of invoices, credit notes and overpayments."""
        open_amounts = {"610": Decimal(0), "800": Decimal(0)}
        for table, key in KEYS.items():
            for row in self.store[table]:
                value = self.books.organisation.ledger.open_amount(row[key])
                self.check_document(row, value)
                if table != "Prepayments":
                    open_amounts["610" if row["Type"] in SALES else "800"] += value
        assert open_amounts == {code: self.books.balance(code) for code in open_amounts}

    @invariant()
    def stock_accounts_equal_the_cost_pools(self):
        held = [self.store["Items"].one("code", code.lower()) for code in ITEMS]
        assert self.books.balance("630") == sum(item["TotalCostPool"] for item in held)
        for item in held:
            moves = [one for one in self.store["StockMoves"].by("item", item["ItemID"]) if not one["Reversed"]]
            assert item["QuantityOnHand"] == sum(one["Quantity"] for one in moves)
            assert bool(item["TotalCostPool"]) <= bool(item["QuantityOnHand"])
            assert item["TotalCostPool"] >= 0 or item["QuantityOnHand"] < 0

    @invariant()
    def the_reports_say_what_the_ledger_does(self):
        self.the_balance_sheet_balances()
        self.the_trial_balance_is_the_ledger()
        self.aged_documents_are_the_open_ones()

    @invariant()
    def each_journal_balances(self):
        """By its lines; and its tax lines hold what its other lines say of tax."""
        for journal in self.books.get("Journals"):
            lines = journal["JournalLines"]
            assert sum(line["NetAmount"] for line in lines) == 0
            assert all(line["GrossAmount"] == line["NetAmount"] + line["TaxAmount"] for line in lines)
            taxed = sum(line["TaxAmount"] for line in lines)
            on_tax_account = sum(line["NetAmount"] for line in lines if line.get("AccountCode") == "820")
            assert taxed in (0, on_tax_account)

    def the_balance_sheet_balances(self):
        figures = self.figures("BalanceSheet", date="2026-12-31")
        assert figures["Net Assets"] == figures.get("Total Equity", "0.00")

    def the_trial_balance_is_the_ledger(self):
        """Of a year: no balance is a year old. Debits and credits are equal, and each account's are the ledger's."""
        report = self.books.get("Reports/TrialBalance", date="2026-12-31")[0]
        rows = [row["Cells"] for one in report["Rows"] for row in one.get("Rows", []) if row["RowType"] == "Row"]
        told = {}
        for cells in rows:
            debit, credit = (Decimal(cell["Value"] or 0) for cell in cells[3:5])
            told[cells[0]["Value"].rpartition("(")[2].rstrip(")")] = debit - credit
        assert sum(told.values()) == 0
        balances = {code: value for code, value in self.books.organisation.ledger.balances().items() if value}
        assert {code: value for code, value in told.items() if value} == balances

    def aged_documents_are_the_open_ones(self):
        """Of all contacts: what stands on the control accounts, as long as no currency but the base is about."""
        for name, code, sign in (("AgedReceivablesByContact", "610", 1), ("AgedPayablesByContact", "800", -1)):
            due = Decimal(0)
            for contact in {row["ContactID"] for table in KEYS for row in self.store[table]}:
                due += Decimal(self.figures(f"{name}", last=True, contactID=contact, date="2026-12-31")["Total"])
            held = [row for table in KEYS for row in self.store[table] if row["Status"] in ("AUTHORISED", "PAID")]
            if all(row["CurrencyCode"] == "NZD" for row in held):
                assert due == sign * self.books.balance(code) - self.prepaid(code)

    def prepaid(self, code):
        """Prepayments are among the aged documents, but stand on the accounts of their lines."""
        types = {"610": "RECEIVE-PREPAYMENT", "800": "SPEND-PREPAYMENT"}
        rows = [row for row in self.store["Prepayments"] if row["Type"] == types[code]]
        return sum((row["AmountDue"] for row in rows if row["Status"] in ("AUTHORISED", "PAID")), Decimal(0))

    def figures(self, report, last=False, **args):
        """Label of each row of a report → its first figure, or its last one."""
        found = self.books.get(f"Reports/{report}", **args)[0]
        rows = [row["Cells"] for one in found["Rows"] for row in one.get("Rows", [])]
        return {cells[0]["Value"]: cells[-1 if last else 1]["Value"] for cells in rows}

    def balance_of_gains(self):
        role = self.store["Accounts"].one("system", "REALISEDCURRENCYGAIN")
        return self.books.balance(role["Code"])

    @staticmethod
    def check_document(row, value):
        """A posted document is worth on the books what is open of it, any other nothing."""
        assert row["AmountDue"] == row["Total"] - row["AmountPaid"] - row["AmountCredited"] >= 0
        if row["Status"] not in ("AUTHORISED", "PAID"):
            assert value == 0
        elif row["CurrencyCode"] == "NZD":
            assert value == (row["AmountDue"] if row["Type"] in DEBITS else -row["AmountDue"])
        assert (row["Status"] == "PAID") <= (value == 0)

    # --- helpers -----------------------------------------------------------------------------------------------------

    @staticmethod
    def line(account, item, quantity, amount):
        made = line(amount, account, Quantity=quantity)
        return {**made, "ItemCode": item} if item else made

    def pick(self, table, choice):
        rows = list(self.store[table])
        return rows[choice % len(rows)] if rows else None

    def call(self, method, path, body, **args):
        status, payload = self.books.call(method, path, body, **args)
        assert status in (200, 400, 404), payload
        return status, payload


TestBookkeeping = Bookkeeping.TestCase
TestBookkeeping.settings = settings(
    max_examples=EXAMPLES, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


def test_journals_split_the_tax_off_each_line():
    books = Books()
    lines = [line(100, "200", TaxType="OUTPUT2"), line(50, "260", TaxType="OUTPUT2"), line(7, "200", TaxType="NONE")]
    made = books.put("Invoices", document("ACCREC", lines, Tracking=None))
    (journal,) = books.get("Journals")
    assert (journal["SourceID"], journal["SourceType"]) == (made["InvoiceID"], "ACCREC")
    keys = ("AccountCode", "NetAmount", "TaxAmount", "GrossAmount", "TaxType")
    split = [tuple(one.get(key) for key in keys) for one in journal["JournalLines"]]
    assert split == [
        ("610", Decimal("179.5"), 0, Decimal("179.5"), None),
        ("200", -100, -15, -115, "OUTPUT2"),
        ("260", -50, Decimal("-7.5"), Decimal("-57.5"), "OUTPUT2"),
        ("200", -7, 0, -7, "NONE"),
        ("820", Decimal("-22.5"), 0, Decimal("-22.5"), None),
    ]
    assert journal["JournalLines"][1]["Description"] == "Goods"
    assert journal["JournalLines"][1]["TaxName"] == "15% GST on Income"


def test_a_bill_in_another_currency_paid_at_another_rate_leaves_a_gain_and_nothing_else():
    books = Books()
    bill = books.bill("1000.00", CurrencyCode="AUD", CurrencyRate="0.80", LineAmountTypes="NoTax")
    assert books.balance("800") == -1250
    half = {"Invoice": {"InvoiceID": bill["InvoiceID"]}, "Account": {"Code": "090"}, "Date": "2026-06-20"}
    first = books.put("Payments", half | {"Amount": 500, "CurrencyRate": "1.00"})
    assert (books.balance("800"), books.balance("090"), books.balance("499")) == (-625, -500, -125)
    books.put("Payments", half | {"Amount": 500, "CurrencyRate": "0.50"})
    assert (books.balance("800"), books.balance("090"), books.balance("499")) == (0, -1500, 250)
    assert books.read_invoice(bill)["Status"] == "PAID"
    books.post(f"Payments/{first['PaymentID']}", {"Status": "DELETED"})
    assert (books.balance("800"), books.balance("090"), books.balance("499")) == (-625, -1000, 375)
    assert books.read_invoice(bill)["Status"] == "AUTHORISED"
