"""Stops: what keeps a record from leaving, found before any call is made."""

from odoo import api, models

from ..exceptions import Skip, Wait, unbuildable


class XeroExporter(models.AbstractModel):
    _inherit = "xero.exporter"

    def _stop(self, run, stage, stops):
        """Records that do not go now: held ones wait for an issue, skipped ones leave the queue."""
        connection = run.connection
        holds, waits = {}, {}
        for id_, stop in stops.items():
            if isinstance(stop, Skip):
                self._skip(connection, stage, id_, stop)
            elif isinstance(stop, Wait):
                waits[id_] = stop.record
            else:
                holds[id_] = stop
        self._hold(connection, stage, holds)
        self._hold_with(connection, stage, waits)
        run.postponed.update((stage.mapper._odoo_model, id_) for id_ in stops)

    @api.model
    def _unbuildable(self, mapper, id_, error):
        """The stops of one record that could not be prepared."""
        return {id_: unbuildable(self.env[mapper._odoo_model].browse(id_), error)}

    def _skip(self, connection, stage, id_, skip):
        rows = stage.rows.get(id_)
        if not rows:
            return
        self.env["xero.outbox"].browse(rows).unlink()
        self._wake_own(connection, stage.mapper, [id_])
        self.env["xero.history"]._record_many(
            connection,
            [
                {
                    "model": stage.mapper._odoo_model,
                    "res_id": id_,
                    "direction": "out",
                    "action": "skipped",
                    "note": skip.reason,
                }
            ],
        )

    def _hold(self, connection, stage, holds):
        problems = [self._problem(stage.mapper._xero_resource, hold) for hold in holds.values()]
        issues = self.env["xero.issue"]._raise_many(connection, problems)
        for id_, issue in zip(holds, issues, strict=True):
            self.env["xero.outbox"].browse(stage.rows.get(id_, [])).issue_id = issue
        self._mark_stopped(connection, stage.mapper, list(holds))

    @api.model
    def _problem(self, resource, hold):
        return {
            "code": hold.code,
            "values": hold.values,
            "model": hold.cause._name,
            "res_id": hold.cause.id,
            "resource": resource,
        }

    def _hold_with(self, connection, stage, waits):
        """Records that need another one wait for that one's issue, or for the next run where it has none."""
        held = []
        for id_, record in waits.items():
            if (stage.mapper._odoo_model, id_) == (record._name, record.id):
                continue  # its own call is in doubt: that is settled first
            issue = self._issue_of(connection, record)
            if issue:
                self.env["xero.outbox"].browse(stage.rows.get(id_, [])).issue_id = issue
                held.append(id_)
        self._mark_stopped(connection, stage.mapper, held)

    def _issue_of(self, connection, record):
        domain = [("connection_id", "=", connection.id), ("model", "=", record._name), ("res_id", "=", record.id)]
        waiting = self.env["xero.outbox"].search([*domain, ("issue_id", "!=", False)], limit=1)
        return waiting.issue_id or self.env["xero.issue"].search([*domain, ("state", "=", "open")], limit=1)

    def _mark_stopped(self, connection, mapper, ids):
        """Show that records failed, but for those on their way: they may be in Xero, and only their call says so."""
        linked = self.env["xero.binding"]._for(connection, self.env[mapper._odoo_model].browse(ids))
        on_their_way = {
            id_ for id_, binding in linked.items() if binding.state == "sending" and not binding.external_id
        }
        self._mark_failed(connection, mapper, [id_ for id_ in ids if id_ not in on_their_way])

    def _mark_failed(self, connection, mapper, ids):
        self.env["xero.binding"]._record_many(
            connection,
            [
                {"model": mapper._odoo_model, "res_id": id_, "resource": mapper._xero_resource, "state": "failed"}
                for id_ in ids
            ],
        )

    def _drop(self, connection, stage, unchanged):
        """What both sides last agreed on causes no call."""
        self.env["xero.outbox"].browse(row for id_ in unchanged for row in stage.rows.get(id_, [])).exists().unlink()
        self._wake_own(connection, stage.mapper, unchanged)

    def _wake_own(self, connection, mapper, ids):
        """Earlier changes of records that need no call any more wait for nothing: they leave the queue as well."""
        held = self._held_rows(connection, mapper, ids)
        held.issue_id.filtered(lambda issue: issue.model == mapper._odoo_model and issue.res_id in ids)._wake()
        self._let_go(held.filtered("issue_id"))

    def _held_rows(self, connection, mapper, ids):
        """Earlier changes of records that wait for an issue."""
        outbox = self.env["xero.outbox"]
        domain = [("connection_id", "=", connection.id), ("model", "=", mapper._odoo_model), ("res_id", "in", ids)]
        return outbox.search([*domain, ("issue_id", "!=", False)]) if ids else outbox

    @api.model
    def _let_go(self, held):
        """Earlier changes of records that Xero has as they are now: what they waited for concerns them no more.

        A problem of something else, such as a tax that is not mapped, is over when nobody waits for it.
        """
        issues = held.issue_id
        held.unlink()
        issues.filtered(lambda issue: issue.state == "open" and not issue.outbox_ids)._wake()
