from odoo import api, models
from odoo.tools import float_is_zero

from .xero_tax_mapping import APPLIES, PLACES, _components, _counted, _rate_components


class XeroTaxMapping(models.Model):
    """Several taxes on one line: the rate in Xero that has the same components (features.md A6-20)."""

    _inherit = "xero.tax.mapping"

    @api.model
    def _match_set(self, connection, taxes):
        """Return the rate with exactly the components of ``taxes``, mapped from now on; empty where there is none.

        The row is made so that people see and may change it; what they chose, or emptied by hand, is left alone.
        """
        rates = self.env["xero.tax.rate"].sudo().search([("connection_id", "=", connection.id)], order="tax_type")
        rate = rates.filtered(lambda rate: _has_components(rate, taxes))[:1]
        row = self.sudo()._row_of(connection, taxes)
        if not rate or row.origin == "manual":
            return rate.browse()
        if row:
            row.write({"xero_tax_rate_id": rate.id, "origin": "proposed"})
        else:
            values = {"connection_id": connection.id, "xero_tax_rate_id": rate.id, "origin": "proposed"}
            self.sudo().create({**values, **self._values_of(taxes.ids)})
        return rate

    @api.model
    def _is_percentage(self, taxes):
        """Whether ``taxes`` are percentages of the price, as Xero's rates are."""
        return _components(taxes) is not None

    @api.model
    def _row_of(self, connection, taxes):
        key = ",".join(map(str, sorted(taxes.ids)))
        return self.search([("connection_id", "=", connection.id), ("tax_key", "=", key)])


def _has_components(rate, taxes):
    components = _components(taxes)
    if components is None or not all(rate[APPLIES[use]] for use in set(taxes.mapped("type_tax_use")) & set(APPLIES)):
        return False
    parts = [part for part in components if not float_is_zero(part[0], PLACES)]
    return len(parts) > 1 and _counted(parts) == _counted(_rate_components(rate))
