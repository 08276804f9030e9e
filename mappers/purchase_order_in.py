"""Purchase orders from Xero, where the connection lets them in: requests or confirmed orders, each once.

An order with the number of one that Odoo has is that one, if vendor and total agree; Odoo goes on owning it. What was
made in Xero is changed there, and Odoo follows as long as nothing was received or billed.
"""

from odoo import api, fields, models

from ..business_hours import noon_of
from ..exceptions import Hold, Skip
from ..xero_api import codec
from .purchase_order import REQUESTS

# What is still to come in Xero; billed orders are over, deleted ones are none.
OPEN = ("DRAFT", "SUBMITTED", "AUTHORISED")
# Approved; one that was billed in Xero is to be received like any other.
APPROVED = ("AUTHORISED", "BILLED")


class XeroMapperPurchaseOrder(models.AbstractModel):
    _name = "xero.mapper.purchase_order"
    _inherit = ["xero.order.reading", "xero.mapper.purchase_order"]

    _modified_since = True
    _quantity_column = "product_qty"
    _read_switch = "import_purchase_orders"

    # === TO XERO === #

    @api.model
    def _needs(self, connection, records):
        """Orders that were made in Xero go nowhere, so nothing has to go ahead of them."""
        links = self.env["xero.binding"]._for(connection, records)
        return super()._needs(
            connection, records.filtered(lambda order: order.id not in links or links[order.id].origin != "xero")
        )

    def _payload(self, order, prepared):
        binding = prepared["bindings"].get(order.id)
        if binding and binding.origin == "xero" and binding.external_id:
            return self._billed_here(order, binding)
        return super()._payload(order, prepared)

    def _billed_here(self, order, binding):
        """Of an order that was made in Xero nothing goes but that Odoo has billed it, so that nobody does it again."""
        status = (binding.agreed or {}).get("xero_status")
        if order.state != "purchase" or status != "AUTHORISED" or not self._is_billed(order):
            raise Skip(self.env._("Made in Xero. Change it there: Odoo follows."))
        return "update", {self._xero_id: binding.external_id, "Status": "BILLED"}

    # === WHICH ORDER === #

    @api.model
    def _from_xero(self, connection, payloads):
        """Link or create purchase orders.

        :param payloads: orders as read, none of them linked
        :return: ``{PurchaseOrderID: ("linked" or "created", order) | Hold | None}``
        """
        maps = self._documents()._reverse_maps(connection)
        return {payload[self._xero_id]: self._import(connection, payload, maps) for payload in payloads}

    def _import(self, connection, payload, maps):
        day = codec.read_date(payload, "Date")
        if payload.get("Status") not in OPEN or not day or day < connection.sync_from_date:
            return None
        orders = self.env["purchase.order"].with_company(connection.company_id)
        payload = self._unified(payload, "ACCPAY")
        if known := self._same_number(connection, orders, payload[self._xero_number]):
            return self._adopt(connection, known, payload)
        order = orders.create(self._order_values(connection, payload))
        self._fill(connection, order, payload, maps)
        self._bring_to_status(connection, order, payload)
        return "created", order

    def _adopt(self, connection, known, payload):
        """The order that has the number already, where nothing speaks against it."""
        same = self._same_order(connection, known, payload)
        return None if same.xero_do_not_import else ("linked", same)

    # === VALUES === #

    @api.model
    def _order_values(self, connection, payload):
        currency = self._documents()._currency(connection, payload)
        return {
            "name": payload[self._xero_number],
            "company_id": connection.company_id.id,
            "partner_id": self._documents()._partner(connection, payload).id,
            "partner_ref": payload.get("Reference") or False,
            "currency_id": currency.id,
            "date_order": noon_of(connection.company_id, codec.read_date(payload, "Date")),
        }

    def _bring_to_status(self, connection, order, payload):
        if payload.get("DeliveryDate"):
            order.date_planned = noon_of(connection.company_id, codec.read_date(payload, "DeliveryDate"))
        if payload["Status"] in APPROVED and connection.imported_orders_are == "purchase":
            order.button_confirm()

    # === LINKS === #

    @api.model
    def _agreed(self, data, facts):
        return {**super()._agreed(data, facts), "seen": self._seen_order(data), "xero_status": data.get("Status")}

    # === CHANGES === #

    @api.model
    def _is_news(self, binding, payload):
        """Odoo owns its own orders (S4-11); those that were made in Xero follow it."""
        if binding.origin != "xero":
            return False
        agreed = binding.agreed or {}
        return (agreed.get("seen"), agreed.get("xero_status")) != (self._seen_order(payload), payload.get("Status"))

    @api.model
    def _changed_in_xero(self, connection, changes):
        maps = self._documents()._reverse_maps(connection)
        return {
            binding.external_id: self._follow(connection, binding, self._unified(payload, "ACCPAY"), maps)
            for binding, payload in changes.items()
        }

    def _follow(self, connection, binding, payload, maps):
        order = self.env["purchase.order"].with_company(connection.company_id).browse(binding.res_id).exists()
        if not order or order.xero_do_not_import:
            return None
        differs = (binding.agreed or {}).get("seen") != self._seen_order(payload)
        if payload["Status"] == "DELETED":
            order.button_cancel()
        elif order.state in REQUESTS:
            order.write(self._order_values(connection, payload))
            self._fill(connection, order, payload, maps)
            self._bring_to_status(connection, order, payload)
        elif differs:
            raise Hold("order_changed_in", connection, number=payload[self._xero_number])
        binding.write({"agreed": self._agreed(payload, {}), "last_import_date": fields.Datetime.now()})
        return "updated"
