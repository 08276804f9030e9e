"""Timesheets (xero-api.md 4.13): one row shape, the one of version 2, behind both versions."""

from datetime import date
from decimal import Decimal

from ..accounting.spec import Context
from ..store import Index
from . import periods
from .errors import Broken, Findings
from .spec import known, rows

# The first text is Xero's own (calcinai/xero-php#371), the second's beginning is matched by an integration.
NO_PERIOD = "Provided period doesn't correspond with a pay period"
TAKEN = "Timesheet already exists for this employee and period"
NOT_DRAFT = "Only timesheets with a status of Draft can be changed"
#: Status → what it may become (xero-api.md 4.13); Completed is final.
STEPS = {
    "Draft": {"Draft", "Approved", "Requested", "Rejected"},
    "Requested": {"Requested", "Draft", "Approved", "Rejected"},
    "Rejected": {"Rejected", "Draft", "Approved"},
    "Approved": {"Approved", "Draft"},
    "Completed": {"Completed"},
}

INDEXES = (Index("period", lambda row: (row["employeeID"].lower(), row["startDate"], row["endDate"])),)


def create(context: Context, data: dict) -> dict:
    employee = known(context, "Employees", data["employeeID"], "EmployeeID")
    calendar = _calendar(context, employee, data)
    start, end = data["startDate"], data["endDate"]
    if not periods.is_period(calendar, start, end):
        raise Broken(("StartDate", NO_PERIOD))
    if rows(context, "Timesheets").one("period", (data["employeeID"].lower(), start, end)):
        raise Broken(("StartDate", TAKEN))
    row = {
        "timesheetID": context.ids.new(),
        "payrollCalendarID": calendar_id(employee),
        "employeeID": data["employeeID"],
        "startDate": start,
        "endDate": end,
        "status": data.get("status", "Draft"),
    }
    return save(context, row, data.get("timesheetLines", []))


def save(context: Context, row: dict, lines: list[dict]) -> dict:
    """Keep a timesheet with these lines.

    :raises Broken: for lines that do not fit it
    """
    checked = [line(context, row, sent) for sent in lines]
    new = {**row, "timesheetLines": checked, "updatedDateUTC": context.now}
    return rows(context, "Timesheets").put(new)


def line(context: Context, sheet: dict, sent: dict) -> dict:
    """A line as it is kept.

    :raises Broken: its day, earnings rate or units are wrong
    """
    findings = Findings()
    if not sheet["startDate"] <= sent["date"] <= sheet["endDate"]:
        findings.add("Date", "The Date must be within the period of the timesheet")
    if rows(context, "EarningsRates").get(sent["earningsRateID"]) is None:
        findings.add("EarningsRateID", f"The EarningsRateID '{sent['earningsRateID']}' could not be found.")
    if sent["numberOfUnits"] < 0:
        findings.add("NumberOfUnits", "The Number of Units must not be negative")
    findings.check()
    return {
        "timesheetLineID": sent.get("timesheetLineID") or context.ids.new(),
        "date": sent["date"],
        "earningsRateID": sent["earningsRateID"],
        "trackingItemID": sent.get("trackingItemID"),
        "numberOfUnits": sent["numberOfUnits"],
    }


def move(context: Context, row: dict, status: str) -> dict:
    """Give a timesheet another status.

    :raises Broken: its own does not allow that
    """
    if status not in STEPS[row["status"]]:
        raise Broken(("Status", f"A timesheet with a status of {row['status']} cannot become {status}"))
    return rows(context, "Timesheets").put({**row, "status": status, "updatedDateUTC": context.now})


def approve(context: Context, row: dict) -> dict:
    if row["status"] == "Approved":
        raise Broken(("Status", "The timesheet is already approved"))
    return move(context, row, "Approved")


def revert(context: Context, row: dict) -> dict:
    if row["status"] != "Approved":
        raise Broken(("Status", "Only timesheets with a status of Approved can be reverted to Draft"))
    return move(context, row, "Draft")


def require_draft(row: dict) -> None:
    """
    :raises Broken: the timesheet is not a draft
    """
    if row["status"] != "Draft":
        raise Broken(("Status", NOT_DRAFT))


def delete(context: Context, row: dict) -> None:
    require_draft(row)
    rows(context, "Timesheets").remove(row["timesheetID"])


def hours(row: dict) -> Decimal:
    return sum((one["numberOfUnits"] for one in row["timesheetLines"]), Decimal(0))


def approved(context: Context, employee_id: str, start: date, end: date) -> dict | None:
    """The approved timesheet that a pay run of that period pays."""
    sheet = rows(context, "Timesheets").one("period", (employee_id.lower(), start, end))
    return sheet if sheet and sheet["status"] == "Approved" else None


def complete(context: Context, employee_id: str, start: date, end: date) -> None:
    """Make the approved timesheet of that period final: it has been paid."""
    sheet = approved(context, employee_id, start, end)
    if sheet:
        rows(context, "Timesheets").put({**sheet, "status": "Completed", "updatedDateUTC": context.now})


def calendar_id(employee: dict) -> str | None:
    return employee.get("PayrollCalendarID") or employee.get("payrollCalendarID")


def _calendar(context: Context, employee: dict, data: dict) -> dict:
    own = calendar_id(employee)
    if own is None:
        raise Broken(("PayrollCalendarID", "The employee is not assigned to a pay run calendar"))
    asked = data.get("payrollCalendarID") or own
    if asked.lower() != own.lower():
        raise Broken(("PayrollCalendarID", "The pay run calendar is not the employee's own"))
    return known(context, "Calendars", own, "PayrollCalendarID")
