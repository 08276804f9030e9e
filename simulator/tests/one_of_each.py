"""A script of writes that leaves at least one record of every resource, in any of the demo companies.

Every answer is kept, so that those who check shapes can look at what writes say too.
"""

import json
from dataclasses import dataclass, field
from decimal import Decimal

import requests

from simulator.steering import Steering

TIMEOUT = 30
DAY, DUE, PAID = "2026-06-10", "2026-07-20", "2026-06-20"


@dataclass
class Written:
    """One write and what it was answered."""

    method: str
    path: str
    status: int
    payload: dict | list | None


@dataclass
class Caller:
    """Calls one organisation with a token for everything.

    :ivar kept: the writes so far
    """

    url: str
    tokens: dict
    kept: list[Written] = field(default_factory=list)

    def call(self, method, path, body=None, raw=None, **params):
        """Status and payload; `path` is one of the Accounting API, or begins with "payroll.xro"."""
        base = self.url if path.startswith("payroll.xro") else f"{self.url}/api.xro/2.0"
        headers = {
            "Authorization": f"Bearer {self.tokens['access_token']}",
            "Xero-Tenant-Id": self.tokens["tenant_id"],
            "Accept": "application/json",
        }
        sent = raw if raw is not None else None if body is None else json.dumps(body, default=str).encode()
        reply = requests.request(method, f"{base}/{path}", data=sent, params=params, headers=headers, timeout=TIMEOUT)
        is_json = reply.headers.get("Content-Type", "").startswith("application/json")
        payload = json.loads(reply.content, parse_float=Decimal) if is_json and reply.content else None
        if method != "GET":
            self.kept.append(Written(method, path, reply.status_code, payload))
        return reply.status_code, payload

    def get(self, path, **params):
        """The elements of a list."""
        return elements(self._fine("GET", path, None, params))

    def write(self, method, path, body=None, **params):
        """The first element of a write that has to succeed; None where the answer is empty."""
        payload = self._fine(method, path, body, params)
        found = elements(payload) if isinstance(payload, dict) else payload
        return found[0] if isinstance(found, list) and found else found

    def put(self, path, body, **params):
        return self.write("PUT", path, body, **params)

    def post(self, path, body=None, **params):
        return self.write("POST", path, body, **params)

    def delete(self, path):
        return self.write("DELETE", path)

    def _fine(self, method, path, body, params):
        status, payload = self.call(method, path, body, **params)
        assert status in (200, 204), (method, path, status, payload)
        return payload


def elements(payload):
    """The list of an envelope, or the one object that it holds."""
    lists = [value for value in payload.values() if isinstance(value, list)]
    objects = [value for key, value in payload.items() if isinstance(value, dict) and key != "pagination"]
    return lists[0] if lists else objects[0] if objects else payload


def write_accounting(caller):
    """One of everything in the Accounting API."""
    customer, supplier = _contacts(caller)
    _settings(caller)
    table = _items(caller)
    invoices = _invoices(caller, customer, supplier, table)
    _credits(caller, customer, supplier, invoices)
    _bank(caller, customer, invoices)
    _orders(caller, customer)
    _journals(caller)
    _files_and_notes(caller)


def _line(amount, account="200", **more):
    return {"Description": "Goods", "Quantity": 1, "UnitAmount": amount, "AccountCode": account, **more}


def _contacts(caller):
    person = {"FirstName": "Ana", "LastName": "Reyes", "EmailAddress": "ana@harbour.example", "IncludeInEmails": True}
    terms = {"Bills": {"Day": 20, "Type": "OFFOLLOWINGMONTH"}, "Sales": {"Day": 14, "Type": "DAYSAFTERBILLDATE"}}
    customer = caller.put(
        "Contacts",
        {
            "Name": "Harbour Hotels",
            "ContactNumber": "C-1",
            "AccountNumber": "A-1",
            "FirstName": "Mere",
            "EmailAddress": "office@harbour.example",
            "ContactPersons": [person],
            "Addresses": [{"AddressType": "STREET", "AddressLine1": "1 Quay", "City": "Port", "Country": "Land"}],
            "Phones": [{"PhoneType": "MOBILE", "PhoneNumber": "555", "PhoneAreaCode": "21"}],
            "PaymentTerms": terms,
            "SalesTrackingCategories": [],
            "BankAccountDetails": "01-0000-0000000-00",
            "TaxNumber": "123",
        },
    )
    supplier = caller.put("Contacts", {"Name": "Forest Mills"})
    caller.post(f"Contacts/{supplier['ContactID']}", {"FirstName": "Kim"})
    gone = caller.put("Contacts", {"Name": "Former Friends"})
    caller.post("Contacts", {"ContactID": gone["ContactID"], "ContactStatus": "ARCHIVED"})
    group = caller.put("ContactGroups", {"Name": "Hotels"})
    path = f"ContactGroups/{group['ContactGroupID']}"
    caller.put(f"{path}/Contacts", {"Contacts": [{"ContactID": customer["ContactID"]}, supplier]})
    caller.delete(f"{path}/Contacts/{supplier['ContactID']}")
    caller.post(path, {"Name": "Hotels and inns"})
    return {"ContactID": customer["ContactID"]}, {"ContactID": supplier["ContactID"]}


def _settings(caller):
    account = caller.put("Accounts", {"Code": "498A", "Name": "Timber offcuts", "Type": "EXPENSE", "Description": "d"})
    caller.post(f"Accounts/{account['AccountID']}", {"Name": "Offcuts", "AddToWatchlist": True})
    caller.post(f"Accounts/{account['AccountID']}", {"Status": "ARCHIVED"})
    caller.put("Accounts", {"Code": "092", "Name": "Card", "Type": "BANK", "BankAccountNumber": "01-2222-2222222-22"})
    unused = caller.put("Accounts", {"Code": "499A", "Name": "Unused", "Type": "OVERHEADS"})
    caller.delete(f"Accounts/{unused['AccountID']}")
    rate = {"Name": "Two parts", "TaxComponents": [_part("State", 6), _part("City", 4, IsCompound=True)]}
    if caller.get("Organisation")[0]["CountryCode"] != "US":
        rate["ReportTaxType"] = "OUTPUT"
    made = caller.put("TaxRates", rate)
    caller.post("TaxRates", {"Name": made["Name"], "TaxType": made["TaxType"], "Status": "DELETED"})
    caller.put("Currencies", {"Code": "CAD"})
    category = caller.put("TrackingCategories", {"Name": "Salesperson"})
    path = f"TrackingCategories/{category['TrackingCategoryID']}"
    option = caller.put(f"{path}/Options", {"Name": "Hana"})
    caller.post(f"{path}/Options/{option['TrackingOptionID']}", {"Name": "Hana B"})
    spare = caller.put(f"{path}/Options", {"Name": "Nobody"})
    caller.delete(f"{path}/Options/{spare['TrackingOptionID']}")
    caller.post(path, {"Name": "Seller"})


def _part(name, rate, **more):
    return {"Name": name, "Rate": rate, **more}


def _items(caller):
    sales, bought = {"UnitPrice": 250, "AccountCode": "200"}, {"UnitPrice": 120, "COGSAccountCode": "310"}
    tracked = {"InventoryAssetAccountCode": "630", "PurchaseDetails": bought, "SalesDetails": sales}
    table = caller.put("Items", {"Code": "TABLE-1", "Name": "Table", "Description": "Oak", **tracked})
    caller.post(f"Items/{table['ItemID']}", {"Code": "TABLE-1", "Name": "Oak table"})
    spare = caller.put("Items", {"Code": "SPARE", "SalesDetails": {"UnitPrice": "1.2345"}}, unitdp="4")
    caller.delete(f"Items/{spare['ItemID']}")
    return {"ItemCode": "TABLE-1", "Description": "Oak table"}


def _document(kind, contact, *lines, status="AUTHORISED", **more):
    body = {"Type": kind, "Status": status, "Contact": contact, "LineItems": list(lines), "Date": DAY, **more}
    return body if kind.endswith("CREDIT") else {"DueDate": DUE, **body}


def _invoices(caller, customer, supplier, table):
    bought = {**table, "Quantity": 10, "UnitAmount": 120, "AccountCode": "630"}
    bill = caller.put("Invoices", _document("ACCPAY", supplier, bought, InvoiceNumber="FM-1", PlannedPaymentDate=DUE))
    tracking = [{"Name": "Seller", "Option": "Hana B"}]
    sold = {**table, "Quantity": 2, "UnitAmount": 250, "AccountCode": "200", "DiscountRate": 10, "Tracking": tracking}
    words = {"Description": "With thanks"}
    sale = caller.put(
        "Invoices", _document("ACCREC", customer, sold, words, Reference="PO 7", Url="https://a.example/1")
    )
    caller.post(f"Invoices/{sale['InvoiceID']}", {"ExpectedPaymentDate": DUE, "SentToContact": True})
    _pay(caller, sale, 50)
    gone = _pay(caller, sale, 20)
    caller.post(f"Payments/{gone['PaymentID']}", {"Status": "DELETED"})
    paid = caller.put("Invoices", _document("ACCREC", customer, _line(30)))
    _pay(caller, paid, paid["AmountDue"])
    foreign = {"CurrencyCode": "CAD", "CurrencyRate": "0.85"}
    bad = _document("ACCREC", customer, {"Description": "x", "Quantity": 1, "UnitAmount": 1})
    many = [_document("ACCREC", customer, _line(10), **foreign), bad]
    status, payload = caller.call("PUT", "Invoices", {"Invoices": many}, summarizeErrors="false")
    assert status == 200, payload
    draft = caller.put("Invoices", _document("ACCREC", customer, _line(5), status="DRAFT"))
    caller.post("Invoices", {"InvoiceID": draft["InvoiceID"], "Status": "DELETED"})
    void = caller.put("Invoices", _document("ACCREC", customer, _line(5)))
    caller.post(f"Invoices/{void['InvoiceID']}", {"Status": "VOIDED"})
    assert caller.call("POST", f"Invoices/{sale['InvoiceID']}/Email")[0] == 204
    parts = [{"Invoice": {"InvoiceID": bill["InvoiceID"]}, "Amount": 100, "Reference": "r"}]
    batch = {"Account": {"Code": "090"}, "Date": PAID, "Payments": parts, "Reference": "batch"}
    caller.put("BatchPayments", batch)
    deleted = caller.put("BatchPayments", batch)
    caller.post("BatchPayments", {"BatchPaymentID": deleted["BatchPaymentID"], "Status": "DELETED"})
    return {"sale": sale, "bill": bill}


def _pay(caller, invoice, amount):
    target = {"Invoice": {"InvoiceID": invoice["InvoiceID"]}, "Account": {"Code": "090"}}
    return caller.put("Payments", {**target, "Date": PAID, "Amount": str(amount), "Reference": "thanks"})


def _credits(caller, customer, supplier, invoices):
    note = caller.put("CreditNotes", _document("ACCRECCREDIT", customer, _line(40), Reference="sorry"))
    caller.put("CreditNotes", _document("ACCPAYCREDIT", supplier, _line(12, "429")))
    path = f"CreditNotes/{note['CreditNoteID']}"
    part = {"Amount": 10, "Invoice": {"InvoiceID": invoices["sale"]["InvoiceID"]}, "Date": PAID}
    caller.put(f"{path}/Allocations", part)
    undone = caller.put(f"{path}/Allocations", {"Allocations": [part]})
    allocations = caller.get(path)[0]["Allocations"]
    caller.delete(f"{path}/Allocations/{allocations[-1]['AllocationID']}")
    assert undone
    refund = {"CreditNote": {"CreditNoteID": note["CreditNoteID"]}, "Account": {"Code": "090"}}
    caller.put("Payments", {**refund, "Date": PAID, "Amount": 5})
    caller.post(path, {"Reference": "sorry again"})


def _bank(caller, customer, invoices):
    base = {"Contact": customer, "BankAccount": {"Code": "090"}, "Date": DAY}
    for kind, account in (("SPEND", "404"), ("RECEIVE", "260")):
        made = caller.put("BankTransactions", {**base, "Type": kind, "LineItems": [_line(20, account)]})
    caller.post(f"BankTransactions/{made['BankTransactionID']}", {"Reference": "seen"})
    gone = caller.put("BankTransactions", {**base, "Type": "SPEND", "LineItems": [_line(9, "404")]})
    caller.post("BankTransactions", {"BankTransactionID": gone["BankTransactionID"], "Status": "DELETED"})
    for name in ("Overpayment", "Prepayment"):
        for side in ("RECEIVE", "SPEND"):
            body = {**base, "Type": f"{side}-{name.upper()}", "LineItems": [_line(90)]}
            made = caller.put("BankTransactions", body | {"LineAmountTypes": "NoTax"})
            invoice = invoices["sale" if side == "RECEIVE" else "bill"]
            part = {"Amount": 10, "Invoice": {"InvoiceID": invoice["InvoiceID"]}}
            if side == "RECEIVE":
                caller.put(f"{name}s/{made[f'{name}ID']}/Allocations", part)
            refund = {name: {f"{name}ID": made[f"{name}ID"]}, "Account": {"Code": "090"}, "Amount": 5, "Date": PAID}
            caller.put("Payments", refund)
    sides = {"FromBankAccount": {"Code": "090"}, "ToBankAccount": {"Code": "091"}, "Date": DAY, "Reference": "t"}
    caller.put("BankTransfers", {**sides, "Amount": 50})
    gone = caller.put("BankTransfers", {**sides, "Amount": 5})
    caller.post("BankTransfers", {"BankTransferID": gone["BankTransferID"], "Status": "DELETED"})


def _orders(caller, customer):
    order = {"Contact": customer, "Date": DAY, "LineItems": [_line(10, "300"), {"Description": "words"}]}
    days = {"DeliveryDate": "2026-07-01", "ExpectedArrivalDate": "2026-07-02", "DeliveryInstructions": "back door"}
    made = caller.put("PurchaseOrders", {**order, **days, "Status": "AUTHORISED", "SentToContact": True})
    caller.post(f"PurchaseOrders/{made['PurchaseOrderID']}", {"Status": "BILLED"})
    gone = caller.put("PurchaseOrders", order)
    caller.post("PurchaseOrders", {"PurchaseOrderID": gone["PurchaseOrderID"], "Status": "DELETED"})
    sale = {**order, "LineItems": [_line(10, DiscountRate=5)]}
    texts = {"ExpiryDate": DUE, "Title": "Fit-out", "Summary": "s", "Terms": "14 days", "Reference": "r"}
    quote = caller.put("Quotes", {**sale, **texts})
    for status in ("SENT", "ACCEPTED", "INVOICED"):
        change = {"Contact": customer, "Date": DAY, "Status": status}
        caller.post("Quotes", {"QuoteID": quote["QuoteID"], "QuoteNumber": quote["QuoteNumber"], **change})


def _journals(caller):
    tracking = [{"Name": "Seller", "Option": "Hana B"}]
    lines = [{"LineAmount": 12, "AccountCode": "404", "Description": "d", "Tracking": tracking}]
    body = {"Narration": "Accrual", "Date": DAY, "JournalLines": [*lines, {"LineAmount": -12, "AccountCode": "830"}]}
    made = caller.put("ManualJournals", {**body, "Status": "POSTED", "Url": "https://a.example/2"})
    caller.post("ManualJournals", {"ManualJournalID": made["ManualJournalID"], "Status": "VOIDED"})
    caller.put("ManualJournals", body)


NOTED = {
    "BankTransactions": "BankTransactionID",
    "BankTransfers": "BankTransferID",
    "BatchPayments": "BatchPaymentID",
    "Contacts": "ContactID",
    "CreditNotes": "CreditNoteID",
    "Invoices": "InvoiceID",
    "Items": "ItemID",
    "ManualJournals": "ManualJournalID",
    "Overpayments": "OverpaymentID",
    "Payments": "PaymentID",
    "Prepayments": "PrepaymentID",
    "PurchaseOrders": "PurchaseOrderID",
    "Quotes": "QuoteID",
    "RepeatingInvoices": "RepeatingInvoiceID",
}
WITH_FILES = (
    *("Accounts", "BankTransactions", "BankTransfers", "Contacts", "CreditNotes", "Invoices", "ManualJournals"),
    *("PurchaseOrders", "Quotes", "RepeatingInvoices"),
)


def _files_and_notes(caller):
    keys = {"Accounts": "AccountID", **NOTED}
    for name, key in keys.items():
        for element in caller.get(name)[:1]:
            if name in NOTED:
                caller.put(f"{name}/{element[key]}/History", {"HistoryRecords": [{"Details": "Rung up"}]})
            if name in WITH_FILES:
                status, payload = caller.call("PUT", f"{name}/{element[key]}/Attachments/note.txt", raw=b"hello")
                assert status == 200, payload


def write_everything(caller, country):
    """One of everything that the country has."""
    write_accounting(caller)
    if country in PAYROLLS:
        PAYROLLS[country](caller)


AU, V2 = "payroll.xro/1.0", "payroll.xro/2.0"
WEEK = ("2026-06-01", "2026-06-07")


def write_payroll_au(caller):
    """Payroll of Australia, both versions: each body is an array of one but for pay items."""
    rate = {"EarningsType": "ALLOWANCE", "RateType": "RATEPERUNIT", "TypeOfUnits": "Hours", "AccountCode": "477"}
    rate |= {"Name": "Site allowance", "RatePerUnit": "4.50", "IsQualifyingEarnings": False}
    caller.post(f"{AU}/PayItems", {"EarningsRates": [rate]})
    items = caller.get(f"{AU}/PayItems")
    days = {"StartDate": WEEK[0], "PaymentDate": "2026-06-30"}
    caller.post(f"{AU}/PayrollCalendars", [{"Name": "Every month", "CalendarType": "MONTHLY", **days}])
    fund = {"Type": "SMSF", "Name": "Own fund", "ABN": "24248426878", "BSB": "062000"}
    fund |= {"AccountNumber": "12345678", "AccountName": "Own fund", "EmployerNumber": "1"}
    made = caller.post(f"{AU}/Superfunds", [fund])
    caller.post(f"{AU}/Superfunds/{made['SuperFundID']}", [{"Type": "SMSF", "EmployerNumber": "2"}])
    weekly = next(one for one in caller.get(f"{AU}/PayrollCalendars") if one["CalendarType"] == "WEEKLY")
    person = {"FirstName": "Pat", "LastName": "New", "DateOfBirth": "1990-01-02", "StartDate": "2026-01-05"}
    person |= {"PayrollCalendarID": weekly["PayrollCalendarID"], "Email": "pat@builders.example"}
    person["OrdinaryEarningsRateID"] = items["EarningsRates"][0]["EarningsRateID"]
    person["HomeAddress"] = {"AddressLine1": "1 Road", "City": "Perth", "Region": "WA", "PostalCode": "6000"}
    employee = caller.post(f"{AU}/Employees", [person])
    caller.post(f"{AU}/Employees/{employee['EmployeeID']}", [{"MiddleNames": "Q"}])
    line = {"EarningsRateID": person["OrdinaryEarningsRateID"], "NumberOfUnits": [8, 8, 8, 8, 6, 0, 0]}
    sheet = {"EmployeeID": employee["EmployeeID"], "StartDate": WEEK[0], "EndDate": WEEK[1], "Status": "DRAFT"}
    made = caller.post(f"{AU}/Timesheets", [{**sheet, "TimesheetLines": [line]}])
    caller.post(f"{AU}/Timesheets/{made['TimesheetID']}", [{"Status": "APPROVED"}])
    _leave_au(caller, employee, items)
    run = caller.post(f"{AU}/PayRuns", [{"PayrollCalendarID": weekly["PayrollCalendarID"]}])
    slip = caller.get(f"{AU}/PayRuns/{run['PayRunID']}")[0]["Payslips"][0]
    caller.post(f"{AU}/Payslip/{slip['PayslipID']}", [{"ReimbursementLines": []}])
    caller.post(f"{AU}/PayRuns/{run['PayRunID']}", [{"PayRunStatus": "POSTED"}])
    sheet = {"payrollCalendarID": weekly["PayrollCalendarID"], "employeeID": employee["EmployeeID"]}
    _sheet_2(caller, sheet, person["OrdinaryEarningsRateID"])


def _leave_au(caller, employee, items):
    leave = {"EmployeeID": employee["EmployeeID"], "LeaveTypeID": items["LeaveTypes"][0]["LeaveTypeID"]}
    leave |= {"Title": "Away", "StartDate": "2026-07-06", "EndDate": "2026-07-10", "Description": "Hills"}
    made = caller.post(f"{AU}/LeaveApplications", [leave])
    caller.post(f"{AU}/LeaveApplications/{made['LeaveApplicationID']}", [{"Title": "Far away"}])
    for step, start in (("approve", "2026-08-03"), ("reject", "2026-08-10")):
        period = {"PayPeriodStartDate": start, "PayPeriodEndDate": start, "NumberOfUnits": 7.6}
        asked = {**leave, "StartDate": start, "EndDate": start}
        asked["LeavePeriods"] = [{**period, "LeavePeriodStatus": "REQUESTED"}]
        made = caller.post(f"{AU}/LeaveApplications", [asked])
        caller.post(f"{AU}/LeaveApplications/{made['LeaveApplicationID']}/{step}")


def _sheet_2(caller, sheet, rate):
    """A timesheet of version 2 for the second week, approved, and one that is gone again."""
    line = {"date": "2026-06-09", "earningsRateID": rate, "numberOfUnits": 8}
    sheet = {**sheet, "startDate": "2026-06-08", "endDate": "2026-06-14", "timesheetLines": [line]}
    gone = caller.post(f"{V2}/Timesheets", sheet)
    assert caller.call("DELETE", f"{V2}/Timesheets/{gone['timesheetID']}")[0] == 200
    path = f"{V2}/Timesheets/{caller.post(f'{V2}/Timesheets', sheet)['timesheetID']}"
    added = caller.post(f"{path}/Lines", {**line, "date": "2026-06-10"})
    caller.put(f"{path}/Lines/{added['timesheetLineID']}", {**line, "numberOfUnits": 4})
    caller.delete(f"{path}/Lines/{added['timesheetLineID']}")
    caller.post(f"{path}/Approve")
    caller.post(f"{path}/RevertToDraft")
    caller.post(f"{path}/Approve")


def write_payroll_2(caller):
    """Payroll of New Zealand and the United Kingdom."""
    is_nz = caller.get("Organisation")[0]["CountryCode"] == "NZ"
    accounts = {one["Code"]: one["AccountID"] for one in caller.get("Accounts") if "Code" in one}
    _settings_2(caller, accounts, is_nz)
    weekly = next(one for one in caller.get(f"{V2}/PayRunCalendars") if one["name"] == "Weekly")
    rates = caller.get(f"{V2}/EarningsRates")
    person = {"title": "Mx", "firstName": "Pat", "lastName": "New", "dateOfBirth": "1990-01-02", "gender": "F"}
    person["address"] = {"addressLine1": "1 High Street", "city": "Oakham", "postCode": "LE15"}
    employee = caller.post(f"{V2}/Employees", person)
    path = f"{V2}/Employees/{employee['employeeID']}"
    caller.put(path, {**person, "lastName": "Newer"})
    job = {"payrollCalendarID": weekly["payrollCalendarID"], "startDate": WEEK[0]}
    category = {"niCategory": "A", "startDate": WEEK[0], "workplacePostcode": "LE15 6AA"}
    more = {"engagementType": "Permanent"} if is_nz else {"employeeNumber": "3", "niCategories": [category]}
    caller.post(f"{path}/Employment", {**job, **more})
    _pay_2(caller, path, rates[0]["earningsRateID"], is_nz)
    _leave_2(caller, path, is_nz)
    sheet = {"payrollCalendarID": weekly["payrollCalendarID"], "employeeID": employee["employeeID"]}
    _sheet_2(caller, sheet, rates[0]["earningsRateID"])
    if is_nz:
        caller.post(f"{V2}/PayRuns", {"payrollCalendarID": weekly["payrollCalendarID"]})
    else:
        Steering(caller.url).act("run-payroll", calendar="Weekly")


def _settings_2(caller, accounts, is_nz):
    days = {"periodStartDate": WEEK[0], "paymentDate": "2026-06-30"}
    caller.post(f"{V2}/PayRunCalendars", {"name": "Every month", "calendarType": "Monthly", **days})
    rate = {"name": "Tool money", "rateType": "FixedAmount", "typeOfUnits": "Hours", "fixedAmount": 5}
    rate |= {"earningsType": "OtherEarnings" if is_nz else "Allowance", "expenseAccountID": accounts["477"]}
    caller.post(f"{V2}/EarningsRates", rate)
    caller.post(f"{V2}/LeaveTypes", {"name": "Study Leave", "isPaidLeave": True, "showOnPayslip": True})
    category = {"deductionCategory": "NzOther" if is_nz else "UkOther", "liabilityAccountId": accounts["825"]}
    caller.post(f"{V2}/Deductions", {"deductionName": "Parking", **category})
    refund = {"name": "Phone", "accountID": accounts["489"]}
    caller.post(f"{V2}/Reimbursements", refund | ({"reimbursementCategory": "NoGST"} if is_nz else {}))
    benefit = {"name": "Extra saving", "liabilityAccountId": accounts["825"], "expenseAccountId": accounts["478"]}
    nz = {"category": "KiwiSaver", "calculationTypeNZ": "PercentageOfTaxableEarnings"}
    uk = {"category": "StakeholderPension", "calculationType": "PercentageOfGross"}
    benefit |= {"percentage": 2, **(nz if is_nz else uk)}
    caller.post(f"{V2}/{'Superannuations' if is_nz else 'Benefits'}", benefit)


def _pay_2(caller, path, rate, is_nz):
    wage = {"earningsRateID": rate, "numberOfUnitsPerWeek": 40, "ratePerUnit": 30, "numberOfUnitsPerDay": 8}
    wage |= {"effectiveFrom": WEEK[0], "annualSalary": 62400, "status": "Active", "paymentType": "Hourly"}
    made = caller.post(f"{path}/SalaryAndWages", wage)
    caller.put(f"{path}/SalaryAndWages/{made['salaryAndWagesID']}", {**wage, "ratePerUnit": 31})
    spare = caller.post(f"{path}/SalaryAndWages", wage)
    assert caller.call("DELETE", f"{path}/SalaryAndWages/{spare['salaryAndWagesID']}")[0] == 200
    account = {"accountName": "Pat", "accountNumber": "12345678", "sortCode": "123456"}
    caller.post(f"{path}/PaymentMethods", {"paymentMethod": "Electronically", "bankAccounts": [account]})
    earning = {"earningsRateID": rate, "numberOfUnits": 38, "ratePerUnit": 30}
    one = caller.post(f"{path}/PayTemplates/Earnings", earning)
    caller.put(f"{path}/PayTemplates/Earnings/{one['payTemplateEarningID']}", {**earning, "numberOfUnits": 40})
    caller.post(f"{path}/PayTemplateEarnings", [earning])
    assert caller.call("DELETE", f"{path}/PayTemplates/Earnings/{one['payTemplateEarningID']}")[0] == 200
    if not is_nz:
        caller.post(f"{path}/ukopeningbalances", {"priorEmployeeNumber": 10, "statutoryAdoptionPay": 0})
        return
    caller.post(f"{path}/Tax", {"taxCode": "M", "irdNumber": "111111111", "isEligibleForKiwiSaver": True})
    week = {day: 8 for day in ("monday", "tuesday", "wednesday", "thursday", "friday")} | {"saturday": 0, "sunday": 0}
    pattern = {"effectiveFrom": WEEK[0], "workingWeeks": [week]}
    caller.post(f"{path}/Working-Patterns", pattern)
    spare = caller.post(f"{path}/Working-Patterns", pattern)
    assert caller.call("DELETE", f"{path}/Working-Patterns/{spare['payeeWorkingPatternID']}")[0] == 200
    balance = {"periodEndDate": "2026-05-31", "daysPaid": 5, "unpaidWeeks": 0, "grossEarnings": 1000}
    caller.post(f"{path}/OpeningBalances", [balance])


def _leave_2(caller, path, is_nz):
    kind = caller.get(f"{V2}/LeaveTypes")[0]["leaveTypeID"]
    schedule = "OnAnniversaryDate" if is_nz else "BeginningOfCalendarYear"
    caller.post(f"{path}/LeaveTypes", {"leaveTypeID": kind, "scheduleOfAccrual": schedule, "openingBalance": 80})
    leave = {"leaveTypeID": kind, "description": "Hills", "startDate": "2026-07-06", "endDate": "2026-07-08"}
    made = caller.post(f"{path}/Leave", leave)
    caller.put(f"{path}/Leave/{made['leaveID']}", {**leave, "description": "Sea"})
    spare = caller.post(f"{path}/Leave", {**leave, "startDate": "2026-09-07", "endDate": "2026-09-07"})
    assert caller.call("DELETE", f"{path}/Leave/{spare['leaveID']}")[0] == 200


PAYROLLS = {"AU": write_payroll_au, "NZ": write_payroll_2, "GB": write_payroll_2}
