"""Payroll AU version 1: timesheets with one number a day, and leave applications (xero-api.md 4.13)."""

from datetime import date, timedelta
from decimal import Decimal

from ..accounting.spec import Context
from . import periods, timesheets
from .errors import Broken, Findings
from .spec import READ_WRITE, Part, Spec, known, rows

#: Status of version 1 ↔ of the rows, which is version 2's.
_STATUS = {
    "DRAFT": "Draft",
    "PROCESSED": "Completed",
    "APPROVED": "Approved",
    "REJECTED": "Rejected",
    "REQUESTED": "Requested",
}
_STATUS_BACK = {new: old for old, new in _STATUS.items()}
HOURS_A_DAY = Decimal("7.6")
_WORKING_DAYS = 5


def show_timesheet(_context: Context, row: dict) -> dict:
    return {
        "TimesheetID": row["timesheetID"],
        "EmployeeID": row["employeeID"],
        "StartDate": row["startDate"],
        "EndDate": row["endDate"],
        "Status": _STATUS_BACK[row["status"]],
        "Hours": timesheets.hours(row),
        "TimesheetLines": _arrays(row),
        "UpdatedDateUTC": row["updatedDateUTC"],
    }


def _arrays(row: dict) -> list[dict]:
    """Lines by earnings rate and tracking, each with one number for each day of the period."""
    period = periods.days(row["startDate"], row["endDate"])
    units: dict[tuple, dict[date, Decimal]] = {}
    for line in row["timesheetLines"]:
        by_day = units.setdefault((line["earningsRateID"], line["trackingItemID"]), {})
        by_day[line["date"]] = by_day.get(line["date"], Decimal(0)) + line["numberOfUnits"]
    return [
        {
            "EarningsRateID": rate,
            "TrackingItemID": tracking,
            "NumberOfUnits": [by_day.get(day, Decimal(0)) for day in period],
            "UpdatedDateUTC": row["updatedDateUTC"],
        }
        for (rate, tracking), by_day in units.items()
    ]


def create_timesheet(context: Context, data: dict) -> dict:
    if data["EndDate"] < data["StartDate"]:
        raise Broken(("StartDate", timesheets.NO_PERIOD))
    neutral = {
        "employeeID": data["EmployeeID"],
        "startDate": data["StartDate"],
        "endDate": data["EndDate"],
        "status": _STATUS[_asked_status(data, "DRAFT")],
    }
    known(context, "Employees", data["EmployeeID"], "EmployeeID")
    return timesheets.create(context, {**neutral, "timesheetLines": _lines(neutral, data.get("TimesheetLines", []))})


def update_timesheet(context: Context, row: dict, data: dict) -> dict:
    period = {"startDate": data.get("StartDate", row["startDate"]), "endDate": data.get("EndDate", row["endDate"])}
    if any(row[key] != value for key, value in period.items()):
        raise Broken(("StartDate", "The period of a timesheet cannot be changed."))
    if "TimesheetLines" in data:
        timesheets.require_draft(row)
        row = timesheets.save(context, row, _lines(row, data["TimesheetLines"]))
    return timesheets.move(context, row, _STATUS[_asked_status(data, _STATUS_BACK[row["status"]])])


def _asked_status(data: dict, default: str) -> str:
    status = data.get("Status", default)
    if status == "PROCESSED" and default != status:
        raise Broken(("Status", "Only a pay run makes a timesheet PROCESSED."))
    return status


def _lines(sheet: dict, sent: list[dict]) -> list[dict]:
    period = periods.days(sheet["startDate"], sheet["endDate"])
    findings, lines = Findings(), []
    for line in sent:
        units = line.get("NumberOfUnits", [])
        if len(units) != len(period):
            findings.add("NumberOfUnits", f"NumberOfUnits must have one number for each of the {len(period)} days.")
        if not line.get("EarningsRateID"):
            findings.add("EarningsRateID", "EarningsRateID is required")
    findings.check()
    for line in sent:
        common = {"earningsRateID": line["EarningsRateID"], "trackingItemID": line.get("TrackingItemID")}
        by_day = zip(period, line["NumberOfUnits"], strict=True)
        lines += [{**common, "date": day, "numberOfUnits": units} for day, units in by_day]
    return lines


# --- leave -------------------------------------------------------------------------------------------------------


def save_leave(context: Context, row: dict, data: dict) -> dict:
    new = {"PayOutType": "DEFAULT", **row, **data, "LeaveApplicationID": row["LeaveApplicationID"]}
    employee = known(context, "Employees", new["EmployeeID"], "EmployeeID")
    known(context, "LeaveTypes", new["LeaveTypeID"], "LeaveTypeID")
    if new["EndDate"] < new["StartDate"]:
        raise Broken(("EndDate", "The EndDate must not be before the StartDate."))
    if "processed" in _period_statuses(row):
        raise Broken(("LeaveApplicationID", "Leave that has been paid cannot be changed."))
    if "LeavePeriods" not in data:
        new["LeavePeriods"] = _periods(context, employee, new)
    new["LeavePeriods"] = [{"LeavePeriodStatus": "SCHEDULED", **one} for one in new["LeavePeriods"]]
    return rows(context, "LeaveApplications").put({**new, "UpdatedDateUTC": context.now})


def create_leave(context: Context, data: dict) -> dict:
    return save_leave(context, {"LeaveApplicationID": context.ids.new()}, data)


def decide(status: str):
    """The part of a leave application that gives requested leave `status`."""

    def answer(call, context: Context, spec: Spec, row: dict, _rest: list[str]) -> dict:
        if "requested" not in _period_statuses(row):
            raise Broken(("LeaveApplicationID", "Only leave that is requested can be approved or rejected."))
        decided = [{**one, "LeavePeriodStatus": status} for one in row["LeavePeriods"]]
        row = rows(context, "LeaveApplications").put({**row, "LeavePeriods": decided, "UpdatedDateUTC": context.now})
        return {spec.plural: [row]}

    return Part(frozenset({"POST"}), answer)


def is_scheduled(row: dict) -> bool:
    """Whether the list without /v2 has it: requests are left out there."""
    return not _period_statuses(row) & {"requested", "rejected"}


def _period_statuses(row: dict) -> set[str]:
    return {one["LeavePeriodStatus"].lower() for one in row.get("LeavePeriods", [])}


def _periods(context: Context, employee: dict, leave: dict) -> list[dict]:
    """Pay periods that the leave touches, each with the hours of its working days."""
    calendar = known(context, "Calendars", timesheets.calendar_id(employee), "PayrollCalendarID")
    return [
        {
            "PayPeriodStartDate": start,
            "PayPeriodEndDate": end,
            "NumberOfUnits": HOURS_A_DAY * working_days(max(start, leave["StartDate"]), min(end, leave["EndDate"])),
        }
        for start, end in periods.within(calendar, leave["StartDate"], leave["EndDate"])
    ]


def working_days(start: date, end: date) -> int:
    """Mondays to Fridays from `start` to `end`."""
    return sum((start + timedelta(days=n)).weekday() < _WORKING_DAYS for n in range((end - start).days + 1))


TIMESHEETS = Spec(
    name="Timesheets",
    model="Timesheet",
    id_key="TimesheetID",
    scope="payroll.timesheets",
    plural="Timesheets",
    singular="Timesheet",
    row_verbs=READ_WRITE,
    required={key: f"{key} is required" for key in ("EmployeeID", "StartDate", "EndDate")},
    create=create_timesheet,
    update=update_timesheet,
    show=show_timesheet,
)

LEAVE = Spec(
    name="LeaveApplications",
    model="LeaveApplication",
    id_key="LeaveApplicationID",
    scope="payroll.employees",
    plural="LeaveApplications",
    row_verbs=READ_WRITE,
    required={key: f"{key} is required" for key in ("EmployeeID", "LeaveTypeID", "Title", "StartDate", "EndDate")},
    create=create_leave,
    update=save_leave,
    listed=is_scheduled,
    parts={"approve": decide("SCHEDULED"), "reject": decide("REJECTED")},
)
