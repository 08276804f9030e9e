from odoo import api, fields, models
from odoo.tools import SQL


class XeroFirstLoadSample(models.Model):
    """One of the few records that a load begins with, for a person to look at on both sides."""

    _name = "xero.first.load.sample"
    _inherit = ["xero.record.row"]
    _description = "Xero First Load: One of the First"
    _order = "load_id, direction, id"
    _rec_name = "record_name"

    load_id = fields.Many2one("xero.first.load", required=True, readonly=True, ondelete="cascade", index=True)
    line_id = fields.Many2one("xero.first.load.line", readonly=True, ondelete="cascade")
    direction = fields.Selection([("out", "To Xero"), ("in", "From Xero")], required=True, readonly=True)
    model = fields.Char(required=True, readonly=True)
    external_id = fields.Char(string="Xero ID", readonly=True)
    code = fields.Char(string="Accounting Code", readonly=True)
    problem = fields.Text(readonly=True)
    has_arrived = fields.Boolean(string="Arrived", readonly=True)

    @api.depends("external_id")
    def _compute_record_name(self):
        super()._compute_record_name()
        for row in self.filtered(lambda one: not one.res_id):
            row.record_name = row.external_id

    def _add(self, line, direction, found):
        """:param found: list of (external id, binding or None)"""
        self.create(
            [
                {
                    "load_id": line.load_id.id,
                    "line_id": line.id,
                    "connection_id": line.load_id.connection_id.id,
                    "direction": direction,
                    "model": line._mapper()._odoo_model,
                    "res_id": binding.res_id if binding else False,
                    "external_id": external_id,
                }
                for external_id, binding in found
            ]
        )

    def _note_outcomes(self):
        """What became of each: its code in Xero, or what keeps it."""
        for row in self:
            domain = [("connection_id", "=", row.connection_id.id)]
            if row.direction == "out":
                own = [*domain, ("model", "=", row.model), ("res_id", "=", row.res_id)]
                binding = self.env["xero.binding"].search([*own, ("external_id", "!=", False)], limit=1)
                held = self.env["xero.outbox"].search([*own, ("issue_id", "!=", False)], limit=1).issue_id
            else:
                own = [*domain, ("external_id", "=", row.external_id)]
                binding = self.env["xero.binding"].search(own, limit=1)
                held = self.env["xero.issue"].search([*own, ("state", "=", "open")], limit=1)
            row.write(
                {
                    "has_arrived": bool(binding),
                    "res_id": binding.res_id or row.res_id,
                    "external_id": binding.external_id or row.external_id,
                    "code": binding.code,
                    "problem": f"{held.text} {held.advice}" if held and not binding else self._left_out(binding),
                }
            )

    def _left_out(self, binding):
        return False if binding else self.env._("Left out: see the history of the record for the reason.")

    def action_open_in_xero(self):
        self.ensure_one()
        domain = [("connection_id", "=", self.connection_id.id), ("external_id", "=", self.external_id)]
        binding = self.env["xero.binding"].sudo().search(domain, limit=1)
        url = self.env["xero.sync.mixin"]._xero_deep_link(binding)
        return {"type": "ir.actions.act_url", "url": url, "target": "new"} if url else False


class XeroFirstLoad(models.Model):
    _inherit = "xero.first.load"

    sample_ids = fields.One2many("xero.first.load.sample", "load_id", string="The First Ten")

    def _pick_sample(self):
        """Mark the first few of everything that goes; what comes is picked when it is read."""
        self.sample_ids.unlink()
        for line in self.line_ids:
            line.sampled = False
            if not line._goes():
                continue
            query = SQL("SELECT * FROM (%s) AS going ORDER BY res_id LIMIT %s", *self._first_of(line))
            self._mark([line], [query])
            rows = self.env.execute_query(query)
            self.env["xero.first.load.sample"].create(
                [
                    {
                        "load_id": self.id,
                        "line_id": line.id,
                        "connection_id": connection_id,
                        "direction": "out",
                        "model": model,
                        "res_id": res_id,
                    }
                    for connection_id, model, res_id in rows
                ]
            )

    def _first_of(self, line):
        return line._mapper()._load_query(line, plain=True), line._sample_size()
