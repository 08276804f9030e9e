"""What people find on the screens: panel, alert, columns and filters, for each kind of user."""

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user
from odoo.tools.safe_eval import safe_eval

from .common import XeroCase

FORMS = {
    "account.move": "account.view_move_form",
    "account.payment": "account.view_account_payment_form",
    "purchase.order": "purchase.purchase_order_form",
    "res.partner": "base.view_partner_form",
    "product.product": "product.product_normal_form_view",
    "product.template": "product.product_template_only_form_view",
}
LISTS = {
    "account.move": "account.view_invoice_tree",
    "account.payment": "account.view_account_payment_tree",
    "purchase.order": "purchase.purchase_order_view_tree",
    "res.partner": "base.view_partner_tree",
    "product.product": "product.product_product_tree_view",
    "product.template": "product.product_template_tree_view",
}
SEARCHES = {
    "account.move": "account.view_account_invoice_filter",
    "account.payment": "account.view_account_payment_search",
    "purchase.order": "purchase.view_purchase_order_filter",
    "res.partner": "base.view_res_partner_filter",
    "product.product": "product.product_search_form_view",
    "product.template": "product.product_template_search_view",
}
SHOWN = {"xero_state", "xero_code", "xero_last_export_date", "xero_last_import_date"}
POLICY = {"xero_do_not_export", "xero_do_not_export_reason", "xero_do_not_import", "xero_do_not_import_reason"}


class ViewCase(XeroCase):
    def _arch(self, model, xml_id, view_type, user=None):
        records = self.env[model].with_user(user or self.env.user)
        return etree.fromstring(records.get_view(self.env.ref(xml_id).id, view_type)["arch"])

    def _names(self, arch, tag):
        return {node.get("name") for node in arch.iter(tag)}


class TestRecordViews(ViewCase):
    def test_panel_on_every_form(self):
        """S4-66, S4-67, S4-68, S4-70, S4-73, S4-74, S4-76: each form shows the panel beside the logo."""
        for model, xml_id in FORMS.items():
            arch = self._arch(model, xml_id, "form")
            [panel] = arch.iterfind(".//div[@name='xero_panel']")
            self.assertLessEqual(SHOWN | POLICY, self._names(panel, "field"), model)
            self.assertLessEqual({"action_xero_export", "action_xero_open"}, self._names(panel, "button"), model)
            self.assertEqual(len(list(panel.iter("img"))), 1, model)
            self.assertTrue(all(hasattr(self.env[model], name) for name in self._names(panel, "button")), model)

    def test_reason_only_when_ticked(self):
        """S4-75: the reason shows only beside a ticked box, and may stay empty."""
        arch = self._arch("account.move", FORMS["account.move"], "form")
        for box in ("xero_do_not_export", "xero_do_not_import"):
            [reason] = arch.iterfind(f".//div[@name='xero_panel']//field[@name='{box}_reason']")
            self.assertEqual(reason.get("invisible"), f"not {box}")
        invoice = self._invoice(post=False)
        with Form(invoice) as form:
            form.xero_do_not_export = True
            form.xero_do_not_export_reason = "Sample for the trade fair"
        self.assertTrue(invoice.xero_do_not_export)
        with Form(invoice) as form:
            form.xero_do_not_export_reason = False
        self.assertTrue(invoice.xero_do_not_export)

    def test_columns(self):
        """S4-69, S4-72, S4-77: state, code, both dates, both boxes and both reasons are columns of each list."""
        for model, xml_id in LISTS.items():
            arch = self._arch(model, xml_id, "list")
            optional = {node.get("name") for node in arch.iterfind(".//field[@optional]")}
            self.assertLessEqual(SHOWN | POLICY, optional, model)

    def test_filters(self):
        """S4-69, S4-72: each list has the filters Synced, Not Synced and Failed, and they run."""
        for model, xml_id in SEARCHES.items():
            arch = self._arch(model, xml_id, "search")
            self.assertLessEqual({"xero_synced", "xero_not_synced", "xero_failed"}, self._names(arch, "filter"), model)
            for name in ("xero_synced", "xero_not_synced", "xero_failed", "xero_kept_out"):
                [node] = arch.iterfind(f".//filter[@name='{name}']")
                self.env[model].search_count(safe_eval(node.get("domain")))

    def test_failed_filter(self):
        """S4-72: Failed finds a document that waits for the problem of its customer, and only as long as it does."""
        invoice, other = self._failing_invoice(), self._invoice()
        payment = self._pay(other)
        self._export()
        failed = self.env["account.move"].search([("xero_problem", "!=", False)])
        self.assertIn(invoice, failed)
        self.assertNotIn(other, failed)
        fine = self.env["account.move"].search([("xero_problem", "=", False)])
        self.assertIn(other, fine)
        self.assertNotIn(invoice, fine)
        self.assertIn(payment, self.env["account.payment"].search([("xero_problem", "=", False)]))
        self.customer_of(invoice).email = "kitchen@harbour.example.nz"
        self._export()
        self.assertSynced(invoice)
        self.assertNotIn(invoice, self.env["account.move"].search([("xero_problem", "!=", False)]))

    def test_alert(self):
        """S4-60, S4-61, S4-62: a failed record says what happened and what to do; View errors opens the issue."""
        invoice = self._failing_invoice()
        self._export()
        [issue] = self._issues()
        self.assertEqual((invoice.xero_problem, invoice.xero_advice), (issue.text, issue.advice))
        self.assertTrue(issue.advice)
        arch = self._arch("account.move", FORMS["account.move"], "form")
        [alert] = arch.iterfind(".//div[@name='xero_alert']")
        self.assertEqual(alert.get("invisible"), "not xero_problem")
        self.assertEqual(self._names(alert, "field"), {"xero_problem", "xero_advice"})
        action = invoice.action_xero_view_errors()
        self.assertEqual((action["res_model"], action["res_id"]), ("xero.issue", issue.id))
        self.env["xero.issue"].sudo()._raise_many(
            self.connection, [{"code": "no_contact", "model": "account.move", "res_id": invoice.id}]
        )
        several = invoice.action_xero_view_errors()
        self.assertEqual(self.env["xero.issue"].search_count(several["domain"]), 2)

    def test_hidden_without_connection(self):
        """A company that never connected sees nothing of Xero on its forms."""
        self.connection.write({"state": "disconnected", "active": False})
        self.env.invalidate_all()
        self.assertFalse(self.customer.xero_connected)
        self.assertFalse(self.product.product_tmpl_id.xero_connected)
        arch = self._arch("res.partner", FORMS["res.partner"], "form")
        [page] = arch.iterfind(".//page[@name='xero']")
        self.assertEqual(page.get("invisible"), "not xero_connected")

    def test_template_shows_its_variant(self):
        """S4-70: a product with one variant shows and edits the variant's sync; one with several shows none."""
        self._invoice(lines=((self.product, 1, 100.0),))
        self._export()
        template = self.product.product_tmpl_id
        self.assertEqual(template.xero_code, self.product.xero_code)
        self.assertEqual(template.xero_state, "synced")
        template.xero_do_not_export = True
        template.xero_do_not_export_reason = "Phased out"
        self.assertEqual(self.product.xero_do_not_export_reason, "Phased out")
        self.assertIn(template, self.env["product.template"].search([("product_variant_ids.xero_code", "!=", False)]))
        colour = self.env["product.attribute"].create(
            {"name": "Shade", "value_ids": [(0, 0, {"name": "Red"}), (0, 0, {"name": "Blue"})]}
        )
        several = self.env["product.template"].create(
            {
                "name": "Cushion",
                "attribute_line_ids": [
                    (0, 0, {"attribute_id": colour.id, "value_ids": [(6, 0, colour.value_ids.ids)]}),
                ],
            }
        )
        self.assertFalse(several.xero_code)
        self.assertTrue(several.xero_connected)

    def _failing_invoice(self):
        partner = self.env["res.partner"].create({"name": "Harbour Lights Café", "email": "kitchen@harbour"})
        return self._invoice(partner=partner)

    def customer_of(self, invoice):
        return invoice.commercial_partner_id


class TestOtherUsers(ViewCase):
    def test_salesperson(self):
        """S4-61: a salesperson sees state and error of a contact, and none of the buttons that need rights in Xero."""
        groups = "sales_team.group_sale_salesman" if "crm.team" in self.env else "base.group_user"
        seller = new_test_user(self.env, "seller", groups=groups, company_id=self.company.id)
        self.customer.email = "pay@ridgeway"
        self._invoice()
        self._export()
        arch = self._arch("res.partner", FORMS["res.partner"], "form", seller)
        self.assertLessEqual(SHOWN | POLICY | {"xero_problem"}, self._names(arch, "field"))
        self.assertIn("action_xero_open", self._names(arch, "button"))
        self.assertFalse({"action_xero_export", "action_xero_view_errors"} & self._names(arch, "button"))
        [values] = self.customer.with_user(seller).read([*SHOWN, *POLICY, "xero_problem", "xero_connected", "xero_url"])
        self.assertIn("pay@ridgeway", values["xero_problem"])
        with self.assertRaises(AccessError):
            self.env["xero.issue"].with_user(seller).search([]).mapped("text")

    def test_portal_form(self):
        """Nothing of the sync is left in a view that a portal user asks for."""
        portal = new_test_user(self.env, "portal", groups="base.group_portal", company_id=self.company.id)
        for model in ("account.move", "res.partner"):
            arch = self.env[model].with_user(portal).get_view(self.env.ref(FORMS[model]).id, "form")["arch"]
            self.assertNotIn("xero_", arch, model)


class TestXeroLists(ViewCase):
    def test_names_instead_of_ids(self):
        """S4-63, S4-64, S4-65: queue, history and errors name their records, a payment by what it pays."""
        invoice = self._invoice()
        payment = self._pay(invoice)
        self._mark()
        names = set(self._queue().mapped("record_name"))
        label = f"{payment.name} → {invoice.name}"
        self.assertEqual(names, {invoice.name, label})
        self._export()
        self.assertLessEqual(
            {invoice.name, label, self.customer.name}, set(self.connection.history_ids.mapped("record_name"))
        )
        self.assertEqual(set(self._binding(invoice).mapped("kind")), {"Invoice or Bill"})

    def test_found_by_name(self):
        """S4-64: the queue is searched by the name of what waits, payments by either side."""
        invoice, other = self._invoice(), self._invoice()
        self._pay(invoice)
        self._mark()
        rows = self._queue().filtered_domain([("record_name", "ilike", invoice.name)])
        found = self.env["xero.outbox"].search([("record_name", "ilike", invoice.name)])
        self.assertEqual(found, rows)
        self.assertEqual(set(found.mapped("model")), {"account.move", "account.partial.reconcile"})
        self.assertNotIn(other.id, found.filtered(lambda row: row.model == "account.move").mapped("res_id"))

    def test_record_that_is_gone(self):
        """A row about a deleted record keeps the name under which it was synced, and opening it says what happened."""
        partner = self.env["res.partner"].create({"name": "Gone With The Wind"})
        history = self.env["xero.history"].sudo()
        history._record_many(
            self.connection, [{"model": "res.partner", "res_id": partner.id, "direction": "out", "action": "created"}]
        )
        binding = (
            self.env["xero.binding"]
            .sudo()
            .create(
                {
                    "connection_id": self.connection.id,
                    "model": "res.partner",
                    "res_id": partner.id,
                    "resource": "Contacts",
                }
            )
        )
        partner.unlink()
        self.assertEqual(binding.record_name, "Gone With The Wind")
        with self.assertRaisesRegex(UserError, "Gone With The Wind"):
            binding.action_open_record()

    def test_issue_opens_the_mapping(self):
        """S4-62: the error of a missing mapping leads to the row that mends it."""
        account = self.env["account.account"].create(
            {"name": "Grants", "code": "209999", "account_type": "income_other"}
        )
        self.env["xero.account.mapping"].search([("account_id", "=", account.id)]).xero_account_id = False
        invoice = self._invoice(post=False)
        invoice.invoice_line_ids.account_id = account
        invoice.action_post()
        self._export()
        [issue] = self._issues()
        action = issue.action_open_mapping()
        rows = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(rows.account_id, account)
        self.assertEqual(issue.action_open_record()["res_id"], account.id)

    def test_tabs(self):
        """S4-63, S4-64, S4-65: the connection's tabs show queue, history and the errors that are still open."""
        partner = self.env["res.partner"].create({"name": "Harbour Lights Café", "email": "kitchen@harbour"})
        invoice = self._invoice(partner=partner)
        self._invoice()
        self._export()
        self.assertEqual(self.connection.queue_tab_ids, self._queue(invoice))
        self.assertEqual(self.connection.issue_tab_ids, self._issues())
        self.assertTrue(self.connection.history_tab_ids)
        partner.email = False
        self._export()
        self.connection.invalidate_recordset()
        self.assertFalse(self.connection.issue_tab_ids | self.connection.queue_tab_ids.issue_id)

    def test_request_is_readable(self):
        """A body is laid out for reading with the numbers that were sent, and only administrators see it."""
        self._invoice(lines=((None, 3, 33.335),))
        self._export()
        request = self.env["xero.request"].search([("path", "=", "Invoices")], limit=1)
        self.assertIn('\n      "Type": "ACCREC",\n', request.body_shown)
        self.assertIn('"UnitAmount": 33.335', request.body_shown)
        self.assertNotIn('"33.335', request.body_shown)
        clerk = new_test_user(self.env, "clerk", groups="account.group_account_invoice", company_id=self.company.id)
        with self.assertRaises(AccessError):
            request.with_user(clerk).read(["body_shown"])


class TestListActions(ViewCase):
    """What is done with many records at once, from the Actions menu of their lists."""

    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.quick_ref("purchase.group_purchase_manager")

    def _run_action(self, name, records):
        model = self.env["ir.model"]._get(records._name)
        domain = [("binding_model_id", "=", model.id), ("name", "=", name), ("binding_view_types", "=", "list")]
        [action] = self.env["ir.actions.server"].sudo().search(domain)
        self.assertIn(self.env.ref("account_xero.group_xero_user"), action.group_ids)
        action.with_env(self.env).with_context(active_model=records._name, active_ids=records.ids).run()

    def test_every_list_has_them(self):
        """S2-14, S4-82: each list sends its selected records to Xero, and tries again what failed of them."""
        for model in LISTS:
            domain = [("binding_model_id.model", "=", model), ("binding_view_types", "=", "list")]
            names = set(self.env["ir.actions.server"].sudo().search(domain).mapped("name"))
            self.assertLessEqual({"Send to Xero", "Retry in Xero"}, names, model)

    def test_contacts(self):
        """S4-30, S1-01: chosen contacts go without a document; of a person the company goes, and nobody else."""
        person = self.env["res.partner"].create({"name": "Gail Ford", "parent_id": self.supplier.id})
        self._run_action("Send to Xero", self.customer | person)
        self._export()
        self.assertSynced(self.customer)
        self.assertSynced(self.supplier)
        self.assertFalse(self._binding(person))
        self.assertFalse(self._in_xero("Contacts", Name="Gail Ford"))

    def test_products(self):
        """S4-31, S5-45: chosen products are items, whether their list shows products or variants."""
        other = self.env["product.product"].create({"name": "Floor Lamp", "default_code": "FLOOR"})
        self._run_action("Send to Xero", self.product)
        self._run_action("Send to Xero", other.product_tmpl_id)
        self._export()
        self.assertEqual(
            {item["Code"] for item in self._in_xero("Items")} & {"LAMP", "FLOOR"},
            {"LAMP", "FLOOR"},
        )

    def test_purchase_orders(self):
        """S4-43, S5-50: chosen purchase orders go again; what Xero has is neither doubled nor lost."""
        line = {"product_id": self.product.id, "product_qty": 1, "price_unit": 50.0}
        orders = self.env["purchase.order"].create(
            [
                {"partner_id": self.supplier.id, "company_id": self.company.id, "order_line": [(0, 0, line)]}
                for _number in range(2)
            ]
        )
        orders.button_confirm()
        self._export()
        before = len(self._in_xero("PurchaseOrders"))
        self.xero.clear_journal()
        self._run_action("Send to Xero", orders)
        self._export()
        [call] = self._writes()
        self.assertEqual(call["method"], "POST")
        self.assertEqual(len(self._in_xero("PurchaseOrders")), before)
