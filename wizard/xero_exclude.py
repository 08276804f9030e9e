from odoo import api, fields, models


class XeroExclude(models.TransientModel):
    """Set several records not to be synced, with the reason, from their list (features.md S4-73 to S4-75)."""

    _name = "xero.exclude"
    _inherit = ["xero.chosen"]
    _description = "Do Not Sync with Xero"

    export = fields.Boolean("Do Not Export to Xero", default=True)
    imports = fields.Boolean("Do Not Import from Xero", default=True)
    takes_import = fields.Boolean(compute="_compute_takes_import")
    reason = fields.Char(help="Shown beside the boxes on each record; may be left empty.")

    @api.depends("model")
    def _compute_takes_import(self):
        """Nothing of the warehouse comes from Xero, so there is nothing to be kept out."""
        for wizard in self:
            wizard.takes_import = getattr(self.env.get(wizard.model), "_xero_takes_import", True)

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
