"""Payroll AU version 1: employees, calendars, superannuation funds (xero-api.md 4.13)."""

from ..accounting.spec import Context
from . import periods
from .errors import Broken, Findings
from .spec import READ_WRITE, Spec, rows

_DETAILS = frozenset(
    {
        "BankAccounts",
        "PayTemplate",
        "OpeningBalances",
        "TaxDeclaration",
        "LeaveBalances",
        "SuperMemberships",
        "HomeAddress",
    }
)


def save_employee(context: Context, row: dict, data: dict) -> dict:
    new = {**row, **data, "EmployeeID": row["EmployeeID"], "UpdatedDateUTC": context.now}
    _check_references(context, new)
    new["Status"] = "TERMINATED" if new.get("TerminationDate") else "ACTIVE"
    return rows(context, "Employees").put(new)


def create_employee(context: Context, data: dict) -> dict:
    return save_employee(context, {"EmployeeID": context.ids.new()}, data)


def _check_references(context: Context, row: dict) -> None:
    findings = Findings()
    for key, table in (("PayrollCalendarID", "Calendars"), ("OrdinaryEarningsRateID", "EarningsRates")):
        if row.get(key) and rows(context, table).get(row[key]) is None:
            findings.add(key, f"The {key} '{row[key]}' could not be found.")
    if row.get("TerminationDate") and row.get("StartDate") and row["TerminationDate"] < row["StartDate"]:
        findings.add("TerminationDate", "The TerminationDate must not be before the StartDate.")
    findings.check()


def create_calendar(context: Context, data: dict) -> dict:
    if any(other["Name"].lower() == data["Name"].lower() for other in rows(context, "Calendars")):
        raise Broken(("Name", "The Name must be unique."))
    row = {**data, "PayrollCalendarID": context.ids.new(), "UpdatedDateUTC": context.now}
    if data["PaymentDate"] < data["StartDate"]:
        raise Broken(("PaymentDate", "The PaymentDate must not be before the StartDate."))
    return rows(context, "Calendars").put({"ReferenceDate": periods.around(row, row["StartDate"])[0], **row})


def save_fund(context: Context, row: dict, data: dict) -> dict:
    new = {**row, **data, "SuperFundID": row["SuperFundID"], "UpdatedDateUTC": context.now}
    findings = Findings()
    for key in _FUND_NEEDS.get(new["Type"], ()):
        if not new.get(key):
            findings.add(key, f"The {key} is required for a fund of type {new['Type']}.")
    findings.check()
    return rows(context, "Superfunds").put(new)


def create_fund(context: Context, data: dict) -> dict:
    product = next((one for one in rows(context, "SuperfundProducts") if one["USI"] == data.get("USI")), None)
    named = {"Name": product["ProductName"], "ABN": product["ABN"]} if product else {}
    return save_fund(context, {"SuperFundID": context.ids.new(), **named}, data)


#: Type → what a fund of it cannot do without.
_FUND_NEEDS = {"REGULATED": ("USI",), "SMSF": ("Name", "ABN", "BSB", "AccountNumber", "AccountName")}

EMPLOYEES = Spec(
    name="Employees",
    model="Employee",
    id_key="EmployeeID",
    scope="payroll.employees",
    plural="Employees",
    row_verbs=READ_WRITE,
    required={key: f"{key} is required" for key in ("FirstName", "LastName", "DateOfBirth")},
    create=create_employee,
    update=save_employee,
    list_drops=_DETAILS,
)

CALENDARS = Spec(
    name="PayrollCalendars",
    table="Calendars",
    model="PayrollCalendar",
    id_key="PayrollCalendarID",
    scope="payroll.settings",
    plural="PayrollCalendars",
    required={key: f"{key} is required" for key in ("Name", "CalendarType", "StartDate", "PaymentDate")},
    create=create_calendar,
)

FUNDS = Spec(
    name="Superfunds",
    model="SuperFund",
    id_key="SuperFundID",
    scope="payroll.settings",
    plural="SuperFunds",
    row_verbs=READ_WRITE,
    required={"Type": "Type is required"},
    create=create_fund,
    update=save_fund,
)

FUND_PRODUCTS = Spec(
    name="SuperfundProducts",
    model="SuperFundProduct",
    id_key="USI",
    scope="payroll.settings",
    plural="SuperFundProducts",
    verbs=frozenset({"GET"}),
    row_verbs=frozenset(),
    filters={"abn": lambda row, text: row["ABN"] == text, "usi": lambda row, text: row["USI"] == text},
)
