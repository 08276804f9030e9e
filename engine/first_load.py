"""First load: what the importer and the exporter do for it, beside their ordinary work.

A line of a load is read with a watermark of its own. What has to be looked through first is kept in pages and booked
later, without another call; a page goes with the transaction that books it.
"""

import time
from functools import partial

from odoo import api, models
from odoo.tools import SQL

SAMPLE = 10  # records that a load begins with, of all kinds together


class XeroImporter(models.AbstractModel):
    _inherit = "xero.importer"

    def _import_all(self, run):
        super()._import_all(run)
        lines = self.env["xero.first.load.line"]
        for line in lines._due(run.connection):
            self._import_mapper(run, line._mapper(), read=partial(self._read_line, line=line))

    def _read_line(self, run, mapper, line):
        """Go on with one line: a look at a few, pages that were kept, or the rest of what Xero has."""
        mapper = mapper.with_env(self.env(context={**self.env.context, **mapper.env.context}))
        if line.load_id.state == "sample":
            return self._read_sample(run, mapper, line)
        if line.read_state == "gathered" or line.page_ids:
            return self._book_kept(run, mapper, line)
        self._read_on(run, mapper, line.cursor_ids)
        self._keep(run, lambda: line._note_all_read())
        return self._checkpoint()

    def _read_sample(self, run, mapper, line):
        number = line._sample_size()
        if line.page_ids:
            payloads = line.page_ids[0]._payloads()[:number]
        else:
            answer = self._read(
                run, lambda client: client.get(mapper._xero_resource, mapper._page_parameters(1, number))
            )
            payloads = mapper._candidates([answer])[:number]
        self._keep(run, lambda: self._book_sample(run.connection, mapper, line, payloads))
        self._checkpoint()

    def _book_sample(self, connection, mapper, line, payloads):
        for other, needed in mapper._load_ahead(line, payloads):
            super()._import_page(connection, other, needed)
        line._note_sample(mapper, payloads, [self._timed(connection, mapper, payload) for payload in payloads])

    def _timed(self, connection, mapper, payload):
        """Seconds that booking one record takes."""
        started = time.monotonic()
        super()._import_page(connection, mapper, [payload])
        self.env.flush_all()
        return time.monotonic() - started

    def _book_kept(self, run, mapper, line):
        """Book what was kept, a page a transaction."""
        for page in line.page_ids:
            self._keep(run, lambda one=page: self._book_kept_page(run.connection, mapper, one))
            self._checkpoint(run, more=True)
            if not line._goes_on():
                return
        self._keep(run, lambda: line._note_all_read())
        self._checkpoint()

    def _book_kept_page(self, connection, mapper, page):
        self._import_page(connection, mapper, page._payloads())
        page.unlink()

    def _import_page(self, connection, mapper, payloads):
        line = mapper._load_line()
        if not line:
            return super()._import_page(connection, mapper, payloads)
        if line._gathers():
            return line._keep_page(payloads)
        started = time.monotonic()
        super()._import_page(connection, mapper, payloads)
        self.env.flush_all()
        line._note_read(payloads, time.monotonic() - started)
        self.env.flush_all()
        self.env.invalidate_all()  # a worker goes through many pages
        return None


class XeroExporter(models.AbstractModel):
    _inherit = "xero.exporter"

    def _calls_of(self, run, stage, ids):
        """A load that was paused meanwhile keeps its records."""
        return super()._calls_of(run, stage, self._not_paused(run, stage, ids))

    def _not_paused(self, run, stage, ids):
        is_needed = stage.mapper._only_when_needed and stage.urgency != "later"
        if is_needed or not self.env["xero.first.load"]._any_paused(run.connection):
            return ids
        rows = self.env["xero.outbox"].browse(row_id for id_ in ids for row_id in stage.rows.get(id_, ()))
        kept = set(rows.filtered("load_id.paused").mapped("res_id"))
        run.postponed.update((stage.mapper._odoo_model, id_) for id_ in kept)
        return [id_ for id_ in ids if id_ not in kept]


class XeroOutbox(models.Model):
    _inherit = "xero.outbox"

    @api.model
    def _waiting_condition(self, connection):
        condition, passed_over = super()._waiting_condition(connection), self._passed_over(connection)
        return SQL("%s AND NOT COALESCE(%s, FALSE)", condition, passed_over)
