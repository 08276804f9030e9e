"""Lines of documents: description, item, unit; what a line says beside its amounts."""

from odoo import api, models

from ..exceptions import Hold, Wait

DESCRIPTION_LENGTH = 4000
TEXT_LINES = ("line_section", "line_subsection", "line_note")


class XeroMapperDocument(models.AbstractModel):
    """What the lines of a document say, in Odoo's order; sections and notes are lines of description alone."""

    _inherit = "xero.mapper.document"

    @api.model
    def _needs(self, connection, records):
        return [*super()._needs(connection, records), self._needed_products(connection, records)]

    @api.model
    def _needed_products(self, connection, records):
        """The products that have to be items in Xero (features.md A6-17)."""
        products = records.invoice_line_ids.product_id.with_company(connection.company_id)
        return products.filtered(lambda product: connection.send_items and not product.xero_do_not_export)

    @api.model
    def _prepare(self, connection, records, bindings):
        # Odoo looks at the lines of one document at a time, and would read these of one at a time.
        records.line_ids.fetch(["tax_ids", "tax_tag_ids"])
        return {
            **super()._prepare(connection, records, bindings),
            "accounts": self.env["xero.account.mapping"]._for(connection),
            "items": self.env["xero.binding"]._for(connection, records.invoice_line_ids.product_id),
        }

    def _lines(self, move, prepared):
        """Lines as plain dicts: the wire keys that never vary, and what each way of writing amounts needs."""
        amounts = self._line_amounts(move)
        lines = []
        for line in self._ordered(move):
            if line.display_type in TEXT_LINES:
                lines.append({"wire": {"Description": (line.name or "-")[:DESCRIPTION_LENGTH]}})
            elif line.id in amounts:
                lines.append(self._money_line(line, amounts[line.id], prepared))
        for line in move.line_ids.filtered(lambda line: line.display_type == "rounding" and line.id in amounts):
            lines.append(self._money_line(line, amounts[line.id], prepared))
        return lines

    @api.model
    def _ordered(self, move):
        """The lines as they are printed."""
        return move.invoice_line_ids.sorted(lambda line: (line.sequence, line.id))

    def _money_line(self, line, amounts, prepared):
        account = self._account(line, prepared)
        rate = self._tax_rate(line, account, prepared)
        wire = {
            "Description": self._line_text(line, prepared["connection"]),
            "TaxType": rate.tax_type,
            **({"AccountCode": account.code} if account.code else {"AccountID": account.external_id}),
            **self._item(line, prepared),
        }
        return {"wire": wire, "wanted": self._wanted(line, amounts, account, rate, prepared)}

    @api.model
    def _line_text(self, line, connection):
        """Xero approves no line without one; without item descriptions it is the item's name (S4-55)."""
        product = line.product_id.with_context(display_default_code=False)
        text = line.name or product.display_name or line.move_id.name
        if not connection.sync_item_descriptions:
            text = product.display_name or text.strip().split("\n")[0]
        return text[:DESCRIPTION_LENGTH]

    def _account(self, line, prepared):
        account = prepared["accounts"].get(line.account_id.id)
        if not account:
            raise Hold("account_unmapped", line.account_id, account=line.account_id.display_name)
        return account

    def _item(self, line, prepared):
        product = line.product_id
        if not product or not prepared["connection"].send_items:
            return {}
        binding = prepared["items"].get(product.id)
        if binding and binding.external_id:
            return {"ItemCode": binding.code}
        if product.with_company(prepared["connection"].company_id).xero_do_not_export:
            return {}
        raise Wait(product)

    # === UNIT === #

    def _quantity_and_price(self, line):
        """Quantity and price in the unit in which the item is kept, the price with the sign of both.

        Xero knows no units: five dozen of an item kept in pieces are 60 there. Nor does it take quantities below zero
        (xero-api.md 4.2). What the line comes to is settled by the representation.
        """
        return self._in_the_items_unit(line, line.quantity, line.price_unit)

    @api.model
    def _in_the_items_unit(self, line, quantity, price):
        unit, product_unit = line.product_uom_id, line.product_id.uom_id
        if quantity and unit and product_unit and unit != product_unit:
            converted = unit._compute_quantity(quantity, product_unit, round=False)
            if converted:
                quantity, price = converted, price * quantity / converted
        return (-quantity, -price) if quantity < 0 else (quantity, price)
