"""What two transactions do at once, each of which sees the database as it was when it began; with real cursors."""

from unittest.mock import patch

from odoo import fields
from odoo.tools import SQL

from .common import XeroCase
from .real_common import RealCase, RealXeroCase


class TestEarlyEdits(RealCase):
    def _send(self, model, record_id, external_id="in-xero"):
        """What the worker commits between its two transactions and after them."""

        def announce(env):
            row = {"model": model, "res_id": record_id, "resource": "Contacts", "state": "sending"}
            env["xero.binding"]._record_many(self._connection_of(env), [row])

        self._committed(announce)
        self._committed(
            lambda env: (
                env["xero.binding"]
                .search([("connection_id", "=", self.connection), ("model", "=", model), ("res_id", "=", record_id)])
                .write({"state": "synced", "external_id": external_id})
            )
        )

    def _claimed(self):
        """The records that the worker would take now."""
        return self._committed(lambda env: list(env["xero.outbox"]._claim(self._connection_of(env), set())))

    def _early(self):
        return self._committed(
            lambda env: env["xero.early.edit"].search_count([("connection_id", "=", self.connection)])
        )

    def _edit_while_sent(self, edited, values, sent):
        """Edit a record in a transaction that began before another one was sent, and that commits afterwards."""
        user = self._cursor()
        env = self.env(cr=user, user=1, su=True)
        self.assertTrue(env[edited[0]].browse(edited[1]).name)  # from here on the user sees this moment
        self._send(*sent)
        env[edited[0]].browse(edited[1]).write(values)
        user.commit()

    def test_a_contact_edited_while_it_is_sent(self):
        """S4-25, S4-63: an edit that began before the first send and is committed after its answer goes as well."""
        partner = self._new("res.partner", "Racing Partner")
        self._edit_while_sent(("res.partner", partner), {"name": "Renamed"}, ("res.partner", partner))
        self.assertEqual(self._claimed(), [("res.partner", partner)])
        self.assertFalse(self._early())

    def test_a_product_edited_while_it_is_sent(self):
        """S4-25, S4-63: the same for a product, whose name belongs to its template."""
        template = self._new("product.template", "Racing Lamp")
        variant = self._committed(lambda env: env["product.template"].browse(template).product_variant_id.id)
        self._edit_while_sent(("product.template", template), {"name": "Renamed"}, ("product.product", variant))
        self.assertEqual(self._claimed(), [("product.product", variant)])

    def test_an_edit_of_what_nobody_sends(self):
        """S4-25: contacts that are not in Xero stay out of the queue, and nothing of their edits is kept."""
        partner = self._new("res.partner", "Idle Partner")
        self._committed(lambda env: env["res.partner"].browse(partner).write({"name": "Renamed"}))
        self.assertEqual(self._early(), 1)
        self.assertEqual(self._claimed(), [])
        self.assertFalse(self._early())


class TestConflicts(RealXeroCase):
    """PostgreSQL refuses what another transaction has written meanwhile; the worker does it again."""

    def setUp(self):
        super().setUp()
        self.partner = self._new("res.partner", "Racing Partner")

        def ask(env):
            mark = SQL("SELECT %s, 'res.partner', %s", self.connection, self.partner)
            env["xero.outbox"]._insert_marks([mark])
            env["xero.outbox"]._ask_for(mark)

        self._committed(ask)

    def _disturbed(self, model, step, table):
        """A step of the worker, at the first time of which another transaction writes the rows that it is to write."""
        original, met = getattr(self.env.registry[model], step), []

        def disturbed(record, *args, **named):
            met.append(step)
            if len(met) == 1:
                record.env.flush_all()
                record.env.cr.execute("SELECT 1")  # from here on the worker sees this moment
                self._committed(
                    lambda env: env.cr.execute(
                        SQL(
                            "UPDATE %s SET write_date = write_date + interval '1 second' WHERE connection_id = %s",
                            SQL.identifier(table),
                            self.connection,
                        )
                    )
                )
            return original(record, *args, **named)

        return patch.object(self.env.registry[model], step, disturbed), met

    def _test(self, model, step, table):
        disturbed, met = self._disturbed(model, step, table)
        before = len(self.xero.state("Contacts"))
        with disturbed, self.assertLogs("odoo.sql_db", "ERROR") as logged:
            self._export()
        self.assertIn("could not serialize access", "".join(logged.output))
        self.assertGreaterEqual(len(met), 2, "nothing was done again")
        contacts = self.xero.state("Contacts")
        self.assertEqual(len(contacts), before + 1)
        [contact] = [one for one in contacts if one["Name"] == "Racing Partner"]
        puts = self.xero.journal("PUT", "Contacts$")
        self.assertEqual(len(puts), 1)
        self._committed(lambda env: self._assert_kept(env, contact))

    def _assert_kept(self, env, contact):
        ours = [("connection_id", "=", self.connection)]
        binding = env["xero.binding"].search([*ours, ("model", "=", "res.partner"), ("res_id", "=", self.partner)])
        self.assertEqual((binding.external_id, binding.state), (contact["ContactID"], "synced"))
        self.assertFalse(env["xero.outbox"].search(ours))
        self.assertFalse(env["xero.issue"].search(ours).mapped("text"))
        self.assertEqual(env["xero.history"].search([*ours, ("direction", "=", "out")]).mapped("action"), ["created"])
        writes = env["xero.request"].search([*ours, ("method", "=", "PUT")])
        self.assertEqual(writes.mapped("state"), ["done"])

    def test_while_a_call_is_stored(self):
        """S4-63: another transaction writes the queue between claim and commit; one call leaves, once."""
        self._test("xero.exporter", "_store", "xero_outbox")

    def test_while_an_answer_is_kept(self):
        """S4-63: another transaction writes the link while the answer is kept; it is kept, and nothing sent again."""
        self._test("xero.exporter", "_apply", "xero_binding")


class TestSchedules(RealCase):
    def test_a_schedule_that_is_being_edited(self):
        """S2-44: who edits one object's schedule holds up nobody, and the runs of all others are noted."""
        user, started = self._cursor(), fields.Datetime.now()
        env = self.env(cr=user, user=1, su=True)
        edited = env["xero.schedule"]._of(self._connection_of(env)).filtered(lambda row: row.direction == "out")[:1]
        edited.mode = "manual"
        env.flush_all()

        def note(env):
            connection = self._connection_of(env)
            connection._note_schedule_run(env["xero.schedule"]._of(connection), started)

        self._committed(note)
        user.commit()
        rows = self._committed(
            lambda env: env["xero.schedule"]._of(self._connection_of(env)).read(["last_run", "mode"])
        )
        [unnoted] = [row for row in rows if not row["last_run"]]
        self.assertEqual((unnoted["id"], unnoted["mode"]), (edited.id, "manual"))


class TestLinesOfWaitingDocuments(XeroCase):
    def test_a_line_edited_while_its_document_waits(self):
        """S4-34, S4-63: a line of a posted document that waits is queued again: it may have left meanwhile."""
        invoice = self._invoice()
        self._mark()
        waiting = self._queue(invoice)
        self.assertTrue(waiting)
        invoice.invoice_line_ids.name = "Edited meanwhile"
        self._mark()
        self.assertTrue(self._queue(invoice) - waiting)
