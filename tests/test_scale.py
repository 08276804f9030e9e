"""Plans of the queries that meet big tables: none of them may read a table from end to end."""

import re
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.sql_db import Cursor
from odoo.tests import tagged
from odoo.tools import SQL

from .common import XeroCase

BIG = ("xero_history", "xero_binding", "xero_outbox")
ROWS, PARTNERS, ISSUES = 30_000, 5_000, 3_000


@tagged("post_install", "-at_install")
class TestScale(XeroCase):
    def setUp(self):
        super().setUp()
        other_company = self.env["res.company"].create({"name": "Another"})
        self.other = self.env["xero.connection"].create({"company_id": other_company.id, "environment": "simulator"})
        self.first = self._fill_partners()
        self._fill_bindings("res.partner", "Contacts", self.first, PARTNERS)
        self._fill_bindings("account.move", "Invoices", 10_000_000, ROWS)
        told = ("direction, action, record_name", "'out', 'created', 'Contact ' || n")
        solved = ("code, direction, state, count", "'unexpected', 'out', 'resolved', 1")
        for connection, part in ((self.other, 0.9), (self.connection, 0.1)):
            self._fill(connection, "xero_history", round(ROWS * part), *told)
            self._fill(connection, "xero_outbox", round(ROWS * part))
            self._fill(connection, "xero_issue", round(ISSUES * part), *solved)
        for table in (*BIG, "xero_issue", "xero_connection", "res_partner"):
            self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
        self.env.invalidate_all()

    def _fill_partners(self):
        [[last]] = self.env.execute_query(SQL("SELECT max(id) FROM res_partner"))
        self.env.cr.execute(
            SQL(
                """INSERT INTO res_partner (id, name, complete_name, active, type, commercial_partner_id,
                                            autopost_bills, group_rfq, group_on)
                   SELECT n, 'Contact ' || n, 'Contact ' || n, true, 'contact', n, 'ask', 'default', 'default'
                     FROM generate_series(%s, %s) AS n""",
                last + 1,
                last + PARTNERS,
            )
        )
        self.env.cr.execute(SQL("SELECT setval('res_partner_id_seq', %s)", last + PARTNERS))
        return last + 1

    def _ids(self, count):
        return range(self.first, self.first + count)

    def _fill_bindings(self, model, resource, first, count):
        self.env.cr.execute(
            SQL(
                """INSERT INTO xero_binding (connection_id, model, res_id, resource, external_id, natural_key, state,
                                             last_export_date)
                   SELECT %s, %s, %s + n, %s, %s || n, 'c' || n, 'synced', now() - n * interval '1 hour'
                     FROM generate_series(0, %s) AS n""",
                self.connection.id,
                model,
                first,
                resource,
                f"{resource}-",
                count - 1,
            )
        )

    def _fill(self, connection, table, count, columns=None, values=None):
        self.env.cr.execute(
            SQL(
                """INSERT INTO %s (connection_id, model, res_id, create_date %s)
                   SELECT %s, 'res.partner', %s + n, now() - n * interval '1 minute' %s
                     FROM generate_series(0, %s) AS n""",
                SQL.identifier(table),
                SQL(f", {columns}") if columns else SQL(),
                connection.id,
                self.first,
                SQL(f", {values}") if values else SQL(),
                count - 1,
            )
        )

    def _plans(self, work):
        """The plans of what ``work()`` asks of the addon's tables."""
        asked, execute = [], Cursor.execute

        def listen(cursor, query, params=None, log_exceptions=True):
            asked.append(cursor._obj.mogrify(query.code, query.params) if isinstance(query, SQL) else query)
            return execute(cursor, query, params, log_exceptions)

        with patch.object(Cursor, "execute", listen):
            work()
            self.env.cr.flush()
        texts = [query.decode() if isinstance(query, bytes) else query for query in asked]
        return [
            "\n".join(line for (line,) in self.env.execute_query(SQL("EXPLAIN %s", SQL(text.replace("%", "%%")))))
            for text in texts
            if "xero_" in text and re.match(r"\s*(SELECT|WITH|INSERT|UPDATE|DELETE)", text)
        ]

    def _assert_indexed(self, work, *tables, index=None):
        plans = self._plans(work)
        self.assertTrue(plans, "Nothing was asked.")
        for plan in plans:
            for table in tables or BIG:
                self.assertNotIn(f"Seq Scan on {table}", plan)
        if index:
            self.assertTrue(any(index in plan for plan in plans), "\n\n".join(plans))
        return plans

    def _reader(self, model):
        return self.env[model].with_context(allowed_company_ids=self.company.ids)

    def _first_page(self, model, domain, order, names):
        records = self._reader(model)
        return records.web_search_read(domain, {name: {} for name in names}, limit=80, order=order, count_limit=10001)

    def test_claim(self):
        """S4-64: the next changes are claimed from a long queue without reading it."""
        outbox = self.env["xero.outbox"]
        self.env.cr.execute(  # most of the queue waits for an issue, and stands in front
            """UPDATE xero_outbox SET issue_id = (SELECT min(id) FROM xero_issue)
                WHERE id < (SELECT max(id) - 500 FROM xero_outbox)"""
        )
        self.env.cr.execute("ANALYZE xero_outbox")
        self._assert_indexed(lambda: outbox._claim(self.connection, set(), limit=50), index="xero_outbox_waiting")

    def test_claim_passes_what_was_met(self):
        """S4-64: a run that has met the head of the queue already is given what comes after it, in order."""
        outbox = self.env["xero.outbox"]
        met = set(outbox._claim(self.connection, set(), limit=100))
        claimed = outbox._claim(self.connection, met, limit=30)
        wanted = [("res.partner", self.first + n) for n in range(len(met), len(met) + len(claimed))]
        self.assertEqual(list(claimed), wanted)
        self.assertGreaterEqual(len(claimed), 30)

    def test_mark(self):
        """S4-25: queueing a change does not read the links of all records, nor the queue."""
        partners = self.env["res.partner"].browse(self._ids(5))
        plans = self._assert_indexed(lambda: partners.write({"phone": "+64 4 111"}))
        self.assertTrue([plan for plan in plans if "Insert on xero_outbox" in plan])

    def test_links(self):
        """S4-71: links are found by record and by Xero's id."""
        bindings, partners = (
            self.env["xero.binding"],
            self.env["res.partner"].browse(range(self.first, self.first + 50)),
        )
        self._assert_indexed(lambda: bindings._for(self.connection, partners), index="xero_binding_")
        ids = [f"Contacts-{n}" for n in range(50)]
        self._assert_indexed(
            lambda: bindings._by_external(self.connection, "Contacts", ids), index="xero_binding_external_unique"
        )

    def test_issues(self):
        """S4-63: an open issue for the same cause, and the count in the banner, are found without reading all."""
        problem = {"code": "unexpected", "model": "res.partner", "res_id": self.first}
        issues = self.env["xero.issue"].sudo()
        self._assert_indexed(lambda: issues._raise_many(self.connection, [problem]), "xero_issue")
        self._assert_indexed(lambda: issues._count_for_banner(self.company.ids), "xero_issue")

    def test_history_list(self):
        """S4-65: the first page of the history is read from the end of it."""
        names = ["create_date", "record_name", "direction", "action"]  # the count may read 10,001 rows either way
        self._assert_indexed(lambda: self._reader("xero.history").search_fetch([], names, limit=80))
        ours = [("connection_id", "=", self.connection.id)]
        self._assert_indexed(lambda: self.env["xero.history"].search(ours, limit=80))

    def test_history_by_name(self):
        """S4-65: searching the history by name does not read it to learn of which models it speaks."""
        used = self.env["xero.history"]._used_models()
        self.assertEqual(used, ["res.partner"])
        self._assert_indexed(lambda: self.env["xero.binding"]._used_models())
        self.assertEqual(self.env["xero.binding"]._used_models(), ["account.move", "res.partner"])

    def test_queue_list(self):
        """S4-64: the first page of the queue is read from its head."""
        self._assert_indexed(lambda: self._reader("xero.outbox").search_fetch([], ["model", "res_id"], limit=80))

    def test_partner_list(self):
        """S4-68, S4-72: contacts filtered by state or date and sorted by their last export come from one index."""
        week_ago = fields.Datetime.now() - timedelta(days=7)
        for domain in ([("xero_state", "=", "synced")], [("xero_last_export_date", ">=", week_ago)]):
            with self.subTest(domain[0][0]):
                self._assert_indexed(
                    lambda domain=domain: self._first_page(
                        "res.partner", domain, "xero_last_export_date DESC", ["complete_name", "xero_code"]
                    ),
                    index="xero_binding_last_export",
                )
