"""Settings > Xero: what it shows of the connection, and that what is set there holds."""

from unittest.mock import patch

from lxml import etree

from odoo.tests import tagged

from .. import server_config
from .common import XeroCase
from .test_tours import ErrorsInBrowserCase

# Labels as people know them.
LABELS = {
    "xero_minimal_data_mode": "Xero Minimal Data Mode",
    "xero_sync_inventory": "Sync Inventory with Xero",
    "xero_stock_adjustment_account_id": "Account For Stock Adjustments",
    "xero_supplier_payment_account_id": "Bank Account For Supplier Payments",
    "xero_supplier_refund_account_id": "Bank Account For Supplier Refunds",
    "xero_sync_item_descriptions": "Sync Invoice Item Descriptions",
    "xero_lock_invoices": "Lock Invoices when Transferred to Xero",
}


class TestSettingsPage(XeroCase):
    def _settings(self):
        return self.env["res.config.settings"].create({"company_id": self.company.id})

    def _page(self):
        arch = etree.fromstring(self.env["res.config.settings"].get_view(view_type="form")["arch"])
        [page] = arch.iterfind(".//app[@name='account_xero']")
        return arch, page

    def test_every_setting_has_its_label_and_help(self):
        """S4-01, S4-50, S4-51: the page has each setting under its usual name; each setting on it and on the connection
        is explained; the guides stand beside what they are about."""
        _arch, page = self._page()
        fields = self.env["res.config.settings"]._fields
        shown = {node.get("name") for node in page.iter("field")}
        self.assertLessEqual(set(LABELS), shown)
        for name, label in LABELS.items():
            self.assertEqual(fields[name]._description_string(self.env).lower(), label.lower())
        settable = [name for name in shown if not fields[name].readonly]
        unexplained = [name for name in settable if not fields[name]._description_help(self.env)]
        self.assertFalse(unexplained)
        for setting in page.iter("setting"):
            self.assertTrue(setting.get("help"), setting.get("id"))
        summaries = [summary.text for summary in page.iter("summary")]
        self.assertEqual(sorted(summaries), ["How do I set these accounts up?", "Unable to find?"])

    def test_connection_form_explains_its_settings(self):
        """S4-01: every setting of the page Settings of a connection has help."""
        view = self.env["xero.connection"].get_view(view_type="form")
        [page] = etree.fromstring(view["arch"]).iterfind(".//page[@name='settings']")
        fields = self.env["xero.connection"]._fields
        inside = {node for field in page.iter("field") for node in field.iter("field") if node is not field}
        names = {node.get("name") for node in page.iter("field") if node not in inside and not node.get("readonly")}
        settable = [fields[name] for name in names if fields[name].type != "one2many" and not fields[name].readonly]
        bare = [one.name for one in settable if not one.compute and not one._description_help(self.env)]
        self.assertFalse(sorted(bare))

    def test_what_is_set_holds(self):
        """S4-01, S4-51: what is saved there is the connection's setting, and goes to Xero so."""
        settings = self._settings()
        self.assertTrue(settings.xero_sync_item_descriptions)
        settings.write(
            {"xero_sync_item_descriptions": False, "xero_sync_inventory": True, "xero_document_status": "DRAFT"}
        )
        settings.execute()
        self.assertTrue(self.connection.sync_inventory)
        invoice = self._invoice(lines=[(self.product, 1, 80.0)])
        invoice.button_draft()
        invoice.invoice_line_ids.name = "Desk Lamp\nwith a very long story"
        invoice.action_post()
        self._export()
        [document] = self._in_xero("Invoices", InvoiceNumber=invoice.name)
        self.assertEqual(document["Status"], "DRAFT")
        self.assertNotIn("story", str(document["LineItems"]))

    def test_state_of_the_connection(self):
        """S4-01: the page tells the organisation, who authorised it, what calls are left, and when each object last
        went well: out as it goes, in as it comes."""
        settings = self._settings()
        self.assertEqual(settings.xero_state, "connected")
        self.assertIn("calls left today", settings.xero_calls_left)
        invoice = self._invoice()
        self._export()
        table = str(self._settings().xero_last_success)
        self.assertIn("Invoices and Bills", table)
        self.assertNotIn("Payments", table)
        [document] = self._in_xero("Invoices", InvoiceNumber=invoice.name)
        self.xero.act(
            "bank-payment", tenant_id=self.connection.tenant_id, invoice=document["InvoiceID"], amount="20.00"
        )
        self._import()
        row = next(
            row for row in etree.HTML(str(self._settings().xero_last_success)).iter("tr") if "Payments" in row[0].text
        )
        self.assertFalse(row[1].text)
        self.assertTrue(row[2].text)

    def test_guide_without_connection(self):
        """S4-01: not connected yet, the page says what to do: the redirect address to copy, and the rights that
        follow from what is switched on; a server with a local Xero offers that instead."""
        self.connection.state = "disconnected"
        self.connection.active = False
        settings = self._settings()
        self.assertFalse(settings.xero_connection_id)
        self.assertTrue(settings.xero_simulator_available)
        self.assertTrue(settings.xero_redirect_uri.endswith("/xero/oauth/callback"))
        self.assertIn("invoices", settings.xero_wanted_rights)
        self.assertNotIn("manual journals", settings.xero_wanted_rights)
        with patch.object(server_config, "simulator_url", lambda: None):
            settings.invalidate_recordset()
            self.assertFalse(settings.xero_simulator_available)

    def test_rights_follow_what_is_switched_on(self):
        """S4-01: the rights that are asked for follow the switches."""
        self.assertNotIn("the balance sheet", self._settings().xero_wanted_rights)
        settings = self._settings()
        settings.xero_compare_balance_sheet = True
        settings.execute()
        self.env.invalidate_all()
        self.assertIn("accounting.reports.balancesheet.read", self.connection._wanted_scopes())
        self.assertIn("the balance sheet", self._settings().xero_wanted_rights)

    def test_from_accounting(self):
        """S4-01: Settings > Invoicing leads there, and so does Integrations."""
        arch, _page = self._page()
        action = str(self.env.ref("account_xero.xero_settings_action").id)
        for app in ("account", "general_settings"):
            buttons = [node.get("name") for node in arch.find(f".//app[@name='{app}']").iter("button")]
            self.assertIn(action, buttons, app)


@tagged("post_install", "-at_install")
class TestSettingsInBrowser(ErrorsInBrowserCase):
    def test_set_and_save(self):
        """S4-01, S4-51: the page opens on Xero, tests the connection, and keeps what is set and saved there."""
        self._person("chief", "base.group_system,account.group_account_manager")
        self.env.cr.flush()
        with self._browsing("chief", "/odoo/action-account_xero.xero_settings_action") as page:
            page.sees("Xero Organisation")
            page.sees(self.tenant["name"])
            page.click("#xero_inventory input[type=checkbox]")
            page.evaluate("window.isOld = true")
            page.click(".o_form_button_save")
            page.wait_for("!window.isOld", "the page to be read again once it is saved")
            page.wait_for("document.querySelector('#xero_inventory input[type=checkbox]')?.checked", "what was saved")
            page.click("#xero_organisation button[name=action_xero_test]")
            page.sees("has all the rights that are needed")
        self.assertTrue(self.connection.sync_inventory)
