from datetime import date, timedelta

from odoo import fields
from odoo.tools import format_date

from .common import XeroCase

LOCK = date(2026, 6, 30)


class TestLockDates(XeroCase):
    """Xero's two lock dates, before documents go and after Xero has refused one."""

    def _lock(self, **dates):
        self.xero.act("set-lock-dates", tenant_id=self.connection.tenant_id, **(dates or {"period": str(LOCK)}))

    def _old(self, move_type="out_invoice", **values):
        return self._invoice(move_type, **{"invoice_date": date(2026, 5, 31), "date": date(2026, 5, 31), **values})

    def _organisation_calls(self):
        return self._calls("GET", "/Organisation")

    def _age(self, minutes):
        self.connection.lock_dates_read_at = fields.Datetime.now() - timedelta(minutes=minutes)

    def test_read_before_sending_at_most_every_quarter_of_an_hour(self):
        """S4-34, S2-20: the lock dates are read once before documents go, and not again within 15 minutes."""
        self._age(16)
        self._lock()
        old = self._old()
        self._export()
        self._invoice()
        self._export()
        self.assertEqual(len(self._organisation_calls()), 1)
        self.assertEqual(self.connection.period_lock_date, LOCK)
        self.assertEqual(self._issues().code, "period_locked")
        self.assertFalse(self._in_xero("Invoices", InvoiceNumber=old.name))

    def test_read_after_a_refusal(self):
        """S2-20: a lock that Xero's refusal tells of is read at once, so that the next document is not tried."""
        self._lock()
        self._old()
        self._export()
        self.assertEqual(self.connection.period_lock_date, LOCK)
        self.xero.clear_journal()
        self._export()
        self.assertEqual(self._issues().code, "period_locked")
        self.assertFalse([call for call in self._writes() if call["path"].endswith("/Invoices")])

    def test_a_moved_lock_lets_documents_go(self):
        """S2-20: when the accountant opens the period, what waited for it goes without a click."""
        self._lock(end_of_year=str(LOCK))
        old = self._old()
        self._age(16)
        self._export()
        self.assertEqual(self._issues().code, "period_locked")
        self._lock(end_of_year=None)
        self._age(16)
        self._export()
        self._export()
        self.assertEqual(len(self._in_xero("Invoices", InvoiceNumber=old.name)), 1)
        self.assertFalse(self._issues())

    def test_first_open_day(self):
        """S2-20: by setting, it goes on the first open day with its own date in the reference, and stays there."""
        self.connection.lock_policy = "first_open"
        self._lock()
        self._age(16)
        old, bill = self._old(ref="PO 3"), self._old("in_invoice", ref="B-9")
        self._export()
        [sent] = self._in_xero("Invoices", InvoiceNumber=old.name)
        self.assertEqual((sent["DateString"][:10], sent["Status"]), ("2026-07-01", "AUTHORISED"))
        self.assertEqual(sent["Reference"], "PO 3 (dated 2026-05-31)")
        [sent] = self._in_xero("Invoices", InvoiceNumber="B-9")
        self.assertEqual((sent["DateString"][:10], float(sent["Total"])), ("2026-07-01", bill.amount_total))
        self.assertIn("dated 2026-05-31", sent["LineItems"][-1]["Description"])
        self._lock(period="2026-07-31")
        self._age(16)
        (old | bill).action_xero_export()
        self._export()
        dates = {
            one["DateString"][:10] for one in self._in_xero("Invoices") if one["InvoiceNumber"] in (old.name, "B-9")
        }
        self.assertEqual(dates, {"2026-07-01"})

    def test_drafts(self):
        """S2-20: by setting, it goes as a draft, which no lock binds."""
        self.connection.lock_policy = "draft"
        self._lock()
        self._age(16)
        old = self._old()
        self._export()
        [sent] = self._in_xero("Invoices", InvoiceNumber=old.name)
        self.assertEqual((sent["Status"], sent["DateString"][:10]), ("DRAFT", "2026-05-31"))
        self.assertFalse(self._issues())

    def test_warned_before_posting(self):
        """S2-20: a draft's form says that the period is locked in Xero; posting is not blocked."""
        self.connection.period_lock_date = LOCK
        draft = self._old(post=False)
        self.assertIn(format_date(self.env, LOCK), draft.xero_lock_warning)
        draft.invoice_date = date(2026, 7, 1)
        self.assertFalse(draft.xero_lock_warning)
        draft.invoice_date = date(2026, 5, 31)
        draft.action_post()
        self.assertFalse(draft.xero_lock_warning)
