from odoo import fields, models
from odoo.tools import SQL


class XeroEarlyEdit(models.Model):
    """An edit of a record that was not in Xero as far as its editor's transaction could see.

    Odoo's transactions see the database as it was when they began. A contact that was sent meanwhile has no link in
    the editor's eyes, so the edit is not queued; the worker, which sees both, queues it then. Rows without a link say
    nothing and go: whatever is built later holds the edit anyway, because one worker at a time builds for a connection.
    """

    _name = "xero.early.edit"
    _description = "Edit of a Record That Is Not in Xero Yet"
    _log_access = False
    _rec_name = "res_id"

    connection_id = fields.Many2one("xero.connection", required=True, ondelete="cascade", index=True)
    model = fields.Char(required=True)
    res_id = fields.Many2oneReference(required=True, model_field="model")

    def _promote(self, connection):
        """Queue what was sent to Xero before its edit was committed, and forget the rest; one query."""
        self.env.execute_query(
            SQL(
                """WITH seen AS (DELETE FROM xero_early_edit
                                  WHERE connection_id = %(connection)s RETURNING model, res_id)
                   INSERT INTO xero_outbox
                          (connection_id, model, res_id, create_uid, create_date, write_uid, write_date)
                   SELECT DISTINCT b.connection_id, b.model, b.res_id, %(uid)s, %(now)s, %(uid)s, %(now)s
                     FROM seen JOIN xero_binding b ON b.connection_id = %(connection)s
                          AND b.model = seen.model AND b.res_id = seen.res_id
                    WHERE b.external_id IS NOT NULL OR b.state = 'sending'
                   RETURNING id""",
                connection=connection.id,
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
