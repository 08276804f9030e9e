"""What Xero should show of the stock: Odoo on hand + delivered not invoiced - received not billed (features.md A6-9).

Xero moves stock on invoice and bill, Odoo on delivery and receipt. Both come to the same once each delivery has its
invoice and each receipt its bill; until then this is the difference.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..business_hours import local_day

# How a posted document moves what Xero counts.
SIGNS = {
    "in_invoice": 1,
    "in_receipt": 1,
    "in_refund": -1,
    "out_invoice": -1,
    "out_receipt": -1,
    "out_refund": 1,
}
UNAPPROVED = ("DRAFT", "SUBMITTED")
FOUR, CENT = Decimal("0.0001"), Decimal("0.01")


def exact(number, places=FOUR):
    """One of Odoo's floats as a number that compares."""
    return Decimal(repr(number)).quantize(places, ROUND_HALF_UP)


@dataclass(frozen=True)
class Figures:
    """What Odoo says of one product.

    :ivar delivered: delivered and not invoiced; below zero where invoiced and not delivered
    :ivar received: received and not billed; below zero where billed and not received
    :ivar on_its_way: what will still move it in Xero: documents that have not gone, or are not approved there
    :ivar left_out: what moves have added that are set not to be exported (xero_stock_left_out.py)
    :ivar is_settled: nothing of it is about to be changed or withdrawn in Xero
    :ivar cost: of one, and ``value`` of what is on hand
    :ivar method: Odoo's costing method
    """

    on_hand: Decimal = Decimal(0)
    delivered: Decimal = Decimal(0)
    received: Decimal = Decimal(0)
    on_its_way: Decimal = Decimal(0)
    left_out: Decimal = Decimal(0)
    is_settled: bool = True
    cost: Decimal = Decimal(0)
    value: Decimal = Decimal(0)
    method: str = "average"

    @property
    def expected(self):
        return self.on_hand + self.delivered - self.received - self.left_out

    @property
    def expected_now(self):
        return self.expected - self.on_its_way

    @property
    def expected_value(self):
        """Odoo's valuation plus delivered-not-invoiced less received-not-billed at cost, in whole cents."""
        if self.expected <= 0:
            return Decimal(0)
        return (self.value + (self.delivered - self.received) * self.cost).quantize(CENT, ROUND_HALF_UP)


class XeroStockExpected(models.AbstractModel):
    _name = "xero.stock.expected"
    _description = "Stock that Xero Should Show"

    @api.model
    def _figures(self, connection, products):
        """Return ``{product id: Figures}``."""
        products = products.with_company(connection.company_id)
        delivered, received = self._traded(connection, products)
        for line, quantity in self._lines(self._documents_domain(connection, products)):
            side = received if line.move_type.startswith("in_") else delivered
            side[line.product_id.id] += quantity if line.move_type.endswith("refund") else -quantity
        on_its_way, unsettled = self._on_its_way(connection, products)
        left_out, left_out_value = self._left_out(connection, products)
        found = {}
        for product in products:
            on_hand = product._with_valuation_context().qty_available
            found[product.id] = Figures(
                on_hand=exact(on_hand),
                delivered=exact(delivered[product.id]),
                received=exact(received[product.id]),
                on_its_way=exact(on_its_way[product.id]),
                left_out=exact(left_out[product.id]),
                is_settled=product.id not in unsettled,
                cost=Decimal(repr(product.standard_price)),
                value=exact((product.total_value if on_hand else 0.0) - left_out_value[product.id], CENT),
                method=product.cost_method,
            )
        return found

    # === MOVES === #

    @api.model
    def _traded(self, connection, products):
        """``({product id: delivered}, {product id: received})``: what has left to customers and come from suppliers."""
        delivered, received = defaultdict(float), defaultdict(float)
        for domain, side, sign in self._trades():
            counted = self._moves_domain(connection, products) & domain
            groups = self.env["stock.move"]._read_group(counted, ["product_id", "product_uom"], ["quantity:sum"])
            for product, unit, quantity in groups:
                moved = unit._compute_quantity(quantity, product.uom_id, round=False)
                (delivered if side == "out" else received)[product.id] += sign * moved
        return delivered, received

    @api.model
    def _trades(self):
        """``[(domain of moves, side, sign)]`` of what invoices and bills tell Xero of."""
        outside = Domain("usage", "=", "customer") | (
            Domain("usage", "=", "transit") & Domain("company_id", "=", False)
        )
        drop_in, drop_back = (
            Domain("is_dropship", "=", True) & Domain(f"{end}.usage", "=", "customer")
            for end in ("location_dest_id", "location_id")
        )
        return [
            (Domain("is_out", "=", True) & Domain("location_dest_id", "any", outside), "out", 1),
            (Domain("is_in", "=", True) & Domain("location_id.usage", "=", "customer"), "out", -1),
            (Domain("is_in", "=", True) & self._from_suppliers(), "in", 1),
            (Domain("is_out", "=", True) & Domain("location_dest_id.usage", "=", "supplier"), "in", -1),
            *((drop_in, side, 1) for side in ("out", "in")),
            *((drop_back, side, -1) for side in ("out", "in")),
        ]

    @api.model
    def _from_suppliers(self):
        transit = Domain("location_id.usage", "=", "transit") & Domain("location_id.company_id", "=", False)
        return Domain("location_id.usage", "=", "supplier") | transit

    @api.model
    def _trade_domain(self):
        """Moves that Xero learns of by invoices and bills, and by nothing else."""
        return Domain.OR([domain for domain, _side, _sign in self._trades()])

    @api.model
    def _moves_domain(self, connection, products):
        """Of an order, or of the time since Xero counts: what came before that is in the opening stock."""
        ordered = Domain("purchase_line_id", "!=", False)
        if "sale_line_id" in self.env["stock.move"]._fields:
            ordered |= Domain("sale_line_id", "!=", False)
        return (
            Domain("company_id", "=", connection.company_id.id)
            & Domain("state", "=", "done")
            & Domain("product_id", "in", products.ids)
            & (ordered | Domain("date", ">=", connection.stock_tracked_since))
        )

    # === DOCUMENTS === #

    @api.model
    def _documents_domain(self, connection, products):
        """Lines of posted documents: those of an order, and those dated since Xero counts."""
        since = local_day(connection.company_id, connection.stock_tracked_since)
        ordered = Domain("purchase_line_id", "!=", False)
        if "sale_line_ids" in self.env["account.move.line"]._fields:
            ordered |= Domain("sale_line_ids", "!=", False)
        return (
            self._product_lines(connection, products)
            & Domain("parent_state", "=", "posted")
            & (ordered | Domain("move_id.invoice_date", ">=", since))
        )

    @api.model
    def _product_lines(self, connection, products):
        return (
            Domain("company_id", "=", connection.company_id.id)
            & Domain("display_type", "=", "product")
            & Domain("move_type", "in", list(SIGNS))
            & Domain("product_id", "in", products.ids)
        )

    @api.model
    def _lines(self, domain):
        """Yield (line, quantity in the product's unit)."""
        for line in self.env["account.move.line"].search(domain):
            unit, own = line.product_uom_id, line.product_id.uom_id
            yield line, unit._compute_quantity(line.quantity, own, round=False) if unit else line.quantity

    # === ON ITS WAY === #

    @api.model
    def _on_its_way(self, connection, products):
        """``({product id: quantity}, {product ids that cannot be told yet})``."""
        quantities, unsettled = defaultdict(float), set()
        waiting, changing, unapproved = self._unsent_documents(connection, products)
        counted = self._documents_domain(connection, products)
        for line, quantity in self._lines(counted & Domain("move_id", "in", list(waiting | unapproved))):
            quantities[line.product_id.id] += SIGNS[line.move_type] * quantity
        touched = self._product_lines(connection, products) & Domain("move_id", "in", list(changing))
        unsettled.update(self.env["account.move.line"].search(touched).product_id.ids)
        for product, quantity in self._unsent_adjustments(connection, products):
            quantities[product.id] += quantity
            unsettled.add(product.id)
        for move, quantity in self._unsent_moves(connection, products):
            quantities[move.product_id.id] += quantity
        return quantities, unsettled

    @api.model
    def _unsent_documents(self, connection, products):
        """Ids of documents: (in the queue for the first time, about to change or in doubt, drafts in Xero)."""
        queued, unapproved = self._queued(connection, "account.move"), self._unapproved(connection)
        lines = self._product_lines(connection, products)
        undone = self.env["account.move.line"].search(lines & Domain("parent_state", "!=", "posted")).move_id
        moves = undone | self.env["account.move"].browse({*queued, *unapproved}).exists()
        bindings = self.env["xero.binding"]._for(connection, moves)
        linked = moves.filtered(lambda move: self._is_in_xero(bindings.get(move.id)))
        flying = moves.browse(self._queued(connection, "account.move", in_flight=True))
        waiting = (moves - linked).filtered(lambda move: move.state == "posted")
        changing = linked.filtered(lambda move: move.id in queued or move.state != "posted") | flying
        return set(waiting.ids), set(changing.ids), set((linked - changing).ids)

    @api.model
    def _is_in_xero(self, binding):
        return bool(binding and binding.external_id and binding.state != "deleted")

    @api.model
    def _unapproved(self, connection):
        """Documents that Xero has as drafts: they move nothing there until somebody approves them."""
        rows = self.env.execute_query(
            SQL(
                """SELECT res_id FROM xero_binding WHERE connection_id = %s AND model = 'account.move'
                      AND state != 'deleted' AND agreed->>'status' IN %s""",
                connection.id,
                UNAPPROVED,
            )
        )
        return {id_ for (id_,) in rows}

    @api.model
    def _queued(self, connection, model, in_flight=False):
        """Ids of what waits; ``in_flight``: only what may be in Xero, for its call has no answer yet."""
        domain = [("connection_id", "=", connection.id), ("model", "=", model)]
        if in_flight:
            domain.append(("request_id", "!=", False))
        return set(self.env["xero.outbox"].search(domain).mapped("res_id"))

    @api.model
    def _unsent_adjustments(self, connection, products):
        """Yield (product, quantity) of stock documents that are not in Xero."""
        documents = self.env["xero.stock.document"].search(
            [("connection_id", "=", connection.id), ("kind", "in", ("bill", "credit_note"))]
        )
        bindings = self.env["xero.binding"]._for(connection, documents)
        unsent = documents.filtered(lambda one: one.id not in bindings or not bindings[one.id].external_id)
        for line in unsent.line_ids.filtered(lambda line: line.product_id in products):
            yield line.product_id, line.quantity

    @api.model
    def _unsent_moves(self, connection, products):
        """Yield (move, signed quantity) of counts, scrap and the like that are no document yet."""
        ids = self._queued(connection, "stock.move")
        moves = self.env["stock.move"].browse(ids).exists().filtered(lambda move: move.product_id in products)
        for move in self._adjusting(connection, moves):
            yield move, move._xero_stock_quantity()

    @api.model
    def _adjusting(self, connection, moves):
        """Those of ``moves`` that change what Xero should show, and are on no document yet."""
        known = self.env["xero.stock.document"].search(
            [
                ("connection_id", "=", connection.id),
                ("kind", "in", ("bill", "credit_note")),
                ("move_ids", "in", moves.ids),
            ]
        )
        done = moves.filtered(
            lambda move: (
                move.state == "done"
                and (move.is_in or move.is_out)
                and move._xero_stock_quantity()
                and move.product_id.is_storable
                and not move.xero_do_not_export
                and move.date >= connection.stock_tracked_since
            )
        )
        return (done - known.move_ids) - done.filtered_domain(self._trade_domain())


class StockMove(models.Model):
    _inherit = "stock.move"

    def _xero_stock_quantity(self):
        """What the move adds to the stock, in the product's unit."""
        quantity = self._get_valued_qty()
        return quantity if self.is_in else -quantity

    def _xero_stock_value(self):
        """What the move adds to the value of the stock."""
        return self.value if self.is_in else -self.value
