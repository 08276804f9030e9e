"""Payroll AU version 1: pay runs and payslips (xero-api.md 4.13)."""

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from ..accounting.spec import Context
from ..store import Index
from . import periods, timesheets
from .errors import Broken
from .spec import READ_WRITE, Spec, known, rows

# Flat rates in place of the tax office's tables: these sums are here to be read, not to be paid.
TAX, SUPER = Decimal("0.20"), Decimal("0.12")
_CENT = Decimal("0.01")
_SUMS = {"Wages": "Wages", "Deductions": "Deductions", "Tax": "Tax", "Super": "Super", "NetPay": "NetPay"}
_SUMMARY = ("EmployeeID", "PayslipID", "FirstName", "LastName", *_SUMS, "Reimbursements", "UpdatedDateUTC")
_LINES = {
    "EarningsLines",
    "LeaveEarningsLines",
    "TimesheetEarningsLines",
    "DeductionLines",
    "LeaveAccrualLines",
    "ReimbursementLines",
    "SuperannuationLines",
    "TaxLines",
}

PAYSLIP_INDEXES = (Index("run", lambda row: row["PayRunID"].lower()),)


def create_run(context: Context, data: dict) -> dict:
    calendar = known(context, "Calendars", data["PayrollCalendarID"], "PayrollCalendarID")
    earlier = [run for run in rows(context, "PayRuns") if run["PayrollCalendarID"] == calendar["PayrollCalendarID"]]
    if any(run["PayRunStatus"] == "DRAFT" for run in earlier):
        raise Broken(("PayrollCalendarID", "There is a draft pay run of this calendar already."))
    last = max((run["PayRunPeriodEndDate"] for run in earlier), default=None)
    start, end = periods.around(calendar, last + timedelta(days=1) if last else calendar["StartDate"])
    run = {
        "PayRunID": context.ids.new(),
        "PayrollCalendarID": calendar["PayrollCalendarID"],
        "PayRunPeriodStartDate": start,
        "PayRunPeriodEndDate": end,
        "PaymentDate": periods.pay_day(calendar, end),
        "PayRunStatus": "DRAFT",
        "UpdatedDateUTC": context.now,
    }
    for employee in list(rows(context, "Employees")):
        if timesheets.calendar_id(employee) == run["PayrollCalendarID"] and employee["Status"] == "ACTIVE":
            rows(context, "Payslip").put(_payslip(context, run, employee))
    return rows(context, "PayRuns").put(run)


def update_run(context: Context, row: dict, data: dict) -> dict:
    """Post a draft; its timesheets are paid with it."""
    if row["PayRunStatus"] == "POSTED":
        raise Broken(("PayRunStatus", "A posted pay run cannot be changed."))
    if data.get("PayRunStatus") == "POSTED":
        _complete_timesheets(context, row)
    kept = {key: data[key] for key in ("PayRunStatus", "PayslipMessage") if key in data}
    return rows(context, "PayRuns").put({**row, **kept, "UpdatedDateUTC": context.now})


def show_run(context: Context, row: dict) -> dict:
    slips = rows(context, "Payslip").by("run", row["PayRunID"].lower())
    sums = {key: sum((slip[key] for slip in slips), Decimal(0)) for key in _SUMS}
    summaries = [{key: slip[key] for key in _SUMMARY} for slip in slips]
    return {
        **row,
        **sums,
        "Reimbursement": sum((s["Reimbursements"] for s in slips), Decimal(0)),
        "Payslips": summaries,
    }


def update_payslip(context: Context, row: dict, data: dict) -> dict:
    if rows(context, "PayRuns").get(row["PayRunID"])["PayRunStatus"] == "POSTED":
        raise Broken(("PayslipID", "The payslip of a posted pay run cannot be changed."))
    lines = {key: value for key, value in data.items() if key in _LINES}
    return rows(context, "Payslip").put(_summed(context, {**row, **lines}))


def show_payslip(_context: Context, row: dict) -> dict:
    return {key: value for key, value in row.items() if key != "PayRunID"}


def _payslip(context: Context, run: dict, employee: dict) -> dict:
    sheet = timesheets.approved(
        context, employee["EmployeeID"], run["PayRunPeriodStartDate"], run["PayRunPeriodEndDate"]
    )
    template = employee.get("PayTemplate", {})
    slip = {
        "PayslipID": context.ids.new(),
        "PayRunID": run["PayRunID"],
        "EmployeeID": employee["EmployeeID"],
        "FirstName": employee["FirstName"],
        "LastName": employee["LastName"],
        **{key: [] for key in _LINES},
        "EarningsLines": [] if sheet else [_with_amount(line) for line in template.get("EarningsLines", [])],
        "TimesheetEarningsLines": _sheet_lines(context, employee, sheet) if sheet else [],
    }
    return _summed(context, slip)


def _with_amount(line: dict) -> dict:
    units = line.get("NormalNumberOfUnits", Decimal(0))
    kept = {key: line[key] for key in ("EarningsRateID", "RatePerUnit") if key in line}
    return {**kept, "NumberOfUnits": units}


def _sheet_lines(context: Context, employee: dict, sheet: dict) -> list[dict]:
    units: dict[str, Decimal] = {}
    for line in sheet["timesheetLines"]:
        units[line["earningsRateID"]] = units.get(line["earningsRateID"], Decimal(0)) + line["numberOfUnits"]
    hourly = next(
        (
            one["RatePerUnit"]
            for one in employee.get("PayTemplate", {}).get("EarningsLines", [])
            if "RatePerUnit" in one
        ),
        Decimal(0),
    )
    return [
        {"EarningsRateID": rate, "RatePerUnit": _rate(context, rate, hourly), "NumberOfUnits": count}
        for rate, count in units.items()
    ]


def _rate(context: Context, rate_id: str, hourly: Decimal) -> Decimal:
    """Pay for a unit: the rate's own, or the employee's times the rate's multiplier."""
    rate = rows(context, "EarningsRates").get(rate_id)
    if rate.get("RateType") == "MULTIPLE":
        return hourly * rate.get("Multiplier", Decimal(1))
    own = Decimal(rate.get("RatePerUnit") or 0)
    return own or hourly


def _summed(context: Context, slip: dict) -> dict:
    earning = ("EarningsLines", "LeaveEarningsLines", "TimesheetEarningsLines")
    wages = sum((_amount(line) for key in earning for line in slip[key]), Decimal(0)).quantize(_CENT, ROUND_HALF_UP)
    deductions = sum((line.get("Amount", Decimal(0)) for line in slip["DeductionLines"]), Decimal(0))
    reimbursed = sum((line.get("Amount", Decimal(0)) for line in slip["ReimbursementLines"]), Decimal(0))
    line_id = next((line.get("PayslipTaxLineID") for line in slip["TaxLines"]), None)
    tax = (wages * TAX).quantize(_CENT, ROUND_HALF_UP)
    return {
        **slip,
        "Wages": wages,
        "Tax": tax,
        "Super": (wages * SUPER).quantize(_CENT, ROUND_HALF_UP),
        "Deductions": deductions,
        "Reimbursements": reimbursed,
        "NetPay": wages - tax - deductions + reimbursed,
        "TaxLines": [
            {
                "PayslipTaxLineID": line_id or context.ids.new(),
                "TaxTypeName": "PAYG Tax",
                "Description": "",
                "Amount": tax,
                "LiabilityAccount": "825",
            }
        ],
        "UpdatedDateUTC": context.now,
    }


def _amount(line: dict) -> Decimal:
    if "FixedAmount" in line:
        return line["FixedAmount"]
    return line.get("RatePerUnit", Decimal(0)) * line.get("NumberOfUnits", Decimal(0))


def _complete_timesheets(context: Context, run: dict) -> None:
    for slip in rows(context, "Payslip").by("run", run["PayRunID"].lower()):
        timesheets.complete(context, slip["EmployeeID"], run["PayRunPeriodStartDate"], run["PayRunPeriodEndDate"])


PAY_RUNS = Spec(
    name="PayRuns",
    model="PayRun",
    id_key="PayRunID",
    scope="payroll.payruns",
    plural="PayRuns",
    row_verbs=READ_WRITE,
    required={"PayrollCalendarID": "PayrollCalendarID is required"},
    create=create_run,
    update=update_run,
    show=show_run,
    list_drops=frozenset({"Payslips"}),
)

PAYSLIP = Spec(
    name="Payslip",
    model="Payslip",
    id_key="PayslipID",
    scope="payroll.payslip",
    plural="Payslips",
    singular="Payslip",
    verbs=frozenset(),
    row_verbs=READ_WRITE,
    update=update_payslip,
    show=show_payslip,
)
