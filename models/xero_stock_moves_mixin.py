from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .xero_sync_mixin import INTERNAL


class XeroStockMovesMixin(models.AbstractModel):
    """Record of the warehouse that stands for stock moves: says what became of them in Xero, and sends them by hand."""

    _name = "xero.stock.moves.mixin"
    _description = "Record of the warehouse that goes to Xero"

    xero_stock_connected = fields.Boolean(compute="_compute_xero_stock", groups=INTERNAL)
    xero_stock_state = fields.Text("In Xero", compute="_compute_xero_stock", groups=INTERNAL)

    def _xero_stock_moves(self):
        """The moves that the records stand for; a hook."""
        return self.move_ids

    @api.depends_context("company", "allowed_company_ids", "lang")
    def _compute_xero_stock(self):
        connections = self.env["xero.connection"].sudo().search([("company_id", "in", self.env.companies.ids)])
        connections = connections.filtered(lambda one: one.active and one.sync_inventory)
        for record in self:
            moves = record._xero_stock_moves().sudo().filtered(lambda move: move.state == "done")
            record.xero_stock_connected = bool(connections)
            record.xero_stock_state = moves._xero_in_words(connections) if moves and connections else False

    def action_xero_export_stock(self):
        """Queue the moves of the records now, whatever the schedule says, and wake the worker (S4-82 to S4-84).

        :raises AccessError: for who may not change the records
        """
        self.check_access("write")
        moves = self._xero_stock_moves().filtered(lambda move: move.state == "done")
        if not moves:
            raise UserError(self.env._("Nothing of this is done in the warehouse yet, so there is nothing to send."))
        query = moves._xero_moves_query(SQL("m.id = ANY(%s)", list(moves.ids)))
        if not self.env.execute_query(query):
            raise UserError(
                self.env._(
                    "Nothing can be sent: the company has no connection on which Sync Inventory with Xero is ticked, "
                    "or it was done before the connection's start date, or the goods are not counted in Odoo."
                )
            )
        return self.env["xero.outbox"]._send_now(query)

    def action_xero_stock_history(self):
        """What became of the moves."""
        moves = self._xero_stock_moves()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Xero History"),
            "res_model": "xero.history",
            "view_mode": "list,form",
            "domain": [("model", "=", "stock.move"), ("res_id", "in", moves.ids)],
        }

    def action_xero_stock_documents(self):
        """The stock documents that carry the moves."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Stock in Xero"),
            "res_model": "xero.stock.document",
            "view_mode": "list,form",
            "domain": [("move_ids", "in", self._xero_stock_moves().ids)],
        }


class StockMove(models.Model):
    _name = "stock.move"
    _inherit = ["stock.move", "xero.stock.moves.mixin"]

    def _xero_stock_moves(self):
        return self

    def _xero_in_words(self, connections):
        """What became of the moves in Xero, a line for each document or reason."""
        documents = self.env["xero.stock.document"].search([("move_ids", "in", self.ids)])
        states = dict(documents._fields["xero_state"]._description_selection(self.env))
        said = [
            f"{document.name}: {states.get(document.xero_state) or self.env._('Waiting in the queue')}"
            for document in documents.with_context(allowed_company_ids=self.company_id.ids)
        ]
        about = [("model", "=", "stock.move"), ("res_id", "in", (self - documents.move_ids).ids)]
        mine = [*about, ("connection_id", "in", connections.ids)]
        if self.env["xero.outbox"].search_count(mine, limit=1):
            said.append(self.env._("Waiting in the queue"))
        skipped = self.env["xero.history"].search([*mine, ("action", "=", "skipped")])
        said += dict.fromkeys(note for note in skipped.mapped("note") if note)
        return "\n".join(said) or self.env._("Not synced")


class StockMoveLine(models.Model):
    _name = "stock.move.line"
    _inherit = ["stock.move.line", "xero.stock.moves.mixin"]

    def _xero_stock_moves(self):
        return self.move_id


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "xero.stock.moves.mixin"]


class StockScrap(models.Model):
    _name = "stock.scrap"
    _inherit = ["stock.scrap", "xero.stock.moves.mixin"]


class StockQuant(models.Model):
    """Counts: the moves by which the quantity at a place was set right."""

    _name = "stock.quant"
    _inherit = ["stock.quant", "xero.stock.moves.mixin"]

    def _xero_stock_moves(self):
        found = self.env["stock.move"]
        for quant in self:
            places = ["|", ("location_id", "=", quant.location_id.id), ("location_dest_id", "=", quant.location_id.id)]
            counted = [("product_id", "=", quant.product_id.id), ("is_inventory", "=", True), ("state", "=", "done")]
            found |= found.search([*counted, *places])
        return found
