from uuid import uuid4

from odoo.fields import Command
from odoo.tools.safe_eval import safe_eval

from .common import XeroCase


class TestWhoOwns(XeroCase):
    """What the connector does by default, as soon as a company is connected: Odoo is where people work day to day."""

    def test_invoices_only_go_out(self):
        """S4-09, S4-03: invoices made in Odoo go to Xero; those made in Xero stay there before somebody says so."""
        invoice = self._invoice()
        self._export()
        contact = self._binding(self.customer).external_id
        body = {
            "Type": "ACCREC",
            "Contact": {"ContactID": contact},
            "Date": "2026-11-01",
            "DueDate": "2026-11-30",
            "InvoiceNumber": "XERO-1",
            "Status": "AUTHORISED",
            "LineItems": [{"Description": "Advice", "Quantity": 1, "UnitAmount": 5, "AccountCode": "200"}],
        }
        answer = self.connection._get_client().put("Invoices", {"Invoices": [body]}, key=str(uuid4()))
        self.assertTrue(answer.elements[0].ok, answer.elements[0].messages)
        before = self.env["account.move"].search_count([])
        self._import()
        self.assertEqual(self.env["account.move"].search_count([]), before)
        self.assertFalse(self._issues())
        self.assertTrue(self._in_xero("Invoices", InvoiceNumber=invoice.name))
        self.connection.import_documents = True
        self.connection.action_reimport()
        self._import()
        self.assertEqual(self.env["account.move"].search_count([]), before + 1)

    def test_leads_and_pipeline_stay(self):
        """S4-04, S4-05: prospects, their changes and the sales pipeline stay in Odoo and cost no call; a prospect
        goes when it is invoiced, and not before."""
        mapped = {mapper._odoo_model or "" for mapper in self.env["xero.mapper"]._all()}
        self.assertFalse([model for model in mapped if model.startswith("crm.")])
        self.xero.clear_journal()
        prospect = self.env["res.partner"].create({"name": "Mountain Lodge", "email": "desk@lodge.example.nz"})
        prospect.write({"phone": "+64 3 555 0100", "comment": "Met at the trade fair"})
        if "crm.lead" in self.env:
            lead = self.env["crm.lead"].create({"name": "Chairs for the hall", "partner_id": prospect.id})
            lead.action_set_won()
        self._export()
        self.assertFalse(self._queue(prospect))
        self.assertFalse(self._writes())
        self.assertFalse(self._in_xero("Contacts", Name="Mountain Lodge"))
        self._invoice(partner=prospect)
        self._export()
        self.assertTrue(self._in_xero("Contacts", Name="Mountain Lodge"))

    def test_journals_stay(self):
        """S4-18: entries of the general ledger are not sent before somebody says so."""
        accounts = self.company_data["default_account_expense"], self.company_data["default_account_revenue"]
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "company_id": self.company.id,
                "line_ids": [
                    Command.create({"account_id": account.id, "balance": balance, "name": "Accrual"})
                    for account, balance in zip(accounts, (10.0, -10.0), strict=True)
                ],
            }
        )
        entry.action_post()
        self._export()
        self.assertFalse(self._in_xero("ManualJournals"))
        self.assertFalse(self._queue())
        self.connection.sync_manual_journals = True
        entry.action_xero_export()
        self._export()
        self.assertEqual(len(self._in_xero("ManualJournals")), 1)

    def test_accounts_are_xeros(self):
        """S4-19: accounts and their codes come from Xero; one that Odoo alone has is not made there."""
        made = {"Code": "297", "Name": "Lamps", "Type": "REVENUE"}
        self.connection._get_client().put("Accounts", made, key=str(uuid4()))
        self.connection.action_read_reference_data()
        domain = [("connection_id", "=", self.connection.id), ("code", "=", "297")]
        self.assertEqual(self.env["xero.account"].search(domain).name, "Lamps")
        codes = {account["Code"] for account in self._in_xero("Accounts") if account.get("Code")}
        own = self.company_data["default_account_revenue"].copy({"code": "298123", "name": "Somebody's idea"})
        invoice = self._invoice(post=False)
        invoice.invoice_line_ids.account_id = own
        invoice.action_post()
        self.xero.clear_journal()
        self._export()
        self.assertEqual(self._issues().mapped("code"), ["account_unmapped"])
        self.assertFalse([call for call in self._writes() if call["path"].endswith("/Accounts")])
        held = {account["Code"] for account in self._in_xero("Accounts") if account.get("Code")}
        self.assertEqual(held, codes)

    def test_payroll_is_xeros(self):
        """S4-22: no right to payroll is asked for, and no call is made to it, whatever is synced."""
        asked = self.connection._wanted_scopes()
        self.assertIn("accounting.contacts", asked)
        self.assertFalse([scope for scope in asked if "payroll" in scope])
        self._pay(self._invoice())
        self._export()
        self._import()
        self.assertTrue(self.xero.journal())
        self.assertFalse([call for call in self.xero.journal() if "payroll.xro" in call["path"]])

    def test_accounts_for_stock_have_a_code(self):
        """S4-R2: an account of Xero is offered for the stock's value only once it has a code there."""
        client = self.connection._get_client()
        bank = {"Name": "Stock Clearing", "Type": "BANK", "BankAccountNumber": "12-3456-7890123-09"}
        client.put("Accounts", {**bank, "Code": "099"}, key=str(uuid4()))
        self.connection.action_read_reference_data()
        domain = [("connection_id", "=", self.connection.id), ("name", "=", "Stock Clearing")]
        account = self.env["xero.account"].search(domain)
        for name in ("supplier_payment_account_id", "supplier_refund_account_id"):
            offered = safe_eval(self.connection._fields[name].domain, {"id": self.connection.id})
            self.assertIn(account, self.env["xero.account"].search(offered))
        account.sudo().code = False
        for name in ("supplier_payment_account_id", "supplier_refund_account_id", "stock_adjustment_account_id"):
            offered = safe_eval(self.connection._fields[name].domain, {"id": self.connection.id})
            self.assertNotIn(account, self.env["xero.account"].search(offered))
            self.assertTrue(self.env["xero.account"].search(offered), name)
