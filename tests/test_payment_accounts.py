from lxml import etree

from odoo.exceptions import ValidationError
from odoo.tools.safe_eval import safe_eval

from .common import XeroCase


class TestPaymentAccounts(XeroCase):
    """Which account of Xero a payment goes to."""

    def _clear_mapping(self):
        self.env["xero.journal.mapping"].search([("connection_id", "=", self.connection.id)]).xero_account_id = False

    def _offered(self):
        domain = self.connection._fields["clearing_account_id"].domain
        domain = safe_eval(domain, {"id": self.connection.id})
        return self.env["xero.account"].search(domain)

    def _takes_payments(self):
        domain = [("connection_id", "=", self.connection.id), ("payments_enabled", "=", True), ("type", "!=", "BANK")]
        return self.env["xero.account"].search(domain, limit=1)

    def test_clearing_account(self):
        """S3-04: the account chosen for payments takes those of every journal without an account of its own."""
        self._clear_mapping()
        self.connection.clearing_account_id = self._takes_payments()
        self._pay(self._invoice())
        self._export()
        [payment] = self._in_xero("Payments")
        self.assertEqual(payment["Account"]["AccountID"], self.connection.clearing_account_id.external_id)

    def test_each_journal_its_own(self):
        """S3-04: a journal with an account of its own keeps it."""
        self.connection.clearing_account_id = self._takes_payments()
        own = self.env["xero.journal.mapping"]._for(self.connection)[self.bank.id]
        self._pay(self._invoice())
        self._export()
        [payment] = self._in_xero("Payments")
        self.assertEqual(payment["Account"]["AccountID"], own.external_id)

    def test_what_is_offered(self):
        """S3-05, S3-06: only accounts with payments enabled are offered, and no bank accounts."""
        offered = self._offered()
        self.assertTrue(offered)
        self.assertTrue(all(offered.mapped("payments_enabled")))
        self.assertNotIn("BANK", offered.mapped("type"))
        bank = self.env["xero.account"].search(
            [("connection_id", "=", self.connection.id), ("type", "=", "BANK")], limit=1
        )
        with self.assertRaises(ValidationError):
            self.connection.clearing_account_id = bank

    def test_unable_to_find(self):
        """S3-07: help stands beside the list, with a button that reads the accounts again."""
        form = etree.fromstring(self.env["xero.connection"].get_view(view_type="form")["arch"])
        [group] = form.xpath("//group[@name='payments']")
        self.assertIn("Unable to find?", "".join(group.itertext()))
        self.assertIn("Enable payments to this account", "".join(group.itertext()))
        self.assertTrue(group.xpath(".//button[@name='action_read_reference_data']"))
        offered = self._offered()
        [other] = [row for row in self._in_xero("Accounts") if row.get("Code") and row["Type"] == "EXPENSE"][:1]
        self.connection._with_client(
            lambda client: client.post(f"Accounts/{other['AccountID']}", {"EnablePaymentsToAccount": True}, "enable")
        )
        self.connection.action_read_reference_data()
        self.assertEqual((self._offered() - offered).mapped("external_id"), [other["AccountID"]])

    def test_default_bank_account(self):
        """S5-54, S5-55: a payment of a journal without account goes to the default bank account."""
        self._clear_mapping()
        self._pay(self._invoice())
        self._export()
        [payment] = self._in_xero("Payments")
        self.assertEqual(payment["Account"]["AccountID"], self.connection.default_bank_account_id.external_id)

    def test_no_account_at_all(self):
        """S5-56, S5-57: with neither, the payment waits with its reason and the invoice stays AUTHORISED in Xero."""
        self._clear_mapping()
        self.connection.default_bank_account_id = False
        invoice = self._invoice()
        self._pay(invoice)
        self._export()
        self.assertEqual(self._in_xero("Invoices", InvoiceNumber=invoice.name)[0]["Status"], "AUTHORISED")
        self.assertFalse(self._in_xero("Payments"))
        self.assertEqual(self._issues().code, "journal_unmapped")
        self.connection.clearing_account_id = self._takes_payments()
        self._export()
        self.assertEqual(self._in_xero("Invoices", InvoiceNumber=invoice.name)[0]["Status"], "PAID")

    def test_unallocated_waits(self):
        """S4-10, S4-36: a payment that no document is matched with is not sent; it goes once it is matched."""
        invoice = self._invoice()
        self._export()
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.customer.id,
                "amount": 115.0,
                "journal_id": self.bank.id,
            }
        )
        payment.action_post()
        self._export()
        self.assertFalse(self._in_xero("Payments"))
        debts = (invoice | payment.move_id).line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        debts.reconcile()
        self._export()
        self.assertEqual(float(self._in_xero("Payments")[0]["Amount"]), 115.0)
