from odoo import api, models

from .xero_mapper import decimal

CODE_LENGTH, NAME_LENGTH, DESCRIPTION_LENGTH = 30, 50, 4000


class XeroMapperItem(models.AbstractModel):
    """Product variant → Item, untracked: quantities stay in Odoo (features.md A6-9)."""

    _name = "xero.mapper.item"
    _inherit = "xero.mapper"
    _description = "Xero Mapper: Items"

    _xero_resource, _xero_id, _xero_number = "Items", "ItemID", "Code"
    _odoo_model, _rank, _only_when_needed = "product.product", 20, True
    _deep_link_path = "/Accounts/Inventory/Item/%s"

    @api.model
    def _prepare(self, connection, records, bindings):
        records = records.with_company(connection.company_id)
        holders = self.env["xero.binding"].search(
            [
                ("connection_id", "=", connection.id),
                ("resource", "=", self._xero_resource),
                ("natural_key", "in", [self._proposed_code(product).lower() for product in records]),
            ]
        )
        return {
            **super()._prepare(connection, records, bindings),
            "codes": {holder.natural_key: holder.res_id for holder in holders},
        }

    @api.model
    def _proposed_code(self, product):
        return (product.default_code or f"ODOO-{product.id}").strip()[:CODE_LENGTH]

    def _payload(self, product, prepared):
        binding = prepared["bindings"].get(product.id)
        product = product.with_company(prepared["connection"].company_id)
        self._check_policy(product)
        payload = {
            "Code": self._unique_code(product, prepared["codes"]),
            "Name": product.name[:NAME_LENGTH],
            "IsSold": product.sale_ok,
            "IsPurchased": product.purchase_ok,
            **self._details(product),
        }
        if binding and binding.external_id:
            return "update", {"ItemID": binding.external_id, **payload}
        return "create", payload

    def _unique_code(self, product, codes):
        """Internal references may repeat in Odoo; the code in Xero may not."""
        code = self._proposed_code(product)
        if codes.get(code.lower(), product.id) != product.id:
            suffix = f"-{product.id}"
            code = code[: CODE_LENGTH - len(suffix)] + suffix
        codes[code.lower()] = product.id
        return code

    def _details(self, product):
        details = {}
        if product.sale_ok:
            details["Description"] = (product.description_sale or product.name)[:DESCRIPTION_LENGTH]
            details["SalesDetails"] = {"UnitPrice": decimal(product.lst_price)}
        if product.purchase_ok:
            details["PurchaseDescription"] = (product.description_purchase or product.name)[:DESCRIPTION_LENGTH]
            details["PurchaseDetails"] = {"UnitPrice": decimal(product.standard_price)}
        return details

    @api.model
    def _content(self, payload):
        # Stock valuation changes the cost at every receipt; that alone is no reason for a call.
        return {key: value for key, value in payload.items() if key not in ("PurchaseDetails", "ItemID")}

    @api.model
    def _lookups(self, payloads, facts):
        # The list of items is never paged (xero-api.md 2.2), so one call answers for all.
        return [("Items", {})]

    @api.model
    def _is_same(self, payload, candidate, facts):
        return (candidate.get("Code") or "").lower() == payload["Code"].lower()
