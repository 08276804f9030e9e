"""What invoices, bills and credit notes have in common: header, lines, and totals equal to the cent."""

from decimal import Decimal

from odoo import api, models

from ..exceptions import Hold, Skip, Wait
from ..xero_api import arithmetic, codec
from .xero_mapper import decimal

DESCRIPTION_LENGTH, REFERENCE_LENGTH = 4000, 255
TEXT_LINES = ("line_section", "line_subsection", "line_note")
# Class of the account -> what the rate has to be made for (xero-api.md 4.9).
APPLIES_TO = {
    "ASSET": "can_apply_to_assets",
    "EQUITY": "can_apply_to_equity",
    "EXPENSE": "can_apply_to_expenses",
    "LIABILITY": "can_apply_to_liabilities",
    "REVENUE": "can_apply_to_revenue",
}


class XeroMapperDocument(models.AbstractModel):
    """Posted document → Invoice or CreditNote. A document leaves only where Xero will compute Odoo's totals."""

    _name = "xero.mapper.document"
    _inherit = "xero.mapper"
    _description = "Xero Mapper: Documents"

    _odoo_model = "account.move"
    _types = {}  # Odoo's move_type -> Xero's Type

    @api.model
    def _select(self, records):
        return records.filtered(lambda move: move.move_type in self._types)

    @api.model
    def _needs(self, connection, records):
        products = records.invoice_line_ids.product_id.with_company(connection.company_id)
        return [records.commercial_partner_id, products.filtered(lambda product: not product.xero_do_not_export)]

    @api.model
    def _prepare(self, connection, records, bindings):
        link = self.env["xero.binding"]._for
        return {
            **super()._prepare(connection, records, bindings),
            "accounts": self.env["xero.account.mapping"]._for(connection),
            "taxes": self.env["xero.tax.mapping"]._for(connection),
            "contacts": link(connection, records.commercial_partner_id),
            "items": link(connection, records.invoice_line_ids.product_id),
        }

    def _payload(self, move, prepared):
        binding = prepared["bindings"].get(move.id)
        linked = bool(binding and binding.external_id)
        self._check_policy(move)
        if move.state != "posted":
            return self._withdrawn(move, binding, linked)
        if linked and binding.state == "deleted":
            raise Hold("document_final", move)
        if not linked and self._date(move) < prepared["connection"].sync_from_date:
            raise Skip(self.env._("Dated before the start date of the connection."))
        payload = self._header(move, prepared)
        payload.update(self._representation(move, self._lines(move, prepared)))
        if not linked or binding.content_hash != codec.digest(self._content(payload)):
            self._check_period(move, prepared["connection"])
        if linked:
            return "update", self._with_ids(payload, binding), self._facts(move)
        return "create", {**payload, **self._url(move)}, self._facts(move)

    def _withdrawn(self, move, binding, linked):
        """Cancelled documents are voided; drafts wait until they are posted again."""
        if move.state == "cancel" and linked and binding.state != "deleted":
            status = "VOIDED" if (binding.agreed or {}).get("status") not in ("DRAFT", "SUBMITTED") else "DELETED"
            return "delete", {self._xero_id: binding.external_id, "Status": status}
        if move.state == "draft" and linked:
            raise Skip(self.env._("Reset to draft in Odoo. It goes again when it is posted."))
        raise Skip(self.env._("Not posted."))

    def _check_period(self, move, connection):
        """xero-api.md 4.2: nothing can be posted or changed on or before Xero's lock dates."""
        locks = [date for date in (connection.period_lock_date, connection.end_of_year_lock_date) if date]
        if locks and self._date(move) <= max(locks):
            raise Hold("period_locked", move, date=str(self._date(move)), lock_date=str(max(locks)))

    @api.model
    def _date(self, move):
        return move.invoice_date or move.date

    # === HEADER === #

    def _header(self, move, prepared):
        connection = prepared["connection"]
        header = {
            "Type": self._types[move.move_type],
            "Contact": {"ContactID": self._contact_id(move, prepared)},
            "Date": self._date(move).isoformat(),
            "CurrencyCode": move.currency_id.name,
            "Status": connection.document_status or "AUTHORISED",
            **self._numbers(move),
        }
        if move.currency_id != move.company_currency_id:
            # Both sides count the document's currency per unit of the base currency (xero-api.md 4.2).
            header["CurrencyRate"] = decimal(move.invoice_currency_rate, 6)
        return header

    def _contact_id(self, move, prepared):
        partner = move.commercial_partner_id
        if not partner:
            raise Hold("no_contact", move)
        binding = prepared["contacts"].get(partner.id)
        if binding and binding.external_id:
            return binding.external_id
        if partner.with_company(prepared["connection"].company_id).xero_do_not_export:
            raise Hold("contact_excluded", partner, contact=partner.display_name)
        raise Wait(partner)

    def _numbers(self, move):
        """Number and reference keys; sales carry Odoo's number, bills the supplier's."""
        raise NotImplementedError

    def _url(self, move):
        """Link back to Odoo, left out where the address contains "xero", which Xero refuses (xero-api.md 4.2)."""
        url = f"{move.get_base_url()}/mail/view?model={move._name}&res_id={move.id}"
        return {} if "xero" in url.lower() else {"Url": url}

    @api.model
    def _facts(self, move):
        return {
            "total": str(decimal(move.amount_total, 2)),
            "tax": str(decimal(move.amount_tax, 2)),
            "date": self._date(move).isoformat(),
        }

    # === LINES === #

    def _lines(self, move, prepared):
        """Lines as plain dicts: the wire keys that never vary, and what each way of writing amounts needs."""
        amounts = self._line_amounts(move)
        lines = []
        for line in move.invoice_line_ids.sorted(lambda line: (line.sequence, line.id)):
            if line.display_type in TEXT_LINES:
                lines.append({"wire": {"Description": (line.name or "-")[:DESCRIPTION_LENGTH]}})
            elif line.id in amounts:
                lines.append(self._money_line(line, amounts[line.id], prepared))
        for line in move.line_ids.filtered(lambda line: line.display_type == "rounding" and line.id in amounts):
            lines.append(self._money_line(line, amounts[line.id], prepared))
        return lines

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

    def _money_line(self, line, amounts, prepared):
        account = self._account(line, prepared)
        rate = self._tax_rate(line, account, prepared)
        sign = -1 if line.quantity < 0 else 1
        wire = {
            "Description": (line.name or line.product_id.display_name or line.move_id.name)[:DESCRIPTION_LENGTH],
            "TaxType": rate.tax_type,
            **({"AccountCode": account.code} if account.code else {"AccountID": account.external_id}),
            **self._item(line, prepared),
        }
        return {
            "wire": wire,
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

    def _account(self, line, prepared):
        account = prepared["accounts"].get(line.account_id.id)
        if not account:
            raise Hold("account_unmapped", line.account_id, account=line.account_id.display_name)
        return account

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

    def _item(self, line, prepared):
        product = line.product_id
        if not product:
            return {}
        binding = prepared["items"].get(product.id)
        if binding and binding.external_id:
            return {"ItemCode": binding.code}
        if product.with_company(prepared["connection"].company_id).xero_do_not_export:
            return {}
        raise Wait(product)

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

    # === LINKED DOCUMENTS === #

    def _with_ids(self, payload, binding):
        """Lines keep their LineItemID: without it Xero deletes and recreates them (xero-api.md 4.2)."""
        ids = (binding.agreed or {}).get("line_ids") or []
        lines = [
            {"LineItemID": ids[index], **line} if index < len(ids) else line
            for index, line in enumerate(payload["LineItems"])
        ]
        return {self._xero_id: binding.external_id, **payload, "LineItems": lines}

    @api.model
    def _content(self, payload):
        content = {key: value for key, value in payload.items() if key not in (self._xero_id, "Url")}
        if "LineItems" in content:
            content["LineItems"] = [
                {key: value for key, value in line.items() if key != "LineItemID"} for line in content["LineItems"]
            ]
        return content

    @api.model
    def _agreed(self, data, facts):
        return {
            "line_ids": [line.get("LineItemID") for line in data.get("LineItems") or []],
            "status": data.get("Status"),
        }

    @api.model
    def _disagreement(self, data, facts):
        """Xero's totals must be Odoo's, to the cent."""
        if not facts or data.get("Total") is None:
            return None
        total, tax = decimal(float(data["Total"]), 2), decimal(float(data.get("TotalTax") or 0), 2)
        if (str(total), str(tax)) == (facts["total"], facts["tax"]):
            return None
        return "totals_differ", {
            "xero_total": str(total),
            "xero_tax": str(tax),
            "odoo_total": facts["total"],
            "odoo_tax": facts["tax"],
        }

    # === LOOKUP === #

    @api.model
    def _same_document(self, payload, candidate, facts):
        """Same type, number, contact, date and total, and still alive."""
        return (
            candidate.get("Type") == payload.get("Type")
            and candidate.get("Status") not in ("VOIDED", "DELETED")
            and self._natural_key(candidate) == self._natural_key(payload)
            and (candidate.get("Contact") or {}).get("ContactID") == payload["Contact"]["ContactID"]
            and (candidate.get("DateString") or "")[:10] == facts["date"]
            and decimal(float(candidate.get("Total") or 0), 2) == Decimal(facts["total"])
        )
