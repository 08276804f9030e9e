"""The page Dashboard: what it shows of both books, to whom, and what it costs."""

from ast import literal_eval
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import XeroCase
from .test_tours import ErrorsInBrowserCase


class TestDashboard(XeroCase):
    def _page(self, user=None):
        return self.env["xero.dashboard"].with_user(user or self.env.user).read_page()

    def _shown(self, part):
        """``{name or key: (Odoo, Xero)}`` of a part, as the page has it."""
        [connection] = self._page()["connections"]
        return {
            figure["name"]: (round(figure["odoo"], 2), round(figure["xero"], 2))
            for figure in connection["figures"]
            if figure["part"] == part
        }

    def _refresh(self):
        return self.env["xero.figure"].action_refresh()

    def test_opening_calls_nobody(self):
        """S5-11: the page shows the last reading with its time and what the next one costs, and calls Xero for
        nothing; refreshing does, and costs what it said."""
        self.xero.clear_journal()
        [connection] = self._page()["connections"]
        self.assertFalse(connection["read_at"])
        self.assertFalse(self._calls())
        self._refresh()
        self.assertEqual(len(self._calls()), connection["calls"])
        self.xero.clear_journal()
        [connection] = self._page()["connections"]
        self.assertTrue(connection["read_at"])
        self.assertTrue(connection["figures"])
        self.assertFalse(self._calls())
        self.env["xero.budget"]._of(self.connection).day_remaining = 4321
        self.assertEqual(self._page()["connections"][0]["calls_left"], 4321)

    def test_cost_with_reports(self):
        """S5-17: the reports are counted in the price where they are read."""
        [cheap] = self._page()["connections"]
        self.connection.compare_balance_sheet = True
        [dear] = self._page()["connections"]
        self.assertEqual(dear["calls"] - cheap["calls"], 3)
        self.xero.clear_journal()
        self._refresh()
        self.assertEqual(len(self._calls()), dear["calls"])

    def test_invoice_list(self):
        """S5-09: a contact is in the Invoice List once an invoice is attached to it, with what each side says
        is open."""
        self._refresh()
        self.assertFalse([name for name in self._shown("i_documents") if "Ridgeway" in name])
        invoice = self._invoice(lines=[(None, 1, 100.0)])
        self._export()
        self._refresh()
        name = f"{invoice.name} · Ridgeway University"
        self.assertEqual(self._shown("i_documents")[name], (115.0, 115.0))
        self._pay(invoice, amount=15.0)
        self._refresh()
        self.assertEqual(self._shown("i_documents")[name], (100.0, 115.0))
        figure = self.env["xero.figure"].search([("label", "=", name)])
        self.assertEqual(figure.difference, -15.0)
        self.assertEqual(figure.action_open()["res_id"], invoice.id)
        [first] = self.env["xero.figure"].search([("widget", "=", "i_documents")], limit=1)
        self.assertTrue(first.difference, "what differs comes first")
        self._export()
        self._refresh()
        self.assertEqual(self._shown("i_documents")[name], (100.0, 100.0))

    def test_growth_per_product(self):
        """S5-13: an item grows by its sales without tax, of the last 30 days against the 30 before, on both sides
        alike; what is credited counts against it, and what is drafted not at all."""
        today = fields.Date.today()
        self._invoice(lines=[(self.product, 2, 80.0)], invoice_date=today - timedelta(days=45))
        self._invoice(lines=[(self.product, 5, 80.0)])
        self._invoice("out_refund", lines=[(self.product, 1, 80.0)])
        self._invoice(lines=[(self.product, 50, 80.0)], post=False)
        self._invoice(lines=[(self.product, 9, 80.0)], invoice_date=today - timedelta(days=90))
        self._export()
        self.assertFalse(self._issues(), self._issues().mapped("text"))
        self._refresh()
        figure = self.env["xero.figure"].search([("widget", "=", "j_products"), ("res_id", "=", self.product.id)])
        self.assertEqual((figure.odoo_amount, figure.xero_amount), (320.0, 320.0))
        self.assertEqual((figure.odoo_before, figure.xero_before), (160.0, 160.0))

    def test_growth_in_foreign_currency_and_prices_with_tax(self):
        """S5-13: prices with tax count without it, and another currency at the document's rate."""
        pound = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "GBP")])
        pound.active = True
        pound.rate_ids.unlink()
        rate = {"name": "2020-01-01", "rate": 0.5, "currency_id": pound.id, "company_id": self.company.id}
        self.env["res.currency.rate"].create(rate)
        inclusive = self.tax_sale.copy({"name": "15 % included", "price_include_override": "tax_included"})
        mapping = self.env["xero.tax.mapping"]
        mapping._propose(self.connection)
        mapped = mapping.search([("tax_ids", "=", self.tax_sale.ids)], limit=1)
        mine = mapping.search([("tax_ids", "=", inclusive.ids)], limit=1)
        mine.xero_tax_rate_id = mapped.xero_tax_rate_id
        self._invoice(lines=[(self.product, 1, 115.0)], taxes=inclusive)
        self._invoice(lines=[(self.product, 1, 40.0)], currency_id=pound.id)
        self._export()
        self.assertFalse(self._issues(), self._issues().mapped("text"))
        self._refresh()
        figure = self.env["xero.figure"].search([("widget", "=", "j_products"), ("res_id", "=", self.product.id)])
        self.assertEqual((figure.odoo_amount, figure.xero_amount), (180.0, 180.0))

    def test_account_comparison(self):
        """S5-16, S5-17: balances of accounts stand side by side, with those of a month ago on both sides."""
        self.connection.compare_balance_sheet = True
        today = fields.Date.today()
        owed = self.env["xero.account"].search(
            [("connection_id", "=", self.connection.id), ("system_account", "=", "DEBTORS")]
        )
        self._refresh()
        old = self._amounts(owed)
        for days, price in ((50, 30.0), (3, 70.0)):
            self._invoice(lines=[(None, 1, price)], invoice_date=today - timedelta(days=days))
        self._export()
        self._refresh()
        moved = [round(after - before, 2) for after, before in zip(self._amounts(owed), old, strict=True)]
        self.assertEqual(moved, [115.0, 34.5, 115.0, 34.5])

    def _amounts(self, account):
        """What both sides say of an account, now and a month ago; zeros where it is not listed."""
        figure = self._account(account)
        return figure.odoo_amount, figure.odoo_before, figure.xero_amount, figure.xero_before

    def test_account_opens_its_journal_items(self):
        """S5-17: an account of the comparison opens what is behind it in Odoo."""
        self.connection.compare_balance_sheet = True
        invoice = self._invoice(lines=[(None, 1, 100.0)])
        self._export()
        self._refresh()
        line = invoice.invoice_line_ids
        mapped = self.env["xero.account.mapping"]._for(self.connection)[line.account_id.id]
        items = self.env["account.move.line"].search(self._account(mapped).action_open()["domain"])
        self.assertIn(line, items)
        self.assertNotIn(invoice.line_ids - line, items)

    def _account(self, account):
        domain = [("widget", "=", "k_accounts"), ("connection_id", "=", self.connection.id)]
        return self.env["xero.figure"].search([*domain, ("key", "=", account.external_id)])

    def test_in_step_after_a_days_work(self):
        """S3-29: after a day's work on both sides nothing is there twice, and no figure has moved apart."""
        self.connection.compare_balance_sheet = True
        self._refresh()
        before = self._differences()
        invoice = self._invoice(lines=[(self.product, 2, 80.0)])
        bill = self._invoice("in_invoice", ref="SUP-29", lines=[(None, 1, 40.0)])
        note = self._invoice("out_refund", lines=[(None, 1, 10.0)])
        self._export()
        self._pay(invoice, amount=100.0)
        [document] = self._in_xero("Invoices", InvoiceNumber=bill.ref)
        self.xero.act(
            "bank-payment", tenant_id=self.connection.tenant_id, invoice=document["InvoiceID"], amount="46.00"
        )
        for _again in range(2):
            self._export()
            self._import()
        self.assertFalse(self._issues(), self._issues().mapped("text"))
        self.assertEqual(bill.payment_state, "paid")
        self.assertEqual(len(self._in_xero("Invoices", InvoiceNumber=invoice.name)), 1)
        self.assertEqual(len(self._in_xero("Invoices", InvoiceNumber=bill.ref)), 1)
        self.assertEqual(len(self._in_xero("CreditNotes", CreditNoteNumber=note.name)), 1)
        self.assertEqual(len(self._in_xero("Payments", Invoice__InvoiceNumber=invoice.name)), 1)
        self._refresh()
        self.assertEqual(self._differences(), before)

    def _differences(self):
        """``{figure: difference}`` of what differs, but the single documents."""
        figures = self.env["xero.figure"].search(
            [("connection_id", "=", self.connection.id), ("widget", "!=", "i_documents"), ("difference", "!=", 0)]
        )
        return {(figure.widget, figure.key): round(figure.difference, 2) for figure in figures}

    def test_hours_are_a_total(self):
        """S5-32: a figure of hours is shown as hours, beside the money and not added to it."""
        self._refresh()
        values = {"connection_id": self.connection.id, "widget": "m_hours", "key": "hours", "label": "Total"}
        more = {"sequence": 900, "odoo_amount": 37.5, "xero_amount": 36.0, "difference": 1.5, "unit": "hours"}
        self.env["xero.figure"].sudo().create({**values, **more, "read_at": fields.Datetime.now()})
        [card] = [card for card in self._page()["cards"] if "m_hours" in card["parts"]]
        self.assertIn("Allow Payroll Access", card["next_step"])
        self.assertEqual(self._shown("m_hours"), {"Total": (37.5, 36.0)})
        listed = self.env["ir.actions.act_window"]._for_xml_id("account_xero.xero_figure_action")["domain"]
        self.assertNotIn("hours", self.env["xero.figure"].search(literal_eval(listed)).mapped("unit"))

    def test_rights(self):
        """S5-11: who reads the books sees the page, of the companies that are chosen; others see nothing of it."""
        self._refresh()
        accountant = new_test_user(
            self.env,
            "reader",
            groups="account.group_account_readonly",
            company_id=self.company.id,
            company_ids=[fields.Command.set(self.company.ids)],
        )
        page = self._page(accountant)
        self.assertTrue(page["connections"][0]["figures"])
        self.assertFalse(page["may_connect"])
        seller = new_test_user(
            self.env,
            "seller",
            groups="base.group_user",
            company_id=self.company.id,
            company_ids=[fields.Command.set(self.company.ids)],
        )
        with self.assertRaises(AccessError):
            self._page(seller)
        with self.assertRaises(AccessError):
            self.env["xero.figure"].with_user(seller).action_refresh()
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "stranger",
            groups="account.group_account_readonly",
            company_id=elsewhere.id,
            company_ids=[fields.Command.set(elsewhere.ids)],
        )
        self.assertFalse(self._page(stranger)["connections"])
        self.assertFalse(self.env["xero.figure.reading"].with_user(stranger).search([]))


@tagged("post_install", "-at_install")
class TestDashboardInBrowser(ErrorsInBrowserCase):
    def test_refresh_and_look(self):
        """S5-09, S5-11, S5-16, S5-21: an accountant opens the page, which says the next step, refreshes it, reads both
        sides and what differs, compares accounts, and opens a document from the list; on a telephone nothing is wider
        than the screen."""
        self._person("chief", "account_xero.group_xero_administrator,account.group_account_manager")
        invoice = self._invoice()
        self._export()
        late = self._invoice()
        late.xero_do_not_export = True
        self.connection.compare_balance_sheet = True
        self.env.cr.flush()
        names = invoice.name, late.name
        with self._browsing("chief", "/odoo/xero-dashboard") as page:
            page.sees("Opening this page never calls Xero.")
            page.press_on(".o_xero_refresh", "Enter")
            page.sees("As of")
            page.sees(names[0])
            page.sees(names[1])
            row = "[...document.querySelectorAll('[data-card=documents] tr')].find(e => e.innerText.includes('%s'))"
            self.assertTrue(page.evaluate(f"!!{row % names[0]}.querySelector('.text-success')"))
            self.assertIn("100.00", page.evaluate(f"{row % names[1]}.querySelector('.o_xero_difference').innerText"))
            page.wait_for("!!document.querySelector('[data-card=accounts] canvas')", "the comparison of accounts")
            page.click("[data-card=accounts] input")
            self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth - innerWidth"), 0)
            page.click_text("[data-card=documents] button", names[0])
            page.wait_for("location.pathname.includes('/account.move/')", "the invoice")

    def test_not_connected(self):
        """S5-11: without a connection the page says what to do, and who may do it is led there."""
        self._person("chief", "account_xero.group_xero_administrator,account.group_account_manager")
        self._person("reader", "account.group_account_readonly")
        self.connection.state = "disconnected"
        self.env.cr.flush()
        with self._browsing("reader", "/odoo/xero-dashboard") as page:
            page.sees("Ask somebody with the right")
        with self._browsing("chief", "/odoo/xero-dashboard") as page:
            page.click_text(".o_xero_not_connected button", "Connect to Xero")
            page.wait_for("location.pathname.includes('xero-connections')", "the connections")
