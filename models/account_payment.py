from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from .xero_sync_mixin import LINKED


class AccountPayment(models.Model):
    """A payment shows the state of what it pays: one payment may make several payments in Xero."""

    _name = "account.payment"
    _inherit = ["account.payment", "xero.sync.mixin"]

    _xero_company_owned = True
    _xero_watched = frozenset({"state", "is_reconciled"})

    def _xero_partials_query(self):
        """SQL that selects (payment id, partial id)."""
        return SQL(
            """SELECT pay.id AS payment_id, p.id AS partial_id FROM account_payment pay
                 JOIN account_move_line l ON l.move_id = pay.move_id
                 JOIN account_partial_reconcile p ON l.id IN (p.debit_move_id, p.credit_move_id)"""
        )

    def _xero_links_query(self):
        """SQL that selects (payment id, model, record id) of what stands for a payment in Xero: its matchings, and
        itself as an over- or prepayment.
        """
        return SQL(
            """SELECT matched.payment_id, 'account.partial.reconcile' AS model, matched.partial_id AS res_id
                 FROM (%s) AS matched
                UNION ALL
               SELECT pay.id, 'account.payment', pay.id FROM account_payment pay""",
            self._xero_partials_query(),
        )

    def _xero_counts(self):
        """Whether a link ``b`` says something about the payment; an advance that Odoo took back itself does not."""
        return SQL("(b.model != 'account.payment' OR b.state != 'deleted' OR b.agreed ? 'given_up')")

    def _xero_partials(self):
        """Return ``{payment id: partials}`` of the payments' own entries."""
        partials = {}
        for payment in self:
            lines = payment.move_id.line_ids
            partials[payment.id] = lines.matched_debit_ids | lines.matched_credit_ids
        return partials

    def _xero_binding_join(self, alias, query):
        joined = query.make_alias(alias, "xero_binding")
        query.add_join(
            "LEFT JOIN",
            joined,
            SQL(
                """(SELECT link.payment_id, min(b.state) AS state, min(b.code) AS code,
                           max(b.last_export_date) AS last_export_date, max(b.last_import_date) AS last_import_date
                      FROM (%(links)s) AS link
                      JOIN xero_binding b ON b.model = link.model AND b.res_id = link.res_id
                       AND b.connection_id IN %(connections)s AND %(counts)s
                     GROUP BY link.payment_id)""",
                links=self._xero_links_query(),
                connections=tuple(self._xero_connection_ids()) or (0,),
                counts=self._xero_counts(),
            ),
            SQL("%s = %s", SQL.identifier(joined, "payment_id"), SQL.identifier(alias, "id")),
        )
        return joined

    def _xero_bindings(self):
        partials = self._xero_partials()
        all_partials = self.env["account.partial.reconcile"].union(*partials.values())
        bindings = (
            self.env["xero.binding"]
            .sudo()
            .search(
                [
                    ("connection_id", "in", self._xero_connection_ids()),
                    *Domain.OR(
                        [
                            [("model", "=", records._name), ("res_id", "in", records.ids)]
                            for records in (all_partials, self)
                        ]
                    ),
                ]
            )
        )
        bindings = bindings.filtered(
            lambda link: link.model != self._name or link.state != "deleted" or "given_up" in (link.agreed or {})
        )
        return {
            payment_id: bindings.filtered(
                lambda link, own=own, id_=payment_id: link.res_id in (own.ids if link.model == own._name else [id_])
            )
            for payment_id, own in partials.items()
        }

    def _xero_shown(self):
        """Of several links the failed one tells the state, and the latest the dates."""
        shown = {}
        for payment_id, links in self._xero_bindings().items():
            shown[payment_id] = (
                next((link.state for link in links if link.state == "failed"), links[:1].state) or None,
                next((link.code for link in links if link.code), None),
                max(filter(None, links.mapped("last_export_date")), default=None),
                max(filter(None, links.mapped("last_import_date")), default=None),
            )
        return shown

    def _xero_outbox_keys(self):
        return {
            payment_id: [
                ("account.payment", payment_id),
                *(("account.partial.reconcile", id_) for id_ in partials.ids),
            ]
            for payment_id, partials in self._xero_partials().items()
        }

    def _xero_key_query(self, table, condition):
        return SQL(
            """SELECT link.payment_id FROM (%s) AS link
                 JOIN %s r ON r.model = link.model AND r.res_id = link.res_id
                WHERE r.connection_id IN %s AND r.%s""",
            self._xero_links_query(),
            SQL.identifier(table),
            tuple(self._xero_connection_ids()) or (0,),
            condition,
        )

    def _xero_linked(self):
        linked = self._xero_bindings()
        return self.filtered(
            lambda payment: any(b.external_id and b.state != "deleted" for b in linked.get(payment.id, []))
        )

    def unlink(self):
        # Before Odoo undoes the matching, by which the guard recognises what is in Xero.
        self._unlink_except_linked_with_xero()
        return super().unlink()

    def _xero_mark_query(self, ids):
        """Payments whose unmatched rest goes to Xero, or is there (see the mapper of over- and prepayments)."""
        return SQL(
            """SELECT c.id, 'account.payment', p.id FROM account_payment p
                 JOIN xero_connection c ON c.company_id = p.company_id AND %s
                WHERE p.id = ANY(%s) AND p.date >= c.sync_from_date
                  AND (c.unallocated_payments != 'hold' OR p.move_id IS NULL OR EXISTS (
                      SELECT 1 FROM xero_binding b
                       WHERE b.connection_id = c.id AND b.model = 'account.payment' AND b.res_id = p.id))""",
            LINKED,
            list(ids),
        )

    def _xero_backlog_query(self, connection):
        return SQL(
            """SELECT c.id, 'account.payment', p.id FROM account_payment p
                 JOIN xero_connection c ON c.id = %s AND c.company_id = p.company_id
                 LEFT JOIN xero_binding b
                   ON b.connection_id = c.id AND b.model = 'account.payment' AND b.res_id = p.id
                WHERE b.id IS NULL AND p.date >= c.sync_from_date AND NOT p.is_reconciled
                  AND p.state IN ('in_process', 'paid') AND c.unallocated_payments != 'hold'""",
            connection.id,
        )

    def action_xero_export(self):
        """What was deleted in Xero is sent again; see the mapper of payments."""
        bindings = self.env["xero.binding"].union(*self._xero_bindings().values()).sudo()
        bindings.filtered(lambda binding: binding.state == "deleted").content_hash = False
        return super().action_xero_export()

    def _xero_manual_mark_query(self):
        partials = self.env["account.partial.reconcile"].union(*self._xero_partials().values())
        own = self._xero_mark_query(self.ids)
        return SQL("%s UNION ALL %s", own, partials._xero_mark_query(partials.ids)) if partials else own
