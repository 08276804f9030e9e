import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL

from ..const import STATE_LOCK_TIMEOUT
from ..transactions import on_locked_row
from ..xero_api.outcomes import XeroError
from .xero_connection import LINKED_STATES

_logger = logging.getLogger(__name__)

# Days before the disconnection at which an idle connection is warned of (features.md A6-15: 45 and 55 of 60).
IDLE_WARNINGS = (15, 5)
# Xero forgets a refresh token that was not used for 60 days (xero-api.md 1.3).
RENEW_AFTER = timedelta(days=20)
# An e-mail names this many documents and counts the others.
NAMED_IN_MAIL = 50
# Records behind which a document stands.
DOCUMENT_MODELS = ("account.move", "account.partial.reconcile")
SYNCED = ("created", "updated", "linked", "deleted")


class XeroConnection(models.Model):
    """Who is told, by e-mail and activity, when a document fails, the authorisation is lost, or nothing happens."""

    _name = "xero.connection"
    _inherit = ["xero.connection", "mail.activity.mixin"]

    alert_user_ids = fields.Many2many(
        "res.users",
        "xero_connection_alert_user_rel",
        string="Send Alerts To",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Empty: all Xero administrators of the company.",
    )
    idle_days = fields.Integer(
        "Disconnect After Idle Days",
        default=60,
        help="A connection over which nothing was synced for so many days is disconnected, and warned of 15 and 5 days "
        "before. 0: never.",
    )
    silence_hours = fields.Integer(
        "Alert After Silent Hours",
        default=24,
        help="Tell when nothing could be read or sent for so many hours, counted from when it was due. 0: never.",
    )

    _idle_days_positive = models.Constraint("CHECK(idle_days >= 0)", "The number of days cannot be negative.")
    _silence_hours_positive = models.Constraint("CHECK(silence_hours >= 0)", "The number of hours cannot be negative.")

    # === FAILED DOCUMENTS === #

    def _run_export(self):
        super()._run_export()
        self.exists()._alert_failed_documents()

    def _run_import(self):
        super()._run_import()
        self.exists()._alert_failed_documents()

    def _alert_failed_documents(self):
        """One e-mail for all documents that failed since the last one; each failure is told once (S3-28)."""
        for connection in self.sudo():
            failures = connection._untold_failures()
            keys = {key: issue.id for key, (issue, _move) in failures.items()}
            told = self.env["xero.alert"].sudo()._claim(connection, "failed", keys)
            news = [failures[key] for key in failures if key in told]
            if news:
                connection._send_alert(
                    "account_xero.mail_template_failed_documents", lambda c, n=news: c._words_of_failures(n)
                )
            connection._show_activity(
                "account_xero.mail_activity_failed_documents",
                self.env["xero.issue"]
                .sudo()
                ._count_for_banner(connection.company_id.ids)
                .get(connection.company_id.id),
            )

    def _untold_failures(self):
        """Return ``{key: (issue, document)}`` of failures that no e-mail has named yet."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT f.* FROM (
                          SELECT i.id, i.model, i.res_id FROM xero_issue i
                           WHERE i.connection_id = %(id)s AND i.state = 'open' AND i.model IN %(models)s
                           UNION
                          SELECT i.id, o.model, o.res_id FROM xero_issue i JOIN xero_outbox o ON o.issue_id = i.id
                           WHERE i.connection_id = %(id)s AND i.state = 'open' AND o.model IN %(models)s
                   ) AS f(issue_id, model, res_id)
                    WHERE f.res_id IS NOT NULL AND NOT EXISTS (
                          SELECT 1 FROM xero_alert a WHERE a.connection_id = %(id)s AND a.kind = 'failed'
                             AND a.key = f.issue_id || ':' || f.model || ',' || f.res_id)
                    ORDER BY 1, 2, 3""",
                id=self.id,
                models=DOCUMENT_MODELS,
            )
        )
        failures = {}
        for issue_id, model, res_id in rows:
            record = self.env[model].browse(res_id).exists()
            document = record and hasattr(record, "_xero_documents") and record._xero_documents()[:1] or record
            if document and document._name == "account.move":
                issue = self.env["xero.issue"].browse(issue_id)
                failures[f"{issue_id}:{model},{res_id}"] = (issue, document)
        return failures

    def _words_of_failures(self, failures):
        """What the template needs, in the language of the context."""
        env = self.env
        named = [
            {
                "name": document.with_env(env).display_name,
                "partner": document.with_env(env).commercial_partner_id.display_name or "",
                "reason": issue.with_env(env).text,
                "advice": issue.with_env(env).advice,
                "url": f"{self.get_base_url()}/mail/view?model=account.move&res_id={document.id}",
            }
            for issue, document in failures[:NAMED_IN_MAIL]
        ]
        count = len({document for _issue, document in failures})
        what = named[0]["name"] if count == 1 else env._("%(count)s documents", count=count)
        return {"failures": named, "what": what, "count": len(failures), "more": len(failures) - len(named)}

    # === LOST AUTHORISATION === #

    def _ask_for_reauthorisation(self):
        was_connected = self.exists() and self.state == "connected"
        super()._ask_for_reauthorisation()
        if was_connected and self.state == "reconnect":
            self._alert_authorisation_lost()

    def _alert_authorisation_lost(self):
        problem = {"code": "authorisation_lost", "model": self._name, "res_id": self.id}
        self.env["xero.issue"].sudo()._raise_many(self, [problem])
        if self.env["xero.alert"].sudo()._claim(self, "authorisation", {f"{self.authorised_at}": None}):
            self._send_alert("account_xero.mail_template_authorisation_lost")
            self._show_activity("account_xero.mail_activity_authorisation_lost", 1)

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "connected":
            self.sudo()._end_activities()
        return result

    def _end_activities(self):
        self.activity_unlink(["account_xero.mail_activity_authorisation_lost"])

    # === WATCH === #

    @api.model
    def _cron_watch(self):
        """Entry of the scheduled action: silence, idleness, and tokens that would go stale."""
        connections = self.sudo().search([("state", "in", LINKED_STATES)])
        self.env["ir.cron"]._commit_progress(remaining=len(connections))
        for connection in connections:
            connection._watch()
            self.env["ir.cron"]._commit_progress(1)

    def _watch(self):
        now = fields.Datetime.now()
        try:
            if not self._watch_idleness(now):
                self._watch_silence(now)
                self._keep_token_alive(now)
        except (XeroError, UserError) as error:
            _logger.warning("Xero connection %s: %s", self.id, error)

    # -- idleness ----------------------------------------------------------------------------

    def _watch_idleness(self, now):
        """Warn of an idle connection, disconnect it in the end (S3-26); returns whether it was disconnected."""
        if not self.idle_days:
            return False
        since = self._idle_since()
        days = (now - since).days
        if days >= self.idle_days:
            self._disconnect_idle(days)
            return True
        due = [left for left in IDLE_WARNINGS if 0 < self.idle_days - left <= days]
        told = self.env["xero.alert"].sudo()._claim(self, "idle", {f"{since.date()}:{left}": None for left in due})
        if told:
            self._send_alert(
                "account_xero.mail_template_idle", lambda _c: {"days": days, "left": self.idle_days - days}
            )
        return False

    def _idle_since(self):
        """When a record was last synced in either direction, or the connection was authorised since."""
        domain = [("connection_id", "=", self.id), ("action", "in", SYNCED)]
        last = self.env["xero.history"].sudo().search(domain, order="id desc", limit=1)
        return max(filter(None, (last.create_date, self.authorised_at)), default=self.create_date)

    def _disconnect_idle(self, days):
        """Like the button, and told by e-mail (S3-27). Xero is called before the connection's row is locked."""
        told = self._remove_at_xero()
        on_locked_row(self.sudo(), lambda connection: connection._end_idle(days, told), lock_timeout=STATE_LOCK_TIMEOUT)
        self.invalidate_recordset()

    def _end_idle(self, days, told):
        if self.state not in LINKED_STATES:
            return
        self.env["xero.token"]._of(self)._wipe()
        self.write({"state": "disconnected", "remote_connection_id": False, "scopes": False})
        self.message_post(body=self.env._("Nothing was synced for %(days)s days. %(told)s", days=days, told=told))
        self._send_alert("account_xero.mail_template_idle_disconnected", lambda _connection: {"days": days})

    # -- silence -----------------------------------------------------------------------------

    def _watch_silence(self, now):
        """Objects that should have been read or sent, and were not, become an issue and an e-mail."""
        if not self.silence_hours or self.state != "connected":
            return
        silent = self._silent_objects(now)
        known = self.env["xero.issue"].search(
            [("connection_id", "=", self.id), ("code", "=", "silent"), ("state", "=", "open")]
        )
        known.filtered(lambda issue: issue.external_id not in silent).state = "resolved"
        self.env["xero.issue"]._raise_many(
            self,
            [
                {
                    "code": "silent",
                    "values": {"object": key.partition(":")[2], "hours": int((now - since).total_seconds() // 3600)},
                    "model": self._name,
                    "res_id": self.id,
                    "external_id": key,
                }
                for key, since in silent.items()
            ],
        )
        if self.env["xero.alert"]._claim(self, "silence", {f"{key}:{since}": None for key, since in silent.items()}):
            self._send_alert(
                "account_xero.mail_template_silence",
                lambda _c: {"objects": ", ".join(sorted({key.partition(":")[2] for key in silent}))},
            )

    def _silent_objects(self, now):
        """Return ``{"in:Payments": since}`` of objects without success for longer than their schedule allows."""
        since = {**self._last_imports(), **self._oldest_waiting()}
        return {
            f"{row.direction}:{row.resource}": since[row.direction, row.resource]
            for row in self.env["xero.schedule"]._of(self)
            if row.mode != "manual"
            and since.get((row.direction, row.resource))
            and since[row.direction, row.resource] < now - timedelta(hours=self.silence_hours) - _slack(row)
        }

    def _last_imports(self):
        cursors = self.env["xero.cursor"].search([("connection_id", "=", self.id)])
        return {("in", cursor.resource): cursor.last_success or self.authorised_at for cursor in cursors}

    def _oldest_waiting(self):
        """Since when something waits for its export that nothing holds; a model stands for its first resource."""
        free = [("connection_id", "=", self.id), ("request_id", "=", False), ("issue_id", "=", False)]
        oldest = dict(self.env["xero.outbox"]._read_group(free, ["model"], ["create_date:min"]))
        resources = {mapper._odoo_model: mapper._xero_resource for mapper in reversed(self.env["xero.mapper"]._all())}
        return {("out", resources[model]): since for model, since in oldest.items() if model in resources}

    # -- tokens ------------------------------------------------------------------------------

    def _keep_token_alive(self, now):
        """Renew tokens that nobody used, whatever the traffic, long before Xero forgets them."""
        renewed_at = self.env["xero.token"]._of(self).renewed_at
        if self.state == "connected" and not self.is_copy and renewed_at and renewed_at < now - RENEW_AFTER:
            self._get_client()

    # === TELLING === #

    def _send_alert(self, xml_id, values=None):
        """Put one e-mail per language into the queue.

        :param values: function(connection in the recipients' language) that returns what the template needs
        """
        self.ensure_one()
        template = self.env.ref(xml_id).sudo()
        for lang, users in self._alert_users().grouped("lang").items():
            connection = self.with_context(lang=lang)
            context = {"lang": lang, "alert": values(connection) if values else {}}
            template.with_context(**context).send_mail(
                self.id,
                email_values={"recipient_ids": [Command.set(users.partner_id.ids)]},
                email_layout_xmlid="mail.mail_notification_light",
            )

    def _alert_users(self):
        """Who is told: the chosen people, else the company's Xero administrators."""
        everybody = self.sudo().alert_user_ids or self.env.ref(
            "account_xero.group_xero_administrator"
        ).sudo().all_user_ids.filtered(lambda user: self.company_id in user.company_ids)
        return everybody.filtered(lambda user: user.active and user.email)

    def _show_activity(self, xml_id, count):
        """Keep one activity of a kind on the connection while there is something to do."""
        if not count:
            self.activity_unlink([xml_id])
        elif not self.activity_search([xml_id]):
            responsible = self._alert_users().filtered(lambda user: user.has_group("account_xero.group_xero_user"))[:1]
            # The e-mail of the alert says more than the one that comes with an activity.
            quietly = self.with_context(mail_activity_quick_update=True)
            quietly.activity_schedule(xml_id, user_id=responsible.id or self.env.uid)


def _slack(schedule):
    """How long after a success the next one is due at the latest."""
    if schedule.mode == "automatic":
        return timedelta()
    period = {"minutes": "minutes", "hours": "hours", "days": "days"}[schedule.interval_unit]
    due = timedelta(days=7) if schedule.timing == "times" else timedelta(**{period: schedule.interval_number})
    # Business hours: a long weekend may lie between.
    return due + (timedelta(days=4) if schedule.within_business_hours else timedelta())
