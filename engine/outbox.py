"""Mark: changes of watched records become rows of the queue, in the user's own transaction.

Hooks only collect ids; one INSERT per flush turns them into rows. Which record a change stands for,
and in which connections, is answered by the marked model in SQL (``_xero_mark_query``), so that a
flush costs one query whatever the number of records.
"""

from odoo import api, models
from odoo.tools import SQL

MARKS = "account_xero.marks"
SUPPRESS = "xero_no_export"  # context key of imports and of our own writes


class XeroOutbox(models.Model):
    _inherit = "xero.outbox"

    @api.model
    def _mark(self, records):
        """Remember that ``records`` changed; written at the next flush. Nothing for an empty set."""
        if not records or self.env.context.get(SUPPRESS) or not self.env["xero.connection"]._any_active():
            return
        precommit = self.env.cr.precommit
        if MARKS not in precommit.data:
            precommit.data[MARKS] = {}
            precommit.add(self.sudo()._write_marks)
        precommit.data[MARKS].setdefault(records._name, {}).update(dict.fromkeys(records._ids))

    @api.model
    def _mark_written(self, records, vals_list):
        """Mark those of ``records`` of which a watched column was written; called with what ``_write_multi`` got."""
        watched = records._xero_watched
        ids = [id_ for id_, vals in zip(records._ids, vals_list, strict=True) if not watched.isdisjoint(vals)]
        self._mark(records.browse(ids))

    def _write_marks(self):
        marks = self.env.cr.precommit.data.pop(MARKS, {})
        queries = [self.env[model]._xero_mark_query(list(ids)) for model, ids in marks.items()]
        self._insert_marks([query for query in queries if query])

    def _insert_marks(self, queries):
        """Insert what the queries select and wake the crons of the connections concerned.

        :param queries: SQL objects that select (connection_id, model, res_id)
        """
        if not queries:
            return
        crons = self.env.execute_query(
            SQL(
                """WITH marked AS (
                       INSERT INTO xero_outbox
                              (connection_id, model, res_id, create_uid, create_date, write_uid, write_date)
                       SELECT DISTINCT connection_id, model, res_id, %(uid)s, %(now)s, %(uid)s, %(now)s
                         FROM (%(sources)s) AS source(connection_id, model, res_id)
                       RETURNING connection_id)
                   SELECT DISTINCT c.export_cron_id FROM marked JOIN xero_connection c ON c.id = marked.connection_id
                    WHERE c.export_cron_id IS NOT NULL""",
                uid=self.env.uid,
                now=self.env.cr.now(),
                sources=SQL(" UNION ALL ").join(queries),
            )
        )
        for (cron_id,) in crons:
            self.env["ir.cron"].sudo().browse(cron_id)._trigger()

    @api.model
    def _mark_backlog(self, connection):
        """Mark what a connection missed: documents of its period that are not linked, and linked records
        that changed since their last export.

        Called when a connection is made or renewed and when *Sync documents dated from* moves back.
        """
        self.env.flush_all()
        queries = []
        for mapper in self.env["xero.mapper"]._all():
            query = self.env[mapper._odoo_model]._xero_backlog_query(connection)
            if query and query not in queries:
                queries.append(query)
        self._insert_marks(queries)

    # === CLAIM === #

    @api.model
    def _claim(self, connection, postponed, limit=2000):
        """Return ``{(model, res_id): outbox rows}`` of what waits, in the order of marking.

        Several marks of one record are one piece of work. Rows that wait for an issue or are on
        their way are left out, and so are ``postponed`` records, which this run has already met.
        """
        rows = self.search(
            [("connection_id", "=", connection.id), ("request_id", "=", False), ("issue_id", "=", False)],
            limit=limit + len(postponed),
        )
        claimed = {}
        for row in rows:
            key = (row.model, row.res_id)
            if key not in postponed:
                claimed[key] = claimed.get(key, self.browse()) + row
        return claimed
