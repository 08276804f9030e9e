"""What a record shows of its link: read through one join, never written on the record."""

from datetime import datetime

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .common import XeroCase

LATE, EARLY = datetime(2026, 3, 2, 9, 30), datetime(2026, 1, 5, 8, 0)


class TestJoinedFields(XeroCase):
    def setUp(self):
        super().setUp()
        self.late, self.early, self.never = self.env["res.partner"].create(
            [{"name": f"Joined {name}"} for name in ("Late", "Early", "Never")]
        )
        self.partners = self.late | self.early | self.never
        self._link(self.late, "JOIN-2", LATE, last_import_date=EARLY)
        self._link(self.early, "JOIN-1", EARLY, state="failed")

    def _link(self, partner, code, exported, connection=None, **values):
        return (
            self.env["xero.binding"]
            .sudo()
            .create(
                {
                    "connection_id": (connection or self.connection).id,
                    "model": "res.partner",
                    "res_id": partner.id,
                    "resource": "Contacts",
                    "external_id": f"{code}-{partner.id}",
                    "code": code,
                    "last_export_date": exported,
                    **values,
                }
            )
        )

    def _found(self, *domain, **options):
        return self.env["res.partner"].search([("id", "in", self.partners.ids), *domain], **options)

    def test_values(self):
        """S4-67, S4-68, S4-70, S4-71: a record shows its link's code, dates and state, and nothing without a link."""
        self.assertEqual(self.late.xero_code, "JOIN-2")
        self.assertEqual(self.late.xero_last_export_date, LATE)
        self.assertEqual(self.late.xero_last_import_date, EARLY)
        self.assertEqual(self.late.xero_state, "synced")
        self.assertFalse(self.never.xero_code)
        self.assertFalse(self.never.xero_last_export_date)
        self.assertFalse(self.never.xero_state)

    def test_filled_by_the_first_export(self):
        """S4-71: the Accounting Code is empty until the record is in Xero, and filled from then on."""
        invoice = self._invoice()
        self.assertFalse(invoice.xero_code)
        self._export()
        [element] = self._in_xero("Invoices", InvoiceNumber=invoice.name)
        self.assertEqual(invoice.xero_code, element["InvoiceNumber"])
        self.assertTrue(invoice.xero_last_export_date)
        self.assertIn(invoice, self.env["account.move"].search([("xero_code", "!=", False)]))

    def test_filters(self):
        """S4-69, S4-72: filters by code, state and both dates; records without a link count as never exported."""
        self.assertEqual(self._found(("xero_code", "!=", False)), self.late | self.early)
        self.assertEqual(self._found(("xero_code", "=", False)), self.never)
        self.assertEqual(self._found(("xero_code", "ilike", "in-1")), self.early)
        self.assertEqual(self._found(("xero_state", "=", "failed")), self.early)
        self.assertEqual(self._found(("xero_state", "!=", "failed")), self.late | self.never)
        self.assertEqual(self._found(("xero_last_export_date", ">=", "2026-02-01")), self.late)
        self.assertEqual(self._found(("xero_last_export_date", "=", False)), self.never)
        self.assertEqual(self._found(("xero_last_import_date", "!=", False)), self.late)

    def test_order(self):
        """S4-69, S4-72: a list sorts by the dates and the code, the records without a link at one end."""
        by_date = self._found(order="xero_last_export_date")
        self.assertEqual(by_date.ids, [self.early.id, self.late.id, self.never.id])
        self.assertEqual(self._found(order="xero_last_export_date desc").ids, by_date[::-1].ids)
        self.assertEqual(self._found(order="xero_code desc, id")[1:].ids, [self.late.id, self.early.id])

    def test_groups(self):
        """S4-69: records are grouped by state and by month of export, those without a link in a group of their own."""
        domain = [("id", "in", self.partners.ids)]
        partners = self.env["res.partner"]
        states = dict(partners._read_group(domain, ["xero_state"], ["__count"]))
        self.assertEqual(states, {"failed": 1, "synced": 1, False: 1})
        months = dict(partners._read_group(domain, ["xero_last_export_date:month"], ["__count"]))
        self.assertEqual({month and month.strftime("%Y-%m") for month in months}, {"2026-01", "2026-03", False})

    def test_client_may_sort_and_group(self):
        """S4-69: the list's headers sort by the joined fields, and Group By offers them."""
        described = self.env["res.partner"].fields_get(["xero_state", "xero_code", "xero_last_export_date"])
        for name, field in described.items():
            self.assertTrue(field["sortable"] and field["groupable"] and field["searchable"], name)

    def test_in_memory(self):
        """The same domains filter records that were read already."""
        for domain in (
            [("xero_code", "!=", False)],
            [("xero_code", "=", False)],
            [("xero_state", "=", "failed")],
            [("xero_last_export_date", ">=", "2026-02-01")],
        ):
            self.assertEqual(
                self.partners.filtered_domain(domain).sorted("id"), self._found(*domain, order="id"), domain
            )

    def test_another_company(self):
        """A shared record shows each company its own organisation's values, and nothing before connecting."""
        other = self.setup_other_company()["company"]
        self.env.user.company_ids |= other
        elsewhere = self.partners.with_company(other).with_context(allowed_company_ids=other.ids)
        self.assertEqual(elsewhere.mapped("xero_code"), [False, False, False])
        self.assertFalse(elsewhere.search([("id", "in", self.partners.ids), ("xero_code", "!=", False)]))
        second = self.env["xero.connection"].create(
            {"company_id": other.id, "environment": "simulator", "tenant_id": "elsewhere", "state": "connected"}
        )
        self._link(self.never, "ELSE-1", LATE, connection=second)
        self.env.invalidate_all()
        self.assertEqual(elsewhere.mapped("xero_code"), [False, False, "ELSE-1"])
        self.assertEqual(elsewhere.search([("id", "in", self.partners.ids), ("xero_code", "!=", False)]), self.never)
        self.assertEqual(self.partners.mapped("xero_code"), ["JOIN-2", "JOIN-1", False])

    def test_inactive_connection(self):
        """Columns and panels speak of the active connection only; the links of an archived one stay."""
        self.connection.write({"state": "disconnected", "active": False})
        self.env.invalidate_all()
        self.assertFalse(self.late.xero_code)
        self.assertEqual(self._found(("xero_code", "=", False)), self.partners)
        self.assertTrue(self._binding(self.late))

    def test_payments(self):
        """S4-67 to S4-70: a payment shows the state of what it pays, sorted and filtered by it."""
        invoice = self._invoice()
        payment = self._pay(invoice)
        waiting = self._pay(self._invoice())
        waiting.xero_do_not_export = True
        self._export()
        payments = self.env["account.payment"]
        domain = [("id", "in", (payment | waiting).ids)]
        self.assertTrue(payment.xero_code)
        self.assertIn(payment, payments.search([*domain, ("xero_code", "!=", False)]))
        self.assertIn(payment, payments.search([*domain, ("xero_last_export_date", "!=", False)]))
        self.assertEqual(
            payments.search_count(domain), len(payments.search(domain, order="xero_last_export_date desc"))
        )

    def test_sync_does_not_write_the_record(self):
        """Exporting leaves the record's own columns and its last change alone."""
        invoice = self._invoice()
        self._mark()
        self.env.cr.execute("UPDATE account_move SET write_date = '2020-01-01' WHERE id = %s", [invoice.id])
        self._export()
        self.assertSynced(invoice)
        self.assertEqual(invoice.write_date, datetime(2020, 1, 1))


class TestWhoMaySee(XeroCase):
    def test_internal_user_without_xero_rights(self):
        """S4-61: an employee without any right in Xero reads the state of a contact, and of nothing else in xero.*."""
        clerk = new_test_user(self.env, "clerk", groups="base.group_user", company_id=self.company.id)
        self._export_contact()
        partner = self.customer.with_user(clerk)
        self.assertEqual(partner.xero_state, "synced")
        self.assertTrue(partner.xero_connected)
        self.assertTrue(partner.search([("id", "=", partner.id), ("xero_code", "!=", False)], order="xero_code"))
        self.assertFalse(clerk.has_group("account_xero.group_xero_user"))
        with self.assertRaises(AccessError):
            self.env["xero.binding"].with_user(clerk).search([])

    def test_portal_user_sees_nothing(self):
        """Customers in the portal read their invoice, and no field of the sync; nor do they search or sort by one."""
        invoice = self._invoice()
        self._export()
        portal = new_test_user(self.env, "portal", groups="base.group_portal", company_id=self.company.id)
        portal.partner_id.parent_id = self.customer
        invoice.message_subscribe(portal.partner_id.ids)
        seen = invoice.with_user(portal)
        self.assertEqual(seen.name, invoice.name)
        self.assertFalse([name for name in seen.fields_get() if name.startswith("xero_")])
        with self.assertRaises(AccessError):
            seen.read(["xero_code"])
        with self.assertRaises(AccessError):
            seen.search([("xero_code", "!=", False)])
        with self.assertRaises(AccessError):
            seen.search([], order="xero_code")

    def _export_contact(self):
        self._invoice()
        self._export()
