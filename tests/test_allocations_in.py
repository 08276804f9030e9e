from odoo import fields

from .common import XeroCase


class TestAllocationsIn(XeroCase):
    """Credit that is allocated, and unallocated, in Xero."""

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(lines=[(None, 1, 200.0)])
        self.note = self._invoice("out_refund", lines=[(None, 1, 100.0)])
        self._export()
        self.made = 0

    def _call(self, verb, path, body=None):
        self.made += 1
        client = self.connection._get_client()
        answer = client.delete(path) if verb == "delete" else getattr(client, verb)(path, body, f"test-{self.made}")
        self.env.cr.flush()
        return answer.payload

    def _allocate(self, invoice_id, amount):
        body = {"Allocations": [{"Amount": amount, "Invoice": {"InvoiceID": invoice_id}}]}
        self._call("put", f"CreditNotes/{self._binding(self.note).external_id}/Allocations", body)

    def _unallocate(self):
        [note] = self._in_xero("CreditNotes")
        [allocation] = note["Allocations"]
        self._call("delete", f"CreditNotes/{note['CreditNoteID']}/Allocations/{allocation['AllocationID']}")

    def _due(self):
        return float(self._in_xero("Invoices", InvoiceNumber=self.invoice.name)[0]["AmountDue"])

    def _match(self):
        lines = (self.invoice | self.note).line_ids
        lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()

    def test_made_and_undone_in_xero(self):
        """S2-49: what is allocated in Xero is matched in Odoo, and undone with it, whatever the setting says."""
        self._allocate(self._binding(self.invoice).external_id, 50)
        self._import()
        self.assertEqual((self.invoice.amount_residual, self.note.amount_residual), (180.0, 65.0))
        self._unallocate()
        self._import()
        self.assertEqual((self.invoice.amount_residual, self._due()), (230.0, 230.0))
        self.assertFalse(self._issues())

    def test_own_undone_asks(self):
        """S2-49: an allocation of Odoo's that is undone in Xero is asked about; one click allocates again."""
        self._match()
        self._export()
        self._unallocate()
        self._import()
        self.assertEqual((self.invoice.amount_residual, self._due()), (115.0, 230.0))
        self.assertEqual((self._issues().code, self._issues().res_id), ("allocation_deleted", self.note.id))
        self.assertIn(self.invoice.name, self._issues().text)
        self._export()
        self._import()
        self.assertEqual(self._due(), 230.0)
        self.note.action_xero_export()
        self._export()
        self._import()
        self.assertEqual((self.invoice.amount_residual, self._due()), (115.0, 115.0))
        self.assertFalse(self._issues())

    def test_own_undone_and_wrong(self):
        """S2-49: where it was wrong, Odoo's matching is undone, and nothing goes to Xero."""
        self._match()
        self._export()
        self._unallocate()
        self._import()
        self.invoice.line_ids.remove_move_reconcile()
        self.xero.clear_journal()
        self._export()
        self._import()
        self.assertEqual((self.invoice.amount_residual, self._due()), (230.0, 230.0))
        self.assertFalse(self._writes())

    def test_own_undone_by_rule(self):
        """S2-49: where the connection says so, Odoo follows."""
        self.connection.deleted_payments = "undo"
        self._match()
        self._export()
        self._unallocate()
        self._import()
        self.assertEqual((self.invoice.amount_residual, self._due()), (230.0, 230.0))
        self.assertFalse(self._issues())

    def _stranger(self):
        """An invoice that is in Xero alone."""
        invoice = {
            "Type": "ACCREC",
            "Contact": {"ContactID": self._binding(self.customer).external_id},
            "Date": fields.Date.today().isoformat(),
            "DueDate": fields.Date.today().isoformat(),
            "InvoiceNumber": "OLD-1",
            "Status": "AUTHORISED",
            "LineAmountTypes": "NoTax",
            "LineItems": [{"Description": "Old", "Quantity": 1, "UnitAmount": 500, "AccountCode": "200"}],
        }
        return self._call("put", "Invoices", {"Invoices": [invoice]})["Invoices"][0]["InvoiceID"]

    def test_allocated_to_what_odoo_does_not_have(self):
        """S2-49: credit that is used up in Xero and open in Odoo is said, with the document it went to, once."""
        self._allocate(self._stranger(), 115)
        self._import()
        self.assertEqual(self.note.amount_residual, 115.0)
        self.assertEqual((self._issues().code, self._issues().res_id), ("allocation_unknown", self.note.id))
        for word in ("OLD-1", self.note.name, "115"):
            self.assertIn(word, self._issues().text)
        self._issues().action_skip()
        self._import()
        self.assertFalse(self._issues())
