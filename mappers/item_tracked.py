"""Items whose stock Xero counts (xero-api.md 4.7): what makes them so, and what Xero says of them."""

from odoo import api, models

from ..exceptions import Hold
from .item import UNUSABLE_TYPES


class XeroMapperItem(models.AbstractModel):
    _inherit = "xero.mapper.item"

    def _payload(self, product, prepared):
        action, payload, *facts = super()._payload(product, prepared)
        if self._is_to_be_tracked(product, prepared):
            payload = {**payload, **self._tracking(product, payload, prepared)}
        return action, payload, *facts

    @api.model
    def _is_to_be_tracked(self, product, prepared):
        connection, binding = prepared["connection"], prepared["bindings"].get(product.id)
        if not connection._counts_stock("tracked") or not product.is_storable:
            return False
        if not binding or not binding.external_id or (binding.agreed or {}).get("tracked"):
            return True
        # Once it stands on a document, Xero no longer lets the stock of an item be counted.
        return not self._stands_on_documents(connection, product)

    @api.model
    def _stands_on_documents(self, connection, product):
        lines = self.env["account.move.line"].search([("product_id", "=", product.id), ("parent_state", "=", "posted")])
        bindings = self.env["xero.binding"]._for(connection, lines.move_id)
        return any(binding.external_id for binding in bindings.values())

    def _tracking(self, product, payload, prepared):
        """Both accounts together make Xero count; its purchases then go to the first, whatever else is named."""
        connection = prepared["connection"]
        if not connection.stock_inventory_account_id:
            raise Hold("stock_account_missing", connection, setting=self._setting_name("stock_inventory_account_id"))
        details = {key: value for key, value in payload.get("PurchaseDetails", {}).items() if key != "AccountCode"}
        return {
            "IsPurchased": True,
            "InventoryAssetAccountCode": connection.stock_inventory_account_id.code,
            "PurchaseDetails": {**details, "COGSAccountCode": self._cost_of_sales(product, prepared).code},
        }

    @api.model
    def _cost_of_sales(self, product, prepared):
        connection = prepared["connection"].sudo()
        if connection.stock_cogs_account_id:
            return connection.stock_cogs_account_id
        own = product.with_company(connection.company_id).product_tmpl_id.get_product_accounts()["expense"]
        account = prepared["accounts"].get(own.id)
        if not account or not account.code or account.type in UNUSABLE_TYPES:
            raise Hold("account_unmapped", own or product, account=own.display_name or "?")
        return account

    @api.model
    def _setting_name(self, field):
        return self.env["xero.connection"]._fields[field]._description_string(self.env)

    # === WHAT XERO SAYS === #

    @api.model
    def _counted(self, connection, answer):
        """``{product id: {is_tracked, xero_quantity, xero_value}}`` of the storable products among all items."""
        items = {item[self._xero_id]: item for item in self._candidates([answer])}
        links = self.env["xero.binding"]._by_external(connection, self._xero_resource, items)
        products = self.env["product.product"].browse(link.res_id for link in links.values()).exists()
        storable = set(products.filtered("is_storable").ids)
        return {link.res_id: self._level_of(items[id_]) for id_, link in links.items() if link.res_id in storable}

    @api.model
    def _level_of(self, item):
        """Back orders count below zero."""
        if not item:
            return None
        on_hand = item.get("QuantityAvailable", item.get("QuantityOnHand")) or 0
        return {
            "is_tracked": bool(item.get("IsTrackedAsInventory")),
            "xero_quantity": float(on_hand),
            "xero_value": float(item.get("TotalCostPool") or 0),
        }
