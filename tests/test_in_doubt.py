from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tools import mute_logger

from .common import XeroCase


class Killed(BaseException):
    """The worker is gone; nothing of it runs on, not even an ``except Exception``."""


class TestInDoubt(XeroCase):
    def test_answer_lost_after_xero_carried_it_out(self):
        """An answer lost after the create leaves exactly one invoice, and the link is found."""
        self.xero.add_fault("reset", method="PUT", path="Invoices$", when="after", nth=1)
        invoice = self._invoice()
        self._export()
        self._export()
        self.assertEqual(len(self._in_xero("Invoices", InvoiceNumber=invoice.name)), 1)
        self.assertSynced(invoice)

    def test_answer_lost_for_a_batch(self):
        """The same for a whole batch, and the repeated call carries the same key."""
        self.xero.add_fault("timeout", method="PUT", path="Invoices$", when="after", nth=1, seconds=0)
        invoices = self.env["account.move"].union(*(self._invoice() for _n in range(5)))
        with patch.object(self.env.registry["xero.connection"], "_get_client", _impatient(self)):
            self._export()
            self._export()
        keys = {call["idempotency_key"] for call in self.xero.journal("PUT", "Invoices$")}
        self.assertEqual(len(keys), 1)
        self.assertGreater(len(self.xero.journal("PUT", "Invoices$")), 1)
        for invoice in invoices:
            self.assertEqual(len(self._in_xero("Invoices", InvoiceNumber=invoice.name)), 1)
            self.assertSynced(invoice)

    def test_worker_killed_between_the_two_commits(self):
        """A worker that dies after Xero answered and before the answer was kept leaves one invoice."""
        invoice = self._invoice()
        self._kill_worker_at("_apply", mapper="xero.mapper.invoice")
        self.assertEqual(len(self._in_xero("Invoices", InvoiceNumber=invoice.name)), 1)
        self.assertFalse(self._binding(invoice).external_id)
        self._export()
        self.assertEqual(len(self._in_xero("Invoices", InvoiceNumber=invoice.name)), 1)
        self.assertSynced(invoice)

    def test_worker_killed_before_the_call(self):
        """A worker that dies after the first commit, before a byte left, loses and doubles nothing."""
        invoice = self._invoice()
        self._kill_worker_at("_send")
        self.assertFalse(self._writes())
        self._export()
        self.assertEqual(len(self._in_xero("Invoices", InvoiceNumber=invoice.name)), 1)
        self.assertSynced(invoice)

    def test_after_xero_forgot_the_key_the_record_is_looked_up(self):
        """Past the idempotency window invoices, bills, payments and refunds are found and linked, not sent again."""
        invoice, bill = self._invoice(), self._invoice("in_invoice", ref="B-1")
        self._kill_worker_at("_apply", mapper="xero.mapper.invoice")
        self._pass_minutes(10)
        self._export()
        self.assertEqual(len(self._in_xero("Invoices", InvoiceNumber=invoice.name)), 1)
        self.assertEqual(len(self._in_xero("Invoices", InvoiceNumber="B-1")), 1)
        self.assertSynced(invoice)
        self.assertSynced(bill)
        credit = self._invoice("out_refund")
        self._export()
        self._pay(invoice, amount=20.0)
        self._pay(credit, amount=30.0)
        self._kill_worker_at("_apply", mapper="xero.mapper.payment")
        self._pass_minutes(10)
        self._export()
        amounts = [float(payment["Amount"]) for payment in self._in_xero("Payments", Status="AUTHORISED")]
        self.assertEqual(sorted(amounts), [20.0, 30.0])
        self.assertFalse(self._queue())

    def test_what_never_arrived_is_sent_again(self):
        """Past the window, what the lookup does not find goes again under a new key."""
        invoice = self._invoice()
        self._kill_worker_at("_send", path="Invoices")
        self._pass_minutes(10)
        self._export()
        self.assertEqual(len(self._in_xero("Invoices", InvoiceNumber=invoice.name)), 1)
        self.assertSynced(invoice)
        requests = self.env["xero.request"].search(
            [("path", "=", "Invoices"), ("method", "=", "PUT"), ("connection_id", "=", self.connection.id)]
        )
        self.assertEqual(len(set(requests.mapped("key"))), 2)

    def test_a_change_during_the_flight_goes_afterwards(self):
        """S4-34: a record changed while its export is on the way is exported again."""
        self._invoice()
        original = type(self.env["xero.exporter"])._keep

        def change_meanwhile(exporter, connection, mapper, letter, reply):
            if mapper._name == "xero.mapper.contact" and letter.method == "PUT":
                self.customer.with_env(exporter.env).name = "Ridgeway Polytechnic"
                exporter.env.cr.flush()
            return original(exporter, connection, mapper, letter, reply)

        with patch.object(self.env.registry["xero.exporter"], "_keep", change_meanwhile):
            self._export()
        self._export()
        self.assertTrue(self._in_xero("Contacts", Name="Ridgeway Polytechnic"))

    def test_a_payment_undone_during_its_flight_is_deleted(self):
        """S2-49: a payment that is undone while its call is on the way does not stay behind in Xero."""
        invoice = self._invoice()
        self._export()
        payment = self._pay(invoice)
        original = type(self.env["xero.exporter"])._keep

        def undo_meanwhile(exporter, connection, mapper, letter, reply):
            if mapper._name == "xero.mapper.payment" and letter.method == "PUT":
                payment.with_env(exporter.env).action_cancel()
                exporter.env.cr.flush()
            return original(exporter, connection, mapper, letter, reply)

        with patch.object(self.env.registry["xero.exporter"], "_keep", undo_meanwhile):
            self._export()
        self._export()
        self.assertFalse(self._in_xero("Payments", Status="AUTHORISED"))
        self.assertFalse(self._queue())

    # === HELPERS === #

    def _kill_worker_at(self, step, mapper=None, path=None):
        """Run the export until it calls ``step`` (for ``mapper`` or ``path``), and let the worker die there."""
        original = getattr(type(self.env["xero.exporter"]), step)

        def die(exporter, *args):
            names = [arg._name for arg in args if hasattr(arg, "_name")]
            paths = [arg.letter.path for arg in args if hasattr(arg, "letter")]
            if (mapper in names or not mapper) and (path in paths or not path):
                raise Killed()
            return original(exporter, *args)

        self._mark()
        died = False
        with (
            mute_logger("odoo.addons.base.models.ir_cron"),
            patch.object(self.env.registry["xero.exporter"], step, die),
        ):
            try:  # assertRaises would roll back what was committed before
                self._export()
            except Killed:
                died = True
        self.assertTrue(died, f"the worker never came to {step}")
        self.env.invalidate_all()

    def _pass_minutes(self, minutes):
        """Time passes on both sides."""
        self.xero.advance(minutes * 60)
        for request in self.env["xero.request"].sudo().search([("state", "in", ("sending", "doubt"))]):
            request.sent_at -= timedelta(minutes=minutes)
        self.env["xero.budget"]._of(self.connection).retry_at = False
        self.env["xero.token"]._of(self.connection)._seal(expires_at=fields.Datetime.now() - timedelta(minutes=1))


def _impatient(case):
    """``_get_client`` with a client that waits for a second only."""
    original = type(case.env["xero.connection"])._get_client

    def get_client(connection, **options):
        client = original(connection, **options)
        client._timeout = 1
        return client

    return get_client
