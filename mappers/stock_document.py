"""What all stock postings have in common: whether they go, and how they are recognised."""

from odoo import api, models

from ..exceptions import Hold
from .xero_mapper import decimal


class XeroMapperStockDocument(models.AbstractModel):
    """Stock document → a resource of Xero, by its kind. A base: the mappers of the kinds name the resource."""

    _name = "xero.mapper.stock_document"
    _inherit = "xero.mapper"
    _description = "Xero Mapper: Stock Documents"

    _odoo_model = "xero.stock.document"
    _stock_kind = None  # the kind of document that it makes

    @api.model
    def _select(self, records):
        return records.filtered(lambda document: document.kind == self._stock_kind)

    @api.model
    def _prepare(self, connection, records, bindings):
        accounts = self.env["xero.account.mapping"]._for(connection)
        return {**super()._prepare(connection, records, bindings), "accounts": accounts}

    @api.model
    def _check_period(self, document, connection, unchanged):
        """xero-api.md 4.2: nothing can be posted or changed on or before Xero's lock dates."""
        if not unchanged and connection._is_locked(document.date):
            locks = filter(None, (connection.period_lock_date, connection.end_of_year_lock_date))
            raise Hold("period_locked", document, date=str(document.date), lock_date=str(max(locks)))

    @api.model
    def _account_keys(self, account, cause):
        """How a line names one of Xero's accounts; held where there is none."""
        if not account:
            raise Hold("account_unmapped", cause, account=cause.display_name)
        return {"AccountCode": account.code} if account.code else {"AccountID": account.external_id}

    @api.model
    def _money(self, value):
        return decimal(value, 2)

    @api.model
    def _natural_key(self, data):
        return None
