"""What of the warehouse people keep out of Xero: boxes on moves, and on the records that stand for moves.

Where Xero counts no stock, journals bring its account to what Odoo's stock is worth without these moves, as if they had
never been: what went of them already is taken back with the next journal, and comes again once the box is unticked.
Where Xero counts, they have no document, and the quantity that Xero should show is reckoned without them.
"""

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..business_hours import local_day
from .xero_sync_mixin import INTERNAL

BOX, REASON = "xero_do_not_export", "xero_do_not_export_reason"
HELP = (
    "What it changes of the stock is not sent: the stock journals go without it, and take back what they carried of "
    "it. Where Xero counts the stock, it gets no bill or credit note."
)


class XeroStockMovesMixin(models.AbstractModel):
    _inherit = "xero.stock.moves.mixin"

    _xero_takes_import = False  # nothing of the warehouse is imported

    xero_do_not_export = fields.Boolean(
        "Do Not Export to Xero",
        compute="_compute_xero_left_out",
        inverse="_inverse_xero_left_out",
        search="_search_xero_left_out",
        groups=INTERNAL,
        help=HELP,
    )
    xero_do_not_export_reason = fields.Char(
        "Reason for Not Exporting",
        compute="_compute_xero_left_out",
        inverse="_inverse_xero_left_out",
        groups=INTERNAL,
        help="Shown beside the box, in the history, and on the stock documents that go without it.",
    )

    def _compute_xero_left_out(self):
        ids = tuple(self._origin.ids)
        query = SQL(
            """SELECT part.record_id, string_agg(DISTINCT m.xero_do_not_export_reason, ', ')
                 FROM (%s) AS part(record_id, move_id)
                 JOIN stock_move m ON m.id = part.move_id AND m.xero_do_not_export
                WHERE part.record_id IN %s GROUP BY part.record_id""",
            self._xero_moves_of(),
            ids or (0,),
            to_flush=self.env["stock.move"]._fields[BOX],
        )
        self.env["stock.move"].flush_model([REASON])
        reasons = dict(self.env.execute_query(query)) if ids else {}
        for record in self:
            record.xero_do_not_export = record._origin.id in reasons
            record.xero_do_not_export_reason = reasons.get(record._origin.id) or False

    def _inverse_xero_left_out(self):
        for record in self:
            moves = record._xero_left_out_moves(record.xero_do_not_export)
            moves.write({BOX: record.xero_do_not_export, REASON: record.xero_do_not_export_reason})

    def _xero_left_out_moves(self, ticked):
        """The moves that ticking, or unticking, the box speaks of; a hook."""
        return self._xero_stock_moves()

    def _search_xero_left_out(self, operator, value):
        if operator != "in":
            return NotImplemented  # Odoo turns all others into this one
        query = SQL(
            "SELECT part.record_id FROM (%s) AS part(record_id, move_id) "
            "JOIN stock_move m ON m.id = part.move_id AND m.xero_do_not_export",
            self._xero_moves_of(),
            to_flush=self.env["stock.move"]._fields[BOX],
        )
        return Domain("id", "in", query)

    def action_xero_export_stock(self):
        left_out = self._xero_stock_moves().filtered(BOX)
        if left_out and left_out == self._xero_stock_moves():
            raise UserError(
                self.env._(
                    "%(records)s is set not to be exported to Xero. Untick Do Not Export to Xero first.",
                    records=", ".join(self[:5].mapped("display_name")),
                )
            )
        return super().action_xero_export_stock()

    # === LIST ACTIONS === #

    def _xero_documents(self):
        return self.env["xero.stock.document"].search([("move_ids", "in", self._xero_stock_moves().ids)])

    def action_xero_exclude(self):
        """Ask for the reason why these records are not to be sent."""
        return self.env["xero.exclude"]._ask(self)

    def action_xero_include(self):
        """Send these records again, with the next stock document."""
        self.write({BOX: False, REASON: False})

    def action_xero_import(self):
        """Read the stock documents that carry these records from Xero now."""
        return self._xero_documents().action_xero_import()

    def action_xero_retry(self):
        """Try again what failed of the stock documents that carry these records."""
        return self._xero_documents().action_xero_retry()

    def action_xero_unlink(self):
        """Remove the links of the stock documents that carry these records, with the reason (S4-95)."""
        return self._xero_documents().action_xero_unlink()


class StockMove(models.Model):
    _inherit = "stock.move"

    xero_do_not_export = fields.Boolean(compute=None, inverse=None, search=None, store=True, copy=False)
    xero_do_not_export_reason = fields.Char(compute=None, inverse=None, store=True, copy=False)

    # They are few, and every look at the stock asks for them.
    _xero_left_out_index = models.Index("(company_id, date) WHERE xero_do_not_export")

    def write(self, vals):
        if vals.get(BOX):
            self._xero_check_no_bill()
        return super().write(vals)

    def _xero_check_no_bill(self):
        """:raises UserError: a bill or credit note in Xero carries it, which takes nothing back by itself"""
        documents = self.env["xero.stock.document"].sudo().search([("move_ids", "in", self.ids)])
        if bills := documents.filtered(lambda document: document.kind != "value"):
            raise UserError(
                self.env._(
                    "%(documents)s carries it. Set that document not to be exported, or void it in Xero, instead.",
                    documents=", ".join(bills.mapped("name")),
                )
            )

    def _xero_left_out_words(self):
        reason = ", ".join(dict.fromkeys(filter(None, self.mapped(REASON))))
        if reason:
            return self.env._("Set not to be exported to Xero: %(reason)s", reason=reason)
        return self.env._("Set not to be exported to Xero.")

    def _xero_in_words(self, connections):
        left_out = self.filtered(BOX)
        if not left_out:
            return super()._xero_in_words(connections)
        others = super(StockMove, self - left_out)._xero_in_words(connections) if self - left_out else ""
        return "\n".join(filter(None, (left_out._xero_left_out_words(), others)))

    def _xero_moved_quantity(self):
        """What moved, in the product's unit."""
        return self.product_uom._compute_quantity(self.quantity, self.product_id.uom_id, round=False)


class StockQuant(models.Model):
    _inherit = "stock.quant"

    xero_do_not_export = fields.Boolean(
        help="The last count of this product at this place is not sent: the stock journals go without it. Unticked, "
        "all of its counts go."
    )

    @api.model
    def _get_inventory_fields_write(self):
        """Who may count may also say that a count is not for Xero."""
        return [*super()._get_inventory_fields_write(), BOX, REASON]

    def _xero_left_out_moves(self, ticked):
        """Of the counts at a place the last one; counts that went before stay as they are."""
        counts = self._xero_stock_moves()
        if not ticked:
            return counts
        return counts.filtered(BOX) or counts.sorted(lambda move: (move.date, move.id))[-1:]


class StockLocation(models.Model):
    _inherit = "stock.location"

    def _xero_keeps_apart(self, account):
        """Whether goods at this place stand on another account than ``account``."""
        own = self.usage in ("internal", "transit") and self.valuation_account_id
        return bool(own and own != account)


class XeroStockLedger(models.AbstractModel):
    _inherit = "xero.stock.ledger"

    @api.model
    def _left_out_domain(self, company):
        return [("company_id", "=", company.id), ("state", "=", "done"), (BOX, "=", True)]

    @api.model
    def _left_out_moves(self, company, since):
        """Moves after the day ``since`` that are set not to be exported; what was before is none of the journals'."""
        return self.env["stock.move"].search([*self._left_out_domain(company), ("date", ">", f"{since} 23:59:59")])

    @api.model
    def _values_to_send(self, connection, products, day=None):
        """``{valuation account: value}`` of the stock at the end of ``day``, or now, without those moves."""
        company = connection.company_id
        found = defaultdict(float, self._values(company, products, day))
        for move in self._left_out_moves(company, self._since(connection)):
            if (move.is_in or move.is_out) and (not day or move.date.date() <= day):
                own = products.get(move.product_id) or self._own_accounts(move.product_id)
                found[own["valuation"]] -= move._xero_stock_value()
        return found

    @api.model
    def _left_out_words(self, company, document):
        """A sentence on the document of a day for what it goes without."""
        moves = self.env["stock.move"].search(self._left_out_domain(company))
        own = moves.filtered(lambda move: local_day(company, move.date) == document.date)
        if not own:
            return []
        names = ", ".join(dict.fromkeys(move.reference or move.display_name for move in own[:5]))
        return [self.env._("Without %(names)s. %(why)s", names=names, why=own._xero_left_out_words())]


class XeroStockExpected(models.AbstractModel):
    _inherit = "xero.stock.expected"

    @api.model
    def _left_out(self, connection, products):
        """``({product id: quantity}, {product id: value})`` of counts, scrap and the like that Xero is not told of."""
        quantities, values = defaultdict(float), defaultdict(float)
        domain = [("product_id", "in", products.ids), ("date", ">=", connection.stock_tracked_since)]
        moves = self.env["stock.move"].search(
            [*self.env["xero.stock.ledger"]._left_out_domain(connection.company_id), *domain]
        )
        for move in (moves - moves.filtered_domain(self._trade_domain())).filtered(lambda one: one.is_in or one.is_out):
            quantities[move.product_id.id] += move._xero_stock_quantity()
            values[move.product_id.id] += move._xero_stock_value()
        return quantities, values
