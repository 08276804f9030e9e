from odoo import api, fields, models
from odoo.exceptions import UserError

CODE = "item_ambiguous"


class XeroIssue(models.Model):
    """The ways out where it is not certain which product an item of Xero is; asked as for contacts."""

    _inherit = "xero.issue"

    _choices = frozenset({"candidate_id", "product_candidate_id"})

    product_candidate_ids = fields.Many2many(
        "product.product", compute="_compute_product_candidate_ids", string="Products Like It"
    )
    product_candidate_id = fields.Many2one(
        "product.product",
        compute="_compute_product_candidate_id",
        inverse="_inverse_product_candidate_id",
        string="It Is This Product",
        help="The product in Odoo that this item of Xero is; others than the proposed ones may be chosen.",
    )

    @api.depends("values")
    def _compute_product_candidate_ids(self):
        for issue in self:
            ids = (issue.values or {}).get("product_ids", []) if issue.code == CODE else []
            issue.product_candidate_ids = self.env["product.product"].browse(ids).exists()

    @api.depends("values")
    def _compute_product_candidate_id(self):
        products = self.env["product.product"]
        for issue in self:
            choice = (issue.values or {}).get("choice") if issue.code == CODE else None
            issue.product_candidate_id = products.browse(choice if isinstance(choice, int) else []).exists()

    def _inverse_product_candidate_id(self):
        for issue in self.filtered("product_candidate_id"):
            issue._check_product_free()
            issue.sudo().values = {**(issue.values or {}), "choice": issue.product_candidate_id.id}

    def _check_product_free(self):
        product = self.product_candidate_id
        binding = self.env["xero.binding"].sudo()._for(self.connection_id, product).get(product.id)
        if binding and binding.external_id:
            raise UserError(
                self.env._("%(product)s is linked to another item in Xero already.", product=product.display_name)
            )

    def action_choose_product(self):
        """Link the item of Xero with the chosen product."""
        self.ensure_one()
        if not self.product_candidate_id:
            raise UserError(self.env._("Choose the product in Odoo that it is, then press Link."))
        self._check_product_free()
        self._decide(CODE, self.product_candidate_id.id)

    def action_create_product(self):
        """None of the candidates: a new product; also for many at once."""
        for issue in self:
            issue._decide(CODE, "new")
