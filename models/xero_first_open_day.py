from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError


class XeroConnection(models.Model):
    _inherit = "xero.connection"

    def _first_open_day(self):
        """The day after the last one that Xero has locked; False where nothing is locked."""
        locks = [day for day in (self.period_lock_date, self.end_of_year_lock_date) if day]
        return max(locks) + timedelta(days=1) if locks else False


class AccountMove(models.Model):
    _inherit = "account.move"

    def _xero_move_to_first_open_day(self, day):
        """Date the document on ``day``, or on the first later one that Odoo has not locked, and post it again.

        :raises UserError: the document cannot be reset to draft, or Odoo refuses to post it
        """
        self.ensure_one()
        day = day or self.invoice_date or self.date
        own = self.company_id._get_violated_lock_dates(day, bool(self.amount_tax), self.journal_id)
        if own:
            day = max(lock for lock, _field in own) + timedelta(days=1)
        if self.state == "posted":
            self.button_draft()
        if self.state != "draft":
            raise UserError(self.env._("%(document)s is cancelled and cannot be moved.", document=self.display_name))
        self.write({"invoice_date": day, "date": day})
        self.action_post()
        self.message_post(body=self.env._("Moved to %(day)s, the first day that is not locked in Xero.", day=day))
