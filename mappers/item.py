from odoo import api, models

from .xero_mapper import decimal

CODE_LENGTH, NAME_LENGTH, DESCRIPTION_LENGTH = 30, 50, 4000
UNUSABLE_TYPES = ("INVENTORY", "BANK")  # of accounts that no item is sold or bought on (xero-api.md 4.7)


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
            "accounts": self.env["xero.account.mapping"]._for(connection),
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
            **({"Name": product.name[:NAME_LENGTH]} if prepared["connection"].send_item_names else {}),
            "IsSold": product.sale_ok,
            "IsPurchased": product.purchase_ok,
            **self._details(product, prepared),
        }
        payload = self._with_mapped(product, payload, prepared)
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

    # === SALES AND PURCHASES === #

    @api.model
    def _taxes(self, product, prepared, use="sale"):
        """Taxes of the product in the connection's company; Xero's item takes one (features.md A6-20)."""
        company = prepared["connection"].company_id
        taxes = product.taxes_id if use == "sale" else product.supplier_taxes_id
        return taxes.filtered(lambda tax: tax.company_id in company | company.parent_ids)

    def _facts(self, product, prepared):
        several = [
            taxes
            for use, is_used in (("sale", product.sale_ok), ("purchase", product.purchase_ok))
            if is_used and len(taxes := self._taxes(product, prepared, use)) > 1
        ]
        notes = [
            self.env._(
                "Xero takes one tax per item: %(first)s was sent, %(others)s not. Lines of documents carry all of "
                "them.",
                first=taxes[0].name,
                others=", ".join(taxes[1:].mapped("name")),
            )
            for taxes in several
        ]
        return {"note": "\n".join(dict.fromkeys(notes))} if notes else {}

    def _details(self, product, prepared):
        details = {}
        if product.sale_ok:
            details["Description"] = (product.description_sale or product.name)[:DESCRIPTION_LENGTH]
            details["SalesDetails"] = {
                "UnitPrice": decimal(product.lst_price),
                **self._account(product, prepared, "income"),
                **self._tax(product, prepared, "sale", "can_apply_to_revenue"),
            }
        if product.purchase_ok:
            details["PurchaseDescription"] = (product.description_purchase or product.name)[:DESCRIPTION_LENGTH]
            details["PurchaseDetails"] = {
                # A product without a cost says nothing of Xero's purchase price (S5-46).
                **({"UnitPrice": decimal(product.standard_price)} if product.standard_price else {}),
                **self._account(product, prepared, "expense"),
                **self._tax(product, prepared, "purchase", "can_apply_to_expenses"),
            }
        return details

    def _tax(self, product, prepared, use, applies):
        rate = prepared["taxes"].get(frozenset(self._taxes(product, prepared, use)[:1].ids))
        return {"TaxType": rate.tax_type} if rate and rate[applies] else {}

    def _account(self, product, prepared, kind):
        """The product's account where it is mapped; an item can do without, its documents name their own.

        Purchases of what Xero counts go to its stock account, whatever the item says (xero-api.md 4.7).
        """
        binding = prepared["bindings"].get(product.id)
        if kind == "expense" and binding and (binding.agreed or {}).get("tracked"):
            return {}
        accounts = product.product_tmpl_id.get_product_accounts()
        account = prepared["accounts"].get(self._booked_on(product, accounts, kind).id)
        is_usable = account and account.code and account.type not in UNUSABLE_TYPES
        return {"AccountCode": account.code} if is_usable else {}

    @api.model
    def _booked_on(self, product, accounts, kind):
        """Bills of goods with perpetual valuation are booked on the stock."""
        if kind == "expense" and product.is_storable and product.valuation == "real_time":
            return accounts["stock_valuation"] or accounts["expense"]
        return accounts[kind]

    # === AGREEMENT === #

    @api.model
    def _content(self, payload):
        # Stock valuation changes the cost at every receipt; that alone is no reason for a call.
        content = {key: value for key, value in payload.items() if key != "ItemID"}
        if "PurchaseDetails" in content:
            details = content["PurchaseDetails"]
            content["PurchaseDetails"] = {key: value for key, value in details.items() if key != "UnitPrice"}
        return content

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
