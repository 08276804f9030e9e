"""Employees of version 2 and what lies below them: employment and leave (xero-api.md 4.13)."""

from dataclasses import replace
from decimal import Decimal

from ..accounting import codec
from ..accounting.spec import Context
from ..store import Index
from . import periods, terms2, timesheets, version2
from .au_time import working_days
from .errors import Broken, NotFound
from .spec import READ, READ_WRITE, Part, Spec, known, rows

HOURS_A_DAY = 8
LEAVE_INDEXES = (Index("employee", lambda row: row["employeeID"].lower()),)


def save_employee(context: Context, row: dict, data: dict) -> dict:
    address = data.get("address", {})
    missing = [
        (f"Address.{key[0].upper()}{key[1:]}", f"The Address {key} is required")
        for key in ("addressLine1", "city", "postCode")
        if address and not address.get(key)
    ]
    if missing:
        raise Broken(*missing)
    kept = {key: value for key, value in data.items() if key not in _NOT_TAKEN}
    return rows(context, "Employees").put({**row, **kept, "updatedDateUTC": context.now})


#: The calendar comes with the employment, ids and moments from Xero.
_NOT_TAKEN = {"employeeID", "payrollCalendarID", "updatedDateUTC", "createdDateUTC"}


def create_employee(context: Context, data: dict) -> dict:
    return save_employee(context, {"employeeID": context.ids.new(), "createdDateUTC": context.now}, data)


def _named(row: dict, text: str) -> bool:
    """`filter=firstName==John,lastName==Smith`."""
    wanted = [part.split("==", 1) for part in text.split(",") if "==" in part]
    keys = {key.lower(): str(value).lower() for key, value in row.items()}
    return all(keys.get(name.strip().lower()) == value.strip().strip("\"'").lower() for name, value in wanted)


# --- employment --------------------------------------------------------------------------------------------------


def _employment(call, context: Context, api, row: dict, rest: list[str]) -> dict:
    if rest:
        raise NotFound
    spec = replace(EMPLOYMENT, required=_needs(api, EMPLOYMENT))
    data = version2.sent(call, api, spec)
    known(context, "Calendars", data["payrollCalendarID"], "PayrollCalendarID")
    _check_categories(data.get("niCategories", []))
    rows(context, "Employees").put({**row, **data, "updatedDateUTC": context.now})
    return {"employment": version2.show(context, api, spec, data)}


def _check_categories(categories: list[dict]) -> None:
    needed = {"niCategory": "The NI Category is required", "workplacePostcode": "The Workplace Postcode is required"}
    missing = [(f"NiCategories.{key}", why) for one in categories for key, why in needed.items() if not one.get(key)]
    if missing:
        raise Broken(*missing)


def _needs(api, spec: Spec) -> dict[str, str]:
    """What of the requirements of `spec` this country's model knows."""
    fields = api.contract.fields(spec.model)
    return {key: reason for key, reason in spec.required.items() if key.lower() in fields}


# --- leave -------------------------------------------------------------------------------------------------------


def _leave(call, context: Context, api, row: dict, rest: list[str]) -> dict:
    """Leave of one employee; what is asked for is approved, as leave that an administrator enters."""
    taken = rows(context, "Leave").by("employee", row["employeeID"].lower())
    own = replace(LEAVE, create=lambda ctx, data: _save_leave(ctx, row, {"leaveID": ctx.ids.new()}, data))
    own = replace(own, update=lambda ctx, old, data: _save_leave(ctx, row, old, data))
    if not rest:
        return version2.collection(call, context, api, own, taken)
    wanted = version2.guid(rest[0]).lower()
    found = next((one for one in taken if one["leaveID"].lower() == wanted), None)
    if found is None or len(rest) > 1:
        raise NotFound
    return version2.single(call, context, api, own, found)


def _save_leave(context: Context, employee: dict, row: dict, data: dict) -> dict:
    new = {**row, **data, "leaveID": row["leaveID"], "employeeID": employee["employeeID"]}
    known(context, "LeaveTypes", new["leaveTypeID"], "LeaveTypeID")
    if new["endDate"] < new["startDate"]:
        raise Broken(("EndDate", "The End Date must not be before the Start Date"))
    if "periods" not in data:
        new["periods"] = leave_periods(context, employee, new["startDate"], new["endDate"])
    new["periods"] = [{"periodStatus": "Approved", **one} for one in new["periods"]]
    return rows(context, "Leave").put({**new, "updatedDateUTC": context.now})


def _delete_leave(context: Context, row: dict) -> None:
    if any(one["periodStatus"] == "Completed" for one in row["periods"]):
        raise Broken(("LeaveID", "Leave that has been paid cannot be deleted"))
    rows(context, "Leave").remove(row["leaveID"])


def leave_periods(context: Context, employee: dict, start, end) -> list[dict]:
    """Pay periods that the days touch, each with the hours of its working days."""
    calendar = known(context, "Calendars", timesheets.calendar_id(employee), "PayrollCalendarID")
    return [
        {
            "periodStartDate": first,
            "periodEndDate": last,
            "numberOfUnits": Decimal(HOURS_A_DAY * working_days(max(first, start), min(last, end))),
            "periodStatus": "Approved",
        }
        for first, last in periods.within(calendar, start, end)
    ]


def _leave_periods(call, context: Context, api, row: dict, rest: list[str]) -> dict:
    args = {name.lower(): value for name, value in call.args.items()}
    if rest:
        raise NotFound
    missing = [(key, f"The {key} is required") for key in ("StartDate", "EndDate") if not args.get(key.lower())]
    if missing:
        raise Broken(*missing)
    start, end = codec.read_date(args["startdate"]), codec.read_date(args["enddate"])
    return {"periods": leave_periods(context, row, start, end)}


def _leave_types(call, context: Context, api, row: dict, rest: list[str]) -> dict:
    """Leave types that an employee has been given."""
    if rest:
        raise NotFound
    own = rows(context, "EmployeeLeaveTypes").by("employee", row["employeeID"].lower())
    spec = replace(LEAVE_TYPES, create=lambda ctx, data: _give_leave_type(ctx, row, own, data))
    return version2.collection(call, context, api, spec, own)


def _give_leave_type(context: Context, employee: dict, own: list[dict], data: dict) -> dict:
    known(context, "LeaveTypes", data["leaveTypeID"], "LeaveTypeID")
    if any(one["leaveTypeID"] == data["leaveTypeID"] for one in own):
        raise Broken(("LeaveTypeID", "The employee has this leave type already"))
    row = {**data, "ID": context.ids.new(), "employeeID": employee["employeeID"]}
    return rows(context, "EmployeeLeaveTypes").put(row)


def _leave_balances(call, context: Context, api, row: dict, rest: list[str]) -> dict:
    if rest:
        raise NotFound
    given = rows(context, "EmployeeLeaveTypes").by("employee", row["employeeID"].lower())
    shown, pagination = version2.paged(given)
    return {"pagination": pagination, "leaveBalances": [_balance(context, row, one) for one in shown]}


def _balance(context: Context, employee: dict, given: dict) -> dict:
    taken = sum(
        period.get("numberOfUnits", Decimal(0))
        for leave in rows(context, "Leave").by("employee", employee["employeeID"].lower())
        if leave["leaveTypeID"] == given["leaveTypeID"]
        for period in leave["periods"]
    )
    leave_type = rows(context, "LeaveTypes").get(given["leaveTypeID"])
    return {
        "name": leave_type["name"],
        "leaveTypeID": given["leaveTypeID"],
        "balance": given.get("openingBalance", Decimal(0)) - taken,
        "typeOfUnits": "Hours",
    }


EMPLOYMENT = Spec(
    name="Employment",
    model="Employment",
    id_key="",
    scope="payroll.employees",
    plural="employments",
    singular="employment",
    required={
        "payrollCalendarID": "The Payroll Calendar is required",
        "startDate": "The Start Date is required",
        "engagementType": "The Engagement Type is required",
        "employeeNumber": "The Employee Number is required",
        "niCategories": "The NI Categories are required",
    },
)

LEAVE = Spec(
    name="Leave",
    model="EmployeeLeave",
    id_key="leaveID",
    scope="payroll.employees",
    plural="leave",
    singular="leave",
    row_verbs=frozenset({"GET", "PUT", "DELETE"}),
    required={
        "leaveTypeID": "The Leave Type is required",
        "description": "The Description is required",
        "startDate": "The Start Date is required",
        "endDate": "The End Date is required",
    },
    delete=_delete_leave,
)

LEAVE_TYPES = Spec(
    name="LeaveTypes",
    model="EmployeeLeaveType",
    id_key="ID",
    scope="payroll.employees",
    plural="leaveTypes",
    singular="leaveType",
    required={"leaveTypeID": "The Time Off type is required."},
)

EMPLOYEES = Spec(
    name="Employees",
    model="Employee",
    id_key="employeeID",
    scope="payroll.employees",
    plural="employees",
    singular="employee",
    verbs=READ_WRITE,
    row_verbs=frozenset({"GET", "PUT"}),
    required={
        "firstName": "The First Name is required",
        "lastName": "The Last Name is required",
        "dateOfBirth": "The Date of Birth is required",
        "address": "The Address is required",
    },
    create=create_employee,
    update=save_employee,
    filters={"filter": _named},
    parts={
        "employment": Part(frozenset({"POST"}), _employment),
        "leave": Part(frozenset({"GET", "POST", "PUT", "DELETE"}), _leave),
        "leavetypes": Part(READ_WRITE, _leave_types),
        "leavebalances": Part(READ, _leave_balances),
        "leaveperiods": Part(READ, _leave_periods),
    },
)

NZ_EMPLOYEES = replace(EMPLOYEES, parts={**EMPLOYEES.parts, **terms2.NZ_PARTS})

UK_EMPLOYEES = replace(
    EMPLOYEES,
    parts={**EMPLOYEES.parts, **terms2.UK_PARTS},
    required={"title": "The Title is required", **EMPLOYEES.required, "gender": "The Gender is required"},
)
