"""Un-matching and changing at once: what stands in Xero is undone first, then changed, then matched again."""

from .faults_common import FaultCase


class TestUnmatching(FaultCase):
    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(lines=[(None, 1, 100.0)])
        self.credit = self._invoice("out_refund", lines=[(None, 1, 60.0)])
        self._export()

    def _edit(self, move, price):
        """What a user does who corrects a document: it is un-matched by being reset to draft."""
        move.button_draft()
        move.invoice_line_ids.price_unit = price
        move.action_post()
        return move

    def _fail(self, method, path, kind="timeout", times=1, **values):
        self.xero.add_fault(kind=kind, method=method, path=path, times=times, **values)

    # === CHECK === #

    def assertEqualSides(self, *moves):
        """Nothing waits, nobody is asked, and both sides hold the same amounts."""
        self._work_off()
        self.assertClean()
        for move in moves:
            document = self._check_document(move)
            due = document.get("AmountDue", document.get("RemainingCredit"))
            self.assertEqual(float(due), move.amount_residual, move.name)
        partials = self._open_lines(self.env["account.move"].union(*moves))
        partials = partials.matched_debit_ids | partials.matched_credit_ids
        for partial in partials:
            self.assertSynced(partial)

    def test_payment_undone_document_changed_paid_again(self):
        """S2-49, S4-24: payment undone, price raised, paid anew, all at once: undone, changed and paid in Xero."""
        self._pay(self.invoice)
        self._export()
        self._undo_payment(self.invoice)
        self._edit(self.invoice, 140.0)
        self._pay(self.invoice)
        self.assertEqualSides(self.invoice)
        self.assertEqual(len(self._live_payments(self.invoice)), 1)

    def test_same_payment_matched_again_after_a_lower_price(self):
        """S2-49, S4-24: the document became cheaper; the same payment matches it again and the rest stays open."""
        self._pay(self.invoice)
        self._export()
        payment = self.invoice.matched_payment_ids
        self._edit(self.invoice, 140.0)
        lines = (self.invoice | payment.move_id).line_ids
        lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self.assertEqual(self.invoice.amount_residual, 46.0)
        self.assertEqualSides(self.invoice)

    def test_credit_undone_credit_changed_allocated_again(self):
        """S2-49, S4-24: the credit note of an allocation is corrected and allocated again in one transaction."""
        self._allocate(self.invoice | self.credit)
        self._export()
        self._edit(self.credit, 80.0)
        self._allocate(self.invoice | self.credit)
        self.assertEqualSides(self.invoice, self.credit)

    def test_credit_undone_invoice_changed_allocated_again(self):
        """S2-49, S4-24: the same with a change of the invoice to less than was allocated."""
        self._allocate(self.invoice | self.credit)
        self._export()
        self._edit(self.invoice, 30.0)
        self._allocate(self.invoice | self.credit)
        self.assertEqualSides(self.invoice, self.credit)

    def test_allocation_undone_then_paid(self):
        """S2-49, S4-24: the credit leaves the invoice before a payment takes its place."""
        self._allocate(self.invoice | self.credit)
        self._export()
        self._unallocate(self.invoice | self.credit)
        self._pay(self.invoice)
        self._pay(self.credit)
        self.assertEqualSides(self.invoice, self.credit)

    def test_payment_undone_then_allocated(self):
        """S2-49, S4-24: and the other way round."""
        self._pay(self.invoice)
        self._pay(self.credit)
        self._export()
        self._undo_payment(self.invoice)
        self._undo_payment(self.credit)
        self._allocate(self.invoice | self.credit)
        self.assertEqualSides(self.invoice, self.credit)

    def test_payment_undone_document_cancelled(self):
        """S2-49, S4-24: the payment is deleted first, then the document can be voided."""
        self._pay(self.invoice)
        self._export()
        self._undo_payment(self.invoice)
        self._cancel(self.invoice)
        self._work_off()
        self.assertClean()
        self._check_voided(self.invoice)

    def test_paid_beside_a_raised_price(self):
        """S4-24: a document that grew and was paid in full before the change left: changed first, then paid."""
        self._edit(self.invoice, 140.0)
        self._pay(self.invoice)
        self._fail("POST", "Invoices", "status", status=503)
        self.assertEqualSides(self.invoice)

    # === DOUBT === #

    def test_withdrawal_in_doubt(self):
        """S4-24, S4-63: while nobody knows whether the payment left, neither the change nor the next payment goes."""
        self._pay(self.invoice)
        self._export()
        self._undo_payment(self.invoice)
        self._edit(self.invoice, 140.0)
        self._pay(self.invoice)
        self._fail("POST", "Payments", "reset", times=2)
        self.assertEqualSides(self.invoice)

    def test_next_payment_waits_for_a_withdrawal_in_doubt(self):
        """S4-24, S4-63: the same without a change of the document."""
        self._pay(self.invoice)
        self._export()
        self._undo_payment(self.invoice)
        self._pay(self.invoice, amount=50.0)
        self._fail("POST", "Payments", "reset", times=2)
        self.assertEqualSides(self.invoice)

    def test_payment_in_doubt_undone(self):
        """S4-24, S4-63: a payment whose answer was lost is undone and the document changed: first it is settled."""
        self._pay(self.invoice)
        self._fail("PUT", "Payments", "reset", when="after")
        self._fail("PUT", "Payments", "status", status=503, times=3)
        self._export()
        self._undo_payment(self.invoice)
        self._edit(self.invoice, 140.0)
        self._pay(self.invoice)
        self.assertEqualSides(self.invoice)

    def test_allocation_in_doubt_undone(self):
        """S4-24, S4-63: the same with an allocation."""
        self._allocate(self.invoice | self.credit)
        self._fail("PUT", "Allocations", "reset", when="after")
        self._fail("PUT", "Allocations", "status", status=503, times=3)
        self._export()
        self._edit(self.credit, 80.0)
        self._pay(self.invoice, amount=50.0)
        self._allocate(self.invoice | self.credit)
        self.assertEqualSides(self.invoice, self.credit)
