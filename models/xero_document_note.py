from odoo import fields, models
from odoo.tools import SQL, drop_view_if_exists

from .account_move import DOCUMENT_TYPES
from .xero_sync_mixin import LINKED


class XeroDocumentNote(models.Model):
    """The note that a document leaves in Xero's history: a view of documents, so that it has a link of its own."""

    _name = "xero.document.note"
    _description = "Note in Xero's History"
    _auto = False

    name = fields.Char(string="Document", readonly=True)

    def init(self):
        drop_view_if_exists(self.env.cr, self._table)
        self.env.cr.execute(SQL("CREATE VIEW %s AS SELECT id, name FROM account_move", SQL.identifier(self._table)))

    def _xero_mark_query(self, ids):
        return self._xero_notes_query(SQL("m.id = ANY(%s)", list(ids)))

    def _xero_backlog_query(self, connection):
        """Notes are for what goes from now on."""
        return

    def _xero_notes_query(self, condition):
        return SQL(
            """SELECT c.id, 'xero.document.note', m.id FROM account_move m
                 JOIN xero_connection c ON c.company_id = m.company_id AND c.history_notes AND %s
                WHERE m.state = 'posted' AND m.move_type IN %s AND COALESCE(m.invoice_date, m.date) >= c.sync_from_date
                  AND %s
                  AND NOT EXISTS (SELECT 1 FROM xero_binding b WHERE b.connection_id = c.id
                                     AND b.model = 'xero.document.note' AND b.res_id = m.id
                                     AND b.external_id IS NOT NULL)""",
            LINKED,
            DOCUMENT_TYPES,
            condition,
        )

    def _xero_form_record(self):
        return self.env["account.move"].browse(self.id)


class AccountMove(models.Model):
    _inherit = "account.move"

    def _xero_mark_query(self, ids):
        if not self.env["xero.connection"]._any_sends("history_notes"):
            return super()._xero_mark_query(ids)
        notes = self.env["xero.document.note"]._xero_mark_query(ids)
        return SQL("%s UNION ALL %s", super()._xero_mark_query(ids), notes)
