"""What the hooks cost those who work in Odoo: two queries a flush at most, and none where nothing is of interest."""

from contextlib import nullcontext
from unittest.mock import patch

from odoo.tests import tagged

from .common import XeroCase


@tagged("post_install", "-at_install")
class TestHooks(XeroCase):
    def setUp(self):
        super().setUp()
        self.partners = self.env["res.partner"].create([{"name": f"Customer {n:03}"} for n in range(500)])
        self._link(self.partners, "Contacts")
        self.env["xero.connection"]._any_active()  # in the cache of every running server
        self.env["xero.connection"]._settings_on()
        self.env["xero.binding"]._kinds_linked()
        self._mark()

    def _link(self, records, resource):
        rows = [{"model": r._name, "res_id": r.id, "resource": resource, "external_id": f"x{r.id}"} for r in records]
        self.env["xero.binding"]._record_many(self.connection, rows)

    def _extra_queries(self, work):
        """How many queries the hooks add to ``work(number)`` and its commit; it has to change something each time."""
        silent = patch.object(self.registry["xero.outbox"], "_remember", lambda *_args: None)
        work(0)
        self._mark()
        counted = {"without": [], "with": []}
        for number in (1, 2):  # twice, since the first one fills caches
            counted["without"].append(self._queries(work, 2 * number, silent))
            counted["with"].append(self._queries(work, 2 * number + 1, nullcontext()))
        return min(counted["with"]) - min(counted["without"])

    def _queries(self, work, number, how):
        self.env.cr.flush()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        with how:
            work(number)
            self.env.cr.flush()
        return self.env.cr.sql_log_count - before

    def test_a_flush_costs_two_queries_however_many_records(self):
        """S4-25: edits of linked contacts are queued, one as 500, with two queries a flush at most."""
        for partners in (self.partners[:1], self.partners):
            with self.subTest(len(partners)):
                extra = self._extra_queries(lambda number, some=partners: some.write({"phone": f"+64 9 {number:03}"}))
                self.assertLessEqual(extra, 2)
                self.assertTrue(all(self._queue(partner) for partner in partners[:3]))

    def test_posting_costs_two_queries_a_flush(self):
        """S4-44: documents that are posted are queued, ten as one, with two queries a flush at most."""
        for count in (1, 10):
            with self.subTest(count):
                drafts = [
                    self.env["account.move"].union(*(self._invoice(post=False) for _n in range(count)))
                    for _n in range(6)
                ]
                self.assertLessEqual(self._extra_queries(lambda number, some=drafts: some[number].action_post()), 2)
                self.assertEqual(len(self._queue(drafts[5])), count)

    def test_what_nobody_sends_is_not_asked_for(self):
        """S4-25: notes, files and entries are part of a flush's query where a company sends them, from then on."""

        def asked():
            code = self.env["account.move"]._xero_mark_query([1]).code
            return ["xero.document.note" in code, "ir_attachment" in code, "tax_cash_basis_rec_id" in code]

        self.assertEqual(asked(), [False, False, False])
        self.connection.write({"history_notes": True, "send_attachments": True, "sync_manual_journals": True})
        self.assertEqual(asked(), [True, True, True])
        self.connection.active = False
        self.assertEqual(asked(), [False, False, False])

    def test_what_nobody_has_in_xero_is_not_asked_for(self):
        """S4-25: orders, entries and advances are part of a flush's query from the first that is in Xero on."""

        def asked():
            move, partial = (
                self.env[model]._xero_mark_query([1]).code for model in ("account.move", "account.partial.reconcile")
            )
            return ["purchase_order_line" in move, "m.move_type = 'entry'" in move, "liability_payable" in partial]

        self.assertEqual(asked(), [False, False, False])
        order = self.env["purchase.order"].create({"partner_id": self.supplier.id, "company_id": self.company.id})
        self._link(order, "PurchaseOrders")
        self.assertEqual(asked(), [True, False, False])
        self._link(self._invoice(), "ManualJournals")
        self._link(self._pay(self._invoice()), "Overpayments")
        self.assertEqual(asked(), [True, True, True])

    def test_advances_are_asked_for_where_they_are_sent(self):
        """S4-25: refunds of over- and prepayments are looked for where unmatched money goes to Xero, from then on."""
        partials = self.env["account.partial.reconcile"]
        self.assertNotIn("liability_payable", partials._xero_mark_query([1]).code)
        self.connection.unallocated_payments = "overpayment"
        self.assertIn("liability_payable", partials._xero_mark_query([1]).code)

    def test_unwatched_changes_cost_nothing(self):
        """S4-25: what Xero does not know of a contact costs no query and queues nothing."""
        self.assertEqual(self._extra_queries(lambda number: self.partners.write({"comment": f"Called {number}"})), 0)
        self.assertFalse(self._queue(self.partners))

    def test_mapped_fields_cost_nothing_else(self):
        """S4-25, S2-13: with fields mapped, a change of them is queued, and one of any other still costs no query."""
        for key, path in (("AccountNumber", "ref"), ("CompanyNumber", "category_id")):
            values = {"resource": "Contacts", "xero_field": f"Contacts.{key}", "odoo_field": path}
            self.env["xero.field.mapping"].create({**values, "connection_id": self.connection.id})
        self._queue().sudo().unlink()
        self.assertEqual(self._extra_queries(lambda number: self.partners.write({"comment": f"Called {number}"})), 0)
        self.assertFalse(self._queue(self.partners))
        self.assertLessEqual(self._extra_queries(lambda number: self.partners.write({"ref": f"R{number}"})), 2)
        self.assertTrue(self._queue(self.partners[0]))
        self._queue().sudo().unlink()
        self.partners[0].category_id = self.env["res.partner.category"].create({"name": "Growers"})
        self._mark()
        self.assertTrue(self._queue(self.partners[0]))

    def test_nothing_connected_costs_nothing(self):
        """S4-25: without a connection no change costs a query."""
        self.connection.active = False
        self.env["xero.connection"]._any_active()
        self.env["xero.connection"]._settings_on()
        self.env["xero.binding"]._kinds_linked()
        self.assertEqual(self._extra_queries(lambda number: self.partners.write({"phone": f"+64 9 {number:03}"})), 0)
        self.assertFalse(self._queue(self.partners))

    def test_empty_sets_cost_nothing(self):
        """S4-25: Odoo deletes empty sets of payments and matchings at every line; that costs no query."""

        def work():
            self.env["account.payment"].unlink()
            self.env["account.partial.reconcile"].unlink()
            self.env["res.partner"].write({"phone": "1"})

        work()  # once before, since Odoo's own caches fill then
        with self.assertQueryCount(0):
            work()

    def test_a_flush_triggers_the_worker(self):
        """S2-51: a change wakes its connection's worker with its commit, and Odoo's workers are told once."""
        cron = self.connection.export_cron_id
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        with patch.object(self.registry["ir.cron"], "_notifydb") as notified:
            for number in range(3):
                self.partners[0].phone = f"+64 4 {number:03}"
                self._mark()
            self.env.cr.postcommit.run()
        fresh = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]) - triggers
        self.assertEqual(len(fresh), 3)
        self.assertEqual(notified.call_count, 1)

    def test_a_stopped_worker_is_not_triggered(self):
        """S2-51: a cron that an administrator stopped is left alone; the change waits in the queue."""
        cron = self.connection.export_cron_id
        cron.active = False
        self.partners[0].phone = "+64 4 999"
        before = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self._mark()
        self.assertEqual(self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]), before)
        self.assertTrue(self._queue(self.partners[0]))

    def test_a_change_of_the_cause_closes_its_issue(self):
        """S4-62: mending the contact or the product that an issue speaks of closes it with the commit."""
        causes = {
            self.partners[0]: lambda: self.partners[0].write({"email": "right@example.nz"}),
            self.product: lambda: self.product.product_tmpl_id.write({"name": "Shorter"}),
        }
        for cause, mend in causes.items():
            with self.subTest(cause._name):
                [issue] = (
                    self.env["xero.issue"]
                    .sudo()
                    ._raise_many(self.connection, [{"code": "unexpected", "model": cause._name, "res_id": cause.id}])
                )
                self._mark()
                self.assertEqual(issue.state, "open")
                mend()
                self._mark()
                self.assertEqual(issue.state, "resolved")
