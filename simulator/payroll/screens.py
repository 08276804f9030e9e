"""What only Xero's own payroll screens can do, for the simulator's actions."""

from datetime import date

from ..accounting.spec import Context
from . import au_pay, settings2, timesheets
from .errors import Broken
from .spec import rows


class PayrollRefused(ValueError):
    """The action cannot be carried out; the text says why."""


def run_payroll(context: Context, calendar_name: str) -> dict:
    """Make the next pay run of a calendar where there is no draft, and post it; its timesheets are final then.

    :raises PayrollRefused: the organisation has no payroll, or no calendar of that name
    """
    if context.organisation.payroll is None or context.organisation.country == "US":
        raise PayrollRefused(f"{context.organisation.name} has no payroll")
    calendar = next((one for one in rows(context, "Calendars") if _name(one) == calendar_name.lower()), None)
    if calendar is None:
        raise PayrollRefused(f"no calendar is called {calendar_name!r}")
    try:
        return _run_1(context, calendar) if "PayrollCalendarID" in calendar else _run_2(context, calendar)
    except Broken as broken:
        raise PayrollRefused(str(broken)) from broken


def _name(calendar: dict) -> str:
    return (calendar.get("Name") or calendar.get("name")).lower()


def _run_1(context: Context, calendar: dict) -> dict:
    key = calendar["PayrollCalendarID"]
    drafts = (
        one for one in rows(context, "PayRuns") if (one["PayrollCalendarID"], one["PayRunStatus"]) == (key, "DRAFT")
    )
    run = next(drafts, None) or au_pay.create_run(context, {"PayrollCalendarID": key})
    au_pay.update_run(context, run, {"PayRunStatus": "POSTED"})
    return _told(run["PayRunID"], run["PayRunPeriodStartDate"], run["PayRunPeriodEndDate"])


def _run_2(context: Context, calendar: dict) -> dict:
    key = calendar["payrollCalendarID"]
    drafts = (
        one for one in rows(context, "PayRuns") if (one["payrollCalendarID"], one["payRunStatus"]) == (key, "Draft")
    )
    run = next(drafts, None) or settings2.create_run(context, {"payrollCalendarID": key})
    rows(context, "PayRuns").put({**run, "payRunStatus": "Posted", "postedDateTime": context.now})
    for slip in rows(context, "PaySlips"):
        if slip["payRunID"] == run["payRunID"]:
            timesheets.complete(context, slip["employeeID"], run["periodStartDate"], run["periodEndDate"])
    return _told(run["payRunID"], run["periodStartDate"], run["periodEndDate"])


def _told(run_id: str, start: date, end: date) -> dict:
    return {"PayRunID": run_id, "from": start.isoformat(), "to": end.isoformat()}
