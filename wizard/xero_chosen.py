from odoo import api, fields, models


class XeroChosen(models.AbstractModel):
    """A question about the records that somebody has chosen in a list, or about the one on a form."""

    _name = "xero.chosen"
    _description = "Question about Chosen Records"

    model = fields.Char(required=True)
    res_ids = fields.Char(required=True)
    count = fields.Integer("Records", compute="_compute_count")

    @api.depends("model", "res_ids")
    def _compute_count(self):
        for wizard in self:
            wizard.count = len(wizard._records())

    @api.model
    def _ask(self, records):
        """The action that opens the form for records of one model."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env["ir.model"]._get(self._name).name,
            "res_model": self._name,
            "view_mode": "form",
            "views": [[False, "form"]],
            "target": "new",
            "context": {"default_model": records._name, "default_res_ids": ",".join(map(str, records.ids))},
        }

    def _records(self):
        """The chosen records that are still there."""
        return self.env[self.model].browse(int(id_) for id_ in (self.res_ids or "").split(",") if id_).exists()
