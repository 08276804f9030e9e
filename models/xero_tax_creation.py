from odoo import api, models
from odoo.tools import float_is_zero

from ..xero_api import codec
from .xero_tax_mapping import APPLIES, PLACES, _components


class XeroTaxMapping(models.Model):
    """Taxes without a counterpart, on their way to be created in Xero (features.md A6-18)."""

    _inherit = "xero.tax.mapping"

    def _xero_backlog_query(self, connection):
        """No backlog: a rate goes with the first document that needs it."""
        return

    def _xero_components(self):
        """Return [(name, rate, whether on top of the others)] as Xero can hold them, or nothing."""
        taxes = self.tax_ids.flatten_taxes_hierarchy()
        parts = _components(self.tax_ids)
        if (
            parts is None
            or any(rate < 0 for rate, _compound in parts)
            or sum(compound for _rate, compound in parts) > 1
        ):
            return []
        named = [(tax.name, rate, compound) for tax, (rate, compound) in zip(taxes, parts, strict=True)]
        return [part for part in named if not float_is_zero(part[1], PLACES)] or named[:1]

    @api.model
    def _to_create(self, connection, tax_sets):
        """Return the rows, made where missing, of sets of taxes that have no counterpart and can have one."""
        rows = self.browse()
        if not connection.create_tax_rates:
            return rows
        known = self._for(connection)
        for taxes in tax_sets:
            wanted = frozenset(taxes.ids) not in known and all(use in APPLIES for use in taxes.mapped("type_tax_use"))
            if taxes and wanted and not self._match_set(connection, taxes):
                row = self.sudo()._row_of(connection, taxes)
                rows |= row or self.sudo().create(
                    {"connection_id": connection.id, **self._values_of(taxes.ids), "origin": "proposed"}
                )
        return rows.filtered(lambda row: row._xero_components())

    @api.model
    def _adopt_created(self, connection):
        """Map the rates that Xero has created for us."""
        empty = self.sudo().search([("connection_id", "=", connection.id), ("mapped", "=", False)])
        for row_id, binding in self.env["xero.binding"]._for(connection, empty).items():
            element = (binding.agreed or {}).get("rate")
            if element and binding.external_id:
                rate = self.env["xero.tax.rate"]._add(connection, codec.loads(element))
                self.browse(row_id).sudo().write({"xero_tax_rate_id": rate.id, "origin": "proposed"})


class XeroTaxRate(models.Model):
    _inherit = "xero.tax.rate"

    @api.model
    def _add(self, connection, element):
        """Return the row of one element, made where the reference data has not been read since."""
        domain = [("connection_id", "=", connection.id), ("tax_type", "=", element["TaxType"])]
        found = self.sudo().with_context(active_test=False).search(domain)
        return found or self.sudo().create(self._stored(self._from_xero(element), connection_id=connection.id))
