"""Mark: changes of watched records become rows of the queue, in the user's own transaction.

Hooks only collect ids; one INSERT per flush turns them into rows. Which record a change stands for,
and in which connections, is answered by the marked model in SQL (``_xero_mark_query``), so that a
flush costs one query whatever the number of records.
"""

from odoo import api, fields, models
from odoo.tools import SQL

MARKS = "account_xero.marks"  # changed records
DETAILS = "account_xero.details"  # records of which only details changed that not every connection sends
GONE = "account_xero.gone"  # records that are deleted, of models whose links are followed after that
MENDED = "account_xero.mended"  # changed records that may have been the cause of an issue
NOTIFIED = "account_xero.notified"
# What answers for each, on the model of the records: a method that takes their ids and gives SQL.
QUERIES = {
    MARKS: "_xero_mark_query",
    DETAILS: "_xero_details_mark_query",
    GONE: "_xero_gone_mark_query",
    MENDED: "_xero_mended_query",
}
SUPPRESS = "xero_no_export"  # context key of imports and of our own writes


class XeroOutbox(models.Model):
    _inherit = "xero.outbox"

    @api.model
    def _mark(self, records):
        """Remember that ``records`` changed; written at the next flush. Nothing for an empty set."""
        if records and not self.env.context.get(SUPPRESS):
            self._remember(MARKS, records._name, records._ids)

    @api.model
    def _mark_gone(self, records):
        """Remember that ``records`` are deleted: what their links stand for leaves Xero."""
        if records and not self.env.context.get(SUPPRESS):
            self._remember(GONE, records._name, records._ids)

    @api.model
    def _mark_written(self, records, vals_list):
        """Mark those of ``records`` of which a watched column was written; called with what ``_write_multi`` got."""
        watched, details = records._xero_watched, getattr(records, "_xero_details", frozenset())
        if mapped := self.env["xero.field.mapping"]._watched(records._name)[0]:
            watched, details = watched | mapped, details | mapped if details else details
        changed = {
            id_: watched.intersection(vals)
            for id_, vals in zip(records._ids, vals_list, strict=True)
            if not watched.isdisjoint(vals)
        }
        if not self.env.context.get(SUPPRESS):
            self._remember(MARKS, records._name, [id_ for id_, columns in changed.items() if not columns <= details])
            self._remember(DETAILS, records._name, [id_ for id_, columns in changed.items() if columns <= details])
        if records._xero_mends:
            self._remember(MENDED, records._name, changed)

    @api.model
    def _mark_relations(self, records, vals):
        """Mark records of which a mapped field was written that is no column; called with what ``write`` got."""
        if not self.env["xero.field.mapping"]._watched(records._name)[1].isdisjoint(vals):
            self._mark(records)

    def _remember(self, what, model, ids):
        if not ids or not self.env["xero.connection"]._any_active():
            return
        precommit = self.env.cr.precommit
        if MARKS not in precommit.data:
            precommit.data.update({what: {} for what in QUERIES})
            precommit.add(self.sudo()._write_marks)
        precommit.data[what].setdefault(model, {}).update(dict.fromkeys(ids))

    def _write_marks(self):
        """One query for the rows and one for what the changes mended, however many records there are."""
        data = self.env.cr.precommit.data
        changed = {what: data.pop(what, {}) for what in QUERIES}
        queries = {
            what: [getattr(self.env[model], QUERIES[what])(list(ids)) for model, ids in records.items()]
            for what, records in changed.items()
        }
        early = self._early_queries(changed[MARKS]) + self._early_queries(changed[DETAILS])
        marks = queries[MARKS] + queries[DETAILS] + queries[GONE]
        self._insert_marks([query for query in marks if query], early)
        self._wake_mended(queries[MENDED])

    def _early_queries(self, marks):
        """For the models that have them: SQL objects that select edits of what has no link yet."""
        found = (
            self.env[model]._xero_early_query(list(ids))
            for model, ids in marks.items()
            if hasattr(self.env[model], "_xero_early_query")
        )
        return [query for query in found if query]

    def _insert_marks(self, queries, early=()):
        """Insert what the queries select and trigger the crons of the connections concerned, in one statement.

        The triggers are what ``ir.cron._trigger`` makes; through the ORM they would cost two more queries a flush.

        :param queries: SQL objects that select (connection_id, model, res_id)
        :param early: the like for ``xero.early.edit``; nobody is woken for them
        """
        if not queries:
            return
        noted = SQL(
            "early AS (INSERT INTO xero_early_edit (connection_id, model, res_id) %s RETURNING id),",
            SQL(" UNION ALL ").join(early),
        )
        triggered = self.env.execute_query(
            SQL(
                """WITH %(early)s marked AS (
                       INSERT INTO xero_outbox
                              (connection_id, model, res_id, create_uid, create_date, write_uid, write_date)
                       SELECT DISTINCT connection_id, model, res_id, %(uid)s, %(now)s, %(uid)s, %(now)s
                         FROM (%(sources)s) AS source(connection_id, model, res_id)
                        ORDER BY connection_id, model, res_id
                       RETURNING connection_id)
                   INSERT INTO ir_cron_trigger (cron_id, call_at, create_uid, create_date, write_uid, write_date)
                   SELECT cron.id, %(at)s, %(uid)s, %(now)s, %(uid)s, %(now)s FROM xero_connection c
                     JOIN ir_cron cron ON cron.id = c.export_cron_id AND cron.active
                    WHERE c.id IN (SELECT connection_id FROM marked)
                   RETURNING id""",
                uid=self.env.uid,
                now=self.env.cr.now(),
                at=fields.Datetime.now(),
                early=noted if early else SQL(),
                sources=SQL(" UNION ALL ").join(queries),
            )
        )
        if triggered:
            self._notify_workers()

    def _notify_workers(self):
        """Wake Odoo's cron workers after the commit; once, however often the transaction flushes."""
        postcommit = self.env.cr.postcommit
        if not postcommit.data.get(NOTIFIED):
            postcommit.data[NOTIFIED] = True
            postcommit.add(self.env["ir.cron"].sudo()._notifydb)

    def _wake_mended(self, queries):
        """Close the issues of records whose cause was changed, and wake what waits for them.

        :param queries: SQL objects that select (model, res_id)
        """
        if not queries:
            return
        found = self.env.execute_query(
            SQL(
                """SELECT i.id FROM xero_issue i JOIN (%s) AS mended(model, res_id)
                       ON i.model = mended.model AND i.res_id = mended.res_id WHERE i.state = 'open'""",
                SQL(" UNION ALL ").join(queries),
            )
        )
        self.env["xero.issue"].browse(dict.fromkeys(id_ for (id_,) in found))._wake()

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
        self.flush_model()
        self.env["xero.early.edit"]._promote(connection)
        claimed, after = {}, 0
        while len(claimed) < limit and (rows := self._waiting_rows(connection, after, limit)):
            for row_id, model, res_id in rows:
                if (model, res_id) not in postponed:
                    claimed.setdefault((model, res_id), []).append(row_id)
            after = rows[-1][0]
        return {key: self.browse(row_ids) for key, row_ids in claimed.items()}

    def _waiting_rows(self, connection, after, limit):
        """The next (id, model, res_id); read without the ORM, since a long run passes what it has postponed often."""
        return self.env.execute_query(
            SQL(
                """SELECT id, model, res_id FROM xero_outbox
                    WHERE connection_id = %s AND id > %s AND %s
                    ORDER BY id LIMIT %s""",
                connection.id,
                after,
                self._waiting_condition(connection),
                limit,
            )
        )

    @api.model
    def _waiting_condition(self, connection):
        return SQL("request_id IS NULL AND issue_id IS NULL")
