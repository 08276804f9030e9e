"""Whatever is recorded, corrected, approved and paid, in whatever order, the hours in Xero are Odoo's."""

from odoo.tests import tagged

from odoo.addons.account_xero.tests.money_steps import unhurried

from .payroll_case import PayrollCase
from .timesheet_steps import PayOffice


@tagged("post_install", "-at_install")
class TestTimesheetSteps(PayrollCase):
    def test_by_chance(self):
        """S5-04, S5-30, S5-31, S5-32: after each sync of 60 steps totals are equal by person, period and rate.

        No sheet stands outside its period, closed ones stay as they are, late hours stand on the next open one, marked.
        """
        self.startPatcher(unhurried(self.xero))
        office = PayOffice(
            self.env, self.connection, self.xero, self._export, lambda _resources: self._import(), seed=3
        )
        self.assertTrue(office.pay())  # so that there are hours that come too late from the beginning
        self.assertEqual(office.run(60), [])
        self.assertGreater(office.compared, 60, office.made)
        self.assertGreater(office.late, 0, office.made)
        self.assertTrue(office.made["approve"], office.made)
