"""Files: a stored request keeps what a file is, not its bytes; they join it when it is about to leave."""

from odoo import models


class XeroExporter(models.AbstractModel):
    _inherit = "xero.exporter"

    def _letter(self, request):
        letter = super()._letter(request)
        letter.body = self.env[request.mapper]._cargo(letter.elements, letter.body)
        return letter
