from decimal import Decimal
from uuid import uuid4

from odoo import fields

from .common import XeroCase


class TestIncomingDocuments(XeroCase):
    """Invoices, bills and credit notes that were made in Xero."""

    def setUp(self):
        super().setUp()
        self._export_contact(self.customer)
        self.client = self.connection._get_client()
        self.contact_id = self._binding(self.customer).external_id
        self.connection.write({"import_documents": True, "lock_invoices": False})

    def _export_contact(self, partner):
        partner.action_xero_export()
        self._export()

    def _in_xeros_screens(self, resource="Invoices", **values):
        """Somebody types a document into Xero."""
        document = {
            "Type": "ACCREC",
            "Contact": {"ContactID": self.contact_id},
            "Date": fields.Date.to_string(fields.Date.today()),
            "DueDate": fields.Date.to_string(fields.Date.today()),
            "Status": "AUTHORISED",
            "LineAmountTypes": "Exclusive",
            "LineItems": [self._line(100.0)],
            **values,
        }
        if resource == "CreditNotes":
            document.pop("DueDate")
        answer = self.client.put(resource, {resource: [document]}, key=str(uuid4()))
        self.assertTrue(answer.elements[0].ok, answer.elements[0].messages)
        self.xero.clear_journal()
        return answer.elements[0].data

    @staticmethod
    def _line(price, quantity=1, tax="OUTPUT2", account="200", **values):
        line = {"Description": "Desk", "Quantity": quantity, "UnitAmount": Decimal(str(price)), "TaxType": tax}
        return {**line, "AccountCode": account, **values}

    def _imported(self, **wanted):
        bindings = self.env["xero.binding"].search(
            [("connection_id", "=", self.connection.id), ("model", "=", "account.move"), ("origin", "=", "xero")]
        )
        return (
            self.env["account.move"]
            .browse(bindings.mapped("res_id"))
            .filtered(lambda move: all(move[key] == value for key, value in wanted.items()))
        )

    def test_off_by_default(self):
        """S5-10, S2-20: documents made in Xero are none of Odoo's business unless the connection says so."""
        self.connection.import_documents = False
        self._in_xeros_screens()
        self._import()
        self.assertFalse(self._imported())
        self.assertFalse(self._issues())

    def test_an_invoice_comes_to_the_cent(self):
        """S2-20, S2-50, S5-10: an invoice made in Xero is posted in Odoo with its contact, lines, taxes and totals."""
        lines = [
            self._line(25.06),
            self._line(25.61),
            self._line(25.63),
            self._line(19.99, quantity=3, DiscountRate=10),
        ]
        made = self._in_xeros_screens(LineItems=lines, Reference="PO 9", InvoiceNumber="X-1001")
        self._import()
        move = self._imported()
        self.assertEqual((move.move_type, move.state, move.partner_id), ("out_invoice", "posted", self.customer))
        self.assertEqual(f"{move.amount_total:.2f}", f"{made['Total']:.2f}")
        self.assertEqual(f"{move.amount_tax:.2f}", f"{made['TotalTax']:.2f}")
        self.assertEqual((move.xero_code, move.ref, move.payment_reference), ("X-1001", "PO 9", "X-1001"))
        self.assertEqual(len(move.invoice_line_ids), 4)
        mapped = self.env["xero.account.mapping"]._for(self.connection)
        self.assertEqual({mapped[line.account_id.id].code for line in move.invoice_line_ids}, {"200"})
        self.assertEqual(move.invoice_line_ids.tax_ids, self.tax_sale)

    def test_bill_and_credit_notes(self):
        """S2-20, S5-10, S5-19: a bill and both kinds of credit note made in Xero come as what they are."""
        expense = [self._line(50.0, tax="INPUT2", account="400")]
        self._in_xeros_screens(Type="ACCPAY", InvoiceNumber="B-5", LineItems=expense)
        self._in_xeros_screens("CreditNotes", Type="ACCRECCREDIT")
        self._in_xeros_screens("CreditNotes", Type="ACCPAYCREDIT", LineItems=expense)
        self._import()
        found = {move.move_type: (move.state, move.amount_total) for move in self._imported()}
        self.assertEqual(
            found, {"in_invoice": ("posted", 57.5), "out_refund": ("posted", 115.0), "in_refund": ("posted", 57.5)}
        )
        self.assertEqual(self._imported(move_type="in_invoice").ref, "B-5")

    def test_never_sent_back(self):
        """S5-10: what came from Xero does not go back, whatever is written on it in Odoo."""
        self._in_xeros_screens()
        self._import()
        self._imported().ref = "Something else"
        self._export()
        self._import()
        self.assertFalse(self._writes())
        self.assertFalse(self._queue())
        self.assertEqual(len(self._imported()), 1)

    def test_inclusive_and_untaxed(self):
        """S2-50: prices with tax included, and documents without tax, come with Xero's totals."""
        self._in_xeros_screens(LineAmountTypes="Inclusive", LineItems=[self._line(541.25), self._line(500.0)])
        self._in_xeros_screens(LineAmountTypes="NoTax", LineItems=[self._line(80.0, tax="NONE")])
        self._import()
        totals = sorted((move.amount_total, move.amount_tax) for move in self._imported())
        self.assertEqual(totals, [(80.0, 0.0), (1041.25, 135.82)])

    def test_drafts_by_setting(self):
        """S2-20: where the connection says so, imported documents are drafts."""
        self.connection.imported_document_state = "draft"
        self._in_xeros_screens()
        self._import()
        self.assertEqual((self._imported().state, self._imported().amount_total), ("draft", 115.0))

    def test_drafts_and_old_documents_of_xero_stay_there(self):
        """S5-10: what is not approved in Xero, or dated before the start date, is not booked."""
        self.connection.sync_from_date = fields.Date.today()
        self._in_xeros_screens(Status="DRAFT")
        self._in_xeros_screens(Date="2021-05-01", DueDate="2021-05-01")
        self._import()
        self.assertFalse(self._imported())

    def test_an_unknown_contact_is_said(self):
        """S2-20: an unlinked contact is never guessed; linking the contact lets the document in."""
        self.contact_id = (
            self.client.put("Contacts", {"Contacts": [{"Name": "Stranger Ltd"}]}, key="stranger")
            .elements[0]
            .data["ContactID"]
        )
        self._in_xeros_screens()
        self._import()
        issue = self._issues()
        self.assertEqual(issue.code, "contact_unlinked")
        self.assertIn("Stranger Ltd", issue.text)
        stranger = self.env["res.partner"].create({"name": "Stranger Ltd"})
        row = {"model": "res.partner", "res_id": stranger.id, "resource": "Contacts", "external_id": self.contact_id}
        self.env["xero.binding"]._record_many(self.connection, [row])
        self._import()
        self.assertEqual(self._imported().partner_id, stranger)
        self.assertFalse(self._issues())

    def test_an_unmapped_account_is_said(self):
        """S2-20: a document on an account that nothing is mapped to is held, not booked somewhere."""
        mapped = self.env["xero.account.mapping"].search([("xero_account_id.code", "=", "200")])
        mapped.xero_account_id = False
        before = self.env["account.move"].search_count([])
        self._in_xeros_screens()
        self._import()
        self.assertFalse(self._imported())
        self.assertEqual(self._issues().code, "account_unknown")
        self.assertEqual(self.env["account.move"].search_count([]), before, "no half-made draft stays behind")

    def test_later_changes_follow(self):
        """S5-10, S5-51: a document born in Xero follows what is done to it there, and its payments come too."""
        made = self._in_xeros_screens(InvoiceNumber="X-7")
        self._import()
        self.xero.act(
            "edit-invoice-line", tenant_id=self.connection.tenant_id, invoice="X-7", line=1, values={"UnitAmount": 300}
        )
        self._import()
        move = self._imported()
        self.assertEqual((move.state, move.amount_total), ("posted", 345.0))
        self.xero.act("bank-payment", tenant_id=self.connection.tenant_id, invoice="X-7", amount="45.00")
        self._import()
        self.assertEqual(move.amount_residual, 300.0)
        self.assertFalse(self._issues())
        self.assertTrue(made["InvoiceID"])

    def test_void_follows(self):
        """S5-51: a document born in Xero and voided there is cancelled in Odoo."""
        self._in_xeros_screens(InvoiceNumber="X-8")
        self._import()
        move = self._imported()
        self.xero.act("void-invoice", tenant_id=self.connection.tenant_id, invoice="X-8")
        self._import()
        self.assertEqual((move.state, move.xero_state), ("cancel", "deleted"))
        self.assertFalse(self._issues())
