"""Which hours stand on which timesheet.

Hours belong to the pay period of their day. A period that is closed in Xero (its sheet approved or paid, or its pay
run posted) changes no more: what is recorded, corrected or deleted afterwards goes to the next open period, on its
first day, marked as late. What a correction takes away is taken from the hours of the same rate there; what is more
than those waits for a later period. So at any time the sum of all sheets, and of what waits, is what Odoo has.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True)
class Hours:
    """Hours of one recorded line at one rate.

    :ivar line: id of the recorded line, which may be gone
    :ivar own: the day for which they were recorded
    :ivar day: the day on which they stand on the sheet
    """

    line: int
    own: date
    day: date
    rate: str
    units: Decimal

    @property
    def is_late(self):
        return self.own != self.day


def allocate(recorded, kept, period_of, is_closed):
    """Spread hours over open periods.

    :param recorded: list of Hours that Odoo has now
    :param kept: list of Hours that stand on closed sheets
    :param period_of: day → (first day, last day)
    :param is_closed: period → whether nothing of it may change
    :return: ``({period: [Hours]}, [Hours] that wait for a later period)``
    """
    by_period = defaultdict(list)
    for hours in _owed(recorded, kept):
        home = period_of(hours.own)
        period = _next_open(home, period_of, is_closed)
        by_period[period].append(hours if period == home else replace(hours, day=period[0]))
    return _carried(by_period)


def _owed(recorded, kept):
    """What is recorded and not kept, by line, day and rate; negative where less is recorded than was kept."""
    units = defaultdict(lambda: ZERO)
    for hours in recorded:
        units[hours.line, hours.own, hours.rate] += hours.units
    for hours in kept:
        units[hours.line, hours.own, hours.rate] -= hours.units
    return [Hours(line, own, own, rate, left) for (line, own, rate), left in sorted(units.items()) if left]


def _next_open(period, period_of, is_closed):
    while is_closed(period):
        period = period_of(period[1] + timedelta(days=1))
    return period


def _carried(by_period):
    """Move what a period cannot take away to later ones."""
    done, waiting = {}, []
    while by_period:
        period = min(by_period)
        placed, rest = _placed([*by_period.pop(period), *(replace(hours, day=period[0]) for hours in waiting)])
        done[period], waiting = placed, rest
    return {period: hours for period, hours in done.items() if hours}, waiting


def _placed(hours):
    """``(what a period can take, what is too much to be taken away there)``."""
    placed, rest = [], []
    by_rate = defaultdict(list)
    for one in hours:
        by_rate[one.rate].append(one)
    for group in by_rate.values():
        excess = -min(sum((one.units for one in group), ZERO), ZERO)
        for one in sorted(group, key=lambda one: (one.units >= 0, one.own, one.line)):
            moved = min(excess, -one.units) if one.units < 0 else ZERO
            excess -= moved
            if moved:
                rest.append(replace(one, units=-moved))
            if one.units + moved:
                placed.append(replace(one, units=one.units + moved))
    return placed, rest


def units_by_day(hours):
    """``{rate: {day: units}}`` of a sheet; no day is below zero: what is taken away is taken from the first days."""
    by_rate = defaultdict(lambda: defaultdict(lambda: ZERO))
    for one in hours:
        by_rate[one.rate][one.day] += one.units
    return {rate: _levelled(days) for rate, days in by_rate.items()}


def _levelled(days):
    short = -sum((units for units in days.values() if units < 0), ZERO)
    levelled = {}
    for day in sorted(days):
        units = max(days[day], ZERO)
        taken = min(units, short)
        short -= taken
        if units - taken:
            levelled[day] = units - taken
    return levelled
