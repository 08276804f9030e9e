import uuid
from datetime import timedelta
from urllib.parse import urlencode

from odoo import api, fields, models
from odoo.tools import SQL

from ..xero_api import codec, redact

SLICE = 5000  # rows that one step of forgetting touches
READ_BODY = 100_000  # characters of an answer to a reading call that are kept


class XeroRequest(models.Model):
    """One HTTP call: what went over the wire, under which key, and what became of it.

    A write is stored and committed before its first byte leaves, so that after a crash the same
    body can be repeated under the same key (xero-api.md 3.4). Bodies hold no secrets: tokens
    travel in headers, and headers are not stored.
    """

    _name = "xero.request"
    _description = "Xero Request"
    _order = "id desc"
    _rec_name = "path"

    connection_id = fields.Many2one("xero.connection", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="connection_id.company_id")
    key = fields.Char(string="Idempotency Key", readonly=True)
    method = fields.Char(required=True)
    path = fields.Char(required=True)
    query = fields.Char(help="Parameters of a reading call.")
    mapper = fields.Char(help="The mapper that built the body and reads the answer.")
    elements = fields.Json(help="Which record each element of the body stands for, in order.")
    body = fields.Text(groups="account_xero.group_xero_administrator")
    body_hash = fields.Char()
    response = fields.Text(groups="account_xero.group_xero_administrator")
    state = fields.Selection(
        [
            ("sending", "Sending"),
            ("doubt", "In doubt"),
            ("done", "Done"),
            ("refused", "Refused"),
            ("later", "To be repeated"),
        ],
        required=True,
        default="sending",
    )
    status = fields.Integer(string="HTTP Status")
    ms = fields.Integer(string="Milliseconds")
    minute_remaining = fields.Integer()
    day_remaining = fields.Integer()
    error = fields.Char()
    sent_at = fields.Datetime(help="When the key was first used; Xero remembers it for minutes only.")
    attempts = fields.Integer(help="How often it was tried in vain to find out what became of the call.")
    retry_at = fields.Datetime(help="When that is tried again.")

    body_shown = fields.Text(compute="_compute_shown", string="Sent", groups="account_xero.group_xero_administrator")
    response_shown = fields.Text(
        compute="_compute_shown", string="Answered", groups="account_xero.group_xero_administrator"
    )

    _open_requests = models.Index("(connection_id) WHERE state IN ('sending', 'doubt')")
    _key_unique = models.UniqueIndex("(key) WHERE key IS NOT NULL")

    @api.depends("body", "response")
    def _compute_shown(self):
        for request in self:
            request.body_shown = codec.indented(request.body)
            request.response_shown = codec.indented(request.response)

    @api.model
    def _store(self, connection, mapper, calls):
        """Store one row per call before it is sent.

        :param calls: ``mappers.xero_mapper.Call`` objects
        :return: requests, in the order of ``calls``
        """
        return self.create(
            [
                {
                    "connection_id": connection.id,
                    "key": uuid.uuid4().hex,
                    "method": call.method,
                    "path": call.path,
                    "mapper": mapper._name,
                    "elements": call.elements,
                    "body": call.text,
                    "body_hash": codec.digest(call.body),
                    "sent_at": fields.Datetime.now(),
                }
                for call in calls
            ]
        )

    @api.model
    def _note_reads(self, connection, calls):
        """Keep what reading calls looked like from outside; writes are stored before they are sent.

        :param calls: ``xero_api.answers.Call`` objects, redacted already
        """
        now = fields.Datetime.now()
        keep_body = connection.keep_bodies_days > 0
        rows = [
            {
                "connection_id": connection.id,
                "method": call.method,
                "path": call.path,
                "query": urlencode(call.params) or False,
                "state": "done" if call.outcome == "Done" else "refused",
                "status": call.status or 0,
                "ms": call.ms,
                "minute_remaining": call.limits.minute or 0,
                "day_remaining": call.limits.day or 0,
                "error": False if call.outcome == "Done" else call.outcome,
                "response": (call.response_body or "").replace("\0", "")[:READ_BODY] or False if keep_body else False,
                "sent_at": now,
            }
            for call in calls
            if not call.key
        ]
        return self.sudo().create(rows)

    # === KEEPING === #

    def _forget_private(self):
        """Of calls about people nothing is kept once they are settled; until then the body may have to be repeated."""
        for request in self.filtered(lambda one: one.state not in ("sending", "doubt")):
            request.write({"body": False, "response": False, "error": redact.unquoted(request.error)})

    @api.autovacuum
    def _gc_requests(self):
        """Forget bodies and calls by the age and size that each connection says; the history stays."""
        counts = [
            connection_step
            for connection in self.env["xero.connection"].with_context(active_test=False).search([])
            for connection_step in (
                self._forget_bodies(connection),
                self._forget_size(connection),
                self._forget_calls(connection),
            )
        ]
        return sum(counts), int(any(count >= SLICE for count in counts))

    def _forget_bodies(self, connection):
        """One slice of bodies that are too old."""
        limit = fields.Datetime.now() - timedelta(days=connection.keep_bodies_days)
        return self._empty(SQL("connection_id = %s AND create_date < %s", connection.id, limit))

    def _forget_size(self, connection):
        """One slice of the oldest bodies, where all together are larger than allowed."""
        within = SQL(
            """id IN (SELECT id FROM (
                   SELECT id, sum(coalesce(octet_length(body), 0) + coalesce(octet_length(response), 0))
                              OVER (ORDER BY id DESC) AS size
                     FROM xero_request WHERE connection_id = %s AND (body IS NOT NULL OR response IS NOT NULL)) kept
                WHERE size > %s)""",
            connection.id,
            connection.keep_max_mb * 1024 * 1024,
        )
        return self._empty(within)

    def _empty(self, condition):
        """Remove the bodies of settled calls; what is under way needs its own for being repeated word for word."""
        emptied = self.env.execute_query(
            SQL(
                """UPDATE xero_request SET body = NULL, response = NULL
                    WHERE id IN (SELECT id FROM xero_request
                                  WHERE %s AND state NOT IN ('sending', 'doubt')
                                    AND (body IS NOT NULL OR response IS NOT NULL) ORDER BY id LIMIT %s)
                RETURNING id""",
                condition,
                SLICE,
            )
        )
        self.invalidate_model(["body", "response"])
        return len(emptied)

    def _forget_calls(self, connection):
        limit = fields.Datetime.now() - timedelta(days=connection.keep_calls_days)
        old = self.search(
            [
                ("connection_id", "=", connection.id),
                ("state", "not in", ("sending", "doubt")),
                ("create_date", "<", limit),
            ],
            limit=SLICE,
        )
        count = len(old)
        old.unlink()
        return count
