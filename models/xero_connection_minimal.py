from odoo import api, fields, models


class XeroConnection(models.Model):
    """How much of a contact leaves Odoo (features.md S1)."""

    _inherit = "xero.connection"

    minimal_data_mode = fields.Selection(
        [("1", "1: name, e-mail and identifier only"), ("0", "0: all details")],
        string="Xero Minimal Data Mode",
        help="1: of a contact only its name, its e-mail address and its number go to Xero; addresses, telephone "
        "numbers, people, tax numbers and terms stay in Odoo, and what somebody typed into Xero stays as it is there. "
        "0 or blank: all details go, for those who look contacts up in Xero. You can change it at any time, without "
        "authorising again: the next exports follow, and what is in Xero by then stays there.",
    )

    def _is_minimal(self):
        """Whether only name, e-mail address and identifier of contacts may leave; blank means no."""
        return self.minimal_data_mode == "1"

    @api.readonly
    def action_xero_personal_data(self):
        """Which personal fields the stored calls took to Xero."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Personal Data in Xero"),
            "res_model": "xero.personal.data",
            "view_mode": "form",
            "target": "new",
            "context": {"default_connection_id": self.id},
        }


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    xero_minimal_data_mode = fields.Selection(
        related="xero_connection_id.minimal_data_mode", readonly=False, string="Xero Minimal Data Mode"
    )
