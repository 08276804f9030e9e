"""Purchase orders: xero-api.md 4.5. They touch no books; the bill does."""

from odoo import api, models

from ..business_hours import local_day
from ..exceptions import Hold, Skip, Wait
from ..xero_api import codec, representation
from .document_lines import DESCRIPTION_LENGTH, TEXT_LINES
from .xero_mapper import decimal

REFERENCE_LENGTH, PLACES = 4000, 10
CANCELLED = "CANCELLED"
# What a request for quotation is called in Odoo, on its way to an order.
REQUESTS = ("draft", "sent", "to approve")


class XeroMapperPurchaseOrder(models.AbstractModel):
    """Purchase order → PurchaseOrder: a draft while it is a request, approved when confirmed, billed when its bills are
    posted, deleted when cancelled.
    """

    _name = "xero.mapper.purchase_order"
    _inherit = "xero.mapper"
    _description = "Xero Mapper: Purchase Orders"

    _xero_resource, _xero_id, _xero_number = "PurchaseOrders", "PurchaseOrderID", "PurchaseOrderNumber"
    _odoo_model, _rank = "purchase.order", 25
    _deep_link_path = "/Accounts/Payable/PurchaseOrders/View/%s"

    @api.model
    def _documents(self):
        """Contacts, items, taxes, tracking and units are those of documents."""
        return self.env["xero.mapper.document"]

    @api.model
    def _needs(self, connection, records):
        products = records.order_line.product_id.with_company(connection.company_id)
        mapping = self.env["xero.tax.mapping"]
        return [
            mapping._to_create(connection, [line.tax_ids for line in records.order_line]),
            self.env["xero.mapper.currency"]._missing(connection, records.currency_id),
            records.partner_id.commercial_partner_id,
            products.filtered(lambda product: connection.send_items and not product.xero_do_not_export),
            self._documents()._analytic_to_create(connection, records.order_line),
        ]

    @api.model
    def _prepare(self, connection, records, bindings):
        links = self.env["xero.binding"]
        return {
            **super()._prepare(connection, records, bindings),
            "contacts": links._for(connection, records.partner_id.commercial_partner_id),
            "items": links._for(connection, records.order_line.product_id),
            "currencies": self.env["xero.mapper.currency"]._known(connection, records.currency_id),
            "taxes": self.env["xero.tax.mapping"]._for(connection),
            "accounts": self.env["xero.account.mapping"]._for(connection),
            **self._documents()._prepare_tracking(connection),
            "rounding": connection._rounding_account(),
        }

    def _payload(self, order, prepared):
        connection, binding = prepared["connection"], prepared["bindings"].get(order.id)
        linked = bool(binding and binding.external_id and binding.state != "deleted")
        self._check_policy(order)
        wanted = self._status(order, connection, binding if linked else None)
        if wanted == "DELETED":
            return "delete", self._withdrawal(order, binding)
        if not linked:
            self._check_belongs(order, connection)
        if not order.order_line:
            raise Skip(self.env._("It has no lines yet."))
        payload = {**self._header(order, prepared), "Status": wanted, **self._lines(order, prepared)}
        payload = self._with_mapped(order, payload, prepared)
        facts = self._facts_of(order, payload)
        if linked:
            return self._update_of(payload, binding, facts)
        if binding and binding.state == "deleted":
            binding._give_up({})  # deleted is final in Xero: confirmed again, it is another order there
        return "create", payload, facts

    # === STATUS === #

    def _status(self, order, connection, binding):
        """What the order is to be in Xero.

        :param binding: the link of an order that is there
        :raises Skip: it has no place in Xero
        """
        if order.state == "purchase":
            return "BILLED" if self._is_billed(order) else "AUTHORISED"
        sent = (binding.agreed or {}).get("status", "AUTHORISED") if binding else None
        if order.state in REQUESTS and (sent == "DRAFT" or not sent and connection.send_rfqs):
            return "DRAFT"
        if sent:  # cancelled, or taken back: approved orders never become drafts again
            return "DELETED"
        raise Skip(self.env._("Not confirmed."))

    @api.model
    def _is_billed(self, order):
        """All that was ordered stands on posted bills; a draft may still be changed, or thrown away."""
        bills = order.invoice_ids.filtered(lambda bill: bill.state != "cancel")
        ordered = order.order_line.filtered(lambda line: line.display_type not in TEXT_LINES)
        return (
            bool(bills)
            and set(bills.mapped("state")) == {"posted"}
            and all(line.qty_invoiced >= line.product_qty for line in ordered)
        )

    def _check_belongs(self, order, connection):
        if not connection.send_purchase_orders:
            raise Skip(self.env._("Send Purchase Orders is off."))
        self._check_start(order, connection)

    def _withdrawal(self, order, binding):
        """The number is given free in the very call that deletes; afterwards it stays taken (xero-api.md 4.5)."""
        freed = f"{self._number(order)} {CANCELLED} {binding.external_id[:8]}"
        return {self._xero_id: binding.external_id, "Status": "DELETED", self._xero_number: freed}

    # === HEADER === #

    @api.model
    def _number(self, order):
        return self._documents()._number(order.name)

    def _header(self, order, prepared):
        header = {
            "Contact": {"ContactID": self._documents()._contact_of(order.partner_id.commercial_partner_id, prepared)},
            "PurchaseOrderNumber": self._number(order),
            "Date": order._xero_day().isoformat(),
            **self._currency_keys(order, prepared),
        }
        if order.date_planned:
            header["DeliveryDate"] = local_day(order.company_id, order.date_planned).isoformat()
        if order.partner_ref:
            header["Reference"] = order.partner_ref[:REFERENCE_LENGTH]
        return header

    @api.model
    def _currency_keys(self, order, prepared):
        if order.currency_id.name not in prepared["currencies"]:
            raise Wait(order.currency_id)
        day = order._xero_day()
        rate = self._rate_keys(order.company_id, order.currency_id, order.currency_rate, day, order)
        return {"CurrencyCode": order.currency_id.name, **rate}

    # === LINES === #

    def _lines(self, order, prepared):
        """Text lines as they stand, the others so that Xero computes the order's total."""
        ordered = order.order_line.sorted(lambda line: (line.sequence, line.id))
        money = ordered.filtered(lambda line: line.display_type not in TEXT_LINES)
        amounts, accounts = self._line_amounts(order, money), self._bill_accounts(order, money)
        lines = {line.id: self._money_line(line, amounts[line.id], accounts[line.id], prepared) for line in money}
        written = self._documents()._represent(order, [line["wanted"] for line in lines.values()], prepared)
        keys = dict(zip(lines, written.lines, strict=True))
        items = [
            {**lines[line.id]["wire"], **keys[line.id]} if line.id in lines else {"Description": self._text(line)}
            for line in ordered
        ]
        if written.rounding:
            items.append(self._documents()._rounding_line(written.rounding, prepared))
        return {"LineAmountTypes": written.line_amount_types, "LineItems": items}

    @api.model
    def _text(self, line):
        return (line.name or line.product_id.display_name or "-")[:DESCRIPTION_LENGTH]

    @api.model
    def _money_line(self, line, amounts, own_account, prepared):
        documents = self._documents()
        account = prepared["accounts"].get(own_account.id)
        if not account:
            raise Hold("account_unmapped", own_account or line.order_id, account=own_account.display_name or "?")
        rate = documents._rate_of(line, line.order_id, prepared)
        documents._check_applies(rate, account, line.tax_ids[:1] or own_account)
        wire = {
            "Description": self._text(line),
            "TaxType": rate.tax_type,
            **({"AccountCode": account.code} if account.code else {"AccountID": account.external_id}),
            **documents._item(line, prepared),
            **documents._tracking_keys(line, prepared),
        }
        return {"wire": wire, "wanted": self._wanted(line, amounts, account, rate, prepared)}

    @api.model
    def _line_amounts(self, order, lines):
        """``{line id: (net, tax)}`` as they are rounded for the order's total, by line or as a whole."""
        taxes = self.env["account.tax"]
        base_lines = [line._prepare_base_line_for_taxes_computation() for line in lines]
        taxes._add_tax_details_in_base_lines(base_lines, order.company_id)
        taxes._round_base_lines_tax_details(base_lines, order.company_id)
        amounts = {}
        for base in base_lines:
            details = base["tax_details"]
            net = details["total_excluded_currency"] + details["delta_total_excluded_currency"]
            amounts[base["record"].id] = decimal(net, 2), decimal(self._documents()._tax_of(details), 2)
        return amounts

    @api.model
    def _bill_accounts(self, order, lines):
        """``{line id: account}``: those that the bill of the order would be booked to, asked of a bill never saved."""
        bills = self.env["account.move"].with_company(order.company_id)
        bill = bills.new(order._prepare_invoice())
        bill_lines = self.env["account.move.line"].with_company(order.company_id)
        found = {}
        for line in lines:
            values = {**line._prepare_account_move_line(), "move_id": bill}
            found[line.id] = bill_lines.new(values).account_id._origin
        return found

    @api.model
    def _wanted(self, line, amounts, account, rate, prepared):
        taxes = line.tax_ids.flatten_taxes_hierarchy()
        quantity, price = self._documents()._in_the_items_unit(line, line.product_qty, line.price_unit)
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
            keeps_quantity=self._documents()._keeps_quantity(line, prepared),
            is_compound=any(rate.component_ids.mapped("is_compound")),
        )

    # === CHANGES === #

    def _facts_of(self, order, payload):
        return {
            "total": str(decimal(order.amount_total, 2)),
            "tax": str(decimal(order.amount_tax, 2)),
            "date": payload["Date"],
            "content": codec.digest(self._content(payload)),
            "status": payload["Status"],
        }

    def _update_of(self, payload, binding, facts):
        """The status goes only where ours changed: in Xero people move it on, by *Copy to Bill* for example."""
        if binding.content_hash == facts["content"]:
            return "none", payload, facts
        agreed = binding.agreed or {}
        if agreed.get("status") == facts["status"]:
            payload = {key: value for key, value in payload.items() if key != "Status"}
        return "update", self._with_ids(payload, binding), facts

    @api.model
    def _agreed(self, data, facts):
        ids = [line.get("LineItemID") for line in data.get("LineItems") or []]
        return {"line_ids": ids, "status": facts.get("status") or data.get("Status")}

    # === ANSWERS AND LOOKUP === #

    @api.model
    def _disagreement(self, data, facts):
        """Xero's totals must be Odoo's, to the cent."""
        return self._documents()._disagreement(data, facts)

    @api.model
    def _lookups(self, payloads, facts):
        """By the day: the list takes no other filter than dates and status (xero-api.md 3.8)."""
        days = sorted({payload["Date"] for payload in payloads})
        return [("PurchaseOrders", {"DateFrom": day, "DateTo": day, "page": 1, "pageSize": 1000}) for day in days]

    @api.model
    def _is_same(self, payload, candidate, facts):
        return (
            candidate.get("Status") != "DELETED"
            and self._natural_key(candidate) == self._natural_key(payload)
            and (candidate.get("Contact") or {}).get("ContactID") == payload["Contact"]["ContactID"]
            and str(decimal(float(candidate.get("Total") or 0), 2)) == facts["total"]
        )
