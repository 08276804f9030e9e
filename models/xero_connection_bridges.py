from odoo import api, fields, models

# App -> the bridge that makes the connector know it, an addon in the folder bridges.
BRIDGES = {
    "hr_timesheet": "account_xero_payroll",
    "mrp_account": "account_xero_mrp",
    "sale": "account_xero_sale",
}
# Bridges that install themselves where further apps are installed too.
BESIDES = {"account_xero_payroll": {"hr_holidays"}}


class XeroConnection(models.Model):
    """Which bridges are missing.

    Odoo installs a bridge by itself, but finds only the direct children of its addons paths: where the
    path of the folder bridges was forgotten, nothing else would say so.
    """

    _inherit = "xero.connection"

    missing_bridges = fields.Char(
        compute="_compute_missing_bridges",
        help="Installed apps that the connector supports, but whose bridge is not installed.",
    )

    def _compute_missing_bridges(self):
        self.missing_bridges = ", ".join(self._missing_bridges()) or False

    @api.model
    def _missing_bridges(self):
        """Return what to tell the user, such as ``["Sales (account_xero_sale)"]``."""
        modules = self.env["ir.module.module"]
        installed = modules._installed()
        return [
            f"{modules._get(app).shortdesc or app} ({bridge})"
            for app, bridge in BRIDGES.items()
            if {app, *BESIDES.get(bridge, ())} <= set(installed) and bridge not in installed
        ]
