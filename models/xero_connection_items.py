from odoo import fields, models

ITEMS = "Items"


class XeroConnection(models.Model):
    """What of the items in Xero comes to Odoo."""

    _inherit = "xero.connection"

    import_items = fields.Boolean(
        help="Items that Xero has and Odoo does not become products here, now and from now on. One that Odoo knows "
        "already is linked: by its code, else its barcode, else its name. Where several are alike, you are asked.",
    )
    imported_items_are = fields.Selection(
        [("consu", "Goods"), ("service", "Services")],
        string="Items without Stock Are",
        default="consu",
        required=True,
        help="Xero does not say which. Items whose stock Xero counts become goods that Odoo counts.",
    )
    import_stock_levels = fields.Boolean(
        "Take the Initial Stock Level",
        default=True,
        help="An item whose stock Xero counts comes with its quantity and cost, as one inventory adjustment when it is "
        "linked. From then on Odoo counts: later changes in Xero are not read.",
    )
    items_owner = fields.Selection(
        [("odoo", "Odoo: They Stay in Xero"), ("xero", "Xero: They Are Taken Over")],
        string="Items Are Owned By",
        default="odoo",
        required=True,
        help="Whether names, descriptions, prices, taxes and accounts that are changed in Xero change the product.",
    )

    def write(self, vals):
        result = super().write(vals)
        if vals.get("import_items"):
            for connection in self.filtered(lambda one: one.active and one.state == "connected"):
                connection._read_from_the_start(ITEMS)
        return result
