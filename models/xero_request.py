import json
import uuid
from datetime import timedelta

from odoo import api, fields, models

from ..xero_api import codec

# Stands on both sides of a decimal while JSON is laid out, since a float would lose its last digits.
NUMBER = "\N{WORD JOINER}\N{FULLWIDTH NUMBER SIGN}"


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

    body_shown = fields.Text(compute="_compute_shown", string="Sent", groups="account_xero.group_xero_administrator")
    response_shown = fields.Text(
        compute="_compute_shown", string="Answered", groups="account_xero.group_xero_administrator"
    )

    _open_requests = models.Index("(connection_id) WHERE state IN ('sending', 'doubt')")
    _key_unique = models.UniqueIndex("(key) WHERE key IS NOT NULL")

    @api.depends("body", "response")
    def _compute_shown(self):
        for request in self:
            request.body_shown = _indented(request.body)
            request.response_shown = _indented(request.response)

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
                    "body": codec.dumps(call.body),
                    "body_hash": codec.digest(call.body),
                    "sent_at": fields.Datetime.now(),
                }
                for call in calls
            ]
        )

    @api.autovacuum
    def _gc_bodies(self):
        """Forget bodies after 30 days and whole calls after 180; the history stays."""
        now = fields.Datetime.now()
        settled = [("state", "not in", ("sending", "doubt"))]
        old = self.search([*settled, ("create_date", "<", now - timedelta(days=30)), ("body", "!=", False)], limit=5000)
        old.write({"body": False, "response": False})
        self.search([*settled, ("create_date", "<", now - timedelta(days=180))], limit=5000).unlink()


def _indented(text):
    """JSON laid out for reading, numbers digit by digit; other text as it is."""
    try:
        laid_out = json.dumps(json.loads(text or "", parse_float=_mark_number), indent=2, ensure_ascii=False)
    except ValueError:
        return text
    return laid_out.replace(f'"{NUMBER}', "").replace(f'{NUMBER}"', "")


def _mark_number(digits):
    return f"{NUMBER}{digits}{NUMBER}"
