"""What the hours should be in Xero, by somebody who keeps books of their own, and what is there instead.

None of the connector's arithmetic is used: periods are counted on from a calendar's first day, and whether hours stand
where they belong is judged from what stands there.
"""

from bisect import bisect_right
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

ZERO = Decimal(0)
DAYS = {"WEEKLY": 7, "FORTNIGHTLY": 14, "FOURWEEKLY": 28}
FIRST = date(2026, 6, 1)  # where all calendars begin
LAST = date(2028, 1, 1)


def periods_of(kind):
    """All pay periods of a calendar, one after the other."""
    found, start = [], FIRST
    while start < LAST:
        following = _following(kind, start)
        found.append((start, following - timedelta(days=1)))
        start = following
    return found


def _following(kind, start):
    if kind in DAYS:
        return start + timedelta(days=DAYS[kind])
    if kind == "TWICEMONTHLY" and start.day == 1:
        return start.replace(day=16)
    return (start.replace(day=1) + timedelta(days=32)).replace(day=1)


PERIODS = {kind: periods_of(kind) for kind in (*DAYS, "TWICEMONTHLY", "MONTHLY")}


def place_of(kind, day):
    """Number of the pay period that a day lies in."""
    return bisect_right(PERIODS[kind], (day, LAST)) - 1


class Findings:
    """Compares one person's hours.

    :param who: a name for what is found
    :param kind: kind of the person's calendar
    :param recorded: ``{(line, day, rate): hours}`` that Odoo has
    :param there: ``{(first day, last day): (status, {rate: {day: hours}})}``, Xero's sheets
    :param here: ``{(first day, last day): [(line, own day, day, rate, hours)]}``, what Odoo says stands on them
    :param paid: periods of the calendar that were paid
    :param step: hours of a day and rate are rounded half up to this as they go; 0 for as they are
    """

    def __init__(self, who, kind, recorded, there, here, paid, step=ZERO):
        self.who, self.kind, self.recorded, self.there, self.here, self.paid = who, kind, recorded, there, here, paid
        self.step, self.found, self.compared, self.late = step, [], 0, 0

    def look(self):
        """All that differs, in words."""
        self._same_on_both_sides()
        owed = self._owed()
        self._totals(owed)
        self._nothing_waits_needlessly(owed)
        for period, entries in self.here.items():
            if self._is_open(period):
                self._where_they_belong(period, entries)
        return self.found

    def _say(self, text):
        self.found.append(f"{self.who}: {text}")

    def _is_open(self, period):
        status, _lines = self.there.get(period, ("", None))
        return status == "DRAFT" if status else period not in self.paid

    def _same_on_both_sides(self):
        """Sheet by sheet and rate by rate, and day by day where nothing had to be taken away.

        Where hours are rounded, each day may differ by half a step.
        """
        for period in self.there.keys() | {period for period, entries in self.here.items() if entries}:
            _status, lines = self.there.get(period, ("", {}))
            ours = by_rate_and_day((rate, day, units) for _l, _own, day, rate, units in self.here.get(period, ()))
            for rate in lines.keys() | ours.keys():
                self.compared += 1
                mine, theirs = ours.get(rate, {}), lines.get(rate, {})
                if abs(sum(mine.values()) - sum(theirs.values())) > self.step / 2 * len(mine):
                    self._say(f"{period} has {sum(theirs.values())} hours of {rate}, not {sum(mine.values())}")
                elif min(mine.values(), default=ZERO) >= ZERO and self._rounded(mine) != theirs:
                    self._say(f"{period} has the hours of {rate} on other days")

    def _rounded(self, days):
        half = self.step / 2
        if self.step:
            days = {day: (units + half) // self.step * self.step for day, units in days.items()}
        return {day: units for day, units in days.items() if units}

    def _owed(self):
        """What is recorded and stands nowhere: less than nothing where more stands in Xero than is recorded."""
        owed = defaultdict(Decimal, self.recorded)
        for entries in self.here.values():
            for line, own, _day, rate, units in entries:
                owed[line, own, rate] -= units
        return {key: units for key, units in owed.items() if units}

    def _totals(self, owed):
        """The sum of a rate in Xero is what is recorded, and what no open sheet can take away yet."""
        if self.step:
            return
        totals = defaultdict(Decimal)
        for (_line, _day, rate), units in self.recorded.items():
            totals[rate] += units
        for (_line, _own, rate), units in owed.items():
            totals[rate] -= units
        for _status, lines in self.there.values():
            for rate, days in lines.items():
                totals[rate] -= sum(days.values())
        self.compared += len(totals)
        for rate, units in totals.items():
            if units:
                self._say(f"in all {units} hours of {rate} are missing in Xero")

    def _nothing_waits_needlessly(self, owed):
        """What waits is taken away from the first open hours of its rate; so there are none from its day on."""
        for (line, own, rate), units in owed.items():
            if units > 0:
                self._say(f"{units} hours of line {line} on {own} stand on no sheet")
            open_hours = [
                period
                for period, (_status, lines) in self.there.items()
                if self._is_open(period) and period[1] >= own and lines.get(rate)
            ]
            if open_hours:
                self._say(f"{units} hours of line {line} on {own} could be taken away from {open_hours}")

    def _where_they_belong(self, period, entries):
        """On an open sheet: own hours on their own day, others only because their periods were closed, and marked."""
        at = place_of(self.kind, period[0])
        if PERIODS[self.kind][at] != period:
            if entries:
                self._say(f"{period} has hours and is no period of {self.kind}")
            return
        for line, own, day, rate, units in entries:
            home = place_of(self.kind, own)
            if home == at and units > 0 and day != own:
                self._say(f"line {line} of {own} is marked late in its own period {period}")
            if home != at:
                self.late += 1
                self._check_late(at, home, (line, own, day, rate, units))

    def _check_late(self, at, home, entry):
        line, own, day, rate, units = entry
        between = PERIODS[self.kind][home:at]
        if home > at:
            self._say(f"line {line} of {own} stands before its period")
        elif day != PERIODS[self.kind][at][0]:
            self._say(f"line {line} of {own} is late and not marked")
        if skipped := [one for one in between if self._is_open(one) and (units > 0 or self._has(one, rate))]:
            self._say(f"line {line} of {own} stands on {PERIODS[self.kind][at]}, though {skipped[0]} is open")

    def _has(self, period, rate):
        _status, lines = self.there.get(period, ("", {}))
        return bool(lines.get(rate))


def by_rate_and_day(rows):
    """``{rate: {day: units}}`` of (rate, day, units)."""
    found = defaultdict(lambda: defaultdict(Decimal))
    for rate, day, units in rows:
        found[rate][day] += units
    return found
