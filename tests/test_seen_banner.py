"""The banner at the top of Odoo: who sees it, what is in it, and where View errors leads."""

import json

from odoo.fields import Command
from odoo.tests import new_test_user

from ..models.xero_banner import CHANNEL
from .common import XeroCase


class BannerCase(XeroCase):
    def _user(self, login, groups, company=None):
        company = company or self.company
        return new_test_user(
            self.env, login, groups=groups, company_id=company.id, company_ids=[Command.set(company.ids)]
        )

    def _fail(self, code="refused", record=None, **values):
        record = record or self.customer
        problem = {"code": code, "values": {"message": "No"}, "model": record._name, "res_id": record.id, **values}
        [issue] = self.env["xero.issue"].sudo()._raise_many(self.connection, [problem])
        return issue

    def _view_errors(self, user):
        issues = self.env["xero.issue"].with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
        return issues.action_view_errors()


class TestBanner(BannerCase):
    def test_counts_and_nothing_else(self):
        """S4-59: what reaches the browser is a count per company of the user, and no name."""
        self._fail()
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        other = self._user("elsewhere", "base.group_user", elsewhere)
        counts = self.env["xero.issue"]._count_for_banner
        self.assertEqual(counts(self.company.ids), {self.company.id: 1})
        self.assertEqual(counts(other.company_ids.ids), {})

    def test_told_over_the_bus(self):
        """S4-59: raising and settling an error sends the new count to the company's channel, once a flush."""
        self.env.cr.flush()
        self.env["bus.bus"].sudo().search([]).unlink()
        issue = self._fail()
        self._fail(record=self.supplier)
        self.assertEqual(self._sent(), [2])
        issue._wake()
        self.assertEqual(self._sent(), [2, 1])
        self.connection.state = "disconnected"
        self.assertEqual(self._sent(), [2, 1, 0])

    def _sent(self):
        self.env.cr.flush()
        messages = [
            (json.loads(row.channel), json.loads(row.message))
            for row in self.env["bus.bus"].sudo().search([("message", "like", CHANNEL)], order="id")
        ]
        for channel, message in messages:
            self.assertEqual(channel[1:], ["res.company", self.company.id, CHANNEL])
            self.assertEqual(message["payload"].keys(), {"company_id", "count"})
        return [message["payload"]["count"] for _channel, message in messages]

    def test_one_error_leads_to_its_record(self):
        """S4-60: one error opens the record that failed; several open the list of Unresolved Errors."""
        user = self._user("clerk", "account.group_account_invoice")
        self._fail()
        action = self._view_errors(user)
        self.assertEqual((action["res_model"], action["res_id"]), ("res.partner", self.customer.id))
        self._fail(record=self.supplier)
        self.assertEqual(self._view_errors(user)["res_model"], "xero.issue")

    def test_sales_user(self):
        """S4-59, S4-60: a user without any right to Xero has the count, and opens the record she may read."""
        user = self._user("seller", "base.group_user")
        self.assertFalse(self.env["xero.issue"].with_user(user).has_access("read"))
        self._fail()
        action = self._view_errors(user)
        self.assertEqual((action["res_model"], action["res_id"]), ("res.partner", self.customer.id))
        self._fail(record=self.supplier)
        action = self._view_errors(user)
        self.assertEqual(action["res_model"], "res.partner")
        self.assertEqual(action["domain"], [("id", "in", sorted([self.customer.id, self.supplier.id]))])

    def test_only_what_the_user_may_read(self):
        """S4-60: a record that the user may not read is neither opened nor named."""
        user = self._user("seller", "base.group_user")
        invoice = self._invoice()
        self._fail(record=invoice)
        action = self._view_errors(user)
        self.assertEqual(action["tag"], "display_notification")
        self.assertNotIn(invoice.name, str(action))

    def test_portal_users_get_nothing(self):
        """S4-59: portal users have no count, no channel and no way in."""
        portal = self._user("visitor", "base.group_portal")
        self._fail()
        self.assertNotIn("res_model", self._view_errors(portal))
