"""Which hours stand on which sheet: every order of recording, correcting, approving and reopening."""

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ..allocation import Hours, allocate, units_by_day
from ..pay_periods import DAYS, MONTHS, period_of

STEPS = 2000
FIRST = date(2026, 1, 31)
RATES = ("ordinary", "overtime", "night")


@tagged("post_install", "-at_install")
class TestPeriods(BaseCase):
    def test_periods_cover_every_day_once(self):
        """S5-30: the periods of any calendar follow each other without a gap, and each day finds its own."""
        for kind in (*DAYS, *MONTHS, "TWICEMONTHLY"):
            at = date(2025, 1, 1)
            period = period_of(kind, FIRST, at)
            while at < date(2027, 1, 1):
                if at > period[1]:
                    following = period_of(kind, FIRST, at)
                    self.assertEqual(following[0], period[1] + timedelta(days=1), (kind, at))
                    period = following
                self.assertTrue(period[0] <= at <= period[1], (kind, at))
                at += timedelta(days=1)


class Walk:
    """One employee's hours, and the sheets that Xero would have."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.kind = self.random.choice(["WEEKLY", "FORTNIGHTLY", "MONTHLY", "TWICEMONTHLY", "FOURWEEKLY"])
        self.lines, self.sheets, self.closed, self.waiting = {}, {}, set(), []
        self.count = 0

    def period(self, at):
        return period_of(self.kind, FIRST, at)

    def step(self):
        self.random.choice(
            [self.record, self.record, self.record, self.correct, self.delete, self.close, self.reopen]
        )()
        self.make_up()

    def record(self):
        self.count += 1
        at = date(2026, 1, 1) + timedelta(days=self.random.randrange(120))
        self.lines[self.count] = (at, self.random.choice(RATES), Decimal(self.random.randrange(1, 40)) / 4)

    def correct(self):
        if self.lines:
            line = self.random.choice(list(self.lines))
            at, rate, units = self.lines[line]
            changes = [
                (at, rate, Decimal(self.random.randrange(1, 40)) / 4),
                (at, self.random.choice(RATES), units),
                (at + timedelta(days=self.random.randrange(-20, 20)), rate, units),
            ]
            self.lines[line] = self.random.choice(changes)

    def delete(self):
        if self.lines:
            del self.lines[self.random.choice(list(self.lines))]

    def close(self):
        if self.sheets:
            self.closed.add(self.random.choice(list(self.sheets)))

    def reopen(self):
        if self.closed:
            self.closed.discard(self.random.choice(sorted(self.closed)))

    def make_up(self):
        recorded = [Hours(line, at, at, rate, units) for line, (at, rate, units) in self.lines.items()]
        kept = {period: self.sheets[period] for period in self.closed}
        frozen = [hours for sheet in kept.values() for hours in sheet]
        made, self.waiting = allocate(recorded, frozen, self.period, self.closed.__contains__)
        self.sheets = {**made, **kept}


@tagged("post_install", "-at_install")
class TestAllocation(BaseCase):
    def test_any_order_of_events(self):
        """S5-04, S5-31: in 2,000 steps the sheets hold what Odoo has, by rate; nothing stands outside its period."""
        for seed in range(10):
            walk = Walk(seed)
            for number in range(STEPS // 10):
                before = {period: walk.sheets[period] for period in walk.closed}
                walk.step()
                self._check(walk, f"seed {seed}, {walk.kind}, step {number}")
                for period in walk.closed & before.keys():
                    self.assertEqual(walk.sheets[period], before[period])

    def _check(self, walk, where):
        have, sent = defaultdict(Decimal), defaultdict(Decimal)
        for _at, rate, units in walk.lines.values():
            have[rate] += units
        for period, sheet in walk.sheets.items():
            self.assertEqual(walk.period(period[0]), period, where)
            for rate, days in units_by_day(sheet).items():
                for at, units in days.items():
                    self.assertTrue(period[0] <= at <= period[1], where)
                    self.assertGreater(units, 0)
                    sent[rate] += units
        for hours in walk.waiting:
            self.assertLess(hours.units, 0)
            sent[hours.rate] += hours.units
        self.assertEqual(
            {rate: units for rate, units in sent.items() if units}, {r: u for r, u in have.items() if u}, where
        )
