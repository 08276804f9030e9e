from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.account_xero import messages
from odoo.addons.account_xero.engine.outbox import SUPPRESS
from odoo.addons.account_xero.exceptions import Hold

# Total of the run → account on the connection, and on which side it is booked there; 1 is debit.
LINES = (
    ("wages", "pay_wages_account_id", 1),
    ("reimbursement", "pay_reimbursement_account_id", 1),
    ("super_amount", "pay_super_expense_account_id", 1),
    ("super_amount", "pay_super_liability_account_id", -1),
    ("employer_tax", "pay_employer_tax_account_id", 1),
    ("employer_tax", "pay_tax_account_id", -1),
    ("tax", "pay_tax_account_id", -1),
    ("deductions", "pay_deductions_account_id", -1),
    ("net_pay", "pay_net_account_id", -1),
)


class XeroPayRun(models.Model):
    _inherit = "xero.pay.run"

    move_id = fields.Many2one("account.move", "Journal Entry", readonly=True, copy=False, ondelete="set null")

    def action_book(self):
        """Book the chosen pay runs that are posted in Xero; what is booked stays as it is."""
        self.check_access("read")
        self.env["account.move"].check_access("create")
        for run in self:
            try:
                run.sudo()._book()
            except Hold as hold:
                raise UserError(" ".join(messages.render(self.env, hold.code, hold.values))) from hold

    def _book(self):
        """Make the entry of a posted run, once.

        :raises Hold: an account or the journal is not chosen
        """
        if self.state != "posted" or self.move_id:
            return
        connection = self.connection_id
        lines = [self._entry_line(connection[account], name, side) for name, account, side in LINES if self._has(name)]
        lacking = [connection._fields[a].string for n, a, _s in LINES if self._has(n) and not connection[a]]
        if not connection.pay_journal_id:
            lacking.append(connection._fields["pay_journal_id"].string)
        if lacking:
            raise Hold("pay_run_accounts", connection, lacking=", ".join(lacking))
        moves = self.env["account.move"].with_context(**{SUPPRESS: True}).with_company(connection.company_id)
        self.move_id = moves.create(
            {
                "move_type": "entry",
                "journal_id": connection.pay_journal_id.id,
                "date": self.payment_date,
                "ref": self.display_name,
                "line_ids": [Command.create(line) for line in lines],
                "xero_do_not_export": True,
                "xero_do_not_export_reason": self.env._("A pay run of Xero: it is booked there already."),
            }
        )
        self.move_id.action_post()

    def _has(self, name):
        return not self.currency_id.is_zero(self[name])

    def _entry_line(self, account, name, side):
        amount = self[name] * side
        return {
            "name": self._fields[name].string,
            "account_id": account.id,
            "debit": max(amount, 0.0),
            "credit": max(-amount, 0.0),
        }
