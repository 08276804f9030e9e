from odoo import models

from ..const import SCOPE_WORDS, scopes

# Rights that are asked for only where something is switched on that needs them (xero-api.md 1.6).
SWITCHED_SCOPES = {
    "accounting.manualjournals": ("sync_manual_journals", "import_manual_journals", "_sends_stock_journals"),
    "accounting.banktransactions": ("sync_bank_transfers", "import_advances", "_sends_advances"),
    "accounting.attachments": ("send_attachments", "send_invoice_pdf"),
    "accounting.reports.balancesheet.read": ("compare_balance_sheet",),
    "accounting.reports.trialbalance.read": ("compare_balance_sheet",),
}

# The older rights that cover several of them (xero-api.md 1.6).
BROAD_SCOPES = {
    "accounting.banktransactions": "accounting.transactions",
    "accounting.reports.balancesheet.read": "accounting.reports.read",
    "accounting.reports.trialbalance.read": "accounting.reports.read",
}


class XeroConnection(models.Model):
    """Which rights the consent has to give."""

    _inherit = "xero.connection"

    @property
    def _sends_advances(self):
        """Over- and prepayments are born through bank transactions (xero-api.md 4.4)."""
        return self.unallocated_payments != "hold"

    @property
    def _sends_stock_journals(self):
        return self._counts_stock("untracked")

    def _wanted_scopes(self):
        """The usual rights, and those of what is switched on."""
        switched = [
            scope for scope, switches in SWITCHED_SCOPES.items() if any(getattr(self, switch) for switch in switches)
        ]
        return (*scopes(), *switched)

    def _grants(self, scope):
        """Whether the consent covers a right; so it does where nobody knows."""
        granted = (self.scopes or "").split()
        return not granted or scope in granted or BROAD_SCOPES.get(scope) in granted

    def _lacking_scopes(self):
        """What the consent does not cover, in words."""
        granted = (self.scopes or "").split()
        wanted = [scope for scope in self._wanted_scopes() if scope in SCOPE_WORDS]
        return [SCOPE_WORDS[scope] for scope in wanted if not {scope, BROAD_SCOPES.get(scope)} & set(granted)]
