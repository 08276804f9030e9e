from odoo import api, fields, models
from odoo.tools import SQL

from .xero_sync_mixin import LINKED

KINDS = [("value", "Stock Journal"), ("bill", "Supplier Bill"), ("credit_note", "Supplier Credit Note")]
CAUSES = [
    ("opening", "Opening Value"),
    ("delivery", "Delivered"),
    ("receipt", "Received, Not Billed"),
    ("billed", "Received and Billed"),
    ("adjustment", "Counted or Scrapped"),
    ("production", "Produced or Consumed"),
    ("work", "Work on What Was Produced"),
    ("landed_cost", "Landed Costs"),
    ("location", "Booked by Location"),
    ("transfer", "Kept at a Place with Its Own Account"),
    ("revaluation", "Revalued"),
]


class XeroStockDocument(models.Model):
    """One stock posting for Xero.

    It stands between where several stock moves make one Xero document, or one makes several, so that a link with Xero
    is always one to one (design.md section 2). A ``value`` document is a manual journal, a ``bill`` an ACCPAY
    invoice, a ``credit_note`` an ACCPAYCREDIT one.
    """

    _name = "xero.stock.document"
    _inherit = ["xero.sync.mixin"]
    _description = "Xero Stock Document"
    _order = "date desc, id desc"

    name = fields.Char(required=True, readonly=True, default="/", copy=False)
    connection_id = fields.Many2one("xero.connection", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="connection_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(KINDS, required=True, readonly=True)
    date = fields.Date(required=True, readonly=True, index=True)
    account_id = fields.Many2one(
        "account.account",
        string="Stock Valuation Account",
        readonly=True,
        ondelete="restrict",
        help="The account whose value a stock journal brings to Odoo's.",
    )
    xero_account_id = fields.Many2one(
        "xero.account",
        string="Stock Account in Xero",
        readonly=True,
        ondelete="restrict",
        help="Where a stock journal was posted; a mapping that is changed later moves the whole value.",
    )
    is_opening = fields.Boolean(readonly=True)
    move_ids = fields.Many2many("stock.move", "xero_stock_document_move_rel", readonly=True, string="Stock Moves")
    line_ids = fields.One2many("xero.stock.line", "document_id", readonly=True, string="Lines")
    value = fields.Monetary(compute="_compute_value", store=True, string="Change of Stock Value")
    explanation = fields.Text(readonly=True)

    _xero_company_owned = True

    @api.depends("line_ids.value")
    def _compute_value(self):
        for document in self:
            document.value = sum(document.line_ids.mapped("value"))

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        for document in documents.filtered(lambda one: one.name == "/"):
            document.name = document._default_name()
        self.env["xero.outbox"]._mark(documents)
        return documents

    def _default_name(self):
        """The name that tells one document from all others in Xero too."""
        return f"STOCK-{self.connection_id.id}-{self.date:%Y%m%d}-{self.id}"

    def _xero_again(self):
        """Queue the documents: their lines have changed. What Xero has already is not sent a second time."""
        self.env["xero.outbox"]._mark(self)

    @api.model
    def _xero_mark_query(self, ids):
        """Every document goes, to its own connection."""
        return SQL(
            """SELECT c.id, 'xero.stock.document', d.id FROM xero_stock_document d
                 JOIN xero_connection c ON c.id = d.connection_id AND %s
                WHERE d.id = ANY(%s)""",
            LINKED,
            list(ids),
        )

    @api.model
    def _xero_backlog_query(self, connection):
        return SQL(
            """SELECT d.connection_id, 'xero.stock.document', d.id FROM xero_stock_document d
                 LEFT JOIN xero_binding b ON b.connection_id = d.connection_id AND b.res_id = d.id
                                         AND b.model = 'xero.stock.document'
                WHERE d.connection_id = %s AND (b.id IS NULL OR d.write_date > b.last_export_date)
                  AND NOT EXISTS (SELECT 1 FROM xero_outbox o WHERE o.connection_id = d.connection_id
                                     AND o.model = 'xero.stock.document' AND o.res_id = d.id)""",
            connection.id,
        )

    def action_view_moves(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Stock Moves"),
            "res_model": "stock.move",
            "view_mode": "list,form",
            "domain": [("id", "in", self.move_ids.ids)],
        }


class XeroStockLine(models.Model):
    _name = "xero.stock.line"
    _description = "Line of a Xero Stock Document"
    _order = "document_id, sequence, id"
    _rec_name = "description"

    document_id = fields.Many2one("xero.stock.document", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="document_id.company_id")
    currency_id = fields.Many2one(related="document_id.currency_id")
    sequence = fields.Integer(default=10)
    cause = fields.Selection(CAUSES, index=True)
    product_id = fields.Many2one("product.product", ondelete="restrict", index="btree_not_null")
    quantity = fields.Float(digits="Product Unit")
    unit_cost = fields.Float(digits="Product Price")
    value = fields.Monetary(help="What the stock value rises by; below zero where it falls.")
    account_id = fields.Many2one("account.account", string="Stock Account", ondelete="restrict")
    counterpart_id = fields.Many2one("account.account", string="Other Account", ondelete="restrict")
    xero_counterpart_id = fields.Many2one("xero.account", string="Other Account in Xero", ondelete="restrict")
    tracking_option_id = fields.Many2one(
        "xero.tracking.option",
        string="Warehouse in Xero",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        help="The option of a tracking category under which the other account is posted.",
    )
    description = fields.Char()
    explanation = fields.Text(help="Why, where the figures alone do not say it.")

    def _key(self):
        """What tells the lines of one account's journals apart."""
        return self.cause, self.counterpart_id.id, self.tracking_option_id.id
