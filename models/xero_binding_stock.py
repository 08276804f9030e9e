from odoo import api, models


class XeroBinding(models.Model):
    _inherit = "xero.binding"

    @api.model
    def _record_many(self, connection, rows):
        """What is posted on a stock account changes what the stock journal has to carry."""
        result = super()._record_many(connection, rows)
        if connection._counts_stock("untracked"):
            answered = [row for row in rows if row.get("agreed") and row["model"] == "account.move"]
            connection._look_where_posted([row["agreed"] for row in answered], [row["res_id"] for row in answered])
        return result

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "deleted":
            for connection, links in self.grouped("connection_id").items():
                if connection._counts_stock("untracked"):
                    entries = links.filtered(lambda link: link.model == "account.move")
                    connection._look_where_posted(entries.mapped("agreed"), entries.mapped("res_id"))
        return result
