from odoo import api, fields, models
from odoo.tools import SQL


class XeroAlert(models.Model):
    """ "This was told." One row an alert that went out, so that nobody is told twice, whoever looks again and when."""

    _name = "xero.alert"
    _description = "Xero Alert Sent"
    _order = "id desc"
    _rec_name = "key"

    connection_id = fields.Many2one("xero.connection", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="connection_id.company_id")
    kind = fields.Selection(
        [
            ("failed", "Failed Document"),
            ("authorisation", "Authorisation Lost"),
            ("silence", "Silence"),
            ("idle", "Idle"),
        ],
        required=True,
        readonly=True,
    )
    key = fields.Char(required=True, readonly=True, help="What was told: each key of a kind once per connection.")
    issue_id = fields.Many2one("xero.issue", readonly=True, ondelete="cascade", index="btree_not_null")

    _once = models.UniqueIndex("(connection_id, kind, key)", "This was told already.")

    @api.model
    def _claim(self, connection, kind, issues_by_key):
        """Return those keys that nobody has told yet; from now on they count as told, when this transaction is kept.

        :param issues_by_key: ``{key: issue id or None}``
        """
        if not issues_by_key:
            return set()
        now = fields.Datetime.now()
        values = SQL(", ").join(
            SQL("(%s, %s, %s, %s::int, %s, %s)", connection.id, kind, key, issue_id, self.env.uid, now)
            for key, issue_id in issues_by_key.items()
        )
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO xero_alert (connection_id, kind, key, issue_id, create_uid, create_date) VALUES %s
                   ON CONFLICT (connection_id, kind, key) DO NOTHING RETURNING key""",
                values,
            )
        )
        return {key for [key] in rows}

    @api.autovacuum
    def _gc_settled(self):
        """What was told of issues that are settled is of no use any more."""
        self.search([("kind", "=", "failed"), ("issue_id.state", "in", ("resolved", "skipped"))], limit=10000).unlink()
