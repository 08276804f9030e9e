from odoo import models
from odoo.tools import SQL

from .xero_sync_mixin import LINKED

DOCUMENT_TYPES = ("out_invoice", "in_invoice", "out_refund", "in_refund", "out_receipt", "in_receipt")
# Those that go where the connection says so (features.md A6-19).
RECEIPT_TYPES = ("out_receipt", "in_receipt")


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "xero.sync.mixin"]

    _xero_watched = frozenset(
        {
            "state",
            "ref",
            "name",
            "partner_id",
            "commercial_partner_id",
            "invoice_date",
            "invoice_date_due",
            "date",
            "currency_id",
            "amount_total",
            "amount_tax",
            "is_move_sent",
        }
    )
    _xero_company_owned = True

    def _xero_mark_query(self, ids):
        """Posted documents of the connection's period, and whatever is already linked (S4-34, S4-35, S4-44)."""
        return SQL("%s AND m.id = ANY(%s)", self._xero_documents_query(SQL("m.company_id = c.company_id")), list(ids))

    def _xero_backlog_query(self, connection):
        return SQL(
            """%s AND NOT EXISTS (SELECT 1 FROM xero_outbox o
                  WHERE o.connection_id = c.id AND o.model = 'account.move' AND o.res_id = m.id)
              AND (b.id IS NULL OR m.write_date > b.last_export_date)""",
            self._xero_documents_query(SQL("c.id = %s AND m.company_id = c.company_id", connection.id)),
        )

    def _xero_documents_query(self, connection_condition):
        return SQL(
            """SELECT c.id, 'account.move', m.id FROM account_move m
                 JOIN xero_connection c ON %s AND %s
                 LEFT JOIN xero_binding b ON b.connection_id = c.id AND b.model = 'account.move' AND b.res_id = m.id
                WHERE m.move_type IN %s
                  AND (b.external_id IS NOT NULL OR b.state = 'sending'
                       OR m.state = 'posted' AND (c.sync_receipts OR m.move_type NOT IN %s)
                          AND COALESCE(m.invoice_date, m.date) >= c.sync_from_date
                       -- What waited when this transaction began may have left since, which it cannot see.
                       OR EXISTS (SELECT 1 FROM xero_outbox o
                                   WHERE o.connection_id = c.id AND o.model = 'account.move' AND o.res_id = m.id))""",
            connection_condition,
            LINKED,
            DOCUMENT_TYPES,
            RECEIPT_TYPES,
        )

    def _xero_is_document(self):
        return self.move_type in DOCUMENT_TYPES


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # A posted document still lets these be changed without being posted again (odoo19.md section 4).
    _xero_watched = frozenset({"name", "account_id", "analytic_distribution"})
    _xero_mends = False

    def _write_multi(self, vals_list):
        super()._write_multi(vals_list)
        self.env["xero.outbox"]._mark_written(self, vals_list)

    def _xero_mark_query(self, ids):
        # Lines of drafts change all the time while somebody types; only posted documents are of interest.
        return SQL(
            """SELECT known.connection_id, 'account.move', l.move_id FROM account_move_line l
                 JOIN (SELECT connection_id, model, res_id FROM xero_binding
                        WHERE external_id IS NOT NULL OR state = 'sending'
                        UNION ALL
                       -- What waited when this transaction began may have left since, which it cannot see.
                       SELECT connection_id, model, res_id FROM xero_outbox
                      ) known ON known.model = 'account.move' AND known.res_id = l.move_id
                 JOIN xero_connection c ON c.id = known.connection_id AND %s
                WHERE l.id = ANY(%s) AND l.parent_state = 'posted'
                  AND l.display_type IN ('product', 'line_section', 'line_subsection', 'line_note')""",
            LINKED,
            list(ids),
        )
