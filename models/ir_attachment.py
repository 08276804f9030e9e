from odoo import api, models
from odoo.tools import SQL

from .account_move import DOCUMENT_TYPES, RECEIPT_TYPES
from .xero_sync_mixin import LINKED

# What makes a file another one, or another document's.
WATCHED = frozenset({"datas", "raw", "db_datas", "name", "res_id", "res_model", "res_field"})


class IrAttachment(models.Model):
    """Files of documents follow them to Xero where the connection says so.

    Odoo writes attachments of every kind all the time, web assets among them: only those of documents are looked at.
    """

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        attachments = super().create(vals_list)
        attachments._xero_mark()
        return attachments

    def write(self, vals):
        result = super().write(vals)
        if self and not WATCHED.isdisjoint(vals):
            self._xero_mark()
        return result

    def _xero_mark(self):
        own = self.sudo().filtered(lambda attachment: attachment.res_model == "account.move" and attachment.res_id)
        self.env["xero.outbox"]._mark(own)

    def _xero_mark_query(self, ids):
        return self._xero_files_query(SQL("a.id = ANY(%s)", list(ids)))

    def _xero_backlog_query(self, connection):
        return self._xero_files_query(SQL("c.id = %s AND %s", connection.id, self._xero_unsent()))

    @api.model
    def _xero_unsent(self):
        return SQL(
            """NOT EXISTS (SELECT 1 FROM xero_binding b WHERE b.connection_id = c.id AND b.model = 'ir.attachment'
                              AND b.res_id = a.id AND b.external_id IS NOT NULL)"""
        )

    @api.model
    def _xero_files_query(self, condition, older=False):
        """SQL that selects (connection_id, model, res_id) of files of documents that go to Xero.

        :param condition: SQL on the file ``a``, its document ``m`` and the connection ``c``
        :param older: whether it is decided already that these documents go, whatever their date
        """
        return SQL(
            """SELECT c.id, 'ir.attachment', a.id FROM ir_attachment a
                 JOIN account_move m ON a.res_model = 'account.move' AND m.id = a.res_id AND m.state = 'posted'
                 JOIN xero_connection c ON c.company_id = m.company_id AND %s
                WHERE a.type = 'binary' AND m.move_type IN %s
                  AND %s
                  AND (c.sync_receipts OR m.move_type NOT IN %s)
                  AND (c.send_attachments AND a.res_field IS NULL
                       OR c.send_invoice_pdf AND a.res_field = 'invoice_pdf_report_file')
                  AND %s""",
            LINKED,
            DOCUMENT_TYPES,
            SQL("TRUE") if older else SQL("COALESCE(m.invoice_date, m.date) >= c.sync_from_date"),
            RECEIPT_TYPES,
            condition,
        )

    def _xero_label(self):
        return f"{self.name} ({self.res_name})" if self.res_name else self.name

    @api.model
    def _xero_label_domain(self, operator, value):
        return [("name", operator, value)]

    def _xero_form_record(self):
        return self.env["account.move"].browse(self.res_id if self.res_model == "account.move" else 0).exists()


class AccountMove(models.Model):
    _inherit = "account.move"

    def _xero_mark_query(self, ids):
        """A document takes along the files that it had before it was posted."""
        if not self.env["xero.connection"]._any_sends("send_attachments", "send_invoice_pdf"):
            return super()._xero_mark_query(ids)
        return SQL("%s UNION ALL %s", super()._xero_mark_query(ids), self._xero_unsent_files_query(ids))

    @api.model
    def _xero_unsent_files_query(self, ids, older=False):
        attachments = self.env["ir.attachment"]
        condition = SQL("a.res_id = ANY(%s) AND %s", list(ids), attachments._xero_unsent())
        return attachments._xero_files_query(condition, older)
