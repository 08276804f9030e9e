from odoo import models
from odoo.exceptions import UserError


class AccountPartialReconcile(models.Model):
    """Matching less than before, where Xero has less open than Odoo."""

    _inherit = "account.partial.reconcile"

    def _xero_split(self, room):
        """Match ``room`` of the document instead of all; the rest of both sides is open again.

        :param room: Decimal, in the currency of the document
        :return: the reconciliation that is left; empty where nothing is
        :raises UserError: Odoo books more with this matching than can be divided here
        """
        self.ensure_one()
        amount = float(room)
        if amount >= self.debit_amount_currency:
            return self
        self._xero_check_divisible()
        debit, credit = self.debit_move_id, self.credit_move_id
        self.unlink()
        if not amount:
            return self.browse()
        return self.create(
            {
                "debit_move_id": debit.id,
                "credit_move_id": credit.id,
                "amount": amount,
                "debit_amount_currency": amount,
                "credit_amount_currency": amount,
            }
        )

    def _xero_check_divisible(self):
        lines = self.debit_move_id | self.credit_move_id
        is_foreign = lines.currency_id != self.company_id.currency_id
        is_booked = self.exchange_move_id or self.env["account.move"].search_count(
            [("tax_cash_basis_rec_id", "=", self.id)], limit=1
        )
        if is_foreign or is_booked:
            raise UserError(
                self.env._(
                    "Odoo has booked exchange differences or cash basis taxes with this matching, or it is in a "
                    "foreign currency. Undo the matching on the document and match the amount that is open in Xero."
                )
            )
