from odoo import api, fields, models
from odoo.tools import SQL, drop_view_if_exists

from .xero_stock_tracked import KINDS


class XeroStockPayment(models.Model):
    """What settles a stock document, under the document's own id: a view, so that it has a link of its own."""

    _name = "xero.stock.payment"
    _description = "Payment or Refund of a Stock Document"
    _auto = False
    _log_access = False

    document_id = fields.Many2one("xero.stock.document", readonly=True)

    def init(self):
        drop_view_if_exists(self.env.cr, self._table)
        self.env.cr.execute(
            SQL(
                "CREATE VIEW %s AS SELECT id, id AS document_id FROM xero_stock_document WHERE kind IN %s",
                SQL.identifier(self._table),
                KINDS,
            )
        )

    @api.model
    def _xero_backlog_query(self, connection):
        """They are marked with their documents."""
        return

    def _xero_label(self):
        return self.env._("Settlement of %(document)s", document=self.document_id.name)

    @api.model
    def _xero_label_domain(self, operator, value):
        return [("document_id.name", operator, value)]

    def _xero_form_record(self):
        return self.document_id


class XeroStockDocument(models.Model):
    _inherit = "xero.stock.document"

    @api.model
    def _xero_mark_query(self, ids):
        """A document goes, and what settles it."""
        return SQL(
            """%s UNION ALL
               SELECT c.id, 'xero.stock.payment', d.id FROM xero_stock_document d
                 JOIN xero_connection c ON c.id = d.connection_id
                WHERE d.id = ANY(%s) AND d.kind IN %s""",
            super()._xero_mark_query(ids),
            list(ids),
            KINDS,
        )
