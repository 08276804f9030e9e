"""Confirmed purchase orders: xero-api.md 4.5. They touch no books; the bill does."""

from odoo import api, models

from ..exceptions import Hold, Skip, Wait
from ..xero_api import representation
from .document_lines import DESCRIPTION_LENGTH, TEXT_LINES
from .xero_mapper import decimal

REFERENCE_LENGTH, PLACES = 4000, 10
CANCELLED = "CANCELLED"


class XeroMapperPurchaseOrder(models.AbstractModel):
    """Purchase order → PurchaseOrder: approved when confirmed, billed when billed, deleted when cancelled."""

    _name = "xero.mapper.purchase_order"
    _inherit = "xero.mapper"
    _description = "Xero Mapper: Purchase Orders"

    _xero_resource, _xero_id, _xero_number = "PurchaseOrders", "PurchaseOrderID", "PurchaseOrderNumber"
    _odoo_model, _rank = "purchase.order", 25
    _deep_link_path = "/Accounts/Payable/PurchaseOrders/View/%s"

    @api.model
    def _documents(self):
        """Contacts, items, taxes and units are those of documents."""
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
        }

    def _payload(self, order, prepared):
        connection, binding = prepared["connection"], prepared["bindings"].get(order.id)
        linked = bool(binding and binding.external_id and binding.state != "deleted")
        self._check_policy(order)
        if order.state != "purchase":
            return self._not_ordered(order, binding if linked else None)
        if not linked:
            self._check_belongs(order, connection)
        payload = {**self._header(order, prepared), **self._lines(order, prepared)}
        facts = {"total": str(decimal(order.amount_total, 2))}
        if linked:
            return "update", {self._xero_id: binding.external_id, **payload}, facts
        return "create", payload, facts

    def _check_belongs(self, order, connection):
        if not connection.send_purchase_orders:
            raise Skip(self.env._("Send Purchase Orders is off."))
        if self._date(order) < connection.sync_from_date:
            raise Skip(self.env._("Dated before the start date of the connection."))

    def _not_ordered(self, order, binding):
        """A cancelled order is deleted, and gives its number free in the same call (xero-api.md 4.5)."""
        if order.state == "cancel" and binding:
            freed = f"{self._number(order)} {CANCELLED} {binding.external_id[:8]}"
            return "delete", {self._xero_id: binding.external_id, "Status": "DELETED", self._xero_number: freed}
        raise Skip(self.env._("Not confirmed."))

    # === HEADER === #

    @api.model
    def _date(self, order):
        return (order.date_approve or order.date_order).date()

    @api.model
    def _number(self, order):
        return self._documents()._number(order.name)

    def _header(self, order, prepared):
        header = {
            "Contact": {"ContactID": self._documents()._contact_of(order.partner_id.commercial_partner_id, prepared)},
            "PurchaseOrderNumber": self._number(order),
            "Date": self._date(order).isoformat(),
            "Status": "BILLED" if order.invoice_status == "invoiced" else "AUTHORISED",
            "CurrencyCode": self._currency(order, prepared),
        }
        if order.date_planned:
            header["DeliveryDate"] = order.date_planned.date().isoformat()
        if order.partner_ref:
            header["Reference"] = order.partner_ref[:REFERENCE_LENGTH]
        return header

    @api.model
    def _currency(self, order, prepared):
        if order.currency_id.name not in prepared["currencies"]:
            raise Wait(order.currency_id)
        return order.currency_id.name

    # === LINES === #

    def _lines(self, order, prepared):
        """Text lines as they stand, the others so that Xero computes the order's total."""
        documents = self._documents()
        lines = order.order_line.sorted(lambda line: (line.sequence, line.id))
        money = lines.filtered(lambda line: line.display_type not in TEXT_LINES)
        rates = {line.id: documents._rate_of(line, order, prepared) for line in money}
        try:
            written = representation.write([self._wanted(line, rates[line.id]) for line in money], may_round=False)
        except representation.NoWay as no_way:
            raise Hold(
                "totals_differ",
                order,
                xero_total=str(no_way.nearest.total),
                xero_tax=str(no_way.nearest.total_tax),
                odoo_total=str(decimal(order.amount_total, 2)),
                odoo_tax=str(decimal(order.amount_tax, 2)),
            ) from no_way
        amounts = dict(zip(money.ids, written.lines, strict=True))
        items = [
            {
                "Description": (line.name or line.product_id.display_name or "-")[:DESCRIPTION_LENGTH],
                **({"TaxType": rates[line.id].tax_type, **amounts[line.id]} if line.id in rates else {}),
                **documents._item(line, prepared),
                **self._account(line, prepared),
            }
            for line in lines
        ]
        return {"LineAmountTypes": written.line_amount_types, "LineItems": items}

    @api.model
    def _wanted(self, line, rate):
        taxes = line.tax_ids.flatten_taxes_hierarchy()
        quantity, price = self._documents()._in_the_items_unit(line, line.product_qty, line.price_unit)
        return representation.Wanted(
            quantity=decimal(quantity, PLACES),
            unit_amount=decimal(price, PLACES),
            discount=decimal(line.discount, PLACES),
            net=decimal(line.price_subtotal, 2),
            tax=decimal(line.price_tax, 2),
            rate=decimal(rate.effective_rate),
            includes_tax=all(taxes.mapped("price_include")) if taxes else None,
            tax_type=rate.tax_type,
            is_compound=any(rate.component_ids.mapped("is_compound")),
        )

    @api.model
    def _account(self, line, prepared):
        """The account that the bill will be booked to, where it is mapped: the order itself books nothing."""
        accounts = line.product_id.product_tmpl_id.with_company(line.company_id).get_product_accounts(
            fiscal_pos=line.order_id.fiscal_position_id
        )
        account = prepared["accounts"].get(accounts["expense"].id) if line.product_id else None
        return {"AccountCode": account.code} if account and account.code else {}

    # === ANSWERS AND LOOKUP === #

    @api.model
    def _disagreement(self, data, facts):
        """Xero's total must be Odoo's, to the cent."""
        total = str(decimal(float(data["Total"]), 2)) if data.get("Total") is not None else None
        if not facts.get("total") or total in (None, facts["total"]):
            return None
        tax = str(decimal(float(data.get("TotalTax") or 0), 2))
        return "totals_differ", {"xero_total": total, "xero_tax": tax, "odoo_total": facts["total"], "odoo_tax": "?"}

    @api.model
    def _lookups(self, payloads, facts):
        days = [payload["Date"] for payload in payloads if payload.get("Date")]
        return [("PurchaseOrders", {"DateFrom": min(days), "DateTo": max(days), "page": 1, "pageSize": 1000})]

    @api.model
    def _is_same(self, payload, candidate, facts):
        return (
            candidate.get("Status") != "DELETED"
            and self._natural_key(candidate) == self._natural_key(payload)
            and (candidate.get("Contact") or {}).get("ContactID") == payload["Contact"]["ContactID"]
            and str(decimal(float(candidate.get("Total") or 0), 2)) == facts["total"]
        )
