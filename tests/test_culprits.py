"""One record that nobody can prepare or book holds itself, and nothing else stops for it."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.tools import mute_logger

from .common import XeroCase
from .money_steps import unhurried
from .test_import import ImportCase

LOGGERS = (
    "odoo.addons.account_xero.engine.piecewise",
    "odoo.addons.account_xero.engine.exporter",
    "odoo.addons.account_xero.engine.export_answers",
    "odoo.addons.account_xero.engine.reconciler",
    "odoo.addons.account_xero.engine.import_changes",
    "odoo.addons.account_xero.engine.importer",
    "odoo.addons.account_xero.mappers.xero_mapper",
    "odoo.sql_db",
)
SECRET = "token=abcdefghijklmnop"
INVOICES = "xero.mapper.invoice"


def odd(_env):
    raise RuntimeError(f"odd thing, {SECRET}")


def broken_sql(env):
    env.cr.execute("SELECT 1 / 0")


class CulpritCase(XeroCase):
    def setUp(self):
        super().setUp()
        muted = mute_logger(*LOGGERS)
        muted.__enter__()
        self.addCleanup(muted.__exit__, None, None, None)

    @contextmanager
    def _spoiled(self, method, concerns, fail=odd, mapper=INVOICES):
        """A method of a mapper raises where one of its arguments concerns the culprit."""
        cls = self.env.registry[mapper]
        original = getattr(cls, method)

        def spoiled(model, *args, **named):
            if any(map(concerns, args)):
                fail(model.env)
            return original(model, *args, **named)

        with patch.object(cls, method, spoiled):
            yield

    def _is(self, bad):
        """Whether an argument is the culprit, holds it, or is its payload."""

        def concerns(argument):
            if isinstance(argument, dict):
                return "InvoiceNumber" in argument and argument["InvoiceNumber"] == bad.name
            if isinstance(argument, list):
                return bad.id in argument
            if isinstance(argument, int):
                return argument == bad.id
            return getattr(argument, "_name", None) == bad._name and bad in argument

        return concerns

    def assertHeldAlone(self, bad, good):
        for invoice in good:
            self.assertSynced(invoice)
        [issue] = self._issues()
        self.assertEqual((issue.code, issue.model, issue.res_id), ("cannot_build", bad._name, bad.id))
        self.assertEqual(issue.record_name, bad.display_name)
        self.assertNotIn("abcdefghijklmnop", issue.text)
        self.assertIn("Retry", issue.advice)
        self.assertEqual(self._binding(bad).state, "failed")
        self.assertEqual({row.issue_id for row in self._queue()}, {issue})
        return issue


class TestCulprits(CulpritCase):
    def test_wherever_one_record_raises(self):
        """S4-24, S4-63: a record that raises while it is sorted in, built or written down holds itself alone.

        Its payment waits for it; every other document leaves. Retry sends both.
        """
        steps = [
            ("_select", odd),
            ("_needs", odd),
            ("_needs", broken_sql),
            ("_prepare", broken_sql),
            ("_payload", odd),
            ("_payload", broken_sql),
            ("_content", odd),
            ("_natural_key", odd),
            ("_element", odd),
        ]
        for method, fail in steps:
            with self.subTest(method=method, fail=fail.__name__):
                invoices = [self._invoice() for _n in range(3)]
                bad = invoices.pop(1)
                self._pay(bad)
                with self._spoiled(method, self._is(bad), fail):
                    self._export()
                    issue = self.assertHeldAlone(bad, invoices)
                if fail is odd:
                    self.assertIn("odd thing", issue.text)
                issue.action_retry()
                self._export()
                self.assertSynced(bad)
                self.assertFalse(self._queue())
                [document] = self._in_xero("Invoices", InvoiceNumber=bad.name)
                self.assertEqual(document["Status"], "PAID")

    def test_what_cannot_be_written_down(self):
        """S4-24: a payload that is no JSON is found before it is stored, and the others of its call leave."""
        invoices = [self._invoice() for _n in range(5)]
        bad = invoices.pop()
        original = self.env.registry[INVOICES]._payload

        def payload(mapper, move, prepared):
            action, values, *facts = original(mapper, move, prepared)
            return action, ({**values, "Odd": object()} if move == bad else values), *facts

        with patch.object(self.env.registry[INVOICES], "_payload", payload):
            self._export()
            self.assertHeldAlone(bad, invoices)

    def test_one_bad_contact(self):
        """S4-24: of 16 documents of 8 contacts with one bad contact, all leave but those of that contact."""
        partners = self.env["res.partner"].create([{"name": f"Partner {n}"} for n in range(8)])
        invoices = [self._invoice(partner=partner) for partner in partners for _n in range(2)]
        bad = partners[3]
        with self._spoiled("_payload", self._is(bad), broken_sql, "xero.mapper.contact"):
            self._export()
        mine = [invoice for invoice in invoices if invoice.partner_id == bad]
        for invoice in invoices:
            if invoice not in mine:
                self.assertSynced(invoice)
        [issue] = self._issues()
        self.assertEqual((issue.model, issue.res_id, issue.waiting_count), ("res.partner", bad.id, len(mine)))
        bad.name = "Partner mended"
        self._export()
        for invoice in mine:
            self.assertSynced(invoice)

    def test_a_lookup_that_raises(self):
        """S4-63: what cannot be looked up while a call is in doubt, or was refused, holds that call alone."""
        taken, other = self._invoice(), self._invoice("out_refund")
        self.xero.add_fault("reset", method="PUT", path="Invoices$", when="after", times=2)
        self._export()
        self.xero.clear_faults()
        request = self.env["xero.request"].sudo().search([("state", "=", "doubt")])
        request.write({"sent_at": "2020-01-01", "retry_at": False})
        with self._spoiled("_lookups", lambda _argument: True):
            later = self._invoice("out_refund")
            self._export()
        self.assertSynced(other)
        self.assertSynced(later)
        self.assertEqual(request.state, "doubt")
        self.assertIn("odd thing", request.error)
        self.assertNotIn("abcdefghijklmnop", request.error)
        request.write({"sent_at": "2020-01-01", "retry_at": False})
        self._export()
        self.assertSynced(taken)
        self.assertEqual(len(self._in_xero("Invoices", InvoiceNumber=taken.name)), 1)


class TestImportedCulprits(ImportCase, CulpritCase):
    def test_one_element_that_raises(self):
        """S2-49, S2-14: an element that raises while it is booked or compared is an issue; its page and the cursor go
        on, and Retry books it.
        """
        self.startPatcher(unhurried(self.xero))
        for method, fail in (("_from_xero", odd), ("_from_xero", broken_sql), ("_is_news", odd)):
            with self.subTest(method=method, fail=fail.__name__):
                self._pay_in_xero()
                before = self._cursor().last_success
                bad = self._in_xero("Payments")[-2]["PaymentID"]
                if method == "_is_news":
                    self._import()

                def concerns(argument, bad=bad):
                    mine = argument if isinstance(argument, list) else [argument]
                    return any(isinstance(one, dict) and one.get("PaymentID") == bad for one in mine)

                with self._spoiled(method, concerns, fail, "xero.mapper.payment"):
                    self.env["xero.cursor"].search([]).sudo().write({"modified_since": self.started_at})
                    self._import()
                [issue] = self._issues()
                self.assertEqual((issue.code, issue.external_id), ("cannot_apply", bad))
                self.assertNotIn("abcdefghijklmnop", issue.text)
                self.assertIn(bad, issue.text)
                self.assertFalse(self._cursor().position)
                self.assertGreaterEqual(self._cursor().last_success, before)
                paid = [round(i.amount_total - i.amount_residual, 2) for i in self.invoices]
                held = self._paid()
                self.assertEqual(sum(odoo != xero for odoo, xero in held), int(method == "_from_xero"), paid)
                issue.action_retry()
                self._import()
                self.assertFalse(self._issues())
                self.assertTrue(all(odoo == xero for odoo, xero in self._paid()))
