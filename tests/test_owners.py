from .common import XeroCase


class TestWhoOwnsWhat(XeroCase):
    def _owner(self, start):
        [row] = [row for row in self.connection._owners() if row[0].startswith(start)]
        return row[1:]

    def test_odoo_owns_by_default(self):
        """S4-03, S4-06, S4-07, S4-08, S4-09: Odoo is the day-to-day master until somebody says otherwise."""
        for kind in ("Contacts", "Products", "Quotes", "Invoices", "Purchase orders", "Stocktakes", "Leads"):
            self.assertEqual(self._owner(kind)[0], "odoo", kind)

    def test_xero_owns_the_books(self):
        """S4-18, S4-19, S4-20, S4-21, S4-22: journals, codes, taxes, currencies and payroll are Xero's; nothing of
        Odoo's goes there, and no account is made."""
        for kind in ("General accounting", "Chart of accounts", "Tax rates, currencies", "Payroll"):
            self.assertEqual(self._owner(kind)[0], "xero", kind)
        accounts = self._in_xero("Accounts")
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "line_ids": [
                    (0, 0, {"account_id": self.company_data["default_account_expense"].id, "debit": 10.0}),
                    (0, 0, {"account_id": self.company_data["default_account_revenue"].id, "credit": 10.0}),
                ],
            }
        )
        entry.action_post()
        self._export()
        self.assertFalse(self._writes())
        self.assertFalse(self._in_xero("ManualJournals"))
        self.assertEqual(self._in_xero("Accounts"), accounts)

    def test_what_is_chosen_shows(self):
        """S4-03, S5-01: the screen says what the settings say."""
        self.assertIn("does not change Odoo", self.connection.owners)
        self.connection.field_owner_ids.filtered(lambda row: row.field == "phone").owner = "xero"
        self.connection.items_owner = "xero"
        self.connection.import_documents = True
        self.connection.sync_manual_journals = True
        self.assertEqual(self._owner("Contacts"), ("both", "All fields but these, which Xero owns: Telephone."))
        self.assertEqual(self._owner("Products")[0], "xero")
        self.assertEqual(self._owner("Invoices")[0], "both")
        self.assertIn("Odoo&#39;s entries go there as manual journals", self.connection.owners)
