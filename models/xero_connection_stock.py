from odoo import api, fields, models
from odoo.tools import SQL

# Documents name accounts by their code, so only those that have one are offered (features.md S4-R2).
ANY_ACCOUNT = (
    "[('connection_id', '=', id), ('code', '!=', False), ('type', 'not in', ('BANK', 'INVENTORY')),"
    " ('system_account', '=', False)]"
)
BANKS = "[('connection_id', '=', id), ('code', '!=', False), ('type', '=', 'BANK')]"
# What a change of makes the connector look at the stock anew.
ANEW = {"sync_inventory", "stock_mode"}
ACCOUNTS = {"stock_adjustment_account_id", "stock_received_account_id", "stock_cogs_account_id"}


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

    def _counts_stock(self, mode):
        """Whether stock goes to, or comes from, this connection's organisation in ``mode``."""
        self.ensure_one()
        return self.sync_inventory and self.stock_mode == mode

    def _stock_documents_for(self, moves):
        """Have the documents made that carry ``moves``, in the way of the connection's stock mode.

        :return: ``{move id: reason}`` of those that need nothing sent
        """
        if self._counts_stock("untracked"):
            self.env["xero.stock.ledger"]._settle(self)
            left_out = {move.id: move._xero_left_out_words() for move in moves if move.xero_do_not_export}
            return {move.id: reason for move in moves if (reason := move._xero_no_value())} | left_out
        if self._counts_stock("tracked"):
            return self._stock_tracked(moves)
        return {move.id: self.env._("The stock is not synced with Xero.") for move in moves}

    def _look_where_posted(self, agreements, move_ids):
        """Look at the stock where Xero has posted, or withdrawn, bills of goods or something on a stock account."""
        if move_ids and (self._touches_stock(agreements) or self._bills_orders(move_ids)):
            self._look_at_stock()

    def _bills_orders(self, move_ids):
        domain = [("move_id", "in", move_ids), ("purchase_line_id", "!=", False)]
        return bool(self.env["account.move.line"].sudo().search_count(domain, limit=1))

    def _touches_stock(self, agreements):
        """Whether something that Xero answered is posted on an account on which the stock is kept there."""
        codes = {code for agreed in agreements if agreed for code in agreed.get("coded") or ()}
        if not codes:
            return False
        company = self.company_id
        accounts = company.account_stock_valuation_id
        accounts |= self.env["xero.stock.document"].sudo().search([("connection_id", "=", self.id)]).account_id
        kept_apart = [("property_stock_valuation_account_id", "!=", False)]
        categories = self.env["product.category"].sudo().with_company(company).search(kept_apart)
        accounts |= categories.property_stock_valuation_account_id
        mapping = self.env["xero.account.mapping"].sudo()._for(self)
        return any(mapping[account.id].code in codes for account in accounts if account.id in mapping)

    def _stock_tracked(self, moves):
        """Tracked in Xero: make documents for ``moves``; returns as ``_stock_documents_for`` does."""
        return {}

    def write(self, vals):
        result = super().write(vals)
        if not ANEW.isdisjoint(vals):
            self.filtered(lambda one: one._counts_stock("untracked"))._look_at_stock()
        if not ACCOUNTS.isdisjoint(vals):
            self.env["xero.issue"]._mended_code(("stock_account_missing",), self)
        return result

    def _look_at_stock(self):
        """Queue a look at the stock's value."""
        rows = SQL("SELECT c.id, 'xero.connection', c.id FROM xero_connection c WHERE c.id = ANY(%s)", list(self.ids))
        if self:
            self.env["xero.outbox"].sudo()._insert_marks([rows])

    @api.model
    def _cron_look_at_stock(self):
        """Once a day: days begin, and what was dated ahead comes due, without anything being changed."""
        found = self.search([("state", "in", ("connected", "reconnect")), ("sync_inventory", "=", True)])
        found.filtered(lambda one: one._counts_stock("untracked"))._look_at_stock()

    @api.model
    def _xero_backlog_query(self, connection):
        """A connection that is made or renewed has its stock looked at."""
        return SQL(
            """SELECT c.id, 'xero.connection', c.id FROM xero_connection c
                WHERE c.id = %s AND c.sync_inventory AND c.stock_mode = 'untracked'""",
            connection.id,
        )
