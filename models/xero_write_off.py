from odoo import api, fields, models, tools
from odoo.tools import SQL

from .account_move import DOCUMENT_TYPES
from .xero_sync_mixin import LINKED

# SQL: the reconciliation ``p`` has a written-off part: the money's entry has a line more than bank and debt.
WRITTEN_OFF = SQL(
    """EXISTS (SELECT 1 FROM account_move_line l JOIN account_move m ON m.id = l.move_id
               WHERE l.id IN (p.debit_move_id, p.credit_move_id)
                 AND (m.origin_payment_id IS NOT NULL OR m.statement_line_id IS NOT NULL)
                 AND (SELECT count(*) FROM account_move_line x
                       WHERE x.move_id = m.id AND x.display_type NOT IN ('line_section', 'line_note')) > 2)"""
)
# SQL: the reconciliation ``p`` is of a document.
OF_DOCUMENT = SQL(
    """EXISTS (SELECT 1 FROM account_move_line l JOIN account_move m ON m.id = l.move_id
               WHERE l.id IN (p.debit_move_id, p.credit_move_id) AND m.move_type IN %s)""",
    DOCUMENT_TYPES,
)


class XeroWriteOff(models.Model):
    """The written-off part of a reconciliation, under the reconciliation's own id.

    A payment of 95 that settles a document of 100 is one reconciliation in Odoo and two payments in Xero: this view
    is the second one's record, so that a link stays one to one (design.md section 2).
    """

    _name = "xero.write.off"
    _description = "Written-Off Part of a Payment"
    _auto = False
    _log_access = False

    partial_id = fields.Many2one("account.partial.reconcile", readonly=True)

    def init(self):
        tools.drop_view_if_exists(self.env.cr, self._table)
        self.env.cr.execute(
            SQL(
                """CREATE VIEW xero_write_off AS
                   SELECT p.id, p.id AS partial_id FROM account_partial_reconcile p WHERE %s""",
                WRITTEN_OFF,
            )
        )

    @api.model
    def _partials(self, records):
        return self.env["account.partial.reconcile"].browse(records.ids)

    @api.model
    def _xero_mark_query(self, ids):
        """Like that of reconciliations, and marked with them."""
        return SQL(
            """SELECT c.id, 'xero.write.off', p.id FROM account_partial_reconcile p
                 JOIN xero_connection c ON c.company_id = p.company_id AND %s
                WHERE p.id = ANY(%s) AND %s AND %s""",
            LINKED,
            list(ids),
            WRITTEN_OFF,
            OF_DOCUMENT,
        )

    @api.model
    def _xero_backlog_query(self, connection):
        return SQL(
            """SELECT c.id, 'xero.write.off', p.id FROM account_partial_reconcile p
                 JOIN xero_connection c ON c.id = %s AND c.company_id = p.company_id
                 LEFT JOIN xero_binding b ON b.connection_id = c.id AND b.model = 'xero.write.off' AND b.res_id = p.id
                WHERE b.id IS NULL AND p.max_date >= c.sync_from_date AND %s AND %s""",
            connection.id,
            WRITTEN_OFF,
            OF_DOCUMENT,
        )

    # Shown, found and opened like the reconciliation.

    def _xero_label(self):
        return self.env._("Write-off: %(matching)s", matching=self._partials(self)._xero_label())

    @api.model
    def _xero_label_domain(self, operator, value):
        return [("partial_id", "any", self.env["account.partial.reconcile"]._xero_label_domain(operator, value))]

    def _xero_form_record(self):
        return self._partials(self)._xero_form_record()
