"""The steps of an export, one of each kind, and what has to be true of each whatever goes wrong on the way."""

from dataclasses import dataclass
from datetime import timedelta
from unittest.mock import patch

from odoo import fields

from ..engine.deadline import Deadline
from ..xero_api import ratelimit
from .common import XeroCase

ALIVE = ("DRAFT", "SUBMITTED", "AUTHORISED", "PAID")
RECEIVABLE = ("asset_receivable", "liability_payable")


class Killed(BaseException):
    """The worker is gone; nothing of it runs on, not even an ``except Exception``."""


@dataclass(frozen=True)
class Step:
    """One kind of call.

    :ivar method, path: of the call, as faults and the journal name it
    :ivar resource, id_key: of its answer
    :ivar arrange: makes what is in Xero before
    :ivar act: what the user does; returns what ``check`` needs
    :ivar check: asserts on both sides
    """

    name: str
    method: str
    path: str
    resource: str
    id_key: str
    arrange: str
    act: str
    check: str

    @property
    def is_read_back(self):
        """Whether the answer holds a list of records."""
        return self.method != "DELETE"


STEPS = [
    Step("contact", "PUT", "Contacts$", "Contacts", "ContactID", "nothing", "new_contact", "contact"),
    Step("contact changed", "POST", "Contacts$", "Contacts", "ContactID", "linked_contact", "rename", "contact"),
    Step("item", "PUT", "Items$", "Items", "ItemID", "nothing", "new_item", "item"),
    Step("invoice", "PUT", "Invoices$", "Invoices", "InvoiceID", "nothing", "new_invoice", "document"),
    Step("invoice changed", "POST", "Invoices$", "Invoices", "InvoiceID", "linked_invoice", "reprice", "document"),
    Step("invoice voided", "POST", "Invoices$", "Invoices", "InvoiceID", "linked_invoice", "cancel", "voided"),
    Step("bill", "PUT", "Invoices$", "Invoices", "InvoiceID", "nothing", "new_bill", "document"),
    Step("credit note", "PUT", "CreditNotes$", "CreditNotes", "CreditNoteID", "nothing", "new_credit", "document"),
    Step("supplier credit", "PUT", "CreditNotes$", "CreditNotes", "CreditNoteID", "nothing", "new_refund", "document"),
    Step("payment", "PUT", "Payments$", "Payments", "PaymentID", "linked_invoice", "pay", "paid"),
    Step("refund paid", "PUT", "Payments$", "Payments", "PaymentID", "linked_credit", "pay", "paid"),
    Step("payment deleted", "POST", "Payments", "Payments", "PaymentID", "paid_invoice", "undo_payment", "unpaid"),
    Step(
        "allocation",
        "PUT",
        "CreditNotes/*/Allocations",
        "Allocations",
        "AllocationID",
        "invoice_and_credit",
        "allocate",
        "allocated",
    ),
    Step(
        "allocation deleted",
        "DELETE",
        "CreditNotes/*/Allocations",
        "Allocations",
        "AllocationID",
        "allocated_invoice",
        "unallocate",
        "unallocated",
    ),
]


class FaultCase(XeroCase):
    """A connection without pauses: a wait of the worker passes at once, and hours pass by a call."""

    def setUp(self):
        super().setUp()
        self.xero.limits(minute=100_000, day=1_000_000, starter_day=1_000_000)
        self.number = 0
        for patcher in (
            patch.object(ratelimit, "MINUTE_LIMIT", 100_000),
            patch.object(Deadline, "may_rest", lambda deadline, seconds: True),
            patch.object(Deadline, "rest", lambda deadline, seconds: self._forget_waits(deadline._env)),
        ):
            patcher.start()
            self.addCleanup(patcher.stop)

    def _make(self, method, *args):
        return getattr(self, f"_{method}")(*args)

    # === ARRANGE: what is in Xero before === #

    def _nothing(self):
        return None

    def _linked_invoice(self):
        return self._new_invoice()

    def _linked_contact(self):
        return self._new_contact()

    def _linked_credit(self):
        return self._new_credit()

    def _paid_invoice(self):
        return self._pay(self._new_invoice())

    def _invoice_and_credit(self):
        return self._new_invoice() | self._new_credit()

    def _allocated_invoice(self):
        return self._allocate(self._invoice_and_credit())

    def _exported(self, records):
        self._export()
        self.assertClean()
        return records

    # === ACT: what the user does === #

    def _unique(self, text):
        self.number += 1
        return f"{text} {self.number}"

    def _new_contact(self, _subject=None):
        partner = self.env["res.partner"].create({"name": self._unique("Faulty Customer")})
        self._invoice(partner=partner)
        return partner

    def _rename(self, partner):
        partner.name = self._unique("Renamed Customer")
        return partner

    def _new_item(self, _subject=None):
        product = self.env["product.product"].create(
            {"name": self._unique("Lamp"), "default_code": self._unique("L"), "taxes_id": self.tax_sale.ids}
        )
        self._invoice(lines=[(product, 2, 80.0)])
        return product

    def _new_invoice(self, _subject=None):
        return self._invoice(lines=[(None, 1, 100.0)])

    def _reprice(self, invoice):
        invoice.button_draft()
        invoice.invoice_line_ids.price_unit = 140.0
        invoice.action_post()
        return invoice

    def _cancel(self, move):
        move.button_draft()
        move.button_cancel()
        return move

    def _new_bill(self, _subject=None):
        return self._invoice("in_invoice", ref=self._unique("B"))

    def _new_credit(self, _subject=None):
        return self._invoice("out_refund", lines=[(None, 1, 40.0)])

    def _new_refund(self, _subject=None):
        return self._invoice("in_refund", ref=self._unique("C"), lines=[(None, 1, 30.0)])

    def _pay(self, move, amount=None, date=None, journal=None):
        super()._pay(move, amount, date, journal)
        return move

    def _undo_payment(self, move):
        payment = move.matched_payment_ids or move._get_reconciled_payments()
        payment.action_draft()
        payment.action_cancel()
        return move

    def _allocate(self, moves):
        self._open_lines(moves).reconcile()
        return moves

    def _unallocate(self, moves):
        self._open_lines(moves).remove_move_reconcile()
        return moves

    def _open_lines(self, moves):
        return moves.line_ids.filtered(lambda line: line.account_type in RECEIVABLE)

    # === CHECK: both sides === #

    def _check_contact(self, partner):
        binding = self.assertSynced(partner)
        [contact] = self._in_xero("Contacts", ContactNumber=f"ODOO-{partner.id}")
        self.assertEqual((contact["ContactID"], contact["Name"]), (binding.external_id, partner.name))

    def _check_item(self, product):
        binding = self.assertSynced(product)
        [item] = self._in_xero("Items", Code=product.default_code)
        self.assertEqual(item["ItemID"], binding.external_id)

    def _check_document(self, move):
        """Exactly one record in Xero, with Odoo's amounts, and the link leads to it."""
        binding = self.assertSynced(move)
        [document] = self._twins(move)
        resource_id = document.get("InvoiceID") or document.get("CreditNoteID")
        self.assertEqual(resource_id, binding.external_id)
        self.assertEqual(float(document["Total"]), move.amount_total)
        self.assertEqual(float(document["TotalTax"]), move.amount_tax)
        return document

    def _twins(self, move, statuses=ALIVE):
        """What Xero holds of a document, however often."""
        is_refund = move.move_type.endswith("refund")
        resource, key = ("CreditNotes", "CreditNoteNumber") if is_refund else ("Invoices", "InvoiceNumber")
        number = move.name if move.move_type.startswith("out") else move.ref
        return [found for found in self._in_xero(resource, **{key: number}) if found["Status"] in statuses]

    def _check_voided(self, move):
        self.assertFalse(self._twins(move))
        self.assertEqual(len(self._twins(move, ("VOIDED", "DELETED"))), 1)
        self.assertEqual(self._binding(move).state, "deleted")

    def _live_payments(self, move):
        key, id_key = ("CreditNote", "CreditNoteID") if move.move_type == "out_refund" else ("Invoice", "InvoiceID")
        external_id = self._binding(move).external_id
        return [
            payment
            for payment in self._in_xero("Payments", Status="AUTHORISED")
            if (payment.get(key) or {}).get(id_key) == external_id
        ]

    def _check_paid(self, move):
        document = self._check_document(move)
        [payment] = self._live_payments(move)
        self.assertEqual((float(payment["Amount"]), document["Status"]), (move.amount_total, "PAID"))
        partial = self._open_lines(move).matched_debit_ids | self._open_lines(move).matched_credit_ids
        self.assertEqual(self.assertSynced(partial).external_id, payment["PaymentID"])

    def _check_unpaid(self, move):
        document = self._check_document(move)
        self.assertEqual((self._live_payments(move), document["Status"]), ([], "AUTHORISED"))

    def _check_allocated(self, moves):
        invoice, credit = moves
        document = self._check_document(invoice)
        self.assertEqual(float(document["AmountCredited"]), credit.amount_total)
        self.assertEqual(float(self._check_document(credit)["RemainingCredit"]), 0.0)

    def _check_unallocated(self, moves):
        invoice, credit = moves
        self.assertEqual(float(self._check_document(invoice).get("AmountCredited") or 0), 0.0)
        self.assertEqual(float(self._check_document(credit)["RemainingCredit"]), credit.amount_total)

    def _check(self, step, subject):
        """The step was taken exactly once, and nothing of the trouble is left."""
        self.assertClean()
        self._make(f"check_{step.check}", subject)

    def assertClean(self):
        self.assertFalse(self._open_requests().mapped("error"), "something is still in doubt")
        self.assertFalse(self._issues().mapped("text"))
        self.assertFalse([(row.model, row.res_id) for row in self._queue()])

    def _open_requests(self):
        return (
            self.env["xero.request"]
            .sudo()
            .search([("connection_id", "=", self.connection.id), ("state", "in", ("sending", "doubt"))])
        )

    # === TIME === #

    def _pass(self, minutes):
        """Time passes on both sides."""
        self.xero.advance(minutes * 60)
        ago = timedelta(minutes=minutes)
        for request in self._open_requests().sudo():
            request.sent_at -= ago
            request.retry_at = request.retry_at and request.retry_at - ago
        self._forget_waits()
        token = self.env["xero.token"]._of(self.connection)
        token._seal(expires_at=(token._open("expires_at")["expires_at"] or fields.Datetime.now()) - ago)

    def _forget_waits(self, env=None):
        """By SQL: the worker and the test read the same rows through caches of their own."""
        env = env or self.env
        env.flush_all()
        env.cr.execute("UPDATE xero_budget SET retry_at = NULL, told_for = 0, sent = '[]'")
        env.invalidate_all()

    def _work_off(self, runs=20, minutes=1):
        """Runs of the worker, a minute apart, until nothing is left to do."""
        for _n in range(runs):
            self._export()
            if not (self._open_requests() or self._queue().filtered(lambda row: row.state != "held")):
                return
            self._pass(minutes)

    def _reauthorise(self):
        if self.connection.state == "reconnect":
            self._authorise(self.connection)
            self.env.invalidate_all()
