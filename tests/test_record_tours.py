"""In a real browser: the preview of an invoice, records left out from their list, and Xero Minimal Data Mode."""

import json

from odoo.tests import tagged

from .test_tours import ErrorsInBrowserCase

INVOICES = "/odoo/action-account.action_move_out_invoice_type"
NO_ERRORS = "!document.querySelector('.o_error_dialog')"


@tagged("post_install", "-at_install")
class TestRecordsInBrowser(ErrorsInBrowserCase):
    def setUp(self):
        super().setUp()
        self._person("chief", "account_xero.group_xero_user,account.group_account_manager,base.group_partner_manager")

    def _writes(self):
        return [call for call in self.xero.journal() if "/api.xro/" in call["path"] and call["method"] != "GET"]

    def _open_tab(self, page):
        page.click_text(".o_notebook_headers a", "Xero")

    def test_preview(self):
        """S1-31, S4-R5: from the logo on the invoice to what would leave, with Xero's journal; nothing is written."""
        invoice = self._invoice()
        self.env.cr.flush()
        name = invoice.name
        self.xero.clear_journal()
        with self._browsing("chief", f"{INVOICES}/{invoice.id}") as page:
            page.sees("Waiting")  # on the smart button: the invoice is in the queue
            self._open_tab(page)
            page.click("button[name=action_xero_preview]")
            page.sees("A preview: nothing is sent and nothing is written.")
            page.sees("Journal That Xero Posts")
            page.sees("Accounts Receivable")
            page.sees("Goes along, because it is needed")
            page.click_text(".modal summary", "JSON")
            page.sees('"InvoiceNumber": ' + json.dumps(name))
            page.click_text(".modal-footer button", "Close")
            page.wait_for("!document.querySelector('.modal')", "the dialog to go")
            self.assertTrue(page.evaluate(NO_ERRORS))
        self.assertFalse(self._writes())
        self.assertFalse(self.env["xero.binding"].search([("connection_id", "=", self.connection.id)]))
        self._export()
        self.assertEqual(invoice.xero_state, "synced")

    def test_left_out_from_the_list(self):
        """S4-73, S4-74, S4-75, S4-77: ticked in the list, left out with a reason, shown as columns, and never sent."""
        kept, sent = self._invoice(), self._invoice()
        self.env.cr.flush()
        name, kept_id = kept.name, kept.id
        with self._browsing("chief", INVOICES) as page:
            rows = "[...document.querySelectorAll('tr.o_data_row')]"
            row = f"{rows}.find(row => row.innerText.includes({json.dumps(name)}))"
            page.wait_for(f"!!{row}", name)
            page.evaluate(f"{row}.querySelector('.o_list_record_selector input').click()")
            page.click(".o_cp_action_menus button:has(.fa-cog)")
            page.click_text(".o-dropdown--menu .o-dropdown-item", "Do Not Sync with Xero")
            page.sees("What of these records is in Xero already stays there.")
            field = "document.querySelector('.modal [name=reason] input')"
            page.wait_for(f"!!{field}", "the field of the reason")
            page.evaluate(
                f"(() => {{ const field = {field}; field.value = 'Sample for the trade fair';"
                "field.dispatchEvent(new Event('input', {bubbles: true}));"
                "field.dispatchEvent(new Event('change', {bubbles: true})); })()"
            )
            page.click("button[name=action_confirm]")
            page.wait_for("!document.querySelector('.modal')", "the dialog to go")
            page.go_to(f"{INVOICES}/{kept_id}")
            self._open_tab(page)
            reason = "document.querySelector('[name=xero_do_not_export_reason] input')?.value"
            page.wait_for(f"{reason} === 'Sample for the trade fair'", "the reason on the record")
            self.assertTrue(page.evaluate(NO_ERRORS))
        self._export()
        numbers = {invoice["InvoiceNumber"] for invoice in self.xero.state("Invoices", self.connection.tenant_id)}
        self.assertIn(sent.name, numbers)
        self.assertNotIn(kept.name, numbers)

    def test_minimal_data_mode(self):
        """S1-04, S1-05, S1-06, S1-07, S1-10: switched on in Settings; what the contact shows to leave is what does."""
        self._person("owner", "base.group_system,account_xero.group_xero_administrator,account.group_account_manager")
        self.customer.write(
            {"phone": "+64 9 555 0100", "street": "12 Bay Road", "city": "Auckland", "is_company": True}
        )
        self.connection.minimal_data_mode = False
        partner_id = self.customer.id
        with self._browsing("owner", "/odoo/settings#account_xero") as page:
            page.click("[name=xero_minimal_data_mode] input")
            page.click_text(".o_select_menu_item", "1: name, e-mail and identifier only")
            page.click(".o_form_button_save")
            page.wait_for("!document.body.innerText.includes('Unsaved changes')", "the settings saved")
            page.sees("Test Xero")
        self.assertEqual(self.connection.minimal_data_mode, "1")
        with self._browsing("owner", f"/odoo/res.partner/{partner_id}") as page:
            self._open_tab(page)
            page.click("button[name=action_xero_what_leaves]")
            page.sees("Xero Minimal Data Mode is on")
            page.sees("12 Bay Road")  # in the column of all details
            self.assertTrue(page.evaluate(NO_ERRORS))
        self._invoice()
        self._export()
        [contact] = [
            contact
            for contact in self.xero.state("Contacts", self.connection.tenant_id)
            if contact.get("ContactNumber") == f"ODOO-{partner_id}"
        ]
        self.assertEqual((contact["Name"], contact["EmailAddress"]), (self.customer.name, self.customer.email))
        self.assertNotIn("Bay Road", str(contact))
        self.assertNotIn("555", str(contact["Phones"]))
