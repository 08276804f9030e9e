"""Open quotes in a first load: they come once and never go."""

from odoo import api, fields, models
from odoo.tools import SQL


class XeroMapperQuote(models.AbstractModel):
    _inherit = "xero.mapper.quote"

    @api.model
    def _wanted(self, connection, payloads):
        return payloads if self._load_line() else super()._wanted(connection, payloads)

    @api.model
    def _load_ready(self, line):
        return {"quotes_taken_at": fields.Datetime.now()}

    @api.model
    def _load_source(self, line):
        return SQL(
            """SELECT 'sale.order', s.id FROM sale_order s
                WHERE s.company_id = c.company_id AND s.state IN ('draft', 'sent')"""
        )
