from odoo import api, models

from ..exceptions import Hold
from .xero_mapper import Call


class XeroMapperCurrency(models.AbstractModel):
    """Currency → Currency, ahead of the first document that needs it.

    Xero takes no document in a currency that the organisation has not added; it is never removed (xero-api.md 4.10).
    """

    _name = "xero.mapper.currency"
    _inherit = "xero.mapper"
    _description = "Xero Mapper: Currencies"

    _xero_resource, _xero_id, _xero_number = "Currencies", "Code", "Code"
    _odoo_model, _rank, _only_when_needed, _batch_size = "res.currency", 5, True, 1

    @api.model
    def _missing(self, connection, currencies):
        """Those of ``currencies`` that neither were read from Xero nor added by us."""
        return currencies.filtered(lambda currency: currency.name not in self._known(connection, currencies))

    @api.model
    def _known(self, connection, currencies):
        codes = set(self.env["xero.currency"].search([("connection_id", "=", connection.id)]).mapped("code"))
        links = self.env["xero.binding"]._for(connection, currencies)
        added = {binding.external_id for binding in links.values() if binding.external_id}
        return codes | added | {connection.company_id.currency_id.name}

    def _payload(self, currency, prepared):
        if not prepared["connection"].multicurrency:
            raise Hold("currency_missing", currency, currency=currency.name)
        return "create", {"Code": currency.name}

    def _group(self, built, action, ids, rows):
        """One a call, not in a list (xero-api.md 4.10)."""
        return [Call("PUT", self._xero_resource, built.payloads[id_], [self._element(built, id_, rows)]) for id_ in ids]

    @api.model
    def _lookups(self, payloads, facts):
        return [(self._xero_resource, {})]

    @api.model
    def _is_same(self, payload, candidate, facts):
        return candidate.get("Code") == payload["Code"]
