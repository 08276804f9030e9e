"""Which payroll each country has: its resources by version, and the tables behind them."""

from dataclasses import dataclass, replace

from ..accounting.codec import EPOCH
from ..store import Index
from . import au_items, au_pay, au_people, au_time, people2, settings2, sheets2, terms2, timesheets, us
from .spec import READ, Api, api, table_name


@dataclass(frozen=True)
class TableOf:
    """How the rows of a table are kept."""

    id_key: str
    indexes: tuple[Index, ...] = ()


@dataclass(frozen=True)
class Region:
    """One country's payroll.

    :ivar versions: e.g. "1.0" → resources
    :ivar tables: name → how its rows are kept
    """

    versions: dict[str, Api]
    tables: dict[str, TableOf]


_SHEETS = TableOf("timesheetID", timesheets.INDEXES)

AUSTRALIA = Region(
    versions={
        "1.0": api(
            "payrollau",
            au_people.EMPLOYEES,
            au_people.CALENDARS,
            au_people.FUNDS,
            au_people.FUND_PRODUCTS,
            au_items.PAY_ITEMS,
            au_items.SETTINGS,
            au_pay.PAY_RUNS,
            au_pay.PAYSLIP,
            au_time.TIMESHEETS,
            au_time.LEAVE,
        ),
        "2.0": api("payrollauv2", sheets2.TIMESHEETS),
    },
    tables={
        **{kind: TableOf(id_key) for kind, (id_key, _model, _needed) in au_items.KINDS.items()},
        "Employees": TableOf("EmployeeID"),
        "Calendars": TableOf("PayrollCalendarID"),
        "Superfunds": TableOf("SuperFundID"),
        "SuperfundProducts": TableOf("USI"),
        "PayRuns": TableOf("PayRunID"),
        "Payslip": TableOf("PayslipID", au_pay.PAYSLIP_INDEXES),
        "Timesheets": _SHEETS,
        "LeaveApplications": TableOf("LeaveApplicationID"),
    },
)

_TABLES_2 = {
    "Employees": TableOf("employeeID"),
    "Calendars": TableOf("payrollCalendarID"),
    "EarningsRates": TableOf("earningsRateID"),
    "LeaveTypes": TableOf("leaveTypeID"),
    "Deductions": TableOf("deductionId"),
    "Reimbursements": TableOf("reimbursementID"),
    "PayRuns": TableOf("payRunID"),
    "PaySlips": TableOf("paySlipID"),
    "Timesheets": _SHEETS,
    "Leave": TableOf("leaveID", people2.LEAVE_INDEXES),
    "EmployeeLeaveTypes": TableOf("ID", people2.LEAVE_INDEXES),
    "StatutoryDeductions": TableOf("id"),
    **{spec.name: TableOf(spec.id_key, terms2.INDEXES) for spec in (terms2.WAGES, terms2.PATTERNS, terms2.EARNINGS)},
}

NEW_ZEALAND = Region(
    versions={
        "2.0": api(
            "payrollnz",
            people2.NZ_EMPLOYEES,
            settings2.CALENDARS,
            settings2.SETTINGS,
            *settings2.ITEMS,
            settings2.SUPERANNUATIONS,
            settings2.STATUTORY_DEDUCTIONS,
            settings2.PAY_RUNS,
            settings2.PAY_SLIPS,
            sheets2.TIMESHEETS,
        )
    },
    tables={**_TABLES_2, "Superannuations": TableOf("id")},
)

UNITED_KINGDOM = Region(
    versions={
        "2.0": api(
            "payrolluk",
            people2.UK_EMPLOYEES,
            settings2.CALENDARS,
            settings2.SETTINGS,
            *settings2.ITEMS,
            settings2.BENEFITS,
            settings2.EARNINGS_ORDERS,
            replace(settings2.PAY_RUNS, verbs=READ, create=None),
            settings2.UK_PAYSLIPS,
            sheets2.TIMESHEETS,
        )
    },
    tables={**_TABLES_2, "Benefits": TableOf("id")},
)

UNITED_STATES = Region(
    versions={"1.0": Api(us.WorkLocations(), {"worklocations": us.WORK_LOCATIONS})},
    tables={"WorkLocations": TableOf("WorkLocationID")},
)

#: Country of the organisation → payroll; other countries have none.
REGIONS = {"AU": AUSTRALIA, "NZ": NEW_ZEALAND, "GB": UNITED_KINGDOM, "US": UNITED_STATES}


def _by_update(row: dict) -> tuple:
    moment = row.get("UpdatedDateUTC") or row.get("updatedDateUTC") or EPOCH
    return (moment, str(row.get("Name") or row.get("name") or "").lower())


def provision(organisation) -> Region:
    """Switch payroll on for an organisation; its tables are empty."""
    region = REGIONS[organisation.country]
    for name, table in region.tables.items():
        organisation.store.add(table_name(name), id_key=table.id_key, order_key=_by_update, indexes=table.indexes)
    organisation.payroll = region
    return region
