"""Amounts and taxes of documents: the way of writing the lines from which Xero computes Odoo's cents."""

from decimal import Decimal

from odoo import api, models

from ..exceptions import Hold, Wait
from ..xero_api import representation
from .xero_mapper import decimal

# Class of the account -> what the rate has to be made for (xero-api.md 4.9).
APPLIES_TO = {
    "ASSET": "can_apply_to_assets",
    "EQUITY": "can_apply_to_equity",
    "EXPENSE": "can_apply_to_expenses",
    "LIABILITY": "can_apply_to_liabilities",
    "REVENUE": "can_apply_to_revenue",
}
# Quantities and prices as they were entered; what of it is written is decided by the representation.
PLACES = 10


class XeroMapperDocument(models.AbstractModel):
    """What a document's lines amount to, on both sides."""

    _inherit = "xero.mapper.document"

    # === AMOUNTS === #

    def _line_amounts(self, move):
        """``{line id: (net, tax)}`` in the document's currency: net as posted, tax as distributed.

        Odoo's tax of a document, rounded by line or as a whole, or corrected by hand, is the sum of these.
        """
        base_lines, _tax_lines = move._get_rounded_base_and_tax_lines()
        taxes = {base["record"]: self._tax_of(base["tax_details"]) for base in base_lines}
        for line in [line for line in taxes if line.display_type == "epd"]:
            # The tax that an early payment discount takes off in advance; its net amounts cancel out.
            reduced = next((other for other in taxes if other.tax_ids == line.tax_ids and other != line), None)
            tax = taxes.pop(line)
            if reduced and line.tax_ids:
                taxes[reduced] += tax
        return {
            line.id: (decimal(line.amount_currency * move.direction_sign, 2), decimal(tax, 2))
            for line, tax in taxes.items()
        }

    @api.model
    def _tax_of(self, details):
        return sum(data["tax_amount_currency"] for data in details["taxes_data"])

    def _wanted(self, line, amounts, account, rate, prepared):
        """A line as it stands in Odoo; ``amounts`` are its net and tax."""
        quantity, price = self._quantity_and_price(line)
        taxes = line.tax_ids.flatten_taxes_hierarchy()
        return representation.Wanted(
            quantity=decimal(quantity, PLACES),
            unit_amount=decimal(price, PLACES),
            discount=decimal(line.discount, PLACES),
            net=amounts[0],
            tax=amounts[1],
            rate=decimal(rate.effective_rate),
            includes_tax=all(taxes.mapped("price_include")) if taxes else None,
            account=account.external_id,
            tax_type=rate.tax_type,
            takes_discount=self._takes_discount(line.move_id),
            keeps_quantity=self._keeps_quantity(line, prepared),
            is_compound=any(rate.component_ids.mapped("is_compound")),
        )

    @api.model
    def _keeps_quantity(self, line, prepared):
        """Xero moves the stock of an item that it counts by the quantity of the line."""
        item = prepared["items"].get(line.product_id.id)
        return bool(item and (item.agreed or {}).get("tracked"))

    # === TAXES === #

    @api.model
    def _needs(self, connection, records):
        tax_sets = [line.tax_ids for line in records.invoice_line_ids]
        return [self.env["xero.tax.mapping"]._to_create(connection, tax_sets), *super()._needs(connection, records)]

    @api.model
    def _prepare(self, connection, records, bindings):
        mapping = self.env["xero.tax.mapping"]
        if connection.create_tax_rates:
            mapping._adopt_created(connection)
        return {
            **super()._prepare(connection, records, bindings),
            "taxes": mapping._for(connection),
            "rounding": connection._rounding_account(),
        }

    def _tax_rate(self, line, account, prepared):
        rate = self._rate_of(line, line.move_id, prepared)
        self._check_applies(rate, account, line.tax_ids[:1] or line.account_id)
        return rate

    @api.model
    def _check_applies(self, rate, account, cause):
        if not rate[APPLIES_TO.get(account.account_class, "can_apply_to_expenses")]:
            raise Hold("tax_not_applicable", cause, rate=rate.display_name, account=account.display_name)

    def _rate_of(self, line, document, prepared):
        """The rate of a line's taxes; of several the one that has them as its components (features.md A6-20)."""
        key = frozenset(line.tax_ids.ids)
        if key not in prepared["taxes"] and len(line.tax_ids.flatten_taxes_hierarchy()) > 1:
            prepared["taxes"][key] = self.env["xero.tax.mapping"]._match_set(prepared["connection"], line.tax_ids)
        rate = prepared["taxes"].get(key)
        if not rate:
            taxes = " + ".join(line.tax_ids.mapped("name")) or self.env._("(no tax)")
            row = self.env["xero.tax.mapping"]._to_create(prepared["connection"], [line.tax_ids])
            if row:
                raise Wait(row)
            percentage = self.env["xero.tax.mapping"]._is_percentage(line.tax_ids)
            code = "tax_unmapped" if percentage else "tax_no_percentage"
            raise Hold(code, line.tax_ids[:1] or document, tax=taxes, tax_ids=line.tax_ids.ids)
        return rate

    # === REPRESENTATION === #

    def _representation(self, move, lines, prepared):
        """The keys that say what the document amounts to, in the first way that gives Odoo's net and tax."""
        written = self._written(move, lines, prepared)
        amounts = iter(written.lines)
        items = [{**line["wire"], **(next(amounts) if "wanted" in line else {})} for line in lines]
        if written.rounding:
            items.append(self._rounding_line(written.rounding, prepared))
        return {"LineAmountTypes": written.line_amount_types, "LineItems": items}

    def _rounding_line(self, amount, prepared):
        account = prepared["rounding"]
        return {
            "Description": self.env._("Rounding"),
            "Quantity": Decimal(1),
            "UnitAmount": amount,
            "AccountCode": account.code,
            "TaxType": prepared["taxes"][frozenset()].tax_type,
            "TaxAmount": Decimal("0.00"),
        }

    def _written(self, move, lines, prepared):
        """How the money lines are written (xero_api/representation.py)."""
        return self._represent(move, [line["wanted"] for line in lines if "wanted" in line], prepared)

    @api.model
    def _represent(self, record, wanted, prepared):
        """The first way of writing ``wanted`` that gives the totals of a document or order.

        :raises Hold: there is none
        """
        # In full precision: a third decimal, of dinars for example, has no place in Xero.
        total = decimal(record.amount_untaxed, 6), decimal(record.amount_tax, 6)
        may_round = bool(prepared["connection"].rounding_line and prepared["rounding"])
        try:
            return representation.write(wanted, total, may_round=may_round)
        except representation.NoWay as no_way:
            raise Hold(
                "totals_differ",
                record,
                xero_total=str(no_way.nearest.total),
                xero_tax=str(no_way.nearest.total_tax),
                odoo_total=str(decimal(record.amount_total, 2)),
                odoo_tax=str(decimal(record.amount_tax, 2)),
            ) from no_way

    @api.model
    def _takes_discount(self, move):
        """Whether Xero takes a DiscountRate on such a document (xero-api.md 4.2)."""
        return False
