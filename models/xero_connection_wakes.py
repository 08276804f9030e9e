from odoo import models

LOCK_DATES = ("period_lock_date", "end_of_year_lock_date")


class XeroConnection(models.Model):
    """What is mended on the connection wakes every record that waited for it."""

    _inherit = "xero.connection"

    def write(self, vals):
        locks = {connection: [connection[name] for name in LOCK_DATES] for connection in self}
        result = super().write(vals)
        issues = self.env["xero.issue"]
        if vals.get("default_bank_account_id"):
            issues._mended_code(("journal_unmapped",), self)
        if vals.get("document_status") == "AUTHORISED":
            issues._mended_code(("document_not_approved",), self)
        if vals.get("state") == "connected":
            issues._mended_code(("authorisation_lost", "missing_right", "bank_details_right"), self)
        if not vals.keys().isdisjoint(LOCK_DATES):
            moved = self.filtered(lambda connection: locks[connection] != [connection[name] for name in LOCK_DATES])
            issues._mended_code(("period_locked",), moved)
        return result
