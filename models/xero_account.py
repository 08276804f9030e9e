from odoo import api, fields, models


class XeroAccount(models.Model):
    """An account of the organisation's chart of accounts (xero-api.md 4.8)."""

    _name = "xero.account"
    _description = "Xero Account"
    _inherit = ["xero.reference"]
    _order = "code, name"
    _rec_names_search = ["code", "name"]

    _xero_resource = "Accounts"
    _xero_key = "external_id"

    external_id = fields.Char(string="Xero ID", required=True, readonly=True)
    code = fields.Char(readonly=True, help="Empty on some bank accounts: those are named by their Xero ID.")
    name = fields.Char(required=True, readonly=True)
    type = fields.Char(readonly=True, help="Xero's account type, for example SALES, DIRECTCOSTS or BANK.")
    account_class = fields.Char(string="Class", readonly=True)
    tax_type = fields.Char(string="Default Tax Type", readonly=True)
    system_account = fields.Char(readonly=True, help="Set on accounts that Xero keeps for itself.")
    payments_enabled = fields.Boolean(
        readonly=True, help="In Xero: the account has 'Enable payments to this account' ticked."
    )
    bank_account_number = fields.Char(readonly=True)
    currency = fields.Char(readonly=True, help="Currency code of a bank account.")
    status = fields.Char(readonly=True)

    _external_id_unique = models.UniqueIndex(
        "(connection_id, external_id)", "This Xero account has been read for this connection already."
    )

    @api.depends("code", "name")
    def _compute_display_name(self):
        for account in self:
            account.display_name = f"{account.code} {account.name}" if account.code else account.name

    @api.model
    def _from_xero(self, element):
        return {
            "external_id": element["AccountID"],
            "code": element.get("Code") or False,
            "name": element.get("Name") or element["AccountID"],
            "type": element.get("Type") or False,
            "account_class": element.get("Class") or False,
            "tax_type": element.get("TaxType") or False,
            "system_account": element.get("SystemAccount") or False,
            "payments_enabled": bool(element.get("EnablePaymentsToAccount")),
            "bank_account_number": element.get("BankAccountNumber") or False,
            "currency": element.get("CurrencyCode") or False,
            "status": element.get("Status") or False,
            "active": element.get("Status", "ACTIVE") == "ACTIVE",
        }

    def _takes_payments(self):
        """Keep the accounts that Xero accepts in a payment: BANK, or with payments enabled (xero-api.md 4.4)."""
        return self.filtered(lambda account: account.type == "BANK" or account.payments_enabled)
