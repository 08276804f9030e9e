"""Hours and leave per employee and pay period: Odoo's beside those in Xero's payroll."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Row:
    """Hours of one employee in one pay period; `what` is "hours" or "leave"."""

    name: str
    what: str
    start: date
    end: date
    odoo: Decimal
    xero: Decimal

    @property
    def difference(self) -> Decimal:
        return self.odoo - self.xero


def compare(odoo: list, sheets: list[dict], leaves: list[dict], names: dict[str, str]) -> list[Row]:
    """
    :param odoo: rows (EmployeeID, name, what, first day, last day, hours)
    :param sheets, leaves: Xero's timesheets and leave applications
    :param names: EmployeeID → name, for whom Odoo has nothing
    :return: a row for every employee and period that either side has hours or leave of
    """
    ours = {
        (id_, what, date.fromisoformat(start), date.fromisoformat(end)): Decimal(hours)
        for id_, _name, what, start, end, hours in odoo
    }
    theirs = {**_worked(sheets), **_away(leaves)}
    names = {**names, **{id_: name for id_, name, *_rest in odoo}}
    rows = [
        Row(names.get(key[0], key[0]), *key[1:], ours.get(key, ZERO), theirs.get(key, ZERO))
        for key in ours.keys() | theirs.keys()
        if ours.get(key) or theirs.get(key)
    ]
    return sorted(rows, key=lambda row: (row.name, row.what, row.start))


def _worked(sheets: list[dict]) -> dict:
    return {
        (sheet["EmployeeID"], "hours", day(sheet["StartDate"]), day(sheet["EndDate"])): _sum(
            units for line in sheet.get("TimesheetLines", []) for units in line["NumberOfUnits"]
        )
        for sheet in sheets
    }


def _away(leaves: list[dict]) -> dict:
    found: dict = {}
    for leave in leaves:
        for one in leave.get("LeavePeriods", []):
            key = (leave["EmployeeID"], "leave", day(one["PayPeriodStartDate"]), day(one["PayPeriodEndDate"]))
            found[key] = found.get(key, ZERO) + _sum([one["NumberOfUnits"]])
    return found


def _sum(units) -> Decimal:
    return sum((Decimal(str(one)) for one in units), ZERO)


def day(text: str) -> date:
    """A date of payroll version 1, in milliseconds since 1970."""
    return date(1970, 1, 1) + timedelta(milliseconds=int(text[6:-7]))
