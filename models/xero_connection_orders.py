from odoo import fields, models

PURCHASE_ORDERS = "PurchaseOrders"


class XeroConnection(models.Model):
    """What of the orders in Xero comes to Odoo."""

    _inherit = "xero.connection"

    import_purchase_orders = fields.Boolean(
        help="Purchase orders that were made in Xero, dated from the start date on, become requests for quotation "
        "here, or purchase orders where they are approved there. One with the number of an order here is that order, "
        "if vendor and total agree. Billed orders stay in Xero; of what comes in nothing goes "
        "back but that Odoo has billed it.",
    )
    imported_orders_are = fields.Selection(
        [("purchase", "Confirmed Purchase Orders"), ("draft", "Requests for Quotation")],
        string="Approved Orders Become",
        default="draft",
        required=True,
        help="A confirmed purchase order has its receipt in the warehouse at once.",
    )
    imported_line_product_id = fields.Many2one(
        "product.product",
        string="Lines without an Item Are",
        check_company=True,
        help="The product of lines of orders and quotes from Xero that name no item, or one that is not linked with a "
        "product. Empty: such orders wait and are told of.",
    )

    def write(self, vals):
        result = super().write(vals)
        linked = self.filtered(lambda one: one.active and one.state == "connected")
        if vals.get("import_purchase_orders"):
            for connection in linked:
                connection._read_from_the_start(PURCHASE_ORDERS)
        if vals.get("imported_line_product_id"):
            self.env["xero.issue"]._mended_code(("order_line_product",), linked)
        return result
