from odoo import models
from odoo.tools import SQL

from .xero_sync_mixin import LINKED

# Why an entry of the general ledger goes another way than as a manual journal, or not at all: (reason, SQL condition on
# the entry ``m`` of the company of connection ``c``). What meets none of them is a manual journal.
OTHER_WAYS = (
    ("it is a document", SQL("m.move_type <> 'entry'")),
    ("it is a payment", SQL("m.origin_payment_id IS NOT NULL")),
    ("it is a line of a bank statement", SQL("m.statement_line_id IS NOT NULL")),
    (
        "it books an exchange difference, which Xero does by itself",
        SQL("m.journal_id = (SELECT currency_exchange_journal_id FROM res_company WHERE id = m.company_id)"),
    ),
    (
        "it books what the stock is worth, which goes as the stock journal",
        SQL(
            """m.journal_id = (SELECT account_stock_journal_id FROM res_company WHERE id = m.company_id)
               AND EXISTS (SELECT 1 FROM xero_connection s WHERE s.company_id = m.company_id AND s.active
                              AND s.sync_inventory AND s.stock_mode = 'untracked')"""
        ),
    ),
    ("it moves tax between periods for the cash basis, which Xero does by itself", SQL("m.tax_cash_basis_rec_id > 0")),
    (
        "it settles a document, and goes as its payment",
        SQL(
            """EXISTS (SELECT 1 FROM account_move_line l
                 JOIN account_partial_reconcile p ON l.id IN (p.debit_move_id, p.credit_move_id)
                 JOIN account_move_line o ON o.id IN (p.debit_move_id, p.credit_move_id) AND o.id <> l.id
                 JOIN account_move d ON d.id = o.move_id AND d.move_type <> 'entry'
                WHERE l.move_id = m.id)"""
        ),
    ),
)


class AccountMove(models.Model):
    """Entries of the general ledger that become manual journals in Xero, where that is switched on."""

    _inherit = "account.move"

    def _xero_mark_query(self, ids):
        if self.env["xero.connection"]._any_sends("sync_manual_journals"):
            linked = SQL("%s AND m.company_id = c.company_id", LINKED)
            entries = SQL("%s AND m.id = ANY(%s)", self._xero_entries_query(linked), list(ids))
        elif self.env["xero.binding"]._any_linked("ManualJournals"):
            entries = self._xero_linked_entries_query(ids)
        else:
            return super()._xero_mark_query(ids)
        return SQL("%s UNION ALL %s", super()._xero_mark_query(ids), entries)

    def _xero_linked_entries_query(self, ids):
        """What went while manual journals were switched on keeps following its entry."""
        return SQL(
            """SELECT b.connection_id, b.model, b.res_id FROM xero_binding b
                 JOIN xero_connection c ON c.id = b.connection_id AND %s
                 JOIN account_move m ON m.id = b.res_id AND m.move_type = 'entry'
                WHERE b.model = 'account.move' AND b.res_id = ANY(%s) AND b.external_id IS NOT NULL""",
            LINKED,
            list(ids),
        )

    def _xero_backlog_query(self, connection):
        ours = SQL("c.id = %s AND m.company_id = c.company_id", connection.id)
        entries = SQL("%s AND (b.id IS NULL OR m.write_date > b.last_export_date)", self._xero_entries_query(ours))
        return SQL("%s UNION ALL %s", super()._xero_backlog_query(connection), entries)

    def _xero_entries_query(self, connection_condition):
        return SQL(
            """SELECT c.id, 'account.move', m.id FROM account_move m
                 JOIN xero_connection c ON %s
                 LEFT JOIN xero_binding b ON b.connection_id = c.id AND b.model = 'account.move' AND b.res_id = m.id
                WHERE m.move_type = 'entry'
                  AND (b.external_id IS NOT NULL
                       OR c.sync_manual_journals AND m.state = 'posted' AND m.date >= c.sync_from_date AND NOT (%s))""",
            connection_condition,
            SQL(" OR ").join(SQL("COALESCE(%s, FALSE)", condition) for _reason, condition in OTHER_WAYS),
        )

    def _xero_manual_journals(self):
        """Those that are manual journals, by the table above."""
        entries = self.filtered(lambda move: move.move_type == "entry")
        if not entries:
            return entries
        self.env.flush_all()
        others = SQL(" OR ").join(SQL("COALESCE(%s, FALSE)", condition) for _reason, condition in OTHER_WAYS)
        query = SQL("SELECT m.id FROM account_move m WHERE m.id = ANY(%s) AND NOT (%s)", list(entries.ids), others)
        return self.browse(id_ for (id_,) in self.env.execute_query(query))
