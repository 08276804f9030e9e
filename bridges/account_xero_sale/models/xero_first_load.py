from odoo import api, models
from odoo.tools.translate import LazyTranslate

from odoo.addons.account_xero.mappers.first_load import Kind

_lt = LazyTranslate(__name__)


class XeroFirstLoad(models.Model):
    """Open quotes of Xero are taken over with the rest."""

    _inherit = "xero.first.load"

    @api.model
    def _kinds(self):
        return {**super()._kinds(), "quotes": Kind(_lt("Open Quotes"), "xero.mapper.quote", only_in=True)}
