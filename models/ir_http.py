from odoo import models
from odoo.http import request


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        """Routes marked ``xero_raw_body`` get their body as it came: it is no form, and its keys are no arguments."""
        super()._pre_dispatch(rule, args)
        if rule.endpoint.routing.get("xero_raw_body"):
            request.get_http_params = dict
