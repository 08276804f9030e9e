from odoo import fields, models


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
        self._wake(self.sudo().export_cron_id, at)

    def _wake_import(self, at=None):
        """Run the import soon, or at a naive UTC datetime."""
        self._wake(self.sudo().import_cron_id, at)

    def _wake(self, cron, at):
        """Trigger a cron. For a later moment one trigger up to then is enough: that run sets the next one."""
        if cron and not (at and at > fields.Datetime.now() and self._is_awaited(cron, at)):
            cron._trigger(at)

    def _is_awaited(self, cron, at):
        later = [("cron_id", "=", cron.id), ("call_at", "<=", at), ("call_at", ">", fields.Datetime.now())]
        return bool(self.env["ir.cron.trigger"].sudo().search_count(later, limit=1))
