from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from odoo.addons.account_xero.tests.common import XeroCase


class TestSaleOrder(XeroCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.invoice_policy = "order"
        cls.salesman = new_test_user(
            cls.env,
            "xero_salesman",
            groups="sales_team.group_sale_salesman",
            company_id=cls.company.id,
            company_ids=[fields.Command.set(cls.company.ids)],
        )

    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.quick_ref("sales_team.group_sale_manager")

    # === ARRANGE === #

    def _order(self, quantity=1, confirm=True, **values):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "order_line": [
                    fields.Command.create(
                        {"product_id": self.product.id, "product_uom_qty": quantity, "price_unit": 80.0}
                    )
                ],
                **values,
            }
        )
        if confirm:
            order.action_confirm()
        return order

    def _invoice_of(self, order, post=True):
        invoice = order._create_invoices()
        invoice.invoice_date = fields.Date.today()
        if post:
            invoice.action_post()
        return invoice

    def _invoiced_order(self, **values):
        order = self._order(**values)
        return order, self._invoice_of(order)

    def _fail(self):
        """Xero refuses what is dated in a locked period; Odoo knows the lock date and does not even send it."""
        self.connection.period_lock_date = fields.Date.today()

    def _found(self, *condition):
        """The orders of this test's customer that the condition finds."""
        domain = [("partner_id", "=", self.customer.id), condition]
        return self.env["sale.order"].search(domain)

    def _seen_by(self, user, order):
        return order.with_user(user).with_company(self.company)

    # === STATE === #

    def test_order_shows_its_invoice_in_xero(self):
        """The whole way: ordered, invoiced, posted, exported; the order tells the invoice's number and when it left."""
        order = self._order(2)
        self.assertFalse(order.xero_state)
        invoice = self._invoice_of(order)
        order.invalidate_recordset()
        self.assertEqual(order.xero_state, "none")
        self._mark()
        self.assertTrue(order.xero_waiting)
        self._export()
        self.assertTrue(self._in_xero("Invoices", InvoiceNumber=invoice.name))
        self.assertEqual(order.xero_state, "synced")
        self.assertEqual(order.xero_code, invoice.name)
        self.assertEqual(order.xero_last_export_date, invoice.xero_last_export_date)
        self.assertTrue(order.xero_last_export_date)
        self.assertFalse(order.xero_waiting)
        self.assertFalse(order.xero_problem)

    def test_invoice_of_the_shop(self):
        """S5-03: what a customer ordered in the shop is invoiced, and the invoice with its lines is in Xero."""
        order = self._order(
            quantity=3,
            client_order_ref="WEB-1007",
            origin="Website",
            order_line=[
                fields.Command.create({"product_id": self.product.id, "product_uom_qty": 3, "price_unit": 80.0}),
                fields.Command.create({"product_id": self.product.id, "product_uom_qty": 1, "price_unit": 9.9}),
            ],
        )
        self._export()
        self.assertFalse(self._writes())
        invoice = self._invoice_of(order)
        self._export()
        [sent] = self._in_xero("Invoices", InvoiceNumber=invoice.name)
        self.assertEqual((sent["Type"], sent["Status"], sent["Reference"]), ("ACCREC", "AUTHORISED", "WEB-1007"))
        self.assertEqual(sent["Contact"]["Name"], self.customer.name)
        self.assertEqual(
            [(line["Quantity"], line["ItemCode"]) for line in sent["LineItems"]], [(3, "LAMP"), (1, "LAMP")]
        )
        self.assertEqual(float(sent["Total"]), order.amount_total)

    def test_order_with_one_of_two_invoices_in_xero(self):
        """An order is partly in Xero while a posted document of it is missing there, and joins their codes."""
        order, invoice = self._invoiced_order()
        self._export()
        credit = invoice._reverse_moves([{"date": fields.Date.today(), "invoice_date": fields.Date.today()}])
        self.assertEqual(order.xero_state, "synced", "a draft is not missing")
        credit.action_post()
        order.invalidate_recordset()
        self.assertEqual(order.xero_state, "partly")
        self.assertEqual(order.xero_code, invoice.name)
        self._export()
        self.assertEqual(order.xero_state, "synced")
        self.assertEqual(order.xero_code, ", ".join(sorted([invoice.name, credit.name])))

    def test_failed_invoice_shows_on_the_order(self):
        """The order of a failed invoice is red: which invoice, what happened, what to do; a button leads there."""
        order, sent = self._invoiced_order()
        self._export()
        order.order_line.product_uom_qty = 3
        failed = self._invoice_of(order, post=False)
        self._fail()
        failed.action_post()
        self._export()
        self.assertTrue(failed.xero_problem)
        self.assertEqual(order.xero_state, "failed", "one failed invoice is worse than one that arrived")
        self.assertEqual(order.xero_problem, f"{failed.name}: {failed.xero_problem}")
        self.assertEqual(order.xero_advice, failed.xero_advice)
        self.assertEqual(order.xero_code, sent.name)
        self.assertEqual(order.action_xero_open_failed()["res_id"], failed.id)

    def test_one_problem_of_two_invoices_is_told_once(self):
        """The advice is not repeated for every invoice that has the problem."""
        self._fail()
        order, first = self._invoiced_order()
        order.order_line.product_uom_qty = 3
        second = self._invoice_of(order)
        self._export()
        self.assertEqual(first.xero_problem, second.xero_problem)
        self.assertEqual(order.xero_problem, f"{first.name}, {second.name}: {first.xero_problem}")
        self.assertEqual(order.xero_advice, first.xero_advice)

    def test_invoice_held_by_its_customer_has_failed(self):
        """An invoice that waits because its customer was refused is a failed one for who looks at the order."""
        self.customer.email = "nobody@nowhere"
        order, invoice = self._invoiced_order()
        self._export()
        self.assertFalse(self._in_xero("Invoices", InvoiceNumber=invoice.name))
        self.assertEqual(order.xero_state, "failed")
        self.assertIn("nobody@nowhere", order.xero_problem)
        self.assertEqual(self._found("xero_state", "=", "failed"), order)

    def test_company_without_xero(self):
        """Where nothing is connected, orders have no state."""
        order, _invoice = self._invoiced_order()
        self._export()
        self.connection.active = False
        self.env.invalidate_all()
        self.assertFalse(order.xero_state)
        self.assertFalse(order.xero_code)
        self.assertFalse(self._found("xero_state", "!=", False))

    # === LISTS === #

    def test_filters_sorting_and_groups(self):
        """Orders are found, sorted and grouped by what they show, those without any invoice included."""
        synced, invoice = self._invoiced_order()
        self._export()
        missing, _invoice = self._invoiced_order()
        untouched = self._order()
        quote = self._order(confirm=False)
        self.assertEqual(self._found("xero_state", "=", "synced"), synced)
        self.assertEqual(self._found("xero_state", "=", "none"), missing)
        self.assertEqual(self._found("xero_state", "in", ("failed", "none", "partly")), missing)
        self.assertEqual(self._found("xero_state", "!=", "synced"), missing | untouched | quote)
        self.assertEqual(self._found("xero_state", "=", False), untouched | quote)
        self.assertEqual(self._found("xero_code", "=", False), missing | untouched | quote)
        self.assertEqual(self._found("xero_code", "ilike", invoice.name), synced)
        self.assertEqual(self._found("xero_last_export_date", ">=", fields.Date.today()), synced)
        self.assertEqual((synced | missing | quote).filtered_domain([("xero_state", "=", "synced")]), synced)
        orders = self.env["sale.order"]
        domain = [("partner_id", "=", self.customer.id), ("xero_state", "!=", False)]
        self.assertEqual(orders.search(domain, order="xero_state desc, id").ids, [synced.id, missing.id])
        self.assertEqual(orders.search(domain, order="xero_state, xero_code").ids, [missing.id, synced.id])
        groups = orders._read_group([("partner_id", "=", self.customer.id)], ["xero_state"], ["__count"])
        self.assertEqual(dict(groups), {"synced": 1, "none": 1, False: 2})

    def test_list_costs_no_query_per_order(self):
        """The columns of a page of orders take as many queries as those of a single one."""
        orders = self.env["sale.order"].concat(*(self._invoiced_order()[0] for _ in range(6)))
        self._export()
        self.assertEqual(set(orders.mapped("xero_state")), {"synced"})
        self._queries(orders)  # access rights are read once and kept
        self.assertEqual(self._queries(orders), self._queries(orders[0]))

    def _queries(self, orders):
        """How many queries reading the columns takes."""
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        orders.read(["xero_state", "xero_code", "xero_last_export_date"])
        return self.env.cr.sql_log_count - before

    # === RIGHTS === #

    def test_salespeople_see_it_without_accounting_rights(self):
        """Who sells, and reads neither connections nor issues, sees the state, the message and the advice."""
        self.assertFalse(self.salesman.has_group("account_xero.group_xero_user"))
        self._fail()
        order, invoice = self._invoiced_order(user_id=self.salesman.id)
        invoice.invoice_user_id = self.env.user  # a colleague's, which a salesperson of own documents may not read
        self._export()
        self.assertFalse(invoice.with_user(self.salesman).has_access("read"))
        seen = self._seen_by(self.salesman, order)
        self.env.invalidate_all()
        self.assertEqual(seen.xero_state, "failed")
        self.assertIn(invoice.name, seen.xero_problem)
        self.assertTrue(seen.xero_advice)
        view = seen.get_view(view_type="form")["arch"]
        self.assertIn("xero_problem", view)
        self.assertEqual(seen.search([("xero_state", "=", "failed"), ("id", "=", order.id)]), order)
        self.assertEqual(seen.action_xero_open_failed()["res_id"], invoice.id)

    def test_customers_in_the_portal_see_nothing(self):
        """The customer, who may read the order in the portal, gets no word of Xero: no value, no filter, no field."""
        order, _invoice = self._invoiced_order()
        self._export()
        portal = new_test_user(self.env, "xero_portal", groups="base.group_portal")
        portal.partner_id.parent_id = self.customer
        order.message_subscribe(portal.partner_id.ids)
        seen = order.with_user(portal)
        self.assertEqual(seen.read(["name"])[0]["name"], order.name)
        names = [name for name in order._fields if name.startswith("xero_")]
        self.assertEqual(len(names), 6)
        self.assertFalse(set(names) & set(seen.fields_get()))
        for name in names:
            with self.assertRaises(AccessError):
                seen.read([name])
        for name in ("xero_state", "xero_code", "xero_last_export_date"):
            with self.assertRaises(AccessError):
                seen.search([(name, "!=", False)])
            with self.assertRaises(AccessError):
                seen.search([], order=name)

    # === WHAT NEVER HAPPENS === #

    def test_quotes_are_never_queued(self):
        """S4-32: making, changing and sending a quote queues nothing and calls nobody."""
        quote = self._order(confirm=False)
        quote.order_line.price_unit = 90.0
        quote.action_quotation_sent()
        self._mark()
        self.assertFalse(self._queue())
        self._export()
        self.assertFalse(self._writes())
        self.assertFalse(self._binding(quote))

    def test_orders_are_never_queued(self):
        """A sales order is never synced: confirming and changing it queues nothing, its invoice alone goes."""
        order = self._order()
        order.order_line.product_uom_qty = 4
        order.client_order_ref = "PO 77"
        self._mark()
        self.assertFalse(self._queue())
        invoice = self._invoice_of(order)
        self._mark()
        self.assertEqual(set(self._queue().mapped("model")), {"account.move"})
        self._export()
        self.assertSynced(invoice)
        self.assertFalse(self.env["xero.binding"].search([("model", "=like", "sale.%")]))
        self.assertFalse(self.env["xero.history"].search([("model", "=like", "sale.%")]))
        order.client_order_ref = "PO 78"
        self._mark()
        self.assertFalse(self._queue())

    def test_the_sync_writes_nothing_on_the_order(self):
        """Neither the export nor showing its outcome touches the order."""
        order, _invoice = self._invoiced_order()
        self._mark()
        self.env.cr.execute("SELECT xmin FROM sale_order WHERE id = %s", [order.id])
        before = self.env.cr.fetchone()
        self._export()
        self.assertEqual(order.xero_state, "synced")
        self._mark()
        self.env.cr.execute("SELECT xmin FROM sale_order WHERE id = %s", [order.id])
        self.assertEqual(self.env.cr.fetchone(), before)

    # === LOADING === #

    def test_installs_by_itself(self):
        """Nobody asked for the bridge: it came with the addon and Sales, and the connection has nothing to warn of."""
        module = self.env["ir.module.module"]._get("account_xero_sale")
        self.assertEqual((module.state, module.auto_install), ("installed", True))
        self.assertFalse(self.connection.missing_bridges)
