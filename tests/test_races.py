"""What two transactions do at once, each of which sees the database as it was when it began; with real cursors."""

from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged

from .common import XeroCase


@tagged("post_install", "-at_install")
class TestEarlyEdits(TransactionCase):
    """Committed for good in transactions of their own, and removed afterwards: no test transaction sees the like."""

    def setUp(self):
        super().setUp()
        self.connection = self._committed(self._new_connection)
        self.addCleanup(self._committed, lambda env: env["xero.connection"].browse(self.connection).unlink())
        self.env.registry.clear_cache("stable")
        self.addCleanup(self.env.registry.clear_cache, "stable")

    def _new_connection(self, env):
        company = env.ref("base.main_company")
        connection = env["xero.connection"].create({"company_id": company.id, "environment": "simulator"})
        connection.write({"state": "connected"})
        return connection.id

    def _cursor(self):
        cr = db_connect(self.env.cr.dbname).cursor()
        self.addCleanup(cr.close)
        return cr

    def _committed(self, work):
        with db_connect(self.env.cr.dbname).cursor() as cr:
            return work(self.env(cr=cr, user=1, su=True))

    def _new(self, model, name):
        record = self._committed(lambda env: env[model].create({"name": name}).id)

        def remove(env):
            env["xero.binding"].search([("connection_id", "=", self.connection)]).unlink()
            env[model].browse(record).unlink()

        self.addCleanup(self._committed, remove)
        return record

    def _send(self, model, record_id, external_id="in-xero"):
        """What the worker commits between its two transactions and after them."""

        def announce(env):
            connection = env["xero.connection"].browse(self.connection)
            row = {"model": model, "res_id": record_id, "resource": "Contacts", "state": "sending"}
            env["xero.binding"]._record_many(connection, [row])

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
        return self._committed(
            lambda env: list(env["xero.outbox"]._claim(env["xero.connection"].browse(self.connection), set()))
        )

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
