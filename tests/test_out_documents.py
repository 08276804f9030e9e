from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo.exceptions import RedirectWarning
from odoo.fields import Command

from ..xero_api import codec
from .common import XeroCase


class TestOutDocuments(XeroCase):
    """What of a document arrives in Xero, by the settings of the connection."""

    def _sent(self, move):
        resource, number = ("CreditNotes", "CreditNoteNumber") if "refund" in move.move_type else ("Invoices",) * 2
        number = "InvoiceNumber" if resource == "Invoices" else number
        number_there = move.ref if move.move_type.startswith("in_") and move.ref else move.name
        [document] = self._in_xero(resource, **{number: number_there})
        return document

    # === DESCRIPTIONS AND ITEMS === #

    def test_descriptions_by_setting(self):
        """S4-54, S4-55, S4-56: with item descriptions the whole text goes; without, name, quantity and price only."""
        invoice = self._invoice(lines=[(self.product, 2, 80.0)], post=False)
        invoice.invoice_line_ids.name = "Desk Lamp\nBrass, with a cord of two metres"
        invoice.action_post()
        self._export()
        [line] = self._sent(invoice)["LineItems"]
        self.assertIn("cord of two metres", line["Description"])
        self.connection.sync_item_descriptions = False
        other = self._invoice(lines=[(self.product, 2, 80.0)], post=False)
        other.invoice_line_ids.name = "Desk Lamp\nBrass, with a cord of two metres"
        other.action_post()
        self._export()
        [line] = self._sent(other)["LineItems"]
        self.assertEqual((line["Description"], line["Quantity"], line["UnitAmount"]), ("Desk Lamp", 2, 80))

    def test_products_stay_at_home(self):
        """S3-R2: with Send Products as Items off, no item is made and lines carry their text, price and discount."""
        self.connection.send_items = False
        invoice = self._invoice(lines=[(self.product, 3, 80.0, 10)])
        self._export()
        [line] = self._sent(invoice)["LineItems"]
        self.assertFalse(line.get("ItemCode"))
        self.assertEqual(line["DiscountRate"], 10)
        self.assertFalse([item for item in self._in_xero("Items") if item["Code"] == "LAMP"])
        self.assertFalse(self._binding(self.product))

    def test_sections_and_notes(self):
        """S2-20: sections and notes stand where they stand in Odoo, as lines of text alone."""
        invoice = self._invoice(post=False)
        invoice.write(
            {
                "invoice_line_ids": [
                    Command.create({"display_type": "line_section", "name": "Lighting", "sequence": 1}),
                    Command.create({"display_type": "line_note", "name": "Delivered on Friday", "sequence": 999}),
                ]
            }
        )
        invoice.action_post()
        self._export()
        lines = self._sent(invoice)["LineItems"]
        self.assertEqual([line["Description"] for line in lines], ["Lighting", "Consulting", "Delivered on Friday"])
        self.assertEqual([bool(line.get("AccountCode")) for line in lines], [False, True, False])

    def test_unit_of_the_product(self):
        """S2-20: two dozen of what is kept in pieces are 24 in Xero, for the same money."""
        dozen = self.env.ref("uom.product_uom_dozen")
        invoice = self._invoice(lines=[(self.product, 2, 960.0)], post=False)
        invoice.invoice_line_ids.product_uom_id = dozen
        invoice.invoice_line_ids.price_unit = 960.0
        invoice.action_post()
        self._export()
        [line] = self._sent(invoice)["LineItems"]
        self.assertEqual((line["Quantity"], line["UnitAmount"], line["LineAmount"]), (24, 80, 1920))

    def test_discount_on_a_bill_is_folded_in(self):
        """S2-20, S4-12: bills take no discount in Xero: the price carries it, and the bill is equal to the cent."""
        bill = self._invoice("in_invoice", ref="SUP-9", lines=[(None, 3, 19.99, 15)])
        self._export()
        sent = self._sent(bill)
        self.assertNotIn("DiscountRate", sent["LineItems"][0])
        self.assertEqual(float(sent["Total"]), bill.amount_total)

    # === HEADER === #

    def test_sent_in_odoo_is_sent_in_xero(self):
        """S3-R5, S2-46: an invoice that was sent from Odoo counts as sent in Xero, so that its reminders work."""
        invoice = self._invoice()
        self._export()
        self.assertFalse(self._sent(invoice)["SentToContact"])
        invoice.is_move_sent = True
        self._export()
        self.assertTrue(self._sent(invoice)["SentToContact"])
        self.assertEqual(len(self._in_xero("Invoices", InvoiceNumber=invoice.name)), 1)

    def test_number_in_plain_letters(self):
        """S3-19: Xero takes printable ASCII only, so a supplier's number loses its ornaments and goes."""
        self._invoice("in_invoice", ref="Nº 12–é")
        self._export()
        self.assertEqual(len(self._in_xero("Invoices", InvoiceNumber="No 12e")), 1)

    def test_status_on_arrival(self):
        """S2-48: documents arrive as drafts where the connection says so; later changes leave the status alone."""
        self.connection.document_status = "DRAFT"
        invoice = self._invoice(ref="Spring")
        self._export()
        self.assertEqual(self._in_xero("Invoices", InvoiceNumber=invoice.name)[0]["Status"], "DRAFT")
        self.connection.document_status = "AUTHORISED"
        invoice.ref = "Spring order"
        self._export()
        [sent] = self._in_xero("Invoices", InvoiceNumber=invoice.name)
        self.assertEqual((sent["Status"], sent["Reference"]), ("DRAFT", "Spring order"))

    def test_receipts_by_setting(self):
        """S3-R6, A6-19: sales and purchase receipts stay at home until the setting sends them as invoice and bill."""
        receipt = self._invoice("out_receipt")
        purchase = self._invoice("in_receipt", ref="TILL-7")
        self._export()
        self.assertFalse(self._in_xero("Invoices", InvoiceNumber=receipt.name))
        self.assertFalse(self._queue())
        self.connection.sync_receipts = True
        self._export()
        [sale] = self._in_xero("Invoices", InvoiceNumber=receipt.name)
        [bought] = self._in_xero("Invoices", InvoiceNumber="TILL-7")
        self.assertEqual((sale["Type"], bought["Type"]), ("ACCREC", "ACCPAY"))
        self.assertEqual(float(bought["Total"]), purchase.amount_total)

    def test_due_date_of_the_terms(self):
        """S2-46, S2-50: the last day of the payment terms is the due date in Xero, on invoices and on bills."""
        terms = self.env["account.payment.term"].create(
            {
                "name": "Half now, half in 60 days",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": 0}),
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": 60}),
                ],
            }
        )
        for document in (
            self._invoice(invoice_payment_term_id=terms.id),
            self._invoice("in_invoice", ref="SUP-60", invoice_payment_term_id=terms.id),
        ):
            self._export()
            sent = self._sent(document)
            due = document.invoice_date + timedelta(days=60)
            self.assertEqual((sent["DueDateString"][:10], document.invoice_date_due), (due.isoformat(), due))

    def test_prices_of_four_decimals(self):
        """S2-50, S3-20: screws at 0.1234 each keep their price in Xero, and the total."""
        invoice = self._invoice(lines=[(None, 1000, 0.1234)])
        self._export()
        [line] = self._sent(invoice)["LineItems"]
        self.assertEqual((line["UnitAmount"], line["Quantity"]), (Decimal("0.1234"), 1000))
        self.assertEqual(float(self._sent(invoice)["Total"]), invoice.amount_total)

    def test_link_back_to_odoo(self):
        """S2-46: the invoice in Xero links to the one in Odoo, unless the address has a word that Xero refuses."""
        self.env["ir.config_parameter"].set_param("web.base.url", "https://books.example.com")
        invoice = self._invoice()
        self._export()
        link = f"https://books.example.com/mail/view?model=account.move&res_id={invoice.id}"
        self.assertEqual(self._sent(invoice)["Url"], link)
        self.env["ir.config_parameter"].set_param("web.base.url", "https://xero-books.example.com")
        invoice.ref = "Changed"  # the link is no part of what both sides agree on
        other = self._invoice()
        self._export()
        self.assertFalse(self._sent(other).get("Url"))
        self.assertEqual(self._sent(invoice)["Url"], link)
        self.assertSynced(other)

    # === STATUS RULES === #

    def test_void_and_delete(self):
        """S3-R5: cancelled in Odoo is voided in Xero, or deleted where it was not approved yet."""
        approved = self._invoice()
        self._export()
        self.connection.document_status = "SUBMITTED"
        submitted = self._invoice()
        self._export()
        (approved | submitted).button_cancel()
        self._export()
        statuses = [self._in_xero("Invoices", InvoiceNumber=move.name)[0]["Status"] for move in approved | submitted]
        self.assertEqual(statuses, ["VOIDED", "DELETED"])

    def test_paid_document_takes_what_xero_allows(self):
        """S4-34, S5-52: due date, reference and text of a paid invoice still reach Xero, and nothing else is sent."""
        invoice = self._invoice(ref="Order 1")
        self._pay(invoice)
        self._export()
        self.assertEqual(self._in_xero("Invoices", InvoiceNumber=invoice.name)[0]["Status"], "PAID")
        self.xero.clear_journal()
        invoice.ref = "Order 1b"
        invoice.invoice_line_ids.name = "Consulting in March"
        self._export()
        [sent] = self._in_xero("Invoices", InvoiceNumber=invoice.name)
        self.assertEqual((sent["Reference"], sent["LineItems"][0]["Description"]), ("Order 1b", "Consulting in March"))
        self.assertEqual(len(self._writes()), 1)
        sent_keys = set(codec.loads(self.env["xero.request"].search([], limit=1).body)["Invoices"][0])
        self.assertFalse(sent_keys & {"Status", "Date", "CurrencyCode", "Type"})
        self.assertSynced(invoice)

    def test_change_of_a_paid_document_is_held(self):
        """S5-52, S4-53: what Xero no longer takes of a paid invoice is held; credit note and re-issue are offered."""
        invoice = self._invoice(lines=[(None, 1, 100.0)])
        self._pay(invoice)
        self._export()
        invoice.button_draft()
        invoice.invoice_line_ids.write({"quantity": 2, "price_unit": 50.0})
        invoice.action_post()
        self.xero.clear_journal()
        self._export()
        self.assertFalse(self._writes())
        issue = self._issues()
        self.assertEqual(issue.code, "document_paid")
        self.assertIn("credit note", issue.advice)
        self.assertIn("credit_and_reissue", issue.buttons)
        self.assertIn("payments or credits", invoice.xero_problem)
        renewed = self.env["account.move"].browse(issue.action_credit_and_reissue()["res_id"])
        self._export()
        self.assertFalse(self._issues())
        credit = invoice.reversal_move_ids
        self.assertEqual((invoice.invoice_line_ids.quantity, invoice.payment_state), (1, "paid"))
        self.assertEqual((renewed.state, renewed.invoice_line_ids.quantity), ("draft", 2))
        self.assertEqual(float(self._sent_credit(credit)["Total"]), invoice.amount_total)
        renewed.action_post()
        self._export()
        self.assertEqual(self._in_xero("Invoices", InvoiceNumber=renewed.name)[0]["LineItems"][0]["Quantity"], 2)
        self.assertEqual(self._in_xero("Invoices", InvoiceNumber=invoice.name)[0]["Status"], "PAID")

    def _sent_credit(self, credit):
        return self._in_xero("CreditNotes", CreditNoteNumber=credit.name)[0]

    def test_paid_document_is_not_voided(self):
        """S3-R5, S5-52: a cancelled invoice that a credit note settles in Xero stays there, and the error says why."""
        invoice = self._invoice()
        credit = self._invoice("out_refund")
        (invoice | credit).line_ids.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self._export()
        with patch.object(self.env.registry["account.move.line"], "remove_move_reconcile", lambda self: None):
            invoice.button_cancel()
        self._export()
        self.assertEqual(self._in_xero("Invoices", InvoiceNumber=invoice.name)[0]["Status"], "PAID")
        self.assertEqual(self._issues().code, "document_paid")

    def test_unpaid_again_can_change(self):
        """S4-34: once the payment is undone, in Xero first, the changed invoice follows."""
        invoice = self._invoice(lines=[(None, 1, 100.0)])
        payment = self._pay(invoice)
        self._export()
        payment.action_draft()
        payment.action_cancel()
        invoice.button_draft()
        invoice.invoice_line_ids.price_unit = 150.0
        invoice.action_post()
        self._export()
        self._export()
        [sent] = self._in_xero("Invoices", InvoiceNumber=invoice.name)
        self.assertEqual((sent["Status"], float(sent["Total"])), ("AUTHORISED", invoice.amount_total))
        self.assertFalse(self._issues(), self._issues().mapped("text"))


class TestLock(XeroCase):
    """Lock invoices when transferred to Xero."""

    def setUp(self):
        super().setUp()
        self.clerk = self.env["res.users"].create(
            {
                "name": "Clerk",
                "login": "clerk",
                "company_ids": [Command.set(self.company.ids)],
                "company_id": self.company.id,
                "group_ids": [Command.set(self.env.ref("account.group_account_invoice").ids)],
            }
        )
        self.clerk.group_ids -= self.env.ref("account_xero.group_xero_unlock")

    def test_locked_when_transferred(self):
        """S4-57, S4-58, S4-53: an invoice in Xero is neither reset nor changed; the refusal says why and what to do."""
        invoice = self._invoice().with_user(self.clerk)
        invoice.ref = "Before"
        self._export()
        for change in (
            invoice.button_draft,
            invoice.button_cancel,
            lambda: invoice.write({"ref": "After"}),
            lambda: invoice.invoice_line_ids.write({"name": "Something else"}),
        ):
            with self.assertRaises(RedirectWarning) as refused:
                change()
            self.assertIn("use a credit note and re-issue it", refused.exception.args[0])
        self.assertEqual((invoice.state, invoice.ref), ("posted", "Before"))
        self.assertTrue(invoice.xero_locked)
        self._pay(invoice)
        self.assertEqual(invoice.payment_state, "paid")

    def test_unlocked_by_setting_or_right(self):
        """S4-57: without the setting, or with the right, the invoice can be reset and goes again."""
        invoice, other = self._invoice(), self._invoice()
        self._export()
        self.clerk.group_ids += self.env.ref("account_xero.group_xero_unlock")
        invoice.with_user(self.clerk).button_draft()
        self.assertEqual(invoice.state, "draft")
        self.clerk.group_ids -= self.env.ref("account_xero.group_xero_unlock")
        self.connection.lock_invoices = False
        other.with_user(self.clerk).button_draft()
        self.assertEqual(other.state, "draft")
