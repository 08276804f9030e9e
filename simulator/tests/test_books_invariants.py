"""Whatever is done to the books, they hold: hypothesis looks for a sequence of operations after which they do not."""

from decimal import Decimal

import hypothesis.strategies as st
from books import Books, document, line
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

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
    )
    def write_document(self, kind, parts, status, types, rate, backorders):
        account = "200" if kind.startswith("ACCREC") else "429"
        lines = [self.line(account, *part) for part in parts]
        currency = {"CurrencyCode": "AUD", "CurrencyRate": rate} if rate else {}
        body = document(kind, lines, status, CONTACT, LineAmountTypes=types, **currency)
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
            self.call("PUT", "Payments", {**body, "CurrencyRate": "1.11"})

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
    def the_balance_sheet_balances(self):
        report = self.books.get("Reports/BalanceSheet", date="2026-12-31")[0]
        rows = [row["Cells"] for one in report["Rows"] for row in one.get("Rows", [])]
        figures = {cells[0]["Value"]: cells[1]["Value"] for cells in rows}
        assert figures["Net Assets"] == figures.get("Total Equity", "0.00")

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


TestBookkeeping = Bookkeeping.TestCase
TestBookkeeping.settings = settings(
    max_examples=30, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
