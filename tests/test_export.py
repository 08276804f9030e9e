from datetime import timedelta

from odoo import fields

from .common import XeroCase


class TestExport(XeroCase):
    def test_customer_goes_with_the_first_invoice(self):
        """S1-01, S4-26, S4-23, S2-46, S5-49: a new customer stays at home until an invoice takes it along."""
        self._export()
        self.assertFalse(self._in_xero("Contacts", Name="Ridgeway University"))
        self.assertFalse(self._writes())
        invoice = self._invoice(lines=[(self.product, 2, 80.0)])
        self._export()
        [contact] = self._in_xero("Contacts", Name="Ridgeway University")
        [sent] = self._in_xero("Invoices", InvoiceNumber=invoice.name)
        self.assertEqual(sent["Type"], "ACCREC")
        self.assertEqual(sent["Contact"]["ContactID"], contact["ContactID"])
        self.assertEqual(
            [call["path"].rsplit("/", 1)[-1] for call in self._writes()], ["Contacts", "Items", "Invoices"]
        )
        self.assertSynced(invoice)

    def test_supplier_goes_with_the_first_bill(self):
        """S1-02, S4-44: a vendor bill goes when it is posted, and takes its supplier along."""
        bill = self._invoice("in_invoice", ref="SUP-881", lines=[(self.product, 3, 50.0)])
        self._export()
        [sent] = self._in_xero("Invoices", InvoiceNumber="SUP-881")
        self.assertEqual(sent["Type"], "ACCPAY")
        self.assertEqual(sent["Contact"]["Name"], "Young Bros Transport")
        self.assertSynced(bill)

    def test_number_name_and_taxes_are_carried(self):
        """S3-16, S3-18, S3-19, S3-20: number, reference and taxes arrive, equal to the cent."""
        invoice = self._invoice(lines=[(None, 1, 25.06), (None, 1, 25.61), (None, 1, 25.63)], ref="Autumn order")
        self._export()
        [sent] = self._in_xero("Invoices", InvoiceNumber=invoice.name)
        self.assertEqual(sent["Reference"], "Autumn order")
        self.assertEqual(float(sent["TotalTax"]), invoice.amount_tax)
        self.assertEqual(float(sent["Total"]), invoice.amount_total)

    def test_credit_note(self):
        """S4-35: credit notes go when they are posted, both kinds."""
        credit = self._invoice("out_refund", lines=[(None, 1, 40.0)])
        refund = self._invoice("in_refund", ref="SUP-C1", lines=[(None, 1, 30.0)])
        self._export()
        self.assertEqual(len(self._in_xero("CreditNotes", CreditNoteNumber=credit.name, Type="ACCRECCREDIT")), 1)
        self.assertEqual(len(self._in_xero("CreditNotes", CreditNoteNumber="SUP-C1", Type="ACCPAYCREDIT")), 1)
        self.assertSynced(credit)
        self.assertSynced(refund)

    def test_nothing_is_called_in_the_users_transaction(self):
        """S4-28, S4-64: posting only queues; the record is in the Export Queue until the worker comes."""
        invoice = self._invoice()
        self._mark()
        self.assertFalse(self._calls())
        row = self._queue(invoice)
        self.assertEqual(row.state, "waiting")
        self.assertEqual(row.record_name, invoice.display_name)
        self._export()
        self.assertFalse(self._queue())

    def test_creates_are_put_and_changes_are_post(self):
        """S2-62, S2-63, S4-34: a create never overwrites; a change of a linked document is sent again."""
        invoice = self._invoice()
        self._export()
        self.assertEqual({call["method"] for call in self._writes()}, {"PUT"})
        self.xero.clear_journal()
        invoice.button_draft()
        invoice.invoice_line_ids.price_unit = 150.0
        invoice.action_post()
        self._export()
        [call] = self._writes()
        self.assertEqual((call["method"], call["path"].rsplit("/", 1)[-1]), ("POST", "Invoices"))
        [sent] = self._in_xero("Invoices", InvoiceNumber=invoice.name)
        self.assertEqual(float(sent["Total"]), invoice.amount_total)
        self.assertEqual(len(sent["LineItems"]), 1)

    def test_linked_partner_is_sent_again(self):
        """S2-63: a changed customer reaches Xero without a document."""
        self._invoice()
        self._export()
        self.customer.name = "Ridgeway College"
        self._export()
        self.assertTrue(self._in_xero("Contacts", Name="Ridgeway College"))
        self.assertFalse(self._in_xero("Contacts", Name="Ridgeway University"))

    def test_what_both_sides_agree_on_causes_no_call(self):
        """S4-34: marks without a change of what is sent cost no call."""
        invoice = self._invoice()
        self._export()
        self.xero.clear_journal()
        self.env["xero.outbox"]._mark(invoice)
        self.customer.write({"name": "Elsewhere"})
        self.customer.write({"name": "Ridgeway University"})
        self._export()
        self.assertFalse(self._writes())
        self.assertFalse(self._queue())

    def test_documents_before_the_start_date_stay(self):
        """Installing beside years of books exports none of them."""
        self.connection.sync_from_date = fields.Date.today()
        old = self._invoice(invoice_date=fields.Date.today() - timedelta(days=1))
        new = self._invoice()
        self._mark()
        self.assertFalse(self._queue(old))
        self._export()
        self.assertFalse(self._in_xero("Invoices", InvoiceNumber=old.name))
        self.assertSynced(new)
        self.assertEqual(old.action_xero_export()["res_model"], "xero.older")
        self._export()
        self.assertFalse(self._in_xero("Invoices", InvoiceNumber=old.name))
        self.assertFalse(self._queue())

    def test_excluded_records_stay(self):
        """S4-74: what is set not to be exported stays at home, with its reason in the history."""
        invoice = self._invoice(post=False)
        invoice.xero_do_not_export = True
        invoice.xero_do_not_export_reason = "Kept by the old accountant"
        invoice.action_post()
        self._export()
        self.assertFalse(self._in_xero("Invoices", InvoiceNumber=invoice.name))
        history = self.env["xero.history"].search([("model", "=", "account.move"), ("res_id", "=", invoice.id)])
        self.assertEqual((history.action, history.note), ("skipped", "Kept by the old accountant"))
        self.assertFalse(invoice.xero_code)

    def test_one_bad_record_holds_only_itself(self):
        """S2-59: of a batch, the good elements are kept and the refused one becomes an issue."""
        good = self._invoice()
        bad = self._invoice(lines=[(None, 1, 10.0)])
        also = self._invoice(lines=[(None, 1, 20.0)])
        self.xero.token()
        self._taken_number(bad.name)
        self._export()
        self.assertSynced(good)
        self.assertSynced(also)
        [issue] = self._issues()
        self.assertEqual((issue.code, issue.model, issue.res_id), ("number_taken", "account.move", bad.id))
        self.assertEqual(self._queue(bad).issue_id, issue)
        done = self.env["xero.history"].search([("res_id", "in", (good | also).ids), ("model", "=", "account.move")])
        self.assertEqual(set(done.mapped("action")), {"created"})

    def test_a_failing_lookup_repeats_nothing(self):
        """S2-59: where looking up a refused element fails, what the same call created is kept and not sent again."""
        bill = self._invoice("in_invoice", ref="B-5")
        taken = self._invoice()
        self._taken_number(taken.name)
        self.xero.add_fault("status", method="GET", path="Invoices", status=429, headers={"Retry-After": "5"})
        self._export()
        self.xero.clear_faults()
        self._export()
        self.assertSynced(bill)
        self.assertEqual(len(self._in_xero("Invoices", InvoiceNumber="B-5")), 1)
        self.assertEqual(self._issues().res_id, taken.id)

    def _taken_number(self, number):
        """Somebody typed another invoice with that number into Xero."""
        client = self.connection._get_client()
        contact = client.put("Contacts", {"Contacts": [{"Name": "Somebody Else"}]}, "taken-contact").elements[0].data
        client.put(
            "Invoices",
            {
                "Invoices": [
                    {
                        "Type": "ACCREC",
                        "InvoiceNumber": number,
                        "Contact": {"ContactID": contact["ContactID"]},
                        "LineItems": [{"Description": "x"}],
                        "Status": "DRAFT",
                    }
                ]
            },
            "taken-number",
        )

    def test_history_and_accounting_code(self):
        """S4-65, S4-70, S4-71: what was synced is in the history, and the Accounting Code is filled."""
        invoice = self._invoice()
        self.assertFalse(invoice.xero_code)
        self._export()
        self.assertEqual(invoice.xero_code, invoice.name)
        self.assertTrue(invoice.xero_last_export_date)
        self.assertTrue(self.customer.xero_code)
        history = self.env["xero.history"].search([("model", "=", "account.move"), ("res_id", "=", invoice.id)])
        self.assertEqual((history.direction, history.action, history.resource), ("out", "created", "Invoices"))

    def test_invoice_without_contact_is_held(self):
        """S5-53: a document without a customer is not sent, and the reason is given."""
        invoice = self._invoice()
        self.env.cr.execute(
            "UPDATE account_move SET partner_id = NULL, commercial_partner_id = NULL WHERE id = %s", [invoice.id]
        )
        self.env.invalidate_all()
        self._export()
        self.assertEqual(self._issues().code, "no_contact")
        self.assertFalse(self._writes())

    def test_thirteen_calls_for_five_hundred_invoices(self):
        """500 invoices for 50 customers and 40 products leave in at most 13 calls."""
        partners = self.env["res.partner"].create([{"name": f"Customer {n:03}"} for n in range(50)])
        products = self.env["product.product"].create(
            [{"name": f"Product {n:03}", "default_code": f"P{n:03}", "lst_price": 10 + n} for n in range(40)]
        )
        invoices = self._many_invoices(500, partners, products)
        self._mark()
        for _run in range(10):  # other jobs are due as well, so a run is short
            if self._queue():
                self._export()
        self.assertEqual(len(self._in_xero("Invoices")), len({i.name for i in invoices}) + self._seeded("Invoices"))
        self.assertLessEqual(len(self._writes()), 13)

    def _many_invoices(self, number, partners, products):
        invoices = self.env["account.move"]
        for start in range(0, number, 50):
            batch = self.env["account.move"].create(
                [
                    self._values(partners[n % len(partners)], products[n % len(products)])
                    for n in range(start, start + 50)
                ]
            )
            self.env.flush_all()
            # A big transaction without statistics gets plans that take minutes.
            self.env.cr.execute("ANALYZE account_move, account_move_line")
            batch.action_post()
            invoices |= batch
        return invoices

    def _values(self, partner, product):
        line = {
            "product_id": product.id,
            "quantity": 1,
            "price_unit": 10.0,
            "tax_ids": [fields.Command.set(self.tax_sale.ids)],
        }
        return {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_date": fields.Date.today(),
            "invoice_line_ids": [fields.Command.create(line)],
        }

    def _seeded(self, resource):
        return sum(
            1 for record in self._in_xero(resource) if not (record.get("InvoiceNumber") or "").startswith("INV/")
        )
