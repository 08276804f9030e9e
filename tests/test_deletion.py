"""What is in Xero is not deleted in Odoo behind its back; merging and archiving keep the link."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from .common import XeroCase


class TestDeletion(XeroCase):
    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(lines=((self.product, 1, 100.0),))
        self._export()

    def assertRefused(self, record, *words):
        with self.assertRaises(UserError) as caught:
            record.unlink()
        for word in (record.display_name, "synced with Xero", *words):
            self.assertIn(word, str(caught.exception))
        self.assertTrue(record.exists())

    def test_linked_contact(self):
        """S4-92, S4-94: a contact that is in Xero is not deleted; the warning names it and says what to do instead."""
        self.assertSynced(self.customer)
        loose = self._loose_contact()
        self.assertRefused(loose, "Archive")

    def test_linked_invoice(self):
        """S4-92, S4-94: an invoice that is in Xero is not deleted, not even as a draft; Xero still holds it."""
        self.assertSynced(self.invoice)
        self.invoice.button_draft()
        self.assertRefused(self.invoice)
        self._export()
        self.assertTrue(self._in_xero("Invoices", InvoiceNumber=self.invoice.name))

    def test_several_at_once(self):
        """S4-92: one linked record among several keeps all of them, since a deletion is whole or not at all."""
        stranger = self.env["res.partner"].create({"name": "Nobody Yet"})
        with self.assertRaises(UserError) as caught:
            (self._loose_contact() | stranger).unlink()
        self.assertNotIn("Nobody Yet", str(caught.exception))
        self.assertTrue(stranger.exists())

    def test_linked_while_disconnected(self):
        """S4-92: the link counts while the connection is disconnected, since it can be taken up again."""
        loose = self._loose_contact()
        self.connection.write({"state": "disconnected", "active": False})
        self.assertRefused(loose)

    def test_unlinked_records(self):
        """S4-92: what never reached Xero is deleted as always."""
        partner = self.env["res.partner"].create({"name": "Nobody Yet"})
        product = self.env["product.product"].create({"name": "Nothing Yet"})
        draft = self._invoice(post=False)
        records = (partner, product, product.product_tmpl_id, draft)
        for record in (partner, product, draft):
            record.unlink()
        self.assertFalse([record for record in records if record.exists()])

    def test_deleted_in_xero(self):
        """S4-92: what was deleted in Xero may be deleted in Odoo, too."""
        loose = self._loose_contact()
        self._binding(loose).sudo().state = "deleted"
        loose.unlink()
        self.assertFalse(loose.exists())

    def test_linked_product(self):
        """S4-92: deleting a product that is in Xero archives it, as variant and as template, and keeps its link."""
        template = self.product.product_tmpl_id
        linked = self._binding(self.product).external_id
        self.assertTrue(linked)
        template.unlink()
        self.assertTrue(self.product.exists() and template.exists())
        self.assertFalse(self.product.active or template.active)
        self.assertEqual(self._binding(self.product).external_id, linked)
        self.assertTrue(self._in_xero("Items", ItemID=linked))

    def test_products_mixed(self):
        """S4-92: of several products, the linked one is archived and the other one deleted."""
        other = self.env["product.product"].create({"name": "Nothing Yet"})
        (self.product | other).unlink()
        self.assertFalse(other.exists())
        self.assertFalse(self.product.active)

    def test_payment(self):
        """S4-92: a payment that is in Xero is not deleted and stays matched; cancelled, it leaves Xero and may go."""
        payment = self._pay(self.invoice)
        self._export()
        self.assertTrue(payment.xero_code)
        self.assertRefused(payment)
        self.assertEqual(self.invoice.amount_residual, 0)
        payment.action_draft()
        payment.action_cancel()
        self._export()
        self.assertFalse(self._in_xero("Payments", Status="AUTHORISED"))
        payment.unlink()
        self.assertFalse(payment.exists())

    def _loose_contact(self):
        """A contact in Xero that no document of Odoo keeps from being deleted."""
        partner = self.env["res.partner"].create({"name": "Loose End Ltd"})
        self.env["xero.binding"].sudo().create(
            {
                "connection_id": self.connection.id,
                "model": "res.partner",
                "res_id": partner.id,
                "resource": "Contacts",
                "external_id": "11111111-2222-4333-8444-555555555555",
                "code": "LOOSE",
            }
        )
        return partner


class TestMerge(XeroCase):
    def _merge(self, destination, *others):
        partners = destination.union(*others)
        wizard = self.env["base.partner.merge.automatic.wizard"].create(
            {"dst_partner_id": destination.id, "partner_ids": [(6, 0, partners.ids)]}
        )
        wizard.action_merge()

    def test_one_linked(self):
        """A contact that is in Xero merges into one that is not: the link moves, and Xero keeps one contact."""
        twin = self.env["res.partner"].create({"name": "Ridgeway Uni", "email": self.customer.email})
        self._invoice()
        self._export()
        linked = self._binding(self.customer).external_id
        self._merge(twin, self.customer)
        self.assertFalse(self.customer.exists())
        self.assertEqual(self._binding(twin).external_id, linked)
        self.xero.clear_journal()
        second = self._invoice(partner=twin)
        self._export()
        self.assertFalse(self._calls("PUT", "Contacts"))
        [sent] = self._in_xero("Invoices", InvoiceNumber=second.name)
        self.assertEqual(sent["Contact"]["ContactID"], linked)

    def test_waiting_rows_move(self):
        """What waits in the queue for the merged contact waits for the remaining one."""
        self._invoice()
        self._export()
        self.customer.phone = "+64 9 555 0101"
        self._mark()
        self.assertTrue(self._queue(self.customer))
        twin = self.env["res.partner"].create({"name": "Ridgeway Uni", "email": self.customer.email})
        self._merge(twin, self.customer)
        self.assertTrue(self._queue(twin))
        self.assertFalse(
            self.env["xero.outbox"].search([("model", "=", "res.partner"), ("res_id", "=", self.customer.id)])
        )

    def test_both_linked(self):
        """Two contacts of one organisation are not merged in Odoo alone: the refusal names both."""
        other = self.env["res.partner"].create({"name": "Ridgeway College", "email": self.customer.email})
        self._invoice()
        self._invoice(partner=other)
        self._export()
        bound = (self._binding(self.customer), self._binding(other))
        with self.assertRaises(UserError) as caught:
            self._merge(other, self.customer)
        for name in (self.customer.name, other.name):
            self.assertIn(name, str(caught.exception))
        self.assertTrue(self.customer.exists() and other.exists())
        self.assertEqual((self._binding(self.customer), self._binding(other)), bound)


class TestRemovedLinks(XeroCase):
    """An administrator removes a link, with a reason; then the record may go."""

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(lines=((self.product, 1, 100.0),))
        self._export()
        self.xero.clear_journal()
        self.reader = self._user("base.group_user", "account.group_account_invoice", "account_xero.group_xero_user")
        self.chief = self._user("account.group_account_manager", "account_xero.group_xero_administrator")

    def _user(self, *groups):
        return self.env["res.users"].create(
            {
                "name": groups[-1],
                "login": groups[-1],
                "company_ids": [Command.set(self.company.ids)],
                "company_id": self.company.id,
                "group_ids": [Command.set([self.env.ref(group).id for group in groups])],
            }
        )

    def _remove(self, record, **values):
        action = record.with_user(self.chief).action_xero_unlink()
        wizard = self.env[action["res_model"]].with_user(self.chief).with_context(**action["context"])
        wizard.create({"reason": "Wrong customer", **values}).action_confirm()

    def test_then_it_may_go(self):
        """S4-95: without its link, removed by an administrator with a reason, a synced record can be deleted."""
        self._remove(self.invoice)
        self.assertFalse(self._binding(self.invoice))
        self.assertEqual(self.invoice.xero_do_not_export_reason, "Wrong customer")
        [row] = self.env["xero.history"].search([("action", "=", "unlinked")])
        self.assertEqual((row.res_id, row.resource), (self.invoice.id, "Invoices"))
        self.assertIn("Wrong customer", row.note)
        name = self.invoice.name
        self.invoice.button_draft()
        self._export()
        self.assertFalse(self._writes())
        self.invoice.unlink()
        [held] = self._in_xero("Invoices", InvoiceNumber=name)
        self.assertEqual(held["Status"], "AUTHORISED")

    def test_payment(self):
        """S4-95: a payment's links are those of what it pays."""
        payment = self._pay(self.invoice)
        self._export()
        self.assertTrue(payment.xero_code)
        self._remove(payment, keep_out=False)
        payment.invalidate_recordset()
        self.assertFalse(payment.xero_code)
        self.assertFalse(payment.xero_do_not_export)
        self.assertEqual(len(self._in_xero("Payments", Status="AUTHORISED")), 1)

    def test_not_on_its_way(self):
        """S4-95: where Xero's answer is outstanding, nobody knows what to let go of."""
        self._binding(self.invoice).sudo().state = "sending"
        with self.assertRaisesRegex(UserError, "on its way"):
            self._remove(self.invoice)
        self.assertTrue(self._binding(self.invoice))

    def test_for_administrators_only(self):
        """S4-95: who may only use the connector cannot remove a link, by the wizard or without it."""
        with self.assertRaises(AccessError):
            self.env["xero.unlink"].with_user(self.reader).create(
                {"binding_ids": self._binding(self.invoice).ids, "reason": "Tidy"}
            )
        with self.assertRaises(AccessError):
            self._binding(self.invoice).with_user(self.chief).unlink()
        view = self.invoice.with_user(self.reader).get_view(self.env.ref("account.view_move_form").id)
        self.assertNotIn("action_xero_unlink", view["arch"])
