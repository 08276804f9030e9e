"""Kits where Xero counts the stock: they are sold by one name and leave the stock by others."""

from odoo import api, models
from odoo.fields import Domain

KIT = Domain("bom_line_id.bom_id.type", "=", "phantom")


class XeroStockExpected(models.AbstractModel):
    _inherit = "xero.stock.expected"

    @api.model
    def _trades(self):
        """The components of a kit stand on no invoice and no bill: like what is consumed, they have a document."""
        return [(domain & ~KIT, side, sign) for domain, side, sign in super()._trades()]


class XeroMapperItem(models.AbstractModel):
    _inherit = "xero.mapper.item"

    @api.model
    def _is_to_be_tracked(self, product, prepared):
        """A kit is never in stock itself."""
        company = prepared["connection"].company_id
        return not product.with_company(company).is_kits and super()._is_to_be_tracked(product, prepared)
