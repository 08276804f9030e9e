from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .account_move import DOCUMENT_TYPES, RECEIPT_TYPES
from .xero_sync_mixin import LINKED


class AccountPartialReconcile(models.Model):
    """What a payment pays, and what a credit note credits: the record behind Xero's payments and allocations.

    A reconciliation never changes; it is made and unmade, and everything that matches anything passes
    here (odoo19.md section 4). Unmaking leaves the link until Xero's side is deleted.
    """

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        self.env["xero.outbox"]._mark(partials)
        partials._xero_mark_payments()
        return partials

    def unlink(self):
        if self:
            self.env["xero.outbox"]._mark_gone(self)
            self._xero_mark_payments()
        return super().unlink()

    def _xero_mark_payments(self):
        """What stands in Xero beside the reconciliations: the rest of the money."""
        self.env["xero.outbox"]._mark((self.debit_move_id | self.credit_move_id).move_id.origin_payment_id)

    def _xero_mark_query(self, ids):
        """The reconciliations, and what was written off with them."""
        return SQL(
            """SELECT c.id, 'account.partial.reconcile', p.id
                 FROM account_partial_reconcile p
                 JOIN xero_connection c ON c.company_id = p.company_id AND %s
                WHERE p.id = ANY(%s) AND %s
                UNION ALL %s""",
            LINKED,
            list(ids),
            self._xero_of_document(),
            self.env["xero.write.off"]._xero_mark_query(ids),
        )

    def _xero_gone_mark_query(self, ids):
        """Links of reconciliations that are gone, and of what was written off with them."""
        return SQL(
            """SELECT b.connection_id, b.model, b.res_id FROM xero_binding b
                 JOIN xero_connection c ON c.id = b.connection_id AND %(linked)s
                WHERE b.model IN ('account.partial.reconcile', 'xero.write.off') AND b.res_id = ANY(%(ids)s)
                  AND (b.external_id IS NOT NULL OR b.state = 'sending')
                  AND NOT EXISTS (SELECT 1 FROM account_partial_reconcile p WHERE p.id = b.res_id)
                UNION ALL
               -- What waited when this transaction began may have left since, which it cannot see.
               SELECT o.connection_id, o.model, o.res_id FROM xero_outbox o
                 JOIN xero_connection c ON c.id = o.connection_id AND %(linked)s
                WHERE o.model = 'account.partial.reconcile' AND o.res_id = ANY(%(ids)s)
                  AND NOT EXISTS (SELECT 1 FROM account_partial_reconcile p WHERE p.id = o.res_id)""",
            ids=list(ids),
            linked=LINKED,
        )

    def _xero_backlog_query(self, connection):
        return SQL(
            """SELECT c.id, 'account.partial.reconcile', p.id
                 FROM account_partial_reconcile p
                 JOIN xero_connection c ON c.id = %(connection)s AND c.company_id = p.company_id
                 LEFT JOIN xero_binding b
                   ON b.connection_id = c.id AND b.model = 'account.partial.reconcile' AND b.res_id = p.id
                WHERE b.id IS NULL AND p.max_date >= c.sync_from_date AND %(of_document)s""",
            connection=connection.id,
            of_document=self._xero_of_document(),
        )

    def _xero_of_document(self):
        return SQL(
            """EXISTS (SELECT 1 FROM account_move_line l JOIN account_move m ON m.id = l.move_id
                        WHERE l.id IN (p.debit_move_id, p.credit_move_id) AND m.move_type IN %s
                          AND (c.sync_receipts OR m.move_type NOT IN %s))""",
            DOCUMENT_TYPES,
            RECEIPT_TYPES,
        )

    def _xero_documents(self):
        """The documents on either side."""
        moves = (self.debit_move_id | self.credit_move_id).move_id
        return moves.filtered(lambda move: move._xero_is_document())

    # A reconciliation has no name of its own: it is shown, found and opened by what it matches.

    def _xero_label(self):
        """What pays what, such as "PBNK1/2026/0004 → INV/2026/0012"."""
        moves = (self.debit_move_id | self.credit_move_id).move_id
        payer_first = moves.sorted(lambda move: (move._xero_is_document(), not move.move_type.endswith("_refund")))
        return " → ".join(payer_first.mapped("name"))

    @api.model
    def _xero_label_domain(self, operator, value):
        return Domain("debit_move_id.move_id.name", operator, value) | Domain(
            "credit_move_id.move_id.name", operator, value
        )

    def _xero_form_record(self):
        moves = (self.debit_move_id | self.credit_move_id).move_id
        return self._xero_documents()[:1] or moves.origin_payment_id[:1]
