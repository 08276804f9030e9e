from odoo import api, fields, models
from odoo.exceptions import UserError


class XeroItemChoice(models.TransientModel):
    """Say which product an item of Xero is."""

    _name = "xero.item.choice"
    _description = "Choose the Product of a Xero Item"

    issue_id = fields.Many2one("xero.issue", required=True, ondelete="cascade")
    text = fields.Text(related="issue_id.text")
    candidate_ids = fields.Many2many("product.product", compute="_compute_candidate_ids")
    product_id = fields.Many2one("product.product", string="It Is This Product", domain="[('id', 'in', candidate_ids)]")

    @api.depends("issue_id")
    def _compute_candidate_ids(self):
        for wizard in self:
            ids = (wizard.issue_id.values or {}).get("product_ids", [])
            wizard.candidate_ids = self.env["product.product"].browse(ids).exists()

    def action_link(self):
        """Link the item with the chosen product."""
        if not self.product_id:
            raise UserError(self.env._("Choose the product that it is, or press Create a New Product."))
        return self._decide(self.product_id.id)

    def action_create_product(self):
        """It is none of them."""
        return self._decide("new")

    def _decide(self, choice):
        self.issue_id._decide("item_ambiguous", choice)
        return {"type": "ir.actions.act_window_close"}


class XeroIssue(models.Model):
    _inherit = "xero.issue"

    def action_choose_product(self):
        """Ask which product the item of this issue is."""
        self._check_may_act()
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("account_xero.xero_item_choice_action"),
            "context": {"default_issue_id": self.id},
        }
