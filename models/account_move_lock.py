from odoo import fields, models
from odoo.exceptions import RedirectWarning
from odoo.tools import SQL

from .xero_sync_mixin import LINKED

UNLOCK = "account_xero.group_xero_unlock"
# What of a posted document Odoo still lets people change, and Xero has as well.
LOCKED_MOVE = frozenset(
    {"ref", "name", "partner_id", "invoice_date", "date", "invoice_date_due", "invoice_payment_term_id", "currency_id"}
    | {"invoice_line_ids", "line_ids", "invoice_cash_rounding_id"}
)
LOCKED_LINE = frozenset(
    {"name", "account_id", "product_id", "quantity", "price_unit", "discount", "tax_ids", "product_uom_id"}
    | {"analytic_distribution"}
)
SHOWN_LINES = ("product", "line_section", "line_subsection", "line_note")


class AccountMove(models.Model):
    """*Lock invoices when transferred to Xero*: what is in Xero stays as it is in Odoo (S4-57, S4-58).

    It binds people, not the synchronisation; users with the right to change locked documents are free.
    """

    _inherit = "account.move"

    xero_locked = fields.Boolean(
        "Locked by Xero", compute="_compute_xero_locked", groups="base.group_user", help="It is in Xero, and stays."
    )

    def _compute_xero_locked(self):
        locked = self._xero_locked()
        for move in self:
            move.xero_locked = move in locked

    def _xero_locked(self):
        """Those of these documents that are in an organisation whose connection locks them."""
        if not self.ids:
            return self.browse()
        self.env["xero.binding"].flush_model(["external_id", "state"])
        self.env["xero.connection"].flush_model(["lock_invoices", "state", "active"])
        rows = self.env.execute_query(
            SQL(
                """SELECT b.res_id FROM xero_binding b
                     JOIN xero_connection c ON c.id = b.connection_id AND c.lock_invoices AND %s
                    WHERE b.model = 'account.move' AND b.res_id = ANY(%s)
                      AND b.external_id IS NOT NULL AND b.state != 'deleted'""",
                LINKED,
                self.ids,
            )
        )
        return self.browse(id_ for (id_,) in rows)

    def _xero_check_lock(self):
        """
        :raises RedirectWarning: one of the posted documents is locked for this user; it leads to the credit note
        """
        if not self or self.env.su or not self.env["xero.connection"].sudo()._any_active():
            return
        if self.env.user.has_group(UNLOCK):
            return
        locked = self.filtered(lambda move: move.state == "posted")._xero_locked()
        if locked:
            raise RedirectWarning(
                self.env._(
                    "%(documents)s is in Xero, and documents are locked once they are transferred: they can be neither "
                    "reset to draft nor changed. Rather than amending or deleting it, use a credit note and re-issue "
                    "it. Users with the right Change Documents Locked by Xero can still change it.",
                    documents=", ".join(locked.mapped("display_name")),
                ),
                self.env.ref("account.action_view_account_move_reversal").id,
                self.env._("Make a Credit Note"),
                {"active_model": "account.move", "active_ids": locked.ids, "active_id": locked[:1].id},
            )

    def button_draft(self):
        self._xero_check_lock()
        return super().button_draft()

    def button_cancel(self):
        self._xero_check_lock()
        return super().button_cancel()

    def write(self, vals):
        if self and not LOCKED_MOVE.isdisjoint(vals):
            self._xero_check_lock()
        return super().write(vals)


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def write(self, vals):
        if self and not LOCKED_LINE.isdisjoint(vals):
            own = self.filtered(lambda line: line.display_type in SHOWN_LINES)
            own.move_id._xero_check_lock()
        return super().write(vals)
