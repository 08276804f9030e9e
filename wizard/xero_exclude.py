from odoo import api, fields, models


class XeroExclude(models.TransientModel):
    """Set several records not to be synced, with the reason, from their list (features.md S4-73 to S4-75)."""

    _name = "xero.exclude"
    _description = "Do Not Sync with Xero"

    model = fields.Char(required=True)
    res_ids = fields.Char(required=True)
    count = fields.Integer("Records", compute="_compute_count")
    export = fields.Boolean("Do Not Export to Xero", default=True)
    imports = fields.Boolean("Do Not Import from Xero", default=True)
    takes_import = fields.Boolean(compute="_compute_takes_import")
    reason = fields.Char(help="Shown beside the boxes on each record; may be left empty.")

    @api.depends("res_ids")
    def _compute_count(self):
        for wizard in self:
            wizard.count = len(wizard._records())

    @api.depends("model")
    def _compute_takes_import(self):
        """Nothing of the warehouse comes from Xero, so there is nothing to be kept out."""
        for wizard in self:
            wizard.takes_import = getattr(self.env.get(wizard.model), "_xero_takes_import", True)

    @api.model
    def _ask(self, records):
        """The action that opens the form for records of one model."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Do Not Sync with Xero"),
            "res_model": self._name,
            "view_mode": "form",
            "views": [[False, "form"]],
            "target": "new",
            "context": {"default_model": records._name, "default_res_ids": ",".join(map(str, records.ids))},
        }

    def _records(self):
        """The chosen records that this user may change; of products the variants."""
        return self.env[self.model].browse(int(id_) for id_ in (self.res_ids or "").split(",") if id_).exists()

    def action_confirm(self):
        """What waits in the queue of these records is skipped by the next run; what is in Xero stays there."""
        self.ensure_one()
        values = {}
        imports = self.imports and self.takes_import
        for chosen, name in ((self.export, "xero_do_not_export"), (imports, "xero_do_not_import")):
            if chosen:
                values |= {name: True, f"{name}_reason": self.reason}
        self._records().write(values)
        return {"type": "ir.actions.act_window_close"}
