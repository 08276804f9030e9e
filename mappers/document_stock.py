"""Documents with items whose stock Xero counts: nothing is sold there that it does not have (S5-65)."""

from collections import defaultdict

from odoo import api, models

from ..exceptions import Hold, Wait
from .document_changes import plain
from .xero_mapper import decimal

# What a document adds to the stock that Xero counts, by its Type (xero-api.md 4.7).
SIGNS = {"ACCPAY": 1, "ACCREC": -1, "ACCRECCREDIT": 1, "ACCPAYCREDIT": -1}
APPROVED = ("AUTHORISED", "PAID")


class XeroMapper(models.AbstractModel):
    _inherit = "xero.mapper"

    @api.model
    def _moved_stock(self, data):
        """``[(code of an item, quantity)]`` that a document has added to what Xero counts, as its answer says."""
        return []

    @api.model
    def _level_of(self, data):
        """What Xero counts of an item: ``{is_tracked, xero_quantity, xero_value}``; None for anything else."""
        return


class XeroMapperDocument(models.AbstractModel):
    _inherit = "xero.mapper.document"

    @api.model
    def _moved_stock(self, data):
        return moved_stock(data)

    @api.model
    def _prepare(self, connection, records, bindings):
        prepared = super()._prepare(connection, records, bindings)
        taken = self.env["xero.stock.level"]._in_the_air(connection)
        return {**prepared, "levels": self._levels(connection, records, prepared), "taken": taken}

    @api.model
    def _levels(self, connection, records, prepared):
        """``{product id: level}`` of what Xero counts, where this connection has it counted."""
        if not connection._counts_stock("tracked"):
            return {}
        counted = records.invoice_line_ids.product_id.filtered(
            lambda product: (
                product.id in prepared["items"] and (prepared["items"][product.id].agreed or {}).get("tracked")
            )
        )
        return self.env["xero.stock.level"]._of(connection, counted)

    def _account(self, line, prepared):
        """Xero books what it counts on its own stock account, whatever the line says (xero-api.md 4.2)."""
        own = prepared["connection"].stock_inventory_account_id
        if own and line.move_id.is_purchase_document(include_receipts=True) and self._keeps_quantity(line, prepared):
            return own
        return super()._account(line, prepared)

    def _payload(self, move, prepared):
        action, payload, *facts = super()._payload(move, prepared)
        if action == "create" and prepared["levels"] and payload.get("Status") in APPROVED:
            self._check_stock(move, payload, prepared)
        return action, payload, *facts

    def _check_stock(self, move, payload, prepared):
        """Raise Wait or Hold where Xero has less of an item than the document takes."""
        connection, before = prepared["connection"], prepared["taken"]
        for product_id, quantity in self._taken(move, payload).items():
            level = prepared["levels"].get(product_id)
            left = level and level.xero_quantity - before[product_id]
            if level and level.read_at and round(quantity - left, 4) > 0:
                self._explain_short(connection, level, quantity, left)
            before[product_id] += quantity

    def _taken(self, move, payload):
        """``{product id: quantity}`` that a document takes out of what Xero counts."""
        taken = defaultdict(float)
        if SIGNS[payload["Type"]] < 0:
            for line in move.invoice_line_ids.filtered("product_id"):
                taken[line.product_id.id] += self._quantity_and_price(line)[0]
        return taken

    @api.model
    def _explain_short(self, connection, level, quantity, left):
        product = level.product_id
        figures = self.env["xero.stock.expected"]._figures(connection, product)[product.id]
        if figures.expected >= 0:
            # With all that is on its way, this document included, enough will be there: no reason to call anybody.
            connection._note_stock_moved()
            raise Wait(product)
        raise Hold(
            "stock_short",
            product,
            product=product.display_name,
            wanted=plain(decimal(quantity)),
            shown=plain(decimal(left)),
            not_billed=plain(max(figures.received, 0)),
            on_hand=plain(figures.on_hand),
        )


def moved_stock(data):
    """``[(code of an item in lower case, signed quantity)]`` of an answer's lines, nothing of a draft."""
    sign = SIGNS.get((data or {}).get("Type"), 0)
    if not sign or data.get("Status") not in APPROVED:
        return []
    lines = [line for line in data.get("LineItems") or [] if line.get("ItemCode")]
    return [(line["ItemCode"].lower(), sign * float(line.get("Quantity") or 0)) for line in lines]
