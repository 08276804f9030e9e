from odoo import models
from odoo.tools import SQL


class AccountPartialReconcile(models.Model):
    """Money given back: a payment matched with a payment or a bank statement line in the other direction."""

    _inherit = "account.partial.reconcile"

    def _xero_of_document(self):
        """Refunds of what is, or will be, an over- or prepayment; ``c`` is the connection, ``p`` the matching."""
        if not (
            self.env["xero.connection"]._any_sends("unallocated_payments")
            or self.env["xero.binding"]._any_linked("account.payment")
        ):
            return super()._xero_of_document()
        return SQL(
            """(%s OR EXISTS (
                    SELECT 1 FROM account_move_line l
                      JOIN account_move m ON m.id = l.move_id
                      JOIN account_account a ON a.id = l.account_id
                     WHERE l.id IN (p.debit_move_id, p.credit_move_id)
                       AND a.account_type IN ('asset_receivable', 'liability_payable')
                       AND (c.unallocated_payments != 'hold' AND m.origin_payment_id IS NOT NULL OR EXISTS (
                            SELECT 1 FROM xero_binding b
                             WHERE b.connection_id = c.id AND b.model = 'account.payment'
                               AND b.res_id = m.origin_payment_id))
                    ) AND NOT EXISTS (
                    SELECT 1 FROM account_move_line l JOIN account_move m ON m.id = l.move_id
                     WHERE l.id IN (p.debit_move_id, p.credit_move_id) AND m.move_type != 'entry'))""",
            super()._xero_of_document(),
        )
