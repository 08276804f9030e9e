from lxml import etree

from odoo import fields
from odoo.exceptions import UserError

from .common import XeroCase


class TestIncomingChanges(XeroCase):
    """Somebody changes, voids or deletes in Xero what Odoo has sent."""

    def setUp(self):
        super().setUp()
        self.connection.lock_invoices = False
        self.invoice = self._invoice(lines=[(None, 1, 200.0)])
        self._export()
        self._import()
        self.xero.clear_journal()

    def _act(self, action, **params):
        return self.xero.act(action, tenant_id=self.connection.tenant_id, **params)

    def _sent(self, status=None):
        return [
            one for one in self._in_xero("Invoices", InvoiceNumber=self.invoice.name) if status in (None, one["Status"])
        ]

    def _edit(self, **values):
        self._act("edit-invoice-line", invoice=self.invoice.name, line=1, values=values)

    def test_own_changes_are_no_changes(self):
        """S5-51: what Odoo sent, and what a payment moved, is not taken for a change made in Xero."""
        self._pay(self.invoice, amount=30.0)
        self._export()
        self._import()
        self._act("bank-payment", invoice=self.invoice.name, amount="20.00")
        self._import()
        self._import()
        self.assertFalse(self._issues())
        self.assertEqual(self.invoice.amount_residual, 180.0)

    def test_a_change_is_shown_with_both_versions(self):
        """S5-51: a price changed in Xero is noticed at the next reading and shown on the invoice; nothing is lost."""
        self._edit(UnitAmount=250)
        self._import()
        issue = self._issues()
        self.assertEqual(issue.code, "changed_in_xero")
        shown = self.invoice.xero_problem
        self.assertIn("Total: in Odoo 230.00; in Xero 287.50", shown)
        self.assertIn("Line 1: in Odoo Consulting, 1 × 200, 200 Sales, 15% GST on Income; in Xero", shown)
        self.assertIn("in Xero Consulting, 1 × 250, 200 Sales", shown)
        self.assertEqual(self.invoice.amount_total, 230.0)
        self.invoice.ref = "PO 7"  # a change here does not run over the change there
        self._export()
        self.assertFalse(self._writes())
        self.assertEqual(self._issues(), issue)

    def test_take_xeros(self):
        """S5-51: Take Xero's makes the invoice in Odoo what Xero has, posted, and sends nothing back."""
        self._edit(UnitAmount=250)
        self._import()
        self._issues().action_take_xeros()
        self._import()
        self.assertEqual((self.invoice.state, self.invoice.amount_total), ("posted", 287.5))
        self.assertFalse(self._issues())
        self.invoice.invoice_line_ids.name = "Consulting, more of it"
        self._export()
        self.assertEqual(len(self._writes()), 1)  # the next change goes again
        self.assertEqual(float(self._sent()[0]["Total"]), 287.5)

    def test_settled_on_the_invoice(self):
        """S5-51, S4-53: the ways out stand on the invoice itself, one click each, and go when it is settled."""
        self.assertFalse(self.invoice.xero_choices)
        self._edit(UnitAmount=250)
        self._import()
        self.assertEqual(self.invoice.xero_choices, "take_xeros send_odoos reissue_xeros")
        form = etree.fromstring(self.invoice.get_view(self.env.ref("account.view_move_form").id, "form")["arch"])
        [choices] = form.iterfind(".//div[@name='xero_choices']")
        self.assertEqual({button.get("name") for button in choices.iter("button")}, {"action_xero_choose"})
        self.invoice.with_context(xero_choice="take_xeros").action_xero_choose()
        self._import()
        self.assertEqual(self.invoice.amount_total, 287.5)
        self.assertFalse(self.invoice.xero_choices)
        with self.assertRaises(UserError):
            self.invoice.with_context(xero_choice="take_xeros").action_xero_choose()

    def test_another_contact_is_named(self):
        """S5-51: where Xero has the invoice under another contact, both are named, not numbered."""
        other = self._invoice(partner=self.supplier)
        self._export()
        contact = self._binding(self.supplier).external_id
        self.connection._with_client(
            lambda client: client.post(
                "Invoices",
                {
                    "Invoices": [
                        {"InvoiceID": self._binding(self.invoice).external_id, "Contact": {"ContactID": contact}}
                    ]
                },
                "contact-1",
            )
        )
        self._import()
        self.assertIn("Contact: in Odoo Ridgeway University; in Xero Young Bros Transport", self.invoice.xero_problem)
        self.assertFalse(other.xero_problem)

    def test_taken_versions_are_not_sent_back(self):
        """S5-51: after Xero's version is taken both sides agree, and no call is made."""
        self._edit(UnitAmount=250)
        self._import()
        self._issues().action_take_xeros()
        self._import()
        self.env["xero.outbox"]._mark(self.invoice)
        self._export()
        self.assertFalse(self._writes())
        self.assertFalse(self._queue())

    def test_a_changed_tax_comes_to_the_line(self):
        """S5-51: a tax changed on the Xero invoice becomes the mapped tax on Odoo's line, or is named."""
        zero = (
            self.env["xero.tax.mapping"]
            .search([("connection_id", "=", self.connection.id), ("xero_tax_rate_id.tax_type", "=", "ZERORATED")])
            .filtered(lambda row: row.tax_ids and row.tax_ids.type_tax_use == "sale")
        )
        self.connection.changes_in_xero = "xero"
        self._edit(TaxType="ZERORATED")
        zero.xero_tax_rate_id = False
        self._import()
        self.assertIn("ZERORATED", self._issues().filtered(lambda issue: issue.code == "tax_unknown").text)
        self.assertEqual(self.invoice.amount_total, 230.0)

    def test_send_odoos(self):
        """S5-51: Send Odoo's undoes the change in Xero."""
        self._edit(UnitAmount=250)
        self._import()
        self._issues().action_send_odoos()
        self._import()
        self._export()
        self.assertEqual(float(self._sent()[0]["Total"]), 230.0)
        self.assertFalse(self._issues())
        self.assertSynced(self.invoice)
        self._import()
        self.assertFalse(self._issues())

    def test_credit_and_reissue(self):
        """S5-51: Credit and Issue Xero's leaves the invoice as it was, credits it, and issues Xero's instead."""
        self._edit(UnitAmount=250)
        self._import()
        self._issues().action_reissue()
        self._import()
        self._export()
        self.assertEqual((self.invoice.amount_total, self.invoice.payment_state), (230.0, "reversed"))
        renewed = self.env["account.move"].search([("invoice_origin", "=", self.invoice.name)])
        self.assertEqual((renewed.state, renewed.amount_total), ("posted", 287.5))
        self.assertTrue(self._binding(renewed).external_id)
        self.assertFalse(self._writes())
        self.assertFalse(self._in_xero("CreditNotes"))
        self.assertFalse(self._issues())

    def test_voided_in_xero(self):
        """S5-51: a void in Xero is shown on the invoice, and Take Xero's cancels it in Odoo."""
        self._act("void-invoice", invoice=self.invoice.name)
        self._import()
        self.assertEqual(self._issues().code, "withdrawn_in_xero")
        self.assertEqual(self.invoice.xero_state, "deleted")
        self._issues().action_take_xeros()
        self._import()
        self.assertEqual(self.invoice.state, "cancel")
        self._export()
        self.assertFalse(self._issues())
        self.assertFalse(self._writes())

    def test_voided_in_xero_and_made_again(self):
        """S5-51: after a void in Xero, Send Odoo's makes the invoice there again, once, under a number that is free."""
        self._act("void-invoice", invoice=self.invoice.name)
        self._import()
        self._issues().action_send_odoos()
        self._import()
        self._export()
        self.assertEqual(len(self._in_xero("Invoices", InvoiceNumber=f"{self.invoice.name}-2", Status="AUTHORISED")), 1)
        self.assertSynced(self.invoice)
        self._import()
        self.assertFalse(self._issues())

    def test_the_rule_settles_by_itself(self):
        """S5-51: where the connection says so, Xero's version is taken without a click."""
        self.connection.changes_in_xero = "xero"
        self._edit(UnitAmount=250)
        self._import()
        self.assertEqual(self.invoice.amount_total, 287.5)
        self._act("void-invoice", invoice=self.invoice.name)
        self._import()
        self.assertEqual(self.invoice.state, "cancel")
        self.assertFalse(self._issues())

    def test_one_way(self):
        """S3-17: with one-way invoices nothing of an invoice in Xero comes back, but its payments do."""
        self.connection.documents_one_way = True
        self._edit(UnitAmount=250)
        self._import()
        self.assertFalse(self._issues())
        self.assertFalse(self._calls("GET", "/Invoices"))
        self._act(
            "bank-payment", invoice=self.invoice.name, amount="50.00", date=fields.Date.to_string(fields.Date.today())
        )
        self._import()
        self.assertEqual(self.invoice.amount_residual, 180.0)
