from odoo import api, fields, models

ANY_ACCOUNT = "[('connection_id', '=', id), ('type', 'not in', ('BANK', 'INVENTORY')), ('system_account', '=', False)]"
BANKS = "[('connection_id', '=', id), ('type', '=', 'BANK')]"
# What a change of makes the connector look at the stock anew.
ANEW = {"sync_inventory", "stock_mode", "stock_opening"}


class XeroConnection(models.Model):
    """Who counts the stock, and where the change of its value is posted in Xero (features.md A6-9, A6-14)."""

    _inherit = "xero.connection"

    sync_inventory = fields.Boolean(
        "Sync Inventory with Xero",
        help="Recommended. Odoo is the master of the stock: what happens in the warehouse shows in Xero as soon as it "
        "is done, in the way that is chosen below.",
    )
    stock_mode = fields.Selection(
        [
            ("untracked", "Not Tracked in Xero"),
            ("tracked", "Tracked in Xero"),
            ("xero", "Xero Is Master"),
        ],
        string="Stock in Xero",
        default="untracked",
        required=True,
        help="Not tracked: Odoo counts and values the stock; Xero gets the change of its value as a journal a day. "
        "Tracked: Xero counts the quantities too; invoices and bills move them, and counts, scrap and adjustments go "
        "as supplier bills and credit notes. Xero is master: Odoo reads the quantities and sends nothing.",
    )
    stock_adjustment_account_id = fields.Many2one(
        "xero.account",
        string="Account For Stock Adjustments",
        domain=ANY_ACCOUNT,
        ondelete="set null",
        help="Where the value of what was counted, scrapped or revalued goes. The account needs a code in Xero before "
        "it can be chosen: in Xero open Accounting > Chart of accounts, click the account, fill Code and save, then "
        "press Refresh here.",
    )
    supplier_payment_account_id = fields.Many2one(
        "xero.account",
        string="Bank Account For Supplier Payments",
        domain=BANKS,
        ondelete="set null",
        help="Tracked in Xero: what went up is a supplier bill, and is paid from this account, so that nothing stays "
        "payable. Best a bank account made for it in Xero, with a code, on which bills and refunds even out.",
    )
    supplier_refund_account_id = fields.Many2one(
        "xero.account",
        string="Bank Account For Supplier Refunds",
        domain=BANKS,
        ondelete="set null",
        help="Tracked in Xero: what went down is a supplier credit note, and is refunded to this account, so that "
        "nothing stays receivable.",
    )
    stock_cogs_account_id = fields.Many2one(
        "xero.account",
        string="Account For Cost of Sales",
        domain=ANY_ACCOUNT,
        ondelete="set null",
        help="Where the value of delivered goods goes. Empty: what the expense account of the product is mapped to.",
    )
    stock_received_account_id = fields.Many2one(
        "xero.account",
        string="Account For Goods Received Not Invoiced",
        domain=ANY_ACCOUNT,
        ondelete="set null",
        help="Holds the value of goods that have come without their bill, and of billed goods that have not come.",
    )

    @api.model
    def _stock_watched(self):
        return ANEW

    def _counts_stock(self, mode):
        """Whether stock goes to, or comes from, this connection's organisation in ``mode``."""
        self.ensure_one()
        return self.sync_inventory and self.stock_mode == mode
