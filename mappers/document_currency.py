"""Currency and rate of documents."""

from odoo import api, models

from ..exceptions import Wait


class XeroMapperDocument(models.AbstractModel):
    """In which currency a document goes, and at which rate."""

    _inherit = "xero.mapper.document"

    @api.model
    def _needs(self, connection, records):
        missing = self.env["xero.mapper.currency"]._missing(connection, records.currency_id)
        return [missing, *super()._needs(connection, records)]

    @api.model
    def _prepare(self, connection, records, bindings):
        known = self.env["xero.mapper.currency"]._known(connection, records.currency_id)
        return {**super()._prepare(connection, records, bindings), "currencies": known}

    @api.model
    def _currency_keys(self, move, prepared):
        """The document's currency, and the rate at which Odoo posted it where that is not the base currency."""
        currency = move.currency_id
        rate = self._rate_keys(move.company_id, currency, move.invoice_currency_rate, move._xero_day(), move)
        if currency.name not in prepared["currencies"]:
            raise Wait(currency)
        return {"CurrencyCode": currency.name, **rate}
