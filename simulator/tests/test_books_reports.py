"""Reports in Xero's rows-and-cells shape, computed from the ledger."""

import pytest
from books import Books, document, line

from simulator.accounting import required_scope


@pytest.fixture
def books():
    """May and June of a small company: sales, goods, rent, cash, a loan."""
    books = Books()
    may = books.invoice(1000, Date="2026-05-10", contact="Kauri Cafe")
    books.pay(may, 1150, Date="2026-05-20")
    june = books.invoice(2000, Date="2026-06-05")
    books.pay(june, 300, Date="2026-06-12")
    books.bill(line(600, "300"), Date="2026-06-02")
    bill = books.bill(line(400, "469"), Date="2026-06-03")
    pay = {"Invoice": {"InvoiceID": bill["InvoiceID"]}, "Account": {"Code": "090"}, "Amount": 460}
    books.put("Payments", {**pay, "Date": "2026-06-04"})
    lines = [{"LineAmount": 5000, "AccountCode": "710"}, {"LineAmount": -5000, "AccountCode": "900"}]
    books.put("ManualJournals", {"Narration": "van", "JournalLines": lines, "Status": "POSTED", "Date": "2026-06-01"})
    return books


def table(report):
    """{first cell: other cells} of all rows."""
    found = {}
    for one in report["Rows"]:
        for row in one.get("Rows", []) + ([one] if "Cells" in one else []):
            found[row["Cells"][0]["Value"]] = tuple(cell["Value"] for cell in row["Cells"][1:])
    return found


def titles(report):
    return [one["Title"] for one in report["Rows"] if one["RowType"] == "Section"]


def test_profit_and_loss(books):
    report = books.get("Reports/ProfitAndLoss", fromDate="2026-06-01", toDate="2026-06-30")[0]
    assert report["ReportTitles"] == ["Profit & Loss", "Kowhai Furniture Ltd", "1 June 2026 to 30 June 2026"]
    rows = table(report)
    assert rows == {
        "": ("30 Jun 26",),
        "Sales": ("2000.00",),
        "Total Income": ("2000.00",),
        "Purchases": ("600.00",),
        "Total Cost of Sales": ("600.00",),
        "Gross Profit": ("1400.00",),
        "Rent": ("400.00",),
        "Total Operating Expenses": ("400.00",),
        "Net Profit": ("1000.00",),
    }
    assert titles(report) == ["Income", "Less Cost of Sales", "", "Less Operating Expenses", ""]
    account = report["Rows"][1]["Rows"][0]["Cells"][0]["Attributes"][0]
    assert books.get(f"Accounts/{account['Value']}")[0]["Code"] == "200"


def test_profit_and_loss_beside_earlier_months(books):
    dates = {"fromDate": "2026-06-01", "toDate": "2026-06-30", "periods": "1", "timeframe": "MONTH"}
    rows = table(books.get("Reports/ProfitAndLoss", **dates)[0])
    assert rows[""] == ("30 Jun 26", "31 May 26")
    assert (rows["Sales"], rows["Net Profit"]) == (("2000.00", "1000.00"), ("1000.00", "1000.00"))
    for wrong in ({"periods": "12"}, {"periods": "x"}, {"timeframe": "DAY"}, {"toDate": "soon"}):
        status, answer = books.call("GET", "Reports/ProfitAndLoss", **{"periods": "1", **wrong})
        assert (status, answer["Type"]) == (400, "QueryParseException")
    assert books.call("GET", "Reports/BalanceSheet", date="0001-01-01")[0] == 400


def test_balance_sheet_balances(books):
    """What is owned less what is owed is the equity."""
    report = books.get("Reports/BalanceSheet", date="2026-06-30")[0]
    rows = table(report)
    assert report["ReportTitles"][2] == "As at 30 June 2026"
    assert (rows["Business Bank Account"], rows["Accounts Receivable"]) == (("990.00",), ("2000.00",))
    assert (rows["Total Current Liabilities"], rows["Total Non-Current Liabilities"]) == (("990.00",), ("5000.00",))
    assert (rows["Total Assets"], rows["Total Liabilities"]) == (("7990.00",), ("5990.00",))
    assert rows["Net Assets"] == rows["Current Year Earnings"] == rows["Total Equity"] == ("2000.00",)
    earlier = table(books.get("Reports/BalanceSheet", date="2026-06-30", periods="1")[0])
    assert earlier["Net Assets"] == ("2000.00", "1000.00")


def test_bank_summary(books):
    report = books.get("Reports/BankSummary", fromDate="2026-06-01", toDate="2026-06-30")[0]
    rows = table(report)
    assert rows["Bank Accounts"] == ("Opening Balance", "Cash Received", "Cash Spent", "Closing Balance")
    assert rows["Business Bank Account"] == ("1150.00", "300.00", "460.00", "990.00")
    assert rows["Business Savings Account"] == ("0.00",) * 4
    assert rows["Total"] == ("1150.00", "300.00", "460.00", "990.00")
    paid = next(one for one in books.get("Payments") if one["Amount"] == 300)
    books.post(f"Payments/{paid['PaymentID']}", {"Status": "DELETED"})
    rows = table(books.get("Reports/BankSummary", fromDate="2026-06-01", toDate="2026-06-30")[0])
    assert rows["Total"] == ("1150.00", "0.00", "460.00", "690.00")


def test_executive_summary(books):
    report = books.get("Reports/ExecutiveSummary", date="2026-06-30")[0]
    assert report["ReportTitles"][2] == "For the month of June 2026"
    rows = table(report)
    assert rows[""] == ("Jun 2026", "May 2026", "Variance")
    assert rows["Income"] == ("2000.00", "1000.00", "100.0%")
    assert rows["Cash surplus (deficit)"] == ("-160.00", "1150.00", "-113.9%")
    assert rows["Debtors"] == ("2000.00", "0.00", "0.0%")
    assert rows["Number of invoices issued"] == ("1", "1", "0.0%")
    assert rows["Gross profit margin"][:2] == ("70.0%", "100.0%")
    assert rows["Net assets"][:2] == ("2000.00", "1000.00")


def test_aged_receivables_by_contact(books):
    contact = next(one for one in books.get("Contacts") if one["Name"] == "Kauri Cafe")
    credit = books.credit_note(100, Date="2026-06-08")
    path = "Reports/AgedReceivablesByContact"
    report = books.get(path, contactId=contact["ContactID"], date="2026-06-30")[0]
    assert report["ReportTitles"][:2] == ["Invoices", "Kauri Cafe"]
    assert report["ReportTitles"][3] == "Showing payments to 30 June 2026"
    rows = {one["Cells"][1]["Value"]: one for one in report["Rows"][1]["Rows"]}
    values = [cell["Value"] for cell in rows["INV-0002"]["Cells"]]
    assert values[:4] == ["2026-06-05T00:00:00", "INV-0002", "2026-07-20T00:00:00", ""]
    assert values[4:] == ["2300.00", "300.00", "0.00", "2000.00"]
    assert rows["INV-0002"]["Cells"][0]["Attributes"][0]["Id"] == "invoiceID"
    assert rows[credit["CreditNoteNumber"]]["Cells"][7]["Value"] == "-115.00"
    assert table(report)["Total"][6] == "1885.00"
    # Before the payment, and at a time when May's invoice was open.
    early = books.get(path, contactId=contact["ContactID"], date="2026-05-15")[0]
    assert table(early)["Total"][6] == "1150.00"


def test_aged_payables_by_contact(books):
    contact = next(one for one in books.get("Contacts") if one["Name"] == "Southern Power")
    books.put("CreditNotes", document("ACCPAYCREDIT", [100], contact="Southern Power"))
    report = books.get("Reports/AgedPayablesByContact", contactID=contact["ContactID"])[0]
    assert table(report)["Total"][6] == "575.00"
    assert books.call("GET", "Reports/AgedPayablesByContact")[0] == 400
    assert books.call("GET", "Reports/AgedPayablesByContact", contactId=contact["ContactID"] + "0")[0] == 404


def test_each_report_has_a_scope_of_its_own():
    for name, scope in (
        ("BalanceSheet", "balancesheet"),
        ("ProfitAndLoss", "profitandloss"),
        ("AgedReceivablesByContact", "aged"),
        ("AgedPayablesByContact", "aged"),
        ("BankSummary", "banksummary"),
        ("ExecutiveSummary", "executivesummary"),
        ("TrialBalance", "trialbalance"),
    ):
        expected = (f"accounting.reports.{scope}.read", "accounting.reports.read")
        assert required_scope("GET", f"Reports/{name}") == expected


def test_a_report_is_refused_without_its_scope(api, steering):
    api.tokens = steering.token("accounting.reports.aged.read")
    assert api.get("Reports/BalanceSheet").status_code == 401
    assert api.get("Reports/AgedPayablesByContact").status_code == 400
    api.tokens = steering.token("accounting.reports.balancesheet.read")
    assert api.get("Reports/BalanceSheet").status_code == 200
