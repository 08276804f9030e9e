"""Documents dated before the day from which a connection sends them: they go only when somebody says so."""

from odoo import models
from odoo.tools import SQL

from ..business_hours import local_day

DECIDED = "xero_older_decided"  # context key: somebody was asked whether older documents go


class XeroSyncMixin(models.AbstractModel):
    _inherit = "xero.sync.mixin"

    def _xero_day(self):
        """The record's day in the books, by which it goes by itself or not; None for what has no such day."""
        return

    def _xero_older(self):
        """Those that are not in Xero and dated before *Sync Documents Dated From* of their company's connection."""
        if not self._xero_company_owned:
            return self.browse()
        connections = self.env["xero.connection"].sudo().browse(self._xero_connection_ids())
        first_day = {connection.company_id.id: connection.sync_from_date for connection in connections}
        return self.filtered(
            lambda record: (
                not record.xero_code
                and (day := record._xero_day())
                and (first := first_day.get(record.company_id.id))
                and day < first
            )
        )

    def action_xero_export(self):
        """Older documents go as well, once somebody has said so in the dialog that opens."""
        self.check_access("write")
        if not self.env.context.get(DECIDED) and self._xero_older():
            return self.env["xero.older"]._ask(self)
        return super().action_xero_export()


class AccountMove(models.Model):
    _inherit = "account.move"

    def _xero_day(self):
        return self.invoice_date or self.date

    def _xero_older(self):
        entries = self.env["xero.connection"]._any_sends("sync_manual_journals")
        goes = self.filtered(lambda move: move.state == "posted" and (entries or move._xero_is_document()))
        return super(AccountMove, goes)._xero_older()

    def _xero_manual_mark_query(self):
        """Older documents take along what was paid and credited of them, and their files: neither goes by itself."""
        query, older = super()._xero_manual_mark_query(), self._xero_older()
        if not older:
            return query
        lines = older.line_ids
        partials = lines.matched_debit_ids | lines.matched_credit_ids
        return SQL(
            "%s UNION ALL %s UNION ALL %s",
            query,
            partials._xero_mark_query(partials.ids),
            self._xero_unsent_files_query(older.ids, older=True),
        )


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    def _xero_day(self):
        return local_day(self.company_id, self.date_approve or self.date_order)

    def _xero_older(self):
        return super(PurchaseOrder, self.filtered(lambda order: order.state != "cancel"))._xero_older()
