from odoo import api, fields, models
from odoo.tools import SQL

from .xero_sync_mixin import LINKED

SETTLES = (
    "[('connection_id', '=', id), ('code', '!=', False), '|', ('type', '=', 'BANK'), ('payments_enabled', '=', True)]"
)
TRACKING = {"sync_inventory", "stock_mode"}
# What the documents of the stock wait for where it is not chosen.
CHOSEN_BY_HAND = {
    "stock_inventory_account_id",
    "stock_cogs_account_id",
    "stock_adjustment_account_id",
    "supplier_payment_account_id",
    "supplier_refund_account_id",
    "stock_settlement",
}


class XeroConnection(models.Model):
    """Stock that Xero counts as well: its accounts, how adjustments are settled, and how often both sides are compared
    (features.md A6-9, A6-14).
    """

    _inherit = "xero.connection"

    stock_inventory_account_id = fields.Many2one(
        "xero.account",
        string="Inventory Asset Account",
        domain="[('connection_id', '=', id), ('type', '=', 'INVENTORY')]",
        ondelete="set null",
        help="Holds the value of the items whose stock Xero counts. Only an account of the type Inventory will do.",
    )
    stock_settlement = fields.Selection(
        [
            ("paid", "Paid From and Refunded To a Bank Account"),
            ("zero", "Against the Account For Stock Adjustments, Total Zero"),
        ],
        string="Stock Adjustments Are Settled",
        default="paid",
        required=True,
        help="Counts, scrap and work orders go to Xero as supplier bills for what went up and supplier credit notes "
        "for what went down. Either the bill is paid from, and the credit note refunded to, the accounts chosen below, "
        "which then carry the change of value. Or each has a second line on the Account For Stock Adjustments that "
        "brings it to zero, as Xero's own guide has it. Nothing stays payable either way.",
    )
    # An account that takes payments settles as well, the Account For Stock Adjustments itself for instance.
    supplier_payment_account_id = fields.Many2one(domain=SETTLES)
    supplier_refund_account_id = fields.Many2one(domain=SETTLES)
    stock_partner_id = fields.Many2one(
        "res.partner",
        string="Supplier For Stock Adjustments",
        ondelete="restrict",
        help="The contact in Xero that bills and credit notes for the stock are made out to. Empty: one named "
        "Inventory Adjustments is made.",
    )
    stock_check_minutes = fields.Integer(
        "Compare at Most Every",
        default=15,
        help="After invoices, bills or adjustments have moved the stock in Xero, its quantities are read and compared "
        "with Odoo's: one call. What differs is corrected to Odoo's. At least once a day in any case.",
    )
    stock_tracked_since = fields.Datetime("Counted in Xero Since", readonly=True, copy=False)
    stock_level_ids = fields.One2many("xero.stock.level", "connection_id", readonly=True)

    _stock_check_positive = models.Constraint(
        "CHECK(stock_check_minutes >= 0)", "Compare the stock every 0 minutes or more."
    )

    @api.model_create_multi
    def create(self, vals_list):
        connections = super().create(vals_list)
        connections.filtered(lambda one: one._counts_stock("tracked"))._begin_tracking()
        return connections

    def write(self, vals):
        tracked = self.filtered(lambda one: one._counts_stock("tracked"))
        result = super().write(vals)
        if TRACKING & vals.keys():
            (self - tracked).filtered(lambda one: one._counts_stock("tracked"))._begin_tracking()
        if CHOSEN_BY_HAND & vals.keys():
            self.env["xero.issue"]._mended_code(("stock_account_missing",), self)
        return result

    def _begin_tracking(self):
        """From now on Xero counts: its items get their accounts, and the first comparison brings what is on hand."""
        for connection in self:
            connection._stock_watch().write({"checked_at": False, "moved": True})
            values = {"stock_tracked_since": fields.Datetime.now()}
            if not connection.stock_inventory_account_id:
                values["stock_inventory_account_id"] = connection._usual_inventory_account().id
            connection.write(values)
            self.env["xero.outbox"].sudo()._insert_marks([connection._tracked_products_query()])

    def _usual_inventory_account(self):
        domain = [("connection_id", "=", self.id), ("type", "=", "INVENTORY"), ("code", "!=", False)]
        return self.env["xero.account"].search(domain, order="code", limit=1)

    def _tracked_products_query(self):
        """The products that were ever in stock here: they become items that Xero counts."""
        return SQL(
            """SELECT c.id, 'product.product', p.id FROM xero_connection c
                 JOIN product_product p ON p.active JOIN product_template t ON t.id = p.product_tmpl_id
                WHERE c.id = %s AND %s AND c.send_items AND t.is_storable
                  AND EXISTS (SELECT 1 FROM stock_move m WHERE m.product_id = p.id AND m.company_id = c.company_id
                                 AND m.state = 'done')""",
            self.id,
            LINKED,
        )

    def _stock_supplier(self):
        """The partner that stock documents are made out to; made the first time."""
        if not self.stock_partner_id:
            self.sudo().stock_partner_id = self.env["res.partner"].create(
                {"name": self.env._("Inventory Adjustments"), "is_company": True, "company_id": self.company_id.id}
            )
        return self.stock_partner_id

    @property
    def _settles_stock_in(self):
        """``{kind of document: the account that it is paid from or refunded to}``; empty where it totals zero."""
        if self.stock_settlement == "zero":
            return {}
        return {"bill": self.supplier_payment_account_id, "credit_note": self.supplier_refund_account_id}
