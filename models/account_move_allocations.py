from odoo import models
from odoo.tools import SQL


class AccountMove(models.Model):
    """What a credit note is allocated to, where that was undone in Xero."""

    _inherit = "account.move"

    def action_xero_export(self):
        """An allocation that was undone in Xero is made again; see the mapper of allocations."""
        self._xero_undone_allocations().content_hash = False
        return super().action_xero_export()

    def _xero_undone_allocations(self):
        """Links of matchings of these credit notes whose allocation was undone in Xero."""
        lines = self.filtered(lambda move: move.move_type.endswith("_refund")).line_ids
        partials = lines.matched_debit_ids | lines.matched_credit_ids
        domain = [("model", "=", partials._name), ("res_id", "in", partials.ids), ("resource", "=", "Allocations")]
        bindings = self.env["xero.binding"].sudo()
        return bindings.search([*domain, ("state", "=", "deleted")]) if partials else bindings

    def _xero_manual_mark_query(self):
        query, undone = super()._xero_manual_mark_query(), self._xero_undone_allocations()
        partials = self.env["account.partial.reconcile"].browse(undone.mapped("res_id"))
        return SQL("%s UNION ALL %s", query, partials._xero_mark_query(partials.ids)) if partials else query
