"""Amounts and taxes of documents: the way of writing the lines from which Xero computes Odoo's cents."""

from decimal import Decimal

from odoo import api, models

from ..exceptions import Hold
from ..xero_api import arithmetic
from .xero_mapper import decimal

# Class of the account -> what the rate has to be made for (xero-api.md 4.9).
APPLIES_TO = {
    "ASSET": "can_apply_to_assets",
    "EQUITY": "can_apply_to_equity",
    "EXPENSE": "can_apply_to_expenses",
    "LIABILITY": "can_apply_to_liabilities",
    "REVENUE": "can_apply_to_revenue",
}


class XeroMapperDocument(models.AbstractModel):
    """What a document's lines amount to, on both sides."""

    _inherit = "xero.mapper.document"

    # === AMOUNTS === #

    def _line_amounts(self, move):
        """``{line id: (net, tax)}`` in the document's currency, as Odoo rounded and distributed them."""
        base_lines, _tax_lines = move._get_rounded_base_and_tax_lines()
        amounts = {}
        for base_line in base_lines:
            details = base_line["tax_details"]
            net = details["total_excluded_currency"] + details["delta_total_excluded_currency"]
            tax = sum(data["tax_amount_currency"] for data in details["taxes_data"])
            amounts[base_line["record"].id] = (decimal(net, 2), decimal(tax, 2))
        return amounts

    def _figures(self, line, amounts, rate):
        """What each way of writing the amounts of a line needs; ``amounts`` are its net and tax."""
        sign = -1 if line.quantity < 0 else 1
        return {
            "wire_type": self._types[line.move_id.move_type],
            "quantity": decimal(line.quantity * sign),
            "unit_amount": decimal(line.price_unit * sign),
            "discount": decimal(line.discount),
            "included": bool(line.tax_ids) and all(line.tax_ids.flatten_taxes_hierarchy().mapped("price_include")),
            "taxed": bool(line.tax_ids),
            "rate": decimal(rate.effective_rate),
            "net": amounts[0],
            "tax": amounts[1],
        }

    # === TAXES === #

    def _tax_rate(self, line, account, prepared):
        rate = prepared["taxes"].get(frozenset(line.tax_ids.ids))
        if not rate:
            taxes = ", ".join(line.tax_ids.mapped("name")) or self.env._("(no tax)")
            raise Hold("tax_unmapped", line.tax_ids[:1] or line.move_id, tax=taxes, tax_ids=line.tax_ids.ids)
        if not rate[APPLIES_TO.get(account.account_class, "can_apply_to_expenses")]:
            raise Hold(
                "tax_not_applicable",
                line.tax_ids[:1] or line.account_id,
                rate=rate.display_name,
                account=account.display_name,
            )
        return rate

    # === REPRESENTATION === #

    def _representation(self, move, lines):
        """The first way of writing the lines from which Xero computes Odoo's net and tax (design.md section 6)."""
        expected = (decimal(move.amount_untaxed, 2), decimal(move.amount_tax, 2))
        for style in self._styles(lines):
            computed = self._computed(lines, *style)
            if (computed.sub_total, computed.total_tax) == expected:
                return self._write(lines, *style)
        raise Hold(
            "totals_differ",
            move,
            xero_total=str(computed.total),
            xero_tax=str(computed.total_tax),
            odoo_total=str(decimal(move.amount_total, 2)),
            odoo_tax=str(expected[1]),
        )

    @api.model
    def _styles(self, lines):
        """``(LineAmountTypes, how a line's amount is written, whether TaxAmount is sent)``, best first."""
        taxed = [line for line in lines if line.get("taxed")]
        natural = "Inclusive" if taxed and all(line["included"] for line in taxed) else "Exclusive"
        return [
            (natural, "natural", False),
            ("Exclusive", "flat", False),
            ("Inclusive", "flat", False),
            ("Exclusive", "flat", True),
        ]

    def _computed(self, lines, line_amount_types, form, with_tax):
        amounts = [self._amounts(line, line_amount_types, form) for line in lines if "quantity" in line]
        money = [line for line in lines if "quantity" in line]
        return arithmetic.compute(
            [
                arithmetic.Line(
                    quantity=amount["Quantity"],
                    unit_amount=amount["UnitAmount"],
                    rate=line["rate"],
                    discount_rate=amount.get("DiscountRate", Decimal(0)),
                    tax_amount=line["tax"] if with_tax else None,
                )
                for line, amount in zip(money, amounts, strict=True)
            ],
            line_amount_types,
            unitdp=4,
        )

    def _amounts(self, line, line_amount_types, form):
        """Quantity, UnitAmount and DiscountRate of a line.

        *natural* is quantity times price; *flat* falls back to once the rounded amount where quantity
        times price would not give it.
        """
        target = line["net"] + line["tax"] if line_amount_types == "Inclusive" else line["net"]
        natural = self._natural_amounts(line)
        if form == "natural" or self._line_amount(natural) == target:
            return natural
        return {"Quantity": Decimal(1), "UnitAmount": target}

    @api.model
    def _line_amount(self, amounts):
        line = arithmetic.Line(
            amounts["Quantity"], amounts["UnitAmount"], discount_rate=amounts.get("DiscountRate", Decimal(0))
        )
        return arithmetic.compute([line], "NoTax").total

    def _natural_amounts(self, line):
        amounts = {"Quantity": line["quantity"], "UnitAmount": line["unit_amount"]}
        if line["discount"]:
            if self._takes_discount(line):
                amounts["DiscountRate"] = line["discount"]
            else:
                amounts["UnitAmount"] = decimal(float(line["unit_amount"] * (100 - line["discount"]) / 100))
        return amounts

    @api.model
    def _takes_discount(self, line):
        return False

    def _write(self, lines, line_amount_types, form, with_tax):
        items = []
        for line in lines:
            item = dict(line["wire"])
            if "quantity" in line:
                item.update(self._amounts(line, line_amount_types, form))
                if with_tax:
                    item["TaxAmount"] = line["tax"]
            items.append(item)
        return {"LineAmountTypes": line_amount_types, "LineItems": items}
