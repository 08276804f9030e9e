"""Quotes of Xero become sales orders once, when a company begins with Odoo; afterwards they are Odoo's alone.

Nothing of an order or a quotation ever goes to Xero (features.md S4-32, S4-33).
"""

from odoo import api, fields, models

from odoo.addons.account_xero.business_hours import noon_of
from odoo.addons.account_xero.exceptions import Hold
from odoo.addons.account_xero.xero_api import codec

# What is still to come; the others were invoiced, declined or deleted.
OPEN = ("DRAFT", "SENT", "ACCEPTED")
BEGINNING = "2000-01-01"


class XeroMapperQuote(models.AbstractModel):
    """Quote → quotation, or sales order where the customer has accepted it."""

    _name = "xero.mapper.quote"
    _inherit = ["xero.order.reading", "xero.mapper"]
    _description = "Xero Mapper: Quotes"

    _xero_resource, _xero_id, _xero_number = "Quotes", "QuoteID", "QuoteNumber"
    _odoo_model, _rank, _is_written = "sale.order", 27, False
    _modified_since, _by_hand, _page_size = True, True, 100  # xero-api.md 3.2: quotes have no larger pages
    _quantity_column = "product_uom_qty"
    _read_switch = "reads_quotes"

    @api.model
    def _reads_from(self, connection):
        """All that are open, whenever they were made."""
        return fields.Datetime.to_datetime(BEGINNING)

    @api.model
    def _page_parameters(self, number, size):
        return {"page": number, "order": self._change_order}

    @api.model
    def _from_xero(self, connection, payloads):
        """Link or create sales orders.

        :param payloads: quotes as read, none of them linked
        :return: ``{QuoteID: ("linked" or "created", order) | Hold | None}``
        """
        maps = self._documents()._reverse_maps(connection)
        wanted = self._wanted(connection, payloads)
        return {
            payload["QuoteID"]: self._import(connection, payload, maps) if payload in wanted else None
            for payload in payloads
        }

    @api.model
    def _wanted(self, connection, payloads):
        """All while the load runs; afterwards those that it left behind because something was to be mended first."""
        if connection.import_quotes:
            return payloads
        domain = [("connection_id", "=", connection.id), ("resource", "=", self._xero_resource)]
        asked = set(self.env["xero.issue"].search([*domain, ("direction", "=", "in")]).mapped("external_id"))
        return [payload for payload in payloads if payload["QuoteID"] in asked]

    def _import(self, connection, payload, maps):
        if payload.get("Status") not in OPEN:
            return None
        orders = self.env["sale.order"].with_company(connection.company_id)
        payload = self._unified(payload, "ACCREC")
        if known := self._same_number(connection, orders, payload["QuoteNumber"]):
            return "linked", self._same_order(connection, known, payload)
        order = orders.create(self._order_values(connection, payload))
        self._fill(connection, order, payload, maps)
        self._bring_to_status(connection, order, payload)
        return "created", order

    # === VALUES === #

    @api.model
    def _order_values(self, connection, payload):
        title = "\n".join(filter(None, (payload.get("Title"), payload.get("Summary"), payload.get("Terms"))))
        return {
            "name": payload["QuoteNumber"],
            "company_id": connection.company_id.id,
            "partner_id": self._documents()._partner(connection, payload).id,
            "client_order_ref": payload.get("Reference") or False,
            "date_order": noon_of(connection.company_id, codec.read_date(payload, "Date")),
            "validity_date": codec.read_date(payload, "ExpiryDate") if payload.get("ExpiryDate") else False,
            "note": title or False,
            **self._pricelist(connection, payload),
        }

    @api.model
    def _pricelist(self, connection, payload):
        """The currency of an order is that of its price list."""
        company, currency = connection.company_id, self._documents()._currency(connection, payload)
        if currency == company.currency_id:
            return {"pricelist_id": False}
        domain = [("currency_id", "=", currency.id), ("company_id", "in", (False, company.id))]
        found = self.env["product.pricelist"].search(domain, limit=1)
        if not found:
            raise Hold("quote_pricelist", connection, number=payload["QuoteNumber"], currency=currency.name)
        return {"pricelist_id": found.id}

    def _bring_to_status(self, connection, order, payload):
        day = order.date_order
        if payload["Status"] == "SENT":
            order.state = "sent"
        elif payload["Status"] == "ACCEPTED" and connection.accepted_quotes_are == "sale":
            order.action_confirm()
            order.date_order = day
        elif payload["Status"] == "ACCEPTED":
            order.state = "sent"
