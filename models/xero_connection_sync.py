from odoo import models


class XeroConnection(models.Model):
    """When the workers of a connection are woken."""

    _inherit = "xero.connection"

    def write(self, vals):
        result = super().write(vals)
        if "sync_from_date" in vals or vals.get("state") == "connected":
            for connection in self.filtered(lambda connection: connection.active and connection.state == "connected"):
                # What was done before connecting, while disconnected, or before the start date moved.
                self.env["xero.outbox"].sudo()._mark_backlog(connection)
        return result

    def _wake_export(self, at=None):
        """Run the export soon, or at a naive UTC datetime."""
        if self.sudo().export_cron_id:
            self.sudo().export_cron_id._trigger(at)

    def _wake_import(self, at=None):
        """Run the import soon, or at a naive UTC datetime."""
        if self.sudo().import_cron_id:
            self.sudo().import_cron_id._trigger(at)

    def action_export_now(self):
        """Wake the export worker."""
        self.check_access("read")
        self._wake_export()

    def action_import_now(self):
        """Wake the import worker."""
        self.check_access("read")
        self._wake_import()
