from odoo import models
from odoo.tools import SQL


class AccountPartialReconcile(models.Model):
    """Two sides of an internal transfer, matched on the company's transfer account."""

    _inherit = "account.partial.reconcile"

    def _xero_of_document(self):
        """Transfers are of interest too, where they are switched on; ``c`` is the connection, ``p`` the matching."""
        if not self.env["xero.connection"]._any_sends("sync_bank_transfers"):
            return super()._xero_of_document()
        return SQL(
            """(%s OR c.sync_bank_transfers AND EXISTS (
                    SELECT 1 FROM account_move_line l
                      JOIN res_company company ON company.id = l.company_id
                     WHERE l.id = p.debit_move_id AND l.account_id = company.transfer_account_id))""",
            super()._xero_of_document(),
        )

    def _xero_transfer_account(self):
        return self.company_id.transfer_account_id

    def _xero_is_transfer(self):
        """Whether money left one bank or cash journal and arrived in another."""
        lines = self.debit_move_id | self.credit_move_id
        journals = lines.move_id.journal_id
        return (
            lines.account_id == self._xero_transfer_account()
            and len(journals) == 2
            and set(journals.mapped("type")) <= {"bank", "cash", "credit"}
        )
