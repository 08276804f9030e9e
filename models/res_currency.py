from odoo import models


class ResCurrency(models.Model):
    """A currency goes to Xero with the first document that needs it, and never by itself."""

    _inherit = "res.currency"

    def _xero_backlog_query(self, connection):
        """No backlog: nothing of a currency is ever sent again."""
        return
