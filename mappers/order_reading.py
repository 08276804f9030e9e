"""Orders and quotes from Xero: their lines in Odoo's terms, with equal totals or not at all.

They book nothing, so that a line needs no account; but every line of an order in Odoo is about a product.
"""

from odoo import api, models
from odoo.fields import Command
from odoo.tools.sql import escape_psql

from ..exceptions import Hold
from ..xero_api import codec
from .document_reading import amount
from .xero_mapper import decimal

# Quotes write them in capitals (xero-api.md 4.6).
AMOUNT_TYPES = {"EXCLUSIVE": "Exclusive", "INCLUSIVE": "Inclusive", "NOTAX": "NoTax"}
# The side on which Xero would book it -> what a product has to be.
SIDES = {"ACCPAY": "purchase_ok", "ACCREC": "sale_ok"}


class XeroOrderReading(models.AbstractModel):
    """What the mappers of purchase orders and quotes share."""

    _name = "xero.order.reading"
    _description = "Reading of Orders from Xero"

    _quantity_column = None  # of the order's lines

    @api.model
    def _documents(self):
        return self.env["xero.mapper.document"]

    @api.model
    def _unified(self, payload, kind):
        """The payload as documents are read: with the side of the books, and Xero's usual words."""
        types = payload.get("LineAmountTypes") or "Exclusive"
        return {**payload, "Type": kind, "LineAmountTypes": AMOUNT_TYPES.get(types.upper(), types)}

    @api.model
    def _fill(self, connection, order, payload, maps):
        """Give an order the lines of a payload: as they are written, else flat.

        :param payload: as ``_unified`` makes it
        :raises Hold: a tax or a product is not known here, or the totals differ
        """
        wanted = amount(payload, "SubTotal"), amount(payload, "TotalTax")
        if payload["LineAmountTypes"] == "Inclusive":
            wanted = amount(payload, "Total") - wanted[1], wanted[1]
        for flat in (False, True):
            lines = [self._line(connection, line, payload, maps, flat) for line in payload["LineItems"]]
            order.write({"order_line": [Command.clear(), *(Command.create(line) for line in lines)]})
            found = decimal(order.amount_untaxed, 2), decimal(order.amount_tax, 2)
            if found == wanted:
                return
        raise Hold(
            "totals_differ_in",
            connection,
            number=self._number_of(payload),
            xero_total=str(amount(payload, "Total")),
            xero_tax=str(wanted[1]),
            odoo_total=str(decimal(order.amount_total, 2)),
            odoo_tax=str(decimal(order.amount_tax, 2)),
        )

    @api.model
    def _number_of(self, payload):
        return payload.get("PurchaseOrderNumber") or payload.get("QuoteNumber") or "?"

    @api.model
    def _line(self, connection, line, payload, maps, flat):
        """The values of a line: of a text, of an amount as it is written, or of its amount alone where it is flat."""
        text = line.get("Description") or "-"
        if (
            line.get("LineAmount") is None
            or not (line.get("UnitAmount") or line.get("LineAmount"))
            and not line.get("ItemCode")
        ):
            return {"display_type": "line_note", "name": text, self._quantity_column: 0}
        inclusive = payload["LineAmountTypes"] == "Inclusive"
        taxes = self._documents()._taxes(connection, line, payload, maps, inclusive)
        wants_gross = any(taxes.flatten_taxes_hierarchy().mapped("price_include"))
        product = self._product(connection, line, payload)
        values = {"name": text, "product_id": product.id, "tax_ids": [Command.set(taxes.ids)]}
        if not flat and wants_gross == (inclusive and bool(taxes)):
            price, quantity = float(line.get("UnitAmount") or 0), float(line.get("Quantity", 1))
            discount = float(line.get("DiscountRate") or 0)
            return {**values, self._quantity_column: quantity, "price_unit": price, "discount": discount}
        tax = amount(line, "TaxAmount")
        gross = amount(line, "LineAmount") + (0 if inclusive else tax)
        net = amount(line, "LineAmount") - (tax if inclusive else 0)
        price = float(gross if wants_gross else net)
        return {**values, self._quantity_column: 1, "price_unit": price, "discount": 0}

    @api.model
    def _product(self, connection, line, payload):
        """The product of the line's item; that of the setting where the line has none, or one that is not linked."""
        found = self.env["product.product"].browse(self._documents()._product(connection, line))
        product = found or connection.imported_line_product_id
        if not product:
            item = line.get("ItemCode") or line.get("Description") or "?"
            raise Hold("order_line_product", connection, number=self._number_of(payload), line=item)
        return product

    @api.model
    def _same_number(self, connection, orders, number):
        """Unlinked orders of the company with a number, whatever the case."""
        pattern = escape_psql(number or "")
        found = orders.search([("company_id", "=", connection.company_id.id), ("name", "=ilike", pattern)])
        links = self.env["xero.binding"]._for(connection, found)
        return found.filtered(lambda order: order.id not in links or not links[order.id].external_id)

    @api.model
    def _same_order(self, connection, known, payload):
        """The one of ``known`` that is the order of a payload: partner and total agree.

        :raises Hold: none is, or several are
        """
        partner = self._documents()._partner(connection, payload).commercial_partner_id
        same = known.filtered(
            lambda order: (
                order.partner_id.commercial_partner_id == partner
                and decimal(order.amount_total, 2) == amount(payload, "Total")
            )
        )
        if len(same) != 1:
            raise Hold("order_like_it", connection, number=self._number_of(payload))
        return same

    @api.model
    def _link_values(self, payload, action):
        origin = "xero" if action == "created" else "linked"
        return {"natural_key": self._natural_key(payload), "origin": origin}

    @api.model
    def _seen_order(self, payload):
        """Digest of what people change of an order."""
        lines = [
            {key: str(line.get(key)) for key in ("ItemCode", "Description", "Quantity", "UnitAmount", "TaxType")}
            | {"LineAmount": str(amount(line, "LineAmount"))}
            for line in payload.get("LineItems") or []
        ]
        contact = (payload.get("Contact") or {}).get("ContactID")
        return codec.digest({"lines": lines, "contact": contact, "total": str(amount(payload, "Total"))})
