from odoo import fields, models

QUOTES = "Quotes"


class XeroConnection(models.Model):
    """Quotes of Xero are taken over once."""

    _inherit = "xero.connection"

    import_quotes = fields.Boolean(
        "Take Over Open Quotes Once",
        copy=False,
        help="Quotes in Xero that are drafts, sent or accepted become quotations and sales orders here, once. The "
        "switch goes off by itself when they are here; from then on quotes and sales orders are not synced either way.",
    )
    accepted_quotes_are = fields.Selection(
        [("sale", "Sales Orders"), ("sent", "Quotations")],
        string="Accepted Quotes Become",
        default="sale",
        required=True,
        help="A sales order has its delivery in the warehouse at once.",
    )
    quotes_taken_at = fields.Datetime("Quotes Taken Over On", readonly=True, copy=False)
    reads_quotes = fields.Boolean(compute="_compute_reads_quotes")

    def _compute_reads_quotes(self):
        """While they are taken over, and for those that waited for something to be mended."""
        for connection in self:
            domain = [("connection_id", "=", connection.id), ("resource", "=", QUOTES), ("state", "=", "retry")]
            waiting = self.env["xero.issue"].sudo().search_count(domain, limit=1)
            connection.reads_quotes = connection.import_quotes or bool(waiting)

    def write(self, vals):
        result = super().write(vals)
        if vals.get("import_quotes"):
            for connection in self.filtered(lambda one: one.active and one.state == "connected"):
                connection._read_from_the_start(QUOTES)
        return result

    def _note_schedule_run(self, rows, started):
        """All quotes have been read: that was the once."""
        result = super()._note_schedule_run(rows, started)
        if self.import_quotes and QUOTES in rows.mapped("resource"):
            self.write({"import_quotes": False, "quotes_taken_at": fields.Datetime.now()})
        return result
