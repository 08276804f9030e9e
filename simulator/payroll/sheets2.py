"""Timesheets of version 2, the same in Australia, New Zealand and the United Kingdom (xero-api.md 4.13)."""

from ..accounting import codec
from ..accounting.spec import Context
from . import timesheets, version2
from .errors import Broken, NotAllowed, NotFound
from .spec import READ_WRITE, Part, Spec

_LINE_REASONS = {
    "date": "The Date is required",
    "earningsRateID": "The Earnings Rate is required",
    "numberOfUnits": "The Number of Units is required",
}


def _filter(row: dict, text: str) -> bool:
    """`filter=employeeId==<id>,payrollCalendarId==<id>`."""
    wanted = dict(part.split("==", 1) for part in text.replace(" ", "").split(",") if "==" in part)
    keys = {key.lower(): str(value).lower() for key, value in row.items()}
    return all(keys.get(name.lower()) == value.strip("\"'").lower() for name, value in wanted.items())


def create(context: Context, data: dict) -> dict:
    status = data.get("status", "Draft")
    if status != "Draft":
        raise Broken(("Status", "A new timesheet must have a status of Draft"))
    for line in data.get("timesheetLines", []):
        _check_line(line)
    return timesheets.create(context, data)


def _check_line(line: dict) -> None:
    missing = [(key[0].upper() + key[1:], why) for key, why in _LINE_REASONS.items() if line.get(key) in (None, "")]
    if missing:
        raise Broken(*missing)
    if line["numberOfUnits"] <= 0:
        raise Broken(("NumberOfUnits", "The Number of Units must be greater than zero"))


def show(_context: Context, row: dict) -> dict:
    lines = [line for line in row["timesheetLines"] if line["numberOfUnits"]]
    return {**row, "totalHours": timesheets.hours(row), "timesheetLines": lines}


def _step(change):
    """A part that gives a timesheet another status."""

    def answer(_call, context: Context, api, row: dict, rest: list[str]) -> dict:
        if rest:
            raise NotFound
        return {"timesheet": version2.show(context, api, TIMESHEETS, change(context, row))}

    return Part(frozenset({"POST"}), answer)


def _lines(call, context: Context, api, row: dict, rest: list[str]) -> dict:
    """POST Lines, PUT and DELETE Lines/<id>, of a draft alone; a deleted line's keys lie in the envelope itself."""
    if len(rest) > 1:
        raise NotFound
    if (call.method == "POST") == bool(rest):
        raise NotAllowed
    old = _line(row, version2.guid(rest[0])) if rest else {}
    timesheets.require_draft(row)
    others = [line for line in row["timesheetLines"] if line is not old]
    if call.method == "DELETE":
        timesheets.save(context, row, others)
        return old
    data = {**old, **api.contract.read("TimesheetLine", codec.loads(call.body))}
    _check_line(data)
    line_id = old.get("timesheetLineID") or context.ids.new()
    saved = timesheets.line(context, row, {**data, "timesheetLineID": line_id})
    timesheets.save(context, row, [*others, saved])
    return {"timesheetLine": saved}


def _line(row: dict, line_id: str) -> dict:
    for line in row["timesheetLines"]:
        if line["timesheetLineID"].lower() == line_id.lower():
            return line
    raise NotFound


TIMESHEETS = Spec(
    name="Timesheets",
    model="Timesheet",
    id_key="timesheetID",
    scope="payroll.timesheets",
    plural="timesheets",
    singular="timesheet",
    verbs=READ_WRITE,
    row_verbs=frozenset({"GET", "DELETE"}),
    required={
        "payrollCalendarID": "The Payroll Calendar is required",
        "employeeID": "The Employee is required",
        "startDate": "The Start Date is required",
        "endDate": "The End Date is required",
    },
    create=create,
    delete=timesheets.delete,
    show=show,
    list_drops=frozenset({"timesheetLines"}),
    filters={
        "filter": _filter,
        "status": lambda row, text: row["status"].lower() == text.lower(),
        "startdate": lambda row, text: row["startDate"] >= codec.read_date(text),
        "enddate": lambda row, text: row["endDate"] <= codec.read_date(text),
    },
    parts={
        "approve": _step(timesheets.approve),
        "reverttodraft": _step(timesheets.revert),
        "lines": Part(frozenset({"POST", "PUT", "DELETE"}), _lines),
    },
)
