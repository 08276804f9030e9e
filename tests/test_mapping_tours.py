"""Mappings in a real browser: a field of one's own sent to Xero, and a gap mended from the waiting invoice."""

from odoo.tests import tagged

from .test_field_mapping import FieldMappingMixin
from .test_tours import ErrorsInBrowserCase

CHIEF = "account_xero.group_xero_administrator,account.group_account_manager"


@tagged("post_install", "-at_install")
class TestFieldMappingInBrowser(FieldMappingMixin, ErrorsInBrowserCase):
    def test_an_own_field_is_mapped_by_clicks(self):
        """S2-13, S2-41, S2-58: an x_ field is picked, tried on a contact, saved, and arrives in Xero."""
        self._person("chief", CHIEF)
        self.customer.x_grower_number = "G-100"
        self._invoice()
        self._export()
        with self._browsing("chief", f"/odoo/xero-connections/{self.connection.id}") as page:
            page.click_text(".o_notebook_headers a", "Mappings")
            page.click(".o_form_view button[name=action_field_mappings]")
            page.sees("Map your first field")
            page.click(".o_list_button_add")
            page.click(".o_field_widget[name=xero_field] .o_select_menu_toggler")
            page.click_text(".o_select_menu_item", "Account Number")
            page.sees("Up to 50 characters")
            page.click(".o_field_widget[name=odoo_field] .o_model_field_selector")
            page.click("[data-name=x_grower_number] .o_model_field_selector_popover_item_name")
            page.wait_for(
                "document.querySelector('.o_field_widget[name=trial_value]')?.innerText == 'G-100'", "the value"
            )
            page.sees("Xero Takes It")
            page.click(".o_form_button_save")
            page.wait_for(
                "!document.querySelector('.o_form_dirty') && /\\d$/.test(location.pathname)", "the saved form"
            )
        mapping = self.env["xero.field.mapping"].search([("connection_id", "=", self.connection.id)])
        self.assertEqual((mapping.xero_field, mapping.odoo_field), ("Contacts.AccountNumber", "x_grower_number"))
        self._export()
        [contact] = [
            one
            for one in self.xero.state("Contacts", self.connection.tenant_id)
            if one.get("ContactNumber") == f"ODOO-{self.customer.id}"
        ]
        self.assertEqual(contact["AccountNumber"], "G-100")


@tagged("post_install", "-at_install")
class TestGapInBrowser(ErrorsInBrowserCase):
    def test_a_gap_is_mended_from_the_invoice(self):
        """S2-53, S4-61, S4-62: from the red message on the invoice to the mapping, on which the invoice goes by itself;
        the connection's page counts the gap before and nothing after."""
        self._person("chief", CHIEF)
        invoice = self._invoice()
        account = self._unmap(invoice)
        self.env["xero.account.mapping"].create({"connection_id": self.connection.id, "account_id": account.id})
        self._export()
        [before] = self.connection.coverage_ids.filtered(lambda row: row.kind == "accounts").mapped("gaps")
        with self._browsing("chief", f"/odoo/customer-invoices/{invoice.id}") as page:
            page.sees("is not mapped to an account in Xero")
            page.click("button[name=action_xero_view_errors]")
            page.click(".o_xero_use_suggestion")
            page.sees("What waited for it is on its way to Xero.")
        self.assertFalse(self._issues())
        self._export()
        self.assertEqual(invoice.xero_state, "synced")
        self.assertIn(invoice.name, str(self.xero.state("Invoices", self.connection.tenant_id)))
        self.env["xero.mapping.coverage"].invalidate_model()
        [after] = self.connection.coverage_ids.filtered(lambda row: row.kind == "accounts").mapped("gaps")
        self.assertEqual(after, before - 1)
