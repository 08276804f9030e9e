from odoo import models
from odoo.exceptions import UserError
from odoo.tools import formatLang


class XeroIssue(models.Model):
    """*Split the Overpayment*: what is matched beyond the amount that Xero has open stays on account."""

    _inherit = "xero.issue"

    def action_split_overpayment(self):
        """Match only what is still open in Xero; the rest of the payment or credit is open again in Odoo.

        The smaller matching goes to Xero by itself; the rest goes where unmatched payments go by the settings.
        """
        self._check_may_act()
        self.ensure_one()
        partial = self._overpaying()
        currency = partial._xero_documents()[:1].currency_id
        room = self.connection_id.sudo()._open_in_xero(partial)
        partial._xero_split(room)
        self.sudo()._wake()
        return self.connection_id._notify(
            "success",
            self.env._("Split"),
            self.env._(
                "%(amount)s stays matched, as much as is open in Xero. The rest is open in Odoo again.",
                amount=formatLang(self.env, float(room), currency_obj=currency),
            ),
        )

    def _overpaying(self):
        """The reconciliation that Xero refused.

        :raises UserError: there is none any more
        """
        is_matching = self.code == "payment_exceeds" and self.model == "account.partial.reconcile"
        partial = self.env["account.partial.reconcile"].browse(self.res_id if is_matching else 0).exists()
        if not partial or self.state != "open":
            raise UserError(self.env._("There is no matching to split. Press Retry."))
        return partial
