from odoo import api, fields, models

from ..exceptions import Hold, Skip
from ..mappers.contact_minimal import MINIMAL
from ..xero_api.comparison import leaves
from .xero_preview import words_of_stop


class XeroContactPreview(models.TransientModel):
    """What of a contact would leave Odoo now: minimal beside full. Nothing is sent and nothing is kept (S1-31)."""

    _name = "xero.contact.preview"
    _description = "What Leaves Odoo"

    connection_id = fields.Many2one("xero.connection", required=True)
    partner_id = fields.Many2one("res.partner", required=True)
    is_minimal = fields.Boolean(compute="_compute_line_ids")
    stop = fields.Text(compute="_compute_line_ids", string="Why Nothing Leaves")
    line_ids = fields.One2many("xero.contact.preview.line", "preview_id", compute="_compute_line_ids")

    @api.depends("connection_id", "partner_id")
    def _compute_line_ids(self):
        for preview in self:
            payload, preview.stop = preview._payload()
            preview.is_minimal = preview.connection_id._is_minimal()
            rows = [
                {"field": " / ".join(path), "full": str(value), "minimal": str(value) if path[0] in MINIMAL else False}
                for path, value in leaves(payload)
            ]
            preview.line_ids = self.env["xero.contact.preview.line"].union(*map(preview.line_ids.new, rows))

    def _payload(self):
        """What full mode sends and, where nothing goes, why."""
        mapper, partner = self.env["xero.mapper.contact"].sudo(), self.partner_id.commercial_partner_id.sudo()
        connection = self.connection_id.sudo()
        bindings = self.env["xero.binding"].sudo()._for(connection, partner)
        prepared = {**mapper._prepare(connection, partner, bindings), "minimal": False}
        try:
            return mapper._payload(partner, prepared)[1], False
        except (Hold, Skip) as stop:
            return {}, words_of_stop(self.env, stop)[0]


class XeroContactPreviewLine(models.TransientModel):
    _name = "xero.contact.preview.line"
    _description = "What Leaves Odoo: One Field"

    preview_id = fields.Many2one("xero.contact.preview", ondelete="cascade")
    field = fields.Char("Field in Xero")
    minimal = fields.Char("Minimal Data Mode")
    full = fields.Char("All Details")
