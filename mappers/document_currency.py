"""Currency and rate of documents."""

from odoo import api, models


class XeroMapperDocument(models.AbstractModel):
    """In which currency a document goes, and at which rate."""

    _inherit = "xero.mapper.document"

    @api.model
    def _currency_keys(self, move, prepared):
        """The document's currency, and the rate at which Odoo posted it where that is not the base currency."""
        rate = self._rate_keys(move.company_id, move.currency_id, move.invoice_currency_rate, self._date(move), move)
        return {"CurrencyCode": move.currency_id.name, **rate}
