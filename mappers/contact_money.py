"""What a contact's documents begin with in Xero: its currency and the accounts of its lines.

Odoo has no account on a contact; it has fiscal positions, which put another account in the place of the company's own.
"""

from odoo import api, models

# Side of Xero -> the company's own account for lines without a product.
ACCOUNTS = {"SalesDefaultAccountCode": "income_account_id", "PurchasesDefaultAccountCode": "expense_account_id"}


class XeroMapperContact(models.AbstractModel):
    _inherit = "xero.mapper.contact"

    @api.model
    def _prepare(self, connection, records, bindings):
        currencies = self.env["res.currency"].union(
            *(self._currency_of(partner.with_company(connection.company_id)) for partner in records)
        )
        return {
            **super()._prepare(connection, records, bindings),
            "currencies": self.env["xero.mapper.currency"]._known(connection, currencies),
            "accounts": self.env["xero.account.mapping"]._for(connection),
        }

    def _details(self, partner, prepared):
        details = super()._details(partner, prepared)
        currency = self._currency_of(partner)
        if currency.name in prepared["currencies"]:  # Xero refuses one that the organisation has not added
            details["DefaultCurrency"] = currency.name
        return {**details, **self._default_accounts(partner, prepared)}

    @api.model
    def _currency_of(self, partner):
        """That of purchases, else that of a price list which somebody chose."""
        return partner.property_purchase_currency_id or partner.specific_property_product_pricelist.currency_id

    @api.model
    def _default_accounts(self, partner, prepared):
        """The accounts that a fiscal position puts in the place of the company's own."""
        company, position = partner.env.company, partner.property_account_position_id
        found = {}
        for key, column in ACCOUNTS.items():
            own = company[column]
            account = prepared["accounts"].get(position.map_account(own).id) if position and own else None
            if account and account.code and position.map_account(own) != own:
                found[key] = account.code
        return found

    # === FROM XERO === #

    @api.model
    def _partner_values(self, payload):
        """A supplier's bills are in its currency; Odoo keeps that of customers on price lists."""
        values = super()._partner_values(payload)
        code = payload.get("DefaultCurrency")
        if code and payload.get("IsSupplier"):
            currency = self.env["res.currency"].search([("name", "=", code)], limit=1)
            if currency != self.env.company.currency_id:
                values["property_purchase_currency_id"] = currency.id
        return {column: value for column, value in values.items() if value}
