from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .common import XeroCase


class TestMappingCoverage(XeroCase):
    """How much is mapped, a click away from the gaps."""

    def _coverage(self, kind):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.connection.coverage_ids.filtered(lambda row: row.kind == kind)

    def test_coverage_in_percent(self):
        """S2-41, S3-22: each kind says how much of it is mapped; its click shows only the gaps, while there are any."""
        rows = self.env["xero.account.mapping"].search([("connection_id", "=", self.connection.id)])
        lost = rows.filtered("mapped")[:2]
        lost.xero_account_id = False
        accounts = self._coverage("accounts")
        gaps = rows.filtered(lambda row: not row.mapped)
        self.assertEqual((accounts.total, accounts.gaps), (len(rows), len(gaps)))
        self.assertAlmostEqual(accounts.percent, 100 * (len(rows) - len(gaps)) / len(rows), places=3)
        action = accounts.action_open()
        self.assertTrue(action["context"]["search_default_unmapped"])
        self.assertEqual(self.env[action["res_model"]].search([*action["domain"], ("mapped", "=", False)]), gaps)
        self.connection.action_propose_mappings()
        self.assertTrue(all(row.xero_account_id for row in lost))
        self.assertEqual(self._coverage("accounts").gaps, len(gaps) - 2)

    def test_plans_that_are_left_out_are_no_gaps(self):
        """S2-41: an analytic plan that stays in Odoo on purpose needs no mapping."""
        plan = self.env["account.analytic.plan"].create({"name": "Nowhere in Xero"})
        self.env["xero.tracking.mapping"]._propose(self.connection)
        before = self._coverage("plans").gaps
        row = self.env["xero.tracking.mapping"].search(
            [("connection_id", "=", self.connection.id), ("plan_id", "=", plan.id)]
        )
        row.left_out = True
        self.assertEqual(self._coverage("plans").gaps, before - 1)

    def test_currencies(self):
        """S2-41: an active currency that the organisation lacks is a gap, until a document has brought it there."""
        missing = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "SEK")])
        missing.active = True
        before = self._coverage("currencies").gaps
        rows = self.env["xero.currency.mapping"].search([("connection_id", "=", self.connection.id)])
        row = rows.filtered(lambda one: one.currency_id == missing)
        self.assertFalse(row.covered)
        self.assertIn("first document", row.advice)
        self.assertTrue(rows.filtered(lambda one: one.currency_id == self.company.currency_id).covered)
        self._invoice(currency_id=missing.id)
        self._export()
        self.connection.action_read_reference_data()
        self.assertIn("SEK", [one["Code"] for one in self._in_xero("Currencies")])
        self.assertEqual(self._coverage("currencies").gaps, before - 1)

    def test_who_may(self):
        """S2-41: users see the coverage of their companies; administrators have mappings proposed."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        clerk = new_test_user(
            self.env,
            "coverage_clerk",
            groups="account_xero.group_xero_user",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        rows = self.env["xero.mapping.coverage"].with_user(clerk)
        self.assertFalse(rows.search([]))
        clerk.write({"company_ids": [(4, self.company.id)]})
        self.assertTrue(rows.with_context(allowed_company_ids=self.company.ids).search([]))
        with self.assertRaises(AccessError):
            self.connection.with_user(clerk).with_company(self.company).action_propose_mappings()
