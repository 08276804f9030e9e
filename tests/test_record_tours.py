"""In a real browser: the preview of an invoice, records left out from their list, and Xero Minimal Data Mode."""

import json

from odoo.tests import tagged

from .test_tours import ErrorsInBrowserCase

INVOICES = "/odoo/action-account.action_move_out_invoice_type"
# Buttons on the page Xero of a record, and on the page of the connection, by who may press them.
ACCOUNTANTS = {"action_xero_export", "action_xero_preview", "action_xero_history"}
ADMINISTRATORS = {"action_reauthorise", "action_ask_disconnect"}
PEOPLE = {
    "seller": "base.group_user,base.group_partner_manager",
    "accountant": "account.group_account_user,base.group_partner_manager",
    "owner": "base.group_system,account_xero.group_xero_administrator,base.group_partner_manager",
}
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

    # === WHO SEES WHAT === #

    def _shown(self, page, inside):
        """Names of the buttons of the connector that are to be seen inside of an element."""
        names = (
            f"[...document.querySelectorAll('{inside} button[name^=action_]')]"
            ".filter(button => button.checkVisibility()).map(button => button.name)"
        )
        return set(page.evaluate(names))

    def _apps(self, page):
        page.click(".o_navbar_apps_menu button")
        items = (
            "[...document.querySelectorAll('.o-dropdown--menu .o-dropdown-item')].map(item => item.innerText.trim())"
        )
        return page.wait_for(f"(() => {{ const all = {items}; return all.length && all; }})()", "the apps")

    def _look_at_the_contact(self, page):
        """What of the contact's page Xero can be pressed."""
        self._open_tab(page)
        page.sees("Not Synced")
        page.sees("Do Not Export to Xero")
        return self._shown(page, ".o_notebook") - {"action_xero_what_leaves"}

    def test_a_seller_sees_the_state_and_no_more(self):
        """S4-66, S4-70: somebody who sells sees on a contact whether Xero has it, and can send and set up nothing: no
        app, no button, no page of the connection."""
        self._person("seller", PEOPLE["seller"])
        with self._browsing("seller", f"/odoo/res.partner/{self.customer.id}") as page:
            self.assertFalse(self._look_at_the_contact(page))
            self.assertNotIn("Xero", self._apps(page))
        refused = ("odoo.http: ",)  # the server writes down that somebody asked for what is not for them
        address = f"/odoo/action-account_xero.xero_connection_action/{self.connection.id}"
        with self._browsing("seller", address, complaints=refused) as page:
            page.sees("You are not allowed to access")
            self.assertNotIn(self.tenant["name"], page.evaluate("document.body.innerText"))

    def test_an_accountant_works_and_does_not_set_up(self):
        """S4-66, S4-67, S4-95: an accountant sends, previews and looks back, reads connection and dashboard, and
        neither connects, disconnects, removes links nor comes to the configuration."""
        self._person("accountant", PEOPLE["accountant"])
        with self._browsing("accountant", f"/odoo/res.partner/{self.customer.id}") as page:
            self.assertEqual(self._look_at_the_contact(page), ACCOUNTANTS)
            self.assertIn("Xero", self._apps(page))
            page.click_text(".o-dropdown--menu .o-dropdown-item", "Xero")
            page.click_text(".o_data_row td", self.tenant["name"])
            page.sees("Export Queue")
            self.assertFalse(self._shown(page, ".o_form_view") & ADMINISTRATORS)
            menus = page.evaluate("document.querySelector('.o_menu_sections').innerText")
            self.assertIn("Dashboard", menus)
            self.assertNotIn("Configuration", menus)
            page.click_text(".o_menu_sections a", "Dashboard")
            page.sees("Opening this page never calls Xero.")

    def test_an_administrator_sets_up(self):
        """S4-66, S4-67, S4-95: an administrator has what an accountant has, and connects, disconnects, removes links
        and configures."""
        self._person("owner", PEOPLE["owner"])
        self._invoice()
        self._export()
        with self._browsing("owner", f"/odoo/res.partner/{self.customer.id}") as page:
            self._open_tab(page)
            page.sees("Synced")
            self.assertLessEqual(ACCOUNTANTS | {"action_xero_unlink"}, self._shown(page, ".o_notebook"))
            page.go_to(f"/odoo/xero-connections/{self.connection.id}")
            page.sees("Export Queue")
            self.assertLessEqual(ADMINISTRATORS, self._shown(page, ".o_form_view"))
            self.assertIn("Configuration", page.evaluate("document.querySelector('.o_menu_sections').innerText"))

    # === MINIMAL DATA MODE === #

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
