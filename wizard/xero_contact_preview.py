from odoo import api, fields, models

from .. import messages
from ..exceptions import Hold, Skip
from ..mappers.contact_minimal import MINIMAL


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
                for path, value in _leaves(payload)
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
        except Hold as stop:
            return {}, messages.render(self.env, stop.code, stop.values)[0]
        except Skip as stop:
            return {}, str(stop)


def _leaves(payload, path=()):
    """(path, value) of all that has a value in nested JSON; list entries go by their type or number."""
    if isinstance(payload, dict):
        for key, value in payload.items():
            if key not in ("AddressType", "PhoneType"):
                yield from _leaves(value, (*path, key))
    elif isinstance(payload, list):
        for number, entry in enumerate(payload, 1):
            yield from _leaves(entry, (*path, entry.get("AddressType") or entry.get("PhoneType") or str(number)))
    elif payload not in (None, ""):
        yield path, payload


class XeroContactPreviewLine(models.TransientModel):
    _name = "xero.contact.preview.line"
    _description = "What Leaves Odoo: One Field"

    preview_id = fields.Many2one("xero.contact.preview", ondelete="cascade")
    field = fields.Char("Field in Xero")
    minimal = fields.Char("Minimal Data Mode")
    full = fields.Char("All Details")
