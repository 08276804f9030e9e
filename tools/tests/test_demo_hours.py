"""The demo's comparison of hours must show what differs, whichever side it is on."""

from datetime import date
from decimal import Decimal

from tools.demo import hours

WEEK = ("2026-10-05", "2026-10-11")
MONDAY, SUNDAY = "/Date(1791158400000+0000)/", "/Date(1791676800000+0000)/"
SHEET = {
    "EmployeeID": "a",
    "StartDate": MONDAY,
    "EndDate": SUNDAY,
    "TimesheetLines": [{"NumberOfUnits": [Decimal("7.6"), 0, 0, 0, 0, 0, 0]}, {"NumberOfUnits": [2, 0, 0, 0, 0, 0, 0]}],
}
LEAVE = {
    "EmployeeID": "a",
    "LeavePeriods": [{"PayPeriodStartDate": MONDAY, "PayPeriodEndDate": SUNDAY, "NumberOfUnits": Decimal("15.2")}],
}


def test_equal_sides():
    odoo = [("a", "Robin Field", "hours", *WEEK, "9.60"), ("a", "Robin Field", "leave", *WEEK, "15.20")]
    rows = hours.compare(odoo, [SHEET], [LEAVE], {})
    assert [(row.what, row.odoo, row.xero, row.difference) for row in rows] == [
        ("hours", Decimal("9.60"), Decimal("9.6"), 0),
        ("leave", Decimal("15.20"), Decimal("15.2"), 0),
    ]
    assert (rows[0].start, rows[0].end) == (date(2026, 10, 5), date(2026, 10, 11))


def test_either_side_alone():
    only_xero = hours.compare([], [SHEET], [], {"a": "Robin Field"})
    assert [(row.name, row.difference) for row in only_xero] == [("Robin Field", Decimal("-9.6"))]
    only_odoo = hours.compare([("a", "Robin Field", "leave", *WEEK, "15.20")], [], [], {})
    assert [row.difference for row in only_odoo] == [Decimal("15.20")]


def test_another_period_is_another_row():
    later = ("2026-10-12", "2026-10-18")
    rows = hours.compare([("a", "Robin Field", "hours", *later, "9.60")], [SHEET], [], {})
    assert [row.difference for row in rows] == [Decimal("-9.6"), Decimal("9.60")]
