import logging
from datetime import timedelta

from odoo import api, fields, models

from ..transactions import on_free_rows
from ..xero_api.ratelimit import DAY_LIMITS
from .xero_connection import LINKED_STATES
from .xero_schedule import OPEN_FOR

_logger = logging.getLogger(__name__)

# A schedule may use this share of the calls that Xero allows in a day; the rest is for the work itself.
POLLING_SHARE = 0.5
# Context key of who reads all there is by other means.
READS_ITSELF = "xero_reads_itself"
# Waiting records of a model that are looked at before it is said that none of an object is left.
SLICE = 1000


class XeroConnection(models.Model):
    """What may be exported or imported now, and when the workers look again."""

    _inherit = "xero.connection"

    schedule_ids = fields.One2many(
        "xero.schedule",
        "connection_id",
        string="Schedules",
        help="When each kind of record goes to Xero and comes from there: by hand, by itself, or at chosen times.",
    )
    schedule_advice = fields.Text(compute="_compute_schedule_advice")

    @api.model_create_multi
    def create(self, vals_list):
        connections = super().create(vals_list)
        for connection in connections:
            self.env["xero.schedule"]._of(connection)
        return connections

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "connected":
            for connection in self:
                # The first reading does not wait for business hours: somebody sits there and connects.
                rows = self.env["xero.schedule"]._of(connection)
                rows.filtered(lambda row: row.direction == "in" and row.mode != "manual")._request()
        return result

    # === SEAMS OF THE WORKERS === #

    def _may_export_now(self, mapper):
        """Whether the queue of this mapper's objects may go now: False leaves its rows waiting.

        What a person asked for on a record (``xero.outbox.asked``) and what a due document needs go all the same.
        """
        row = self._schedule_of(mapper, "out")
        return not row or row._is_due(fields.Datetime.now())

    def _due_imports(self):
        """The mappers whose time to be read has come, in the order in which records depend on each other."""
        now = fields.Datetime.now()
        rows = self.env["xero.schedule"]._of(self)
        due = {row.resource for row in rows if row.direction == "in" and row._is_due(now)}
        return [mapper for mapper in self._readers() if mapper._xero_resource in due]

    def _readers(self):
        return [mapper for mapper in self.env["xero.mapper"]._all() if mapper._modified_since]

    def _schedule_of(self, mapper, direction):
        rows = self.env["xero.schedule"]._of(self)
        return rows.filtered(lambda row: (row.resource, row.direction) == (mapper._xero_resource, direction))

    def _request_reading(self, resource):
        """Have an object read at the next import, whatever its schedule says, and begin that."""
        self._schedule_of(self.env["xero.mapper"]._for_resource(resource), "in")._request()
        self._wake_import()

    def _read_from_the_start(self, resource):
        """More of an object is wanted than before: read all of it once."""
        if self.env.context.get(READS_ITSELF):
            return
        self.env["xero.cursor"].sudo()._rewind(self, resource)
        self._request_reading(resource)

    # === RUNS === #

    def _run_export(self):
        started = fields.Datetime.now()
        result = super()._run_export()
        for connection in self._ready_to_run():
            connection._close_exports(started)
            connection._wake_for_schedule("out")
        return result

    def _run_import(self):
        result = super()._run_import()
        for connection in self._ready_to_run():
            connection._wake_for_schedule("in")
        return result

    def _close_exports(self, started):
        """Objects that were let go in this run wait for their next time, once nothing older than the run is left."""
        self.env.invalidate_all()
        rows = self.env["xero.schedule"]._of(self)
        rows = rows.filtered(lambda row: row.direction == "out" and row._closes() and row._is_due(started))
        waiting = self._waiting_resources(started) if rows else ()
        self._note_schedule_run(
            rows.filtered(lambda row: row.resource not in waiting or started - row._opened() > OPEN_FOR), started
        )

    def _waiting_resources(self, before):
        """Xero's names of the objects of which something waits since before a moment, and nothing holds it."""
        outbox, found = self.env["xero.outbox"].sudo(), set()
        waiting = [
            ("connection_id", "=", self.id),
            ("request_id", "=", False),
            ("issue_id", "=", False),
            ("create_date", "<=", before),
        ]
        for (model,) in outbox._read_group(waiting, ["model"]):
            ids = outbox.search([*waiting, ("model", "=", model)], limit=SLICE).mapped("res_id")
            mappers = [mapper for mapper in self.env["xero.mapper"]._all() if mapper._odoo_model == model]
            found |= {mapper._xero_resource for mapper in mappers if mapper._handles(self, list(set(ids)))}
        return found

    def _note_schedule_run(self, rows, started):
        """In a transaction of its own: whoever edits a schedule this moment must not cost the worker its run."""

        def note(free):
            free._note_run(started)
            return free.ids

        noted = on_free_rows(rows.sudo(), note) if rows else []
        for row in rows.filtered(lambda row: row.id not in noted):
            _logger.info("The schedule of %s is being edited; its run is noted next time.", row.resource)
        rows.invalidate_recordset()

    def _wake_for_schedule(self, direction):
        now = fields.Datetime.now()
        self.env.invalidate_all()
        rows = self.env["xero.schedule"]._of(self).filtered(lambda row: row.direction == direction)
        if direction == "in":  # an object that nobody switched on would have the worker come for nothing
            read = {mapper._xero_resource for mapper in self._readers()}
            rows = rows.filtered(lambda row: row.resource in read)
        moments = [moment for moment in (row._wakes_at(now) for row in rows) if moment and moment > now]
        if moments:
            (self._wake_export if direction == "out" else self._wake_import)(min(moments))

    # === BUTTONS === #

    def action_export_now(self):
        """Export whatever waits, whatever the schedule says."""
        self._request_run("out")
        self._wake_export()

    def action_import_now(self):
        """Read what changed in Xero, whatever the schedule says."""
        self._request_run("in")
        self._wake_import()

    def _request_run(self, direction):
        self.check_access("read")
        for connection in self:
            self.env["xero.schedule"]._of(connection).filtered(lambda row: row.direction == direction)._request()

    def action_reimport(self):
        """Read everything since the start date again. Nothing is doubled: what is linked is recognised."""
        self.check_access("write")
        for connection in self:
            self.env["xero.cursor"].sudo()._rewind(connection)
        self.action_import_now()
        return self._notify(
            "success",
            self.env._("Reading everything again"),
            self.env._("What was done in Xero since the start date is read again; what is linked stays as it is."),
        )

    def _request_by_hand(self, crons):
        """*Run Manually* on a scheduled action means what the buttons mean."""
        linked = self.sudo().search([("state", "in", LINKED_STATES)])
        for connection in linked:
            if connection.export_cron_id in crons:
                connection._request_run("out")
            if connection.import_cron_id in crons:
                connection._request_run("in")

    # === ADVICE === #

    def _compute_schedule_advice(self):
        for connection in self:
            connection.schedule_advice = "\n".join(connection._advice()) or False

    def _advice(self):
        """What to change where the schedule alone would use up the day's calls, or where Xero said that they are."""
        budget = self.env["xero.budget"].sudo().search([("connection_id", "=", self._origin.id)], limit=1)
        limit = budget.day_limit or DAY_LIMITS[0]
        runs = {row: row._runs_a_day() for row in self.schedule_ids}
        total = sum(runs.values())
        advice = []
        if total > limit * POLLING_SHARE:
            busiest = max(runs, key=runs.get)
            advice.append(
                self.env._(
                    "This schedule may use %(calls)s calls a day, and Xero allows %(limit)s. Run %(object)s less "
                    "often: it takes %(most)s of them.",
                    calls=total,
                    limit=limit,
                    object=busiest.resource,
                    most=runs[busiest],
                )
            )
        was_refused = budget.limit == "day" and budget.retry_at
        is_short = budget and budget._delay().limit == "day"  # the reserve is left to payments and buttons
        if is_short or was_refused and budget.retry_at > fields.Datetime.now() - timedelta(days=1):
            advice.append(
                self.env._(
                    "Xero's limit of calls per day was reached. The queue goes on by itself; longer intervals, or "
                    "webhooks instead of frequent readings, leave more calls for your documents."
                )
            )
        return advice
