"""Settings of version 2: pay items, calendars, and the pay runs of a calendar (xero-api.md 4.13)."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from ..accounting.spec import Context
from . import periods, timesheets
from .errors import Broken, NotFound
from .spec import READ, READ_WRITE, Part, Spec, known, rows


def _item(table: str, id_key: str, name_key: str) -> Callable[[Context, dict], dict]:
    """A rule that keeps a new pay item with a name of its own and accounts that exist."""

    def create(context: Context, data: dict) -> dict:
        wanted = data[name_key].lower()
        if any(other[name_key].lower() == wanted for other in rows(context, table)):
            raise Broken((name_key[0].upper() + name_key[1:], "The Name must be unique"))
        for key, value in data.items():
            if key.lower().endswith("accountid") and context.table("Accounts").get(value) is None:
                raise Broken((key[0].upper() + key[1:], f"The account '{value}' could not be found"))
        row = {"currentRecord": True, "isActive": True, **data, id_key: context.ids.new()}
        if table == "LeaveTypes":
            units = data.get("typeOfUnits", "Hours")
            row = {"typeOfUnits": units, "typeOfUnitsToAccrue": units, **row, "updatedDateUTC": context.now}
        return rows(context, table).put(row)

    return create


def item(name: str, model: str, id_key: str, plural: str, singular: str, required: dict[str, str], name_key="name"):
    """A pay item as a resource."""
    return Spec(
        name=name,
        model=model,
        id_key=id_key,
        scope="payroll.settings",
        plural=plural,
        singular=singular,
        verbs=READ_WRITE,
        required=required,
        create=_item(name, id_key, name_key),
    )


def create_calendar(context: Context, data: dict) -> dict:
    if any(other["name"].lower() == data["name"].lower() for other in rows(context, "Calendars")):
        raise Broken(("Name", "The Name must be unique"))
    if data["paymentDate"] < data["periodStartDate"]:
        raise Broken(("PaymentDate", "The Payment Date must not be before the Period Start Date"))
    row = {**data, "payrollCalendarID": context.ids.new(), "updatedDateUTC": context.now}
    row["periodEndDate"] = periods.around(row, row["periodStartDate"])[1]
    return rows(context, "Calendars").put(row)


def create_run(context: Context, data: dict) -> dict:
    """The draft of a calendar's next period, with a payslip for each of its employees."""
    calendar = known(context, "Calendars", data["payrollCalendarID"], "PayrollCalendarID")
    earlier = [run for run in rows(context, "PayRuns") if run["payrollCalendarID"] == calendar["payrollCalendarID"]]
    if any(run["payRunStatus"] == "Draft" for run in earlier):
        raise Broken(("PayrollCalendarID", "There is a draft pay run of this calendar already"))
    last = max((run["periodEndDate"] for run in earlier), default=None)
    start, end = periods.around(calendar, last + timedelta(days=1) if last else calendar["periodStartDate"])
    run = {
        "payRunID": context.ids.new(),
        "payrollCalendarID": calendar["payrollCalendarID"],
        "periodStartDate": start,
        "periodEndDate": end,
        "paymentDate": periods.pay_day(calendar, end),
        "payRunStatus": "Draft",
        "payRunType": "Scheduled",
        "calendarType": calendar["calendarType"],
        "totalCost": Decimal(0),
        "totalPay": Decimal(0),
    }
    for employee in list(rows(context, "Employees")):
        if timesheets.calendar_id(employee) == run["payrollCalendarID"]:
            rows(context, "PaySlips").put(_slip(context, run, employee))
    return rows(context, "PayRuns").put(run)


def _slip(context: Context, run: dict, employee: dict) -> dict:
    sheet = timesheets.approved(context, employee["employeeID"], run["periodStartDate"], run["periodEndDate"])
    lines = [_sheet_line(context, line) for line in sheet["timesheetLines"]] if sheet else []
    total = sum((line["amount"] for line in lines), Decimal(0))
    sums = {key: total for key in ("totalEarnings", "grossEarnings", "totalPay")}
    return {
        "paySlipID": context.ids.new(),
        "employeeID": employee["employeeID"],
        "payRunID": run["payRunID"],
        "firstName": employee["firstName"],
        "lastName": employee["lastName"],
        "lastEdited": context.now.date(),
        "paymentMethod": employee.get("terms", {}).get("PaymentMethods", {}).get("paymentMethod"),
        **dict.fromkeys(_SLIP_SUMS, Decimal(0)),
        **sums,
        **{key: [] for key in _SLIP_LINES},
        "timesheetEarningsLines": lines,
    }


#: What a payslip has of sums and lines besides; those that a country's model lacks are not shown.
_SLIP_SUMS = (
    *("totalEmployerTaxes", "totalEmployeeTaxes", "totalDeductions", "totalReimbursements", "totalCourtOrders"),
    *("totalStatutoryDeductions", "totalSuperannuation", "totalBenefits"),
)
_SLIP_LINES = (
    *("earningsLines", "leaveEarningsLines", "deductionLines", "reimbursementLines", "leaveAccrualLines"),
    *("superannuationLines", "benefitLines", "paymentLines", "employeeTaxLines", "employerTaxLines"),
    *("statutoryDeductionLines", "courtOrderLines"),
)


def _sheet_line(context: Context, line: dict) -> dict:
    rate = rows(context, "EarningsRates").get(line["earningsRateID"])
    per_unit = rate.get("ratePerUnit") or _ordinary(context) * (rate.get("multipleOfOrdinaryEarningsRate") or 0)
    return {
        "earningsLineID": line["earningsRateID"],
        "earningsRateID": line["earningsRateID"],
        "displayName": rate["name"],
        "isLinkedToTimesheet": True,
        "ratePerUnit": per_unit,
        "numberOfUnits": line["numberOfUnits"],
        "amount": per_unit * line["numberOfUnits"],
    }


def _ordinary(context: Context) -> Decimal:
    """What multiples are multiples of: the first regular rate, since salaries are not kept here."""
    regular = (rate for rate in rows(context, "EarningsRates").walk() if rate["earningsType"] == "RegularEarnings")
    return next((rate["ratePerUnit"] for rate in regular if rate.get("ratePerUnit")), Decimal(0))


def show_run(context: Context, row: dict) -> dict:
    slips = [slip for slip in rows(context, "PaySlips") if slip["payRunID"] == row["payRunID"]]
    total = sum((slip["totalPay"] for slip in slips), Decimal(0))
    return {**row, "totalPay": total, "totalCost": total, "paySlips": slips}


def _settings(context: Context) -> dict:
    """Accounts that payroll books to, by their purpose."""
    by_code = {account["Code"]: account for account in context.table("Accounts")}
    found = ((kind, by_code.get(code)) for kind, code in (("WAGESEXPENSE", "477"), ("PAYELIABILITY", "825")))
    return {
        "accounts": [
            {"accountID": one["AccountID"], "type": kind, "code": one["Code"], "name": one["Name"]}
            for kind, one in found
            if one
        ]
    }


def _tracking(_call, context: Context, _api, _row, rest: list[str]) -> dict:
    """The category that timesheets are tracked by: the organisation's first."""
    if rest:
        raise NotFound
    first = next((one for one in context.table("TrackingCategories") if one["Status"] == "ACTIVE"), {})
    return {
        "trackingCategories": {
            "employeeGroupsTrackingCategoryID": None,
            "timesheetTrackingCategoryID": first.get("TrackingCategoryID"),
        }
    }


SETTINGS = Spec(
    name="Settings",
    model="Accounts",
    id_key="",
    scope="payroll.settings",
    plural="settings",
    singular="settings",
    verbs=READ,
    whole=_settings,
    parts={"trackingcategories": Part(READ, _tracking)},
)

CALENDARS = Spec(
    name="PayRunCalendars",
    table="Calendars",
    model="PayRunCalendar",
    id_key="payrollCalendarID",
    scope="payroll.settings",
    plural="payRunCalendars",
    singular="payRunCalendar",
    required={
        "name": "The Name is required",
        "calendarType": "The Calendar Type is required",
        "periodStartDate": "The Period Start Date is required",
        "paymentDate": "The Payment Date is required",
    },
    create=create_calendar,
)

PAY_RUNS = Spec(
    name="PayRuns",
    model="PayRun",
    id_key="payRunID",
    scope="payroll.payruns",
    plural="payRuns",
    singular="payRun",
    required={"payrollCalendarID": "The Payroll Calendar is required"},
    create=create_run,
    show=show_run,
    list_drops=frozenset({"paySlips"}),
    filters={"status": lambda row, text: row["payRunStatus"].lower() == text.lower()},
)

_SLIP = {
    "id_key": "paySlipID",
    "scope": "payroll.payslip",
    "plural": "paySlips",
    "singular": "paySlip",
    "verbs": READ,
    "filters": {"payrunid": lambda row, text: row["payRunID"].lower() == text.lower()},
    "table": "PaySlips",
}
PAY_SLIPS = Spec(name="PaySlips", model="PaySlip", **_SLIP)
UK_PAYSLIPS = Spec(name="Payslips", model="Payslip", **_SLIP)

_RATE = {
    "name": "The Name is required",
    "earningsType": "The Earnings Type is required",
    "rateType": "The Rate Type is required",
    "typeOfUnits": "The Type of Units is required",
    "expenseAccountID": "The Expense Account is required",
}
_LEAVE_TYPE = {"name": "The Name is required", "isPaidLeave": "Is Paid Leave is required"}
_DEDUCTION = {
    "liabilityAccountId": "The Liability Account is required",
    "deductionCategory": "The Deduction Category is required",
    "deductionName": "The Deduction Name is required",
}
_REIMBURSEMENT = {"name": "The Name is required", "accountID": "The Account is required"}
_BENEFIT = {"name": "The Name is required", "category": "The Category is required"}

ITEMS = (
    item("EarningsRates", "EarningsRate", "earningsRateID", "earningsRates", "earningsRate", _RATE),
    item("LeaveTypes", "LeaveType", "leaveTypeID", "leaveTypes", "leaveType", _LEAVE_TYPE),
    item("Deductions", "Deduction", "deductionId", "deductions", "deduction", _DEDUCTION, "deductionName"),
    item("Reimbursements", "Reimbursement", "reimbursementID", "reimbursements", "reimbursement", _REIMBURSEMENT),
)
SUPERANNUATIONS = item("Superannuations", "Benefit", "id", "benefits", "benefit", _BENEFIT)
BENEFITS = item("Benefits", "Benefit", "id", "benefits", "benefit", _BENEFIT)

_STATUTORY = {
    "id_key": "id",
    "scope": "payroll.settings",
    "plural": "statutoryDeductions",
    "singular": "statutoryDeduction",
    "verbs": READ,
    "table": "StatutoryDeductions",
}
STATUTORY_DEDUCTIONS = Spec(name="StatutoryDeductions", model="StatutoryDeduction", **_STATUTORY)
EARNINGS_ORDERS = Spec(name="EarningsOrders", model="EarningsOrder", **_STATUTORY)
