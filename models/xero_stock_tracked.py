"""Stock that Xero counts too: what went up is a supplier bill, what went down a supplier credit note (A6-14)."""

from collections import defaultdict

from odoo import api, fields, models

from ..business_hours import local_day
from .xero_stock_expected import CENT, exact

KINDS = ("bill", "credit_note")


class XeroStockDocument(models.Model):
    _inherit = "xero.stock.document"

    def _default_name(self):
        if self.kind not in KINDS:
            return super()._default_name()
        return f"STOCK-{'UP' if self.kind == 'bill' else 'DOWN'}-{self.connection_id.id}-{self.date:%Y%m%d}-{self.id}"


class XeroStockLine(models.Model):
    _inherit = "xero.stock.line"

    cause = fields.Selection(selection_add=[("discrepancy", "Corrected to Odoo")])


class XeroConnection(models.Model):
    _inherit = "xero.connection"

    def _stock_tracked(self, moves):
        """Make the documents of moves that are done.

        :param moves: as they were marked, in any order
        :return: ``{move id: why nothing is sent for it}``
        """
        self._note_stock_moved()
        adjusting = self.env["xero.stock.expected"]._adjusting(self, moves)
        by_document = defaultdict(lambda: self.env["stock.move"])
        for move in adjusting.sorted(lambda move: (move.date, move.id)):
            by_document[self._stock_document_key(move)] |= move
        for (date, cause, _short), grouped in by_document.items():
            lines = [self._stock_line(move, cause) for move in grouped]
            self._make_stock_documents(date, lines, moves=grouped)
        return {move.id: self._untold_reason(move) for move in moves - adjusting}

    @api.model
    def _stock_document_key(self, move):
        """What goes on one document: one day's moves of one cause. What Xero is short of stands apart, for it waits."""
        level = self.env["xero.stock.level"]._of(self, move.product_id).get(move.product_id.id)
        left = exact(level.xero_quantity if level else 0) + exact(move._xero_stock_quantity())
        short = move.product_id.id if move.is_out and left < 0 else False
        return self._open_day(local_day(self.company_id, move.date)), move._xero_stock_cause(), short

    def _open_day(self, day):
        """The day itself, or the first on which Xero's books are open."""
        return self._first_open_day() if self._is_locked(day) else day

    @api.model
    def _stock_line(self, move, cause):
        quantity, value = move._xero_stock_quantity(), move._xero_stock_value()
        return {
            "cause": cause,
            "product_id": move.product_id.id,
            "quantity": quantity,
            "unit_cost": value / quantity if quantity else 0.0,
            "value": float(exact(value, CENT)),
            "description": f"{move.product_id.display_name}: {move.reference or move.origin or move.display_name}",
            "move_id": move.id,
        }

    def _make_stock_documents(self, date, lines, moves=None, explanation=None):
        """A bill for the lines that rise and a credit note for those that fall.

        :param lines: values of lines; ``move_id`` names the move that a line stands for
        :return: the documents, in the order in which they have to go
        """
        documents = self.env["xero.stock.document"].sudo()
        for kind, rises in (("bill", True), ("credit_note", False)):
            mine = [line for line in lines if (line["quantity"] > 0) == rises]
            if not mine:
                continue
            ids = [line["move_id"] for line in mine if line.get("move_id")]
            documents |= documents.create(
                {
                    "connection_id": self.id,
                    "kind": kind,
                    "date": date,
                    "move_ids": [fields.Command.set(ids)],
                    "explanation": explanation,
                    "line_ids": [
                        fields.Command.create(
                            {**{key: value for key, value in line.items() if key != "move_id"}, "sequence": number}
                        )
                        for number, line in enumerate(mine, start=1)
                    ],
                }
            )
        return documents

    def _untold_reason(self, move):
        """Why a move needs nothing of its own in Xero."""
        if reason := move._xero_no_value():
            return reason
        if not move._xero_stock_quantity():
            return self.env._("It was counted as expected: nothing has changed.")
        if move.filtered_domain(self.env["xero.stock.expected"]._trade_domain()):
            return self.env._("Its invoice or bill moves the stock in Xero.")
        if move.xero_do_not_export:
            return move._xero_left_out_words()
        if move.date < self.stock_tracked_since:
            return self.env._("It is in the opening stock that Xero began to count with.")
        return self.env._("It is on a stock document already.")


class StockMove(models.Model):
    _inherit = "stock.move"

    def _xero_stock_cause(self):
        """Why the stock changed, a key of the causes of stock documents; bridges know more."""
        return "adjustment"
