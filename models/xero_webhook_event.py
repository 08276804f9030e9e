import json
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..xero_api import codec, webhook
from .xero_connection import LINKED_STATES

_logger = logging.getLogger(__name__)

# Xero's numbers start again at 1 after this one (xero-api.md section 5).
LAST_SEQUENCE = 2_147_483_647
# More events than a call of Xero's ever carries; a longer list is not read.
MAX_EVENTS = 10_000
MAX_TEXT = 64
# The event of our own write is this much later than the change it tells of, at most.
ECHO = timedelta(milliseconds=250)
KEPT_HANDLED, KEPT_AT_ALL = timedelta(days=7), timedelta(days=31)
SLICE = 5000


class XeroWebhookEvent(models.Model):
    """Something that Xero told by webhook: a record changed. Stored once, whatever is delivered twice.

    Rows are written by one INSERT while Xero waits for the answer; the importer reads what they name later.
    """

    _name = "xero.webhook.event"
    _description = "Xero Webhook Event"
    _order = "id desc"
    _rec_name = "resource_id"

    connection_id = fields.Many2one("xero.connection", required=True, ondelete="cascade", index=True)
    tenant_id = fields.Char(required=True)
    category = fields.Char(required=True)
    event_type = fields.Char()
    resource_id = fields.Char(string="Xero ID", required=True)
    event_date = fields.Datetime(required=True, help="When it happened, on Xero's clock.")
    event_stamp = fields.Char(required=True, help="The same as Xero wrote it, to the millisecond.")
    sequence = fields.Integer()
    handled_at = fields.Datetime()
    echo = fields.Boolean(help="It told of our own write.")

    _once = models.UniqueIndex("(tenant_id, category, resource_id, event_stamp, sequence)")
    _waiting = models.Index("(connection_id, id) WHERE handled_at IS NULL")

    # === RECEIVING === #

    @api.model
    def _receive(self, body, signature):
        """Store what a call brings, if it is Xero's; as fast as can be, for Xero waits for the answer.

        :param body: raw bytes, as they were signed
        :param signature: the header's text
        :return: whether the signature fits a key of ours; nothing is looked at before
        """
        keys = self.env["xero.token"]._webhook_keys()
        key = self._fitting_key(keys, body, signature)
        if key is None:
            return False
        try:
            call = json.loads(body)
            rows = list(self._rows(call))
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            # Signed, so it is Xero's: refusing would have it delivered again for a day.
            _logger.warning("Xero sent a webhook that cannot be read: %s", error)
            return True
        connections = self.env["xero.connection"].sudo().browse(keys[key])._of_the_same_apps()
        if rows and connections:
            self._store(connections, rows)
            self._note_sequence(
                connections, call.get("firstEventSequence"), call.get("lastEventSequence"), len(call["events"])
            )
        return True

    @api.model
    def _fitting_key(self, keys, body, signature):
        """The key under which the body was signed. All are tried, so that the time tells nothing of which it is."""
        fitting = [key for key in keys if webhook.is_genuine(body, signature, key)]
        return fitting[0] if fitting else None

    @api.model
    def _rows(self, call):
        """(tenant, category, type, resource id, date, stamp, sequence) of each event that can be read."""
        events, first, last = call["events"], call.get("firstEventSequence"), call.get("lastEventSequence")
        numbered = isinstance(first, int) and isinstance(last, int) and last - first + 1 == len(events)
        for index, event in enumerate(events[:MAX_EVENTS]):
            texts = [event.get(key) for key in ("tenantId", "eventCategory", "eventType", "resourceId", "eventDateUtc")]
            if all(isinstance(text, str) and text.isprintable() and 0 < len(text) <= MAX_TEXT for text in texts):
                sequence = first + index if numbered else first if isinstance(first, int) else 0
                date = codec.parse_datetime(texts[-1]).replace(tzinfo=None, microsecond=0)
                yield (*texts[:-1], date, texts[-1], sequence % (LAST_SEQUENCE + 1))

    @api.model
    def _store(self, connections, rows):
        """Insert what is new and wake the importers of the organisations concerned, in one statement."""
        now = self.env.cr.now()
        values = SQL(", ").join(SQL("(%s, %s, %s, %s, %s::timestamp, %s, %s)", *row) for row in rows)
        found = self.env.execute_query(
            SQL(
                """INSERT INTO xero_webhook_event (connection_id, tenant_id, category, event_type, resource_id,
                          event_date, event_stamp, sequence, create_date, write_date, create_uid, write_uid)
                   SELECT c.id, told.tenant_id, category, event_type, resource_id, event_date, stamp, sequence,
                          %(now)s, %(now)s, 1, 1
                     FROM (VALUES %(values)s) AS told(tenant_id, category, event_type, resource_id, event_date, stamp,
                                                      sequence)
                     JOIN xero_connection c ON c.tenant_id = told.tenant_id AND c.id IN %(ids)s
                   ON CONFLICT DO NOTHING RETURNING connection_id""",
                now=now,
                values=values,
                ids=tuple(connections.ids),
            )
        )
        for connection in connections.browse({connection_id for (connection_id,) in found}):
            connection._wake_import()

    @api.model
    def _note_sequence(self, connections, first, last, count):
        """Where numbers are missing since the last call, or within this one, events were lost: everything is polled."""
        if not (isinstance(first, int) and isinstance(last, int) and 0 < first <= LAST_SEQUENCE):
            return
        heads = self.env["xero.webhook.head"]._of(connections)
        known = max(heads.mapped("last_sequence"), default=0)
        if not self._is_newer(last, known):
            return
        expected = known % LAST_SEQUENCE + 1
        lost = (known and first != expected and self._is_newer(first, known)) or last - first + 1 > count
        heads._advance(last, bool(lost))
        if lost:
            for connection in connections:
                connection._poll_for_lost_events()

    @api.model
    def _is_newer(self, sequence, known):
        """Whether a number comes after another one, across the end of the numbers."""
        return 0 < (sequence - known) % LAST_SEQUENCE < LAST_SEQUENCE // 2

    # === READING === #

    @api.model
    def _pending(self, connection):
        """Events nobody has read yet; those of our own writes are told apart and closed."""
        events = self.search([("connection_id", "=", connection.id), ("handled_at", "=", False)], limit=SLICE)
        echoes = events.filtered(events._own_writes(connection).__contains__)
        if echoes:
            echoes.write({"handled_at": fields.Datetime.now(), "echo": True})
        return events - echoes

    def _own_writes(self, connection):
        """Those that tell of what both sides agree on already: no later than the link's own stamp of Xero's change."""
        bindings = self.env["xero.binding"].search_fetch(
            [("connection_id", "=", connection.id), ("external_id", "in", list(set(self.mapped("resource_id"))))],
            ["external_id", "remote_updated_at"],
        )
        agreed = {binding.external_id: binding.remote_updated_at for binding in bindings if binding.remote_updated_at}
        return self.filtered(
            lambda event: event.resource_id in agreed and event.event_date <= agreed[event.resource_id] + ECHO
        )

    def _concern(self, mapper):
        """Those after which this mapper has to read."""
        return self.filtered(lambda event: event.category in mapper._events)

    def _note_handled(self, completed):
        """Close the events that everybody whom they concern has read.

        :param completed: names of the mappers that have read what they had to
        """
        left = {
            category
            for mapper in self.env["xero.mapper"]._all()
            if mapper._modified_since and mapper._name not in completed
            for category in mapper._events
        }
        done = self.filtered(lambda event: event.category not in left)
        if done:
            done.write({"handled_at": fields.Datetime.now()})

    @api.autovacuum
    def _gc_events(self):
        """Xero forgets what it could not deliver after 31 days; what we have handled is kept for a week."""
        now = fields.Datetime.now()
        old = self.search(
            ["|", ("handled_at", "<", now - KEPT_HANDLED), ("create_date", "<", now - KEPT_AT_ALL)], limit=SLICE
        )
        count = len(old)
        old.unlink()
        return count, int(count == SLICE)


class XeroWebhookHead(models.Model):
    """How far a connection has been told: a row of its own, referenced by nothing, as the budget is."""

    _name = "xero.webhook.head"
    _description = "Xero Webhook Progress"
    _rec_name = "connection_id"

    connection_id = fields.Many2one("xero.connection", required=True, ondelete="cascade")
    last_sequence = fields.Integer()
    last_received_at = fields.Datetime()
    lost_at = fields.Datetime(help="When numbers were missing last.")

    _connection_unique = models.UniqueIndex("(connection_id)")

    @api.model
    def _of(self, connections):
        """The rows of these connections, made on first use."""
        self.env.cr.execute(
            SQL(
                """INSERT INTO xero_webhook_head (connection_id, last_sequence)
                   SELECT id, 0 FROM xero_connection WHERE id IN %s ON CONFLICT DO NOTHING""",
                tuple(connections.ids),
            )
        )
        return self.sudo().search([("connection_id", "in", connections.ids)])

    def _advance(self, sequence, lost):
        now = fields.Datetime.now()
        self.write({"last_sequence": sequence, "last_received_at": now, **({"lost_at": now} if lost else {})})


class XeroConnection(models.Model):
    """Webhooks of a connection: address, key, and what was told last."""

    _inherit = "xero.connection"

    webhook_url = fields.Char(compute="_compute_webhook_url", string="Webhook Address")
    webhook_key = fields.Char(
        compute="_compute_webhook_key",
        inverse="_inverse_webhook_key",
        store=False,
        groups="account_xero.group_xero_administrator",
        help="The key that Xero shows beside the address. It is stored encrypted and never shown again; one key serves "
        "all connections of the app.",
    )
    has_webhook_key = fields.Boolean(compute="_compute_has_webhook_key")
    webhook_last_at = fields.Datetime(compute="_compute_webhook_progress", string="Last Event Received")
    webhook_lost_at = fields.Datetime(compute="_compute_webhook_progress", string="Events Missing Since")

    def _compute_webhook_url(self):
        for connection in self:
            connection.webhook_url = connection.get_base_url() + "/account_xero/webhook"

    def _compute_webhook_key(self):
        """Write-only: the field is always empty; whether one is stored is told by `has_webhook_key`."""
        self.webhook_key = False

    def _inverse_webhook_key(self):
        for connection in self.filtered("webhook_key"):
            self.env["xero.token"]._of(connection)._seal(webhook_key=connection.webhook_key.strip())
        self.invalidate_recordset(["webhook_key", "has_webhook_key"])

    def _compute_has_webhook_key(self):
        stored = self.env["xero.token"]._connections_with("webhook_key", self._of_the_same_apps().ids)
        apps = {connection._app() for connection in self.sudo().browse(stored)}
        for connection in self:
            connection.has_webhook_key = connection._app() in apps

    def _compute_webhook_progress(self):
        heads = self.env["xero.webhook.head"].sudo().search([("connection_id", "in", self._origin.ids)])
        by_connection = {head.connection_id.id: head for head in heads}
        for connection in self:
            head = by_connection.get(connection._origin.id, heads.browse())
            connection.webhook_last_at, connection.webhook_lost_at = head.last_received_at, head.lost_at

    def _app(self):
        return (self.environment, (self.client_id or "").strip())

    def _of_the_same_apps(self):
        """All linked connections of the apps of these: Xero has one address and one key per app."""
        apps = {connection._app() for connection in self.sudo()}
        linked = self.sudo().search([("state", "in", LINKED_STATES)])
        return linked.filtered(lambda connection: connection._app() in apps)

    def _poll_for_lost_events(self):
        """Events were lost on the way: read everything that is read automatically, as if it were due."""
        rows = self.env["xero.schedule"]._of(self)
        rows.filtered(lambda row: row.direction == "in" and row.mode != "manual")._request()
        self._wake_import()
