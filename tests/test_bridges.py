import ast
from pathlib import Path
from unittest.mock import patch

from lxml import etree

from odoo.tests import TransactionCase, tagged

from ..models.xero_connection_bridges import BESIDES, BRIDGES

FOLDER = Path(__file__).resolve().parents[1] / "bridges"


@tagged("post_install", "-at_install")
class TestBridges(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connection = cls.env["xero.connection"].create({"company_id": cls.env.company.id})

    def _missing(self, *installed):
        """What the connection's page says where these modules are installed."""
        modules = self.env.registry["ir.module.module"]
        with patch.object(modules, "_installed", lambda self: dict.fromkeys(installed, 1)):
            self.connection.invalidate_recordset()
            return self.connection.missing_bridges

    def test_missing_bridge_is_named(self):
        """An installed app whose bridge Odoo did not find or install is named, by the app's own name."""
        self.assertEqual(self._missing("account_xero", "sale"), "Sales (account_xero_sale)")

    def test_nothing_is_missing_with_the_bridge(self):
        """With the bridge installed the warning goes."""
        self.assertFalse(self._missing("account_xero", "sale", "account_xero_sale"))

    def test_nothing_is_missing_without_the_app(self):
        """Who does not use the app needs no bridge."""
        self.assertFalse(self._missing("account_xero"))

    def test_the_page_shows_it(self):
        """The warning stands at the top of the connection's form, only while something is missing."""
        arch = self.env["xero.connection"].get_view(view_type="form")["arch"]
        [alert] = etree.fromstring(arch).xpath("//form/div[.//field[@name='missing_bridges']]")
        self.assertEqual(alert.get("invisible"), "not missing_bridges")
        self.assertIn("alert-warning", alert.get("class"))

    def test_table_and_folders_agree(self):
        """The table names all bridges there are; each installs by itself and needs only the addon and its app."""
        self.assertEqual({path.parent.name for path in FOLDER.glob("*/__manifest__.py")}, set(BRIDGES.values()))
        for app, bridge in BRIDGES.items():
            manifest = ast.literal_eval((FOLDER / bridge / "__manifest__.py").read_text())
            self.assertIs(manifest["auto_install"], True)
            self.assertEqual(set(manifest["depends"]), {"account_xero", app, *BESIDES.get(bridge, ())})
