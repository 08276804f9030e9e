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
            "taxes": self.env["xero.tax.mapping"]._for(connection),
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
            **self._details(product, prepared),
        }
        facts = self._facts(product, prepared)
        if binding and binding.external_id:
            return "update", {"ItemID": binding.external_id, **payload}, facts
        return "create", payload, facts

    def _unique_code(self, product, codes):
        """Internal references may repeat in Odoo; the code in Xero may not."""
        code = self._proposed_code(product)
        if codes.get(code.lower(), product.id) != product.id:
            suffix = f"-{product.id}"
            code = code[: CODE_LENGTH - len(suffix)] + suffix
        codes[code.lower()] = product.id
        return code

    @api.model
    def _taxes(self, product, prepared):
        """Customer taxes of the product in the connection's company; Xero's item takes one (features.md A6-20)."""
        company = prepared["connection"].company_id
        return product.taxes_id.filtered(lambda tax: tax.company_id in company | company.parent_ids)

    def _facts(self, product, prepared):
        taxes = self._taxes(product, prepared)
        if len(taxes) < 2:
            return {}
        note = self.env._(
            "Xero takes one tax per item: %(first)s was sent, %(others)s not. Lines of documents carry all of them.",
            first=taxes[0].name,
            others=", ".join(taxes[1:].mapped("name")),
        )
        return {"note": note}

    def _sales_tax(self, product, prepared):
        rate = prepared["taxes"].get(frozenset(self._taxes(product, prepared)[:1].ids))
        return {"TaxType": rate.tax_type} if rate and rate.can_apply_to_revenue else {}

    def _details(self, product, prepared):
        details = {}
        if product.sale_ok:
            details["Description"] = (product.description_sale or product.name)[:DESCRIPTION_LENGTH]
            details["SalesDetails"] = {"UnitPrice": decimal(product.lst_price), **self._sales_tax(product, prepared)}
        if product.purchase_ok:
            details["PurchaseDescription"] = (product.description_purchase or product.name)[:DESCRIPTION_LENGTH]
            details["PurchaseDetails"] = {"UnitPrice": decimal(product.standard_price)}
        return details

    @api.model
    def _content(self, payload):
        # Stock valuation changes the cost at every receipt; that alone is no reason for a call.
        return {key: value for key, value in payload.items() if key not in ("PurchaseDetails", "ItemID")}

    @api.model
    def _agreed(self, data, facts):
        """Whether Xero counts the stock, as somebody may have decided there."""
        return {"tracked": bool(data.get("IsTrackedAsInventory"))}

    @api.model
    def _lookups(self, payloads, facts):
        # The list of items is never paged (xero-api.md 2.2), so one call answers for all.
        return [("Items", {})]

    @api.model
    def _is_same(self, payload, candidate, facts):
        return (candidate.get("Code") or "").lower() == payload["Code"].lower()
