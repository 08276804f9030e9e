"""Every fault that the local Xero knows, at every step: in the end everything is there exactly once.

A fault is a row of a table, and so is a step (faults_common.py); a test is what is tried with each pair.
"""

from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.sql_db import db_connect
from odoo.tools import SQL, mute_logger

from ..transactions import LOCK_CLASS
from ..xero_api.answers import ZERO_ID
from .faults_common import STEPS, FaultCase, Killed

LOGGERS = (
    "odoo.addons.account_xero.engine.exporter",
    "odoo.addons.account_xero.engine.flights",
    "odoo.addons.account_xero.models.xero_connection_call",
    "odoo.addons.base.models.ir_cron",
)
TOO_MANY = {
    limit: {"kind": "status", "status": 429, "headers": {"X-Rate-Limit-Problem": limit, "Retry-After": "20"}}
    for limit in ("minute", "day", "concurrent", "appminute")
}
OFFLINE = {
    text: {"kind": "status", "status": 503, "body": text}
    for text in (
        "The Xero API is currently offline for maintenance",
        "The Xero API is temporarily unavailable",
        "The organisation is offline",
        "",
    )
}
# What a call may come to that says nothing, or no, and passes by itself.
PASSING = {
    **{f"429 {limit}": fault for limit, fault in TOO_MANY.items()},
    **{f"503 {text}": fault for text, fault in OFFLINE.items()},
    "503 after": {"kind": "status", "status": 503, "when": "after"},
    "500 before": {"kind": "status", "status": 500},
    "500 after": {"kind": "status", "status": 500, "when": "after"},
    "408 after": {"kind": "status", "status": 408, "when": "after"},
    "reset before": {"kind": "reset"},
    "reset after": {"kind": "reset", "when": "after"},
    "timeout after": {"kind": "timeout", "when": "after", "seconds": 0},
    "garbage before": {"kind": "garbage"},
    "garbage after": {"kind": "garbage", "when": "after"},
    "token refused": {"kind": "status", "status": 401},
}
# Those of them that end the run.
STOPPING = [name for name in PASSING if name.startswith(("429 day", "429 app", "503"))]
# What a repeated call may come to besides.
AGAIN = {
    **{name: PASSING[name] for name in ("429 minute", "500 before", "reset after", "garbage after", "token refused")},
    "503": PASSING["503 "],
    "503 maintenance": PASSING["503 The Xero API is currently offline for maintenance"],
    "scope": {"kind": "status", "status": 401, "body": {"Status": 401, "Detail": "AuthorizationUnsuccessful"}},
    "not found": {"kind": "status", "status": 404},
    "not allowed": {"kind": "status", "status": 405},
    "key mismatch": {
        "kind": "status",
        "status": 400,
        "body": {"Detail": "The idempotency key has already been used with a different request."},
    },
}
LOOKING = {
    name: AGAIN.get(name) or PASSING[name]
    for name in ("429 minute", "500 before", "reset before", "garbage before", "token refused", "scope")
}
# Those in which Xero says that all is well, and leaves out what counts.
HOLLOW = ("all-zero ids", "partial batch")


def hollow(name, step):
    """An answer that says 200 after the call was carried out, without telling what became of it."""
    record = {step.id_key: ZERO_ID, "StatusAttributeString": "OK"}
    records = [record] if name == "all-zero ids" else []
    return {"kind": "status", "status": 200, "when": "after", "body": {step.resource: records}}


# The steps that Xero itself would let happen twice, or that settle in a way of their own.
RISKY = [step for step in STEPS if step.name in ("bill", "invoice voided", "payment", "allocation deleted")]

# Where a worker dies: a step of a run, before or after it.
CHECKPOINTS = [
    (model, step, moment)
    for model, steps in {
        "xero.outbox": ("_claim",),
        "xero.exporter": ("_build_calls", "_store", "_send", "_land", "_apply", "_finish"),
        "xero.history": ("_record_many",),
    }.items()
    for step in steps
    for moment in ("before", "after")
]


# The same of a run that settles what is in doubt, with the minutes that have passed: before and after Xero forgets.
SETTLING = [
    (step, minutes, moment)
    for minutes, steps in {
        1: ("_settle_request", "_send_again", "_end_doubt"),
        11: ("_settle_request", "_look_up", "_read", "_apply_found", "_end_doubt"),
    }.items()
    for step in steps
    for moment in ("before", "after")
]


class QuietCase(FaultCase):
    def setUp(self):
        super().setUp()
        muted = mute_logger(*LOGGERS)
        muted.__enter__()
        self.addCleanup(muted.__exit__, None, None, None)


class TestFaults(QuietCase):
    def test_lost_answers_at_every_step(self):
        """S4-63: whatever becomes of the first call of each kind, every step is taken exactly once."""
        for name, fault in PASSING.items():
            if name not in STOPPING:
                with self.subTest(fault=name):
                    self._try_all(lambda step, fault=fault: fault)

    def test_faults_that_end_the_run(self):
        """S4-63: the same for limits and outages, after which nothing else leaves for a while."""
        for name in STOPPING:
            with self.subTest(fault=name):
                self._try_all(lambda step, name=name: PASSING[name], RISKY)

    def test_answers_that_leave_out_what_counts(self):
        """S4-63: all-zero ids and records that the answer does not speak of are in doubt, not done."""
        for name in HOLLOW:
            with self.subTest(fault=name):
                self._try_all(lambda step, name=name: hollow(name, step) if step.is_read_back else None)

    def test_a_second_fault_on_the_way_to_certainty(self):
        """S4-63: what a repeated call comes to while the first is in doubt settles nothing unless Xero answers."""
        for name, fault in AGAIN.items():
            with self.subTest(second=name):
                self._try_all(lambda step: PASSING["reset after"], RISKY, then=fault)

    def test_a_fault_of_the_lookup(self):
        """S4-63: after Xero forgot the key, a lookup that fails leaves the call in doubt until one succeeds."""
        for name, fault in LOOKING.items():
            with self.subTest(lookup=name):
                self._try_all(lambda step: PASSING["reset after"], RISKY, look=fault)

    # === HELPERS === #

    def _try_all(self, fault_of, steps=STEPS, then=None, look=None):
        """Take the steps at once, with a fault on the first call of each kind, and see that each was taken once.

        :param then: fault of the calls that come next
        :param look: fault of the lookups once the key is forgotten
        """
        subjects = [self._make(step.arrange) for step in steps]
        self._exported(self.env["account.move"])
        subjects = [self._make(step.act, subject) for step, subject in zip(steps, subjects, strict=True)]
        for step in {(step.method, step.path): step for step in steps}.values():
            for fault in filter(None, (fault_of(step), then)):
                # Before the key is forgotten, the call that repeats the first one is lost as well.
                self.xero.add_fault(**{"method": step.method, "path": step.path, "times": 2 if look else 1, **fault})
        if look:
            self._export()
            for path in ("Invoices", "Payments"):
                self.xero.add_fault(method="GET", path=path, **look)
            self._pass(10)
        self._work_off()
        self.assertTrue(all(fault["struck"] for fault in self.xero.faults()), "a fault did not strike")
        self.xero.clear_faults()
        self.assertClean()
        for step, subject in zip(steps, subjects, strict=True):
            with self.subTest(step=step.name):
                self._make(f"check_{step.check}", subject)


class TestDoubt(QuietCase):
    def test_worker_killed_at_every_checkpoint(self):
        """S4-63: wherever a worker dies between claim and record, the next one leaves everything there once."""
        for model, step, moment in CHECKPOINTS:
            with self.subTest(model=model, step=step, moment=moment):
                bill, paid = self._new_bill(), self._pay(self._new_invoice())
                self._die_at(model, step, moment)
                self._work_off()
                self.assertClean()
                self._check_document(bill)
                self._check_paid(paid)

    def test_worker_killed_while_it_settles(self):
        """S4-63: a worker that dies while it finds out what became of a call loses and doubles nothing."""
        for step, minutes, moment in SETTLING:
            with self.subTest(step=step, minutes=minutes, moment=moment):
                bill = self._lost(self._new_bill())
                self._pay(bill)
                self._mark()
                self._pass(minutes)
                self._die_at("xero.reconciler", step, moment, meeting=1)
                self._pass(minutes)
                self._work_off()
                self.assertClean()
                self._check_paid(bill)

    def test_refused_on_the_way_to_certainty(self):
        """S4-63: a repeated call that is answered 403 settles nothing; after a new authorisation it is settled."""
        for status in (403, 503):
            with self.subTest(status=status):
                bill = self._new_bill()
                self.xero.add_fault("reset", method="PUT", path="Invoices$", when="after")
                self.xero.add_fault("status", method="PUT", path="Invoices$", status=status)
                self._export()
                self.assertTrue(all(fault["struck"] for fault in self.xero.faults()))
                self.xero.clear_faults()
                self.assertEqual(self.connection.state, "reconnect" if status == 403 else "connected")
                self.assertEqual(self._open_requests().mapped("state"), ["doubt"])
                self.assertEqual(len(self._twins(bill)), 1)
                self._pass(1)
                self._reauthorise()
                self._work_off()
                self.assertClean()
                self._check_document(bill)

    def test_a_change_overtaken_while_it_is_in_doubt(self):
        """S4-34, S4-63: a later change of what is in doubt goes afterwards, whether the first one arrived or not."""
        for when in ("before", "after"):
            for minutes in (1, 11):
                with self.subTest(when=when, minutes=minutes):
                    invoice = self._exported(self._new_invoice())
                    self._lost(self._reprice(invoice), when, method="POST")
                    invoice.button_draft()
                    invoice.invoice_line_ids.price_unit = 180.0
                    invoice.action_post()
                    self._mark()
                    self._pass(minutes)
                    self._work_off()
                    self.assertClean()
                    self.assertEqual(float(self._check_document(invoice)["SubTotal"]), 180.0)

    def test_lookups_stand_in_the_journal(self):
        """S2-15: what was read to settle a call is kept with path, status, time and answer, by the same settings."""
        self._lost(self._new_bill())
        self._pass(11)
        known = self._reads()
        self._work_off()
        read = (self._reads() - known)[:1]
        self.assertEqual((read.path, read.status, read.state), ("Invoices", 200, "done"))
        self.assertIn("InvoiceID", read.response)
        self.assertTrue(read.query)
        self.connection.keep_bodies_days = 0
        bill = self._lost(self._new_bill())
        self._pass(11)
        known = self._reads()
        self._work_off()
        self._check_document(bill)
        self.assertFalse((self._reads() - known)[:1].response)

    def test_lookups_of_refused_records_stand_in_the_journal(self):
        """S2-15: what was read because Xero refused a number that exists is kept; writes are not kept twice."""
        stranger = self._in_xero("Contacts")[0]["Name"]
        self.customer.write({"name": stranger, "email": "other@example.nz"})
        self._new_invoice()
        known = self._reads()
        self._export()
        self.assertIn("Contacts", (self._reads() - known).mapped("path"))
        self.assertFalse(self.env["xero.request"].sudo().search([("key", "=", False), ("method", "!=", "GET")]))

    def test_in_doubt_holds_only_itself_and_its_dependants(self):
        """S4-24, S4-63: a bill whose lookup fails keeps its payment waiting, and nobody else; people hear of it.

        Neither the time that passes nor the payment that needs the bill makes it go a second time.
        """
        bill = self._lost(self._new_bill())
        self._pay(bill)
        self.xero.add_fault("status", method="GET", path="Invoices", status=500, times=1000)
        other, paid = self._new_bill(), self._pay(self._new_invoice())
        for _n in range(3):
            self._pass(11)
            self._export()
        self._check_document(other)
        self._check_paid(paid)
        self.assertIn("cannot_repeat", self._issues().mapped("code"))
        self.assertEqual(len(self._twins(bill)), 1)
        self.assertFalse(self._live_payments(bill))
        self.xero.clear_faults()
        self._pass(11)
        self._work_off()
        self.assertClean()
        self._check_paid(bill)

    def test_changed_while_in_doubt(self):
        """S4-34, S4-63: nothing of a record leaves under another key before the doubt is settled; then it does."""
        bill = self._lost(self._new_bill(), "before")
        keys = self._keys()
        self._reprice(bill)
        self.xero.add_fault("reset", method="PUT", path="Invoices$")
        self._export()
        self.assertEqual(self._keys(), keys)
        self._pass(1)
        self._work_off()
        self.assertClean()
        self._check_document(bill)

    def test_cancelled_while_in_doubt(self):
        """S4-63: a document that is cancelled while its create is in doubt ends voided in Xero."""
        for minutes in (1, 11):
            with self.subTest(minutes=minutes):
                bill = self._lost(self._new_bill())
                self._cancel(bill)
                self._mark()
                self._pass(minutes)
                self._work_off()
                self.assertClean()
                self._check_voided(bill)

    def test_changed_back_while_the_change_is_in_doubt(self):
        """S4-63: where nobody knows whether a change arrived, the old values are sent again."""
        invoice = self._exported(self._new_invoice())
        self._lost(self._reprice(invoice), method="POST")
        invoice.button_draft()
        invoice.invoice_line_ids.price_unit = 100.0
        invoice.action_post()
        self._mark()
        self._pass(11)
        self._work_off()
        self.assertClean()
        self._check_document(invoice)

    def test_undone_unseen(self):
        """S2-49: what is undone by somebody who cannot see yet that it has left is marked all the same."""
        invoice = self._exported(self._new_invoice())
        self._pay(invoice)
        partial = self._open_lines(invoice).matched_credit_ids
        self._mark()
        waiting = self._queue(partial)
        self._undo_payment(invoice)
        self._mark()
        gone = self.env["xero.outbox"].search([("model", "=", partial._name), ("res_id", "in", partial._ids)])
        self.assertTrue(gone - waiting)

    def test_database_asks_to_repeat(self):
        """S4-63: an answer is kept although PostgreSQL refuses the first transaction that keeps it."""
        bill, original, refused = self._new_bill(), type(self.env["xero.exporter"])._finish, []

        def refuse_once(exporter, *args, **named):
            if not refused:
                refused.append(True)
                raise SerializationFailure("could not serialize access due to concurrent update")
            return original(exporter, *args, **named)

        with patch.object(self.env.registry["xero.exporter"], "_finish", refuse_once):
            self._export()
        self.assertTrue(refused)
        self.assertClean()
        self._check_document(bill)

    def test_second_worker_leaves(self):
        """S2-28: while one worker exports for a connection, another one does nothing."""
        bill = self._new_bill()
        self._mark()
        name = f"ir.cron,{self.connection.export_cron_id.id}"
        with db_connect(self.env.cr.dbname).cursor() as other:
            other.execute(SQL("SELECT pg_advisory_lock(%s, hashtext(%s))", LOCK_CLASS, name))
            self._export()
            self.assertFalse(self._writes())
            other.execute(SQL("SELECT pg_advisory_unlock(%s, hashtext(%s))", LOCK_CLASS, name))
        self._export()
        self._check_document(bill)

    def test_batch_refused_as_a_whole(self):
        """S4-24: a batch that Xero refuses as a whole is halved until the culprit stands alone; order is kept."""
        invoices = [self._new_invoice() for _n in range(9)]
        bad = invoices[6]
        self._pay(bad)
        original = type(self.env["xero.mapper.invoice"])._url

        def spoil(mapper, move):
            return {"DueDate": "nonsense"} if move == bad else original(mapper, move)

        with patch.object(self.env.registry["xero.mapper.invoice"], "_url", spoil):
            self._export()
        good = [invoice for invoice in invoices if invoice != bad]
        for invoice in good:
            self._check_document(invoice)
        self.assertEqual(self._issues().mapped("res_id"), [bad.id])
        self.assertFalse(self._binding(bad).external_id)
        sent = self.xero.journal("PUT", "Invoices$")[0]["request_body"]["Invoices"]
        numbers = [one["InvoiceNumber"] for one in sent if one["InvoiceNumber"] != bad.name]
        self.assertEqual(numbers, [invoice.name for invoice in good])
        self._issues().action_retry()
        self._work_off()
        self.assertClean()
        self._check_paid(bad)

    # === HELPERS === #

    def _lost(self, record, when="after", method="PUT"):
        """The record's call is in doubt: Xero carried it out (or not: ``before``), and no answer came, twice."""
        self.xero.add_fault("reset", method=method, path="Invoices$", when=when, times=2)
        self._export()
        self.xero.clear_faults()
        self.assertTrue(self._open_requests())
        return record

    def _keys(self):
        return {call["idempotency_key"] for call in self.xero.journal("PUT", "Invoices$")}

    def _reads(self):
        domain = [("connection_id", "=", self.connection.id), ("method", "=", "GET")]
        return self.env["xero.request"].sudo().search(domain)

    def _die_at(self, model, step, moment, meeting=2):
        """Run the export until it comes to a step for the second time, and let the worker die there."""
        original, met = getattr(type(self.env[model]), step), []

        def die(record, *args, **named):
            met.append(step)
            if len(met) == meeting and moment == "before":
                raise Killed()
            result = original(record, *args, **named)
            if len(met) == meeting:
                raise Killed()
            return result

        self._mark()
        died = False
        with patch.object(self.env.registry[model], step, die):
            try:  # assertRaises would roll back what was committed before
                self._export()
            except Killed:
                died = True
        self.assertTrue(died, f"the worker never came to {step}")
        self.env.invalidate_all()
