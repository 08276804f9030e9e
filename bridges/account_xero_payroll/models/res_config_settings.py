from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    xero_allow_payroll = fields.Boolean(related="xero_connection_id.allow_payroll", readonly=False)
    xero_payroll_state = fields.Selection(related="xero_connection_id.payroll_state")
    xero_payroll_advice = fields.Text(related="xero_connection_id.payroll_advice")
