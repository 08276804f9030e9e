"""Currency and rate of documents."""

from odoo import api, models

from .xero_mapper import decimal

# CurrencyRate is a [18].[6] (xero-api.md 4.2).
RATE_PLACES = 6


class XeroMapperDocument(models.AbstractModel):
    """In which currency a document goes, and at which rate."""

    _inherit = "xero.mapper.document"

    @api.model
    def _currency_keys(self, move, prepared):
        """The document's currency, and the rate at which Odoo posted it where that is not the base currency."""
        keys = {"CurrencyCode": move.currency_id.name}
        if move.currency_id != move.company_currency_id:
            # Both sides count the document's currency per unit of the base currency (xero-api.md 4.2).
            keys["CurrencyRate"] = decimal(move.invoice_currency_rate, RATE_PLACES)
        return keys
