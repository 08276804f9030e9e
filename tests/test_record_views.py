"""Every record that can sync shows it in the same way: panel, smart button, columns, filters, groups, list actions."""

from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user
from odoo.tools.safe_eval import safe_eval

from .common import XeroCase
from .stock_common import StockCase

SHOWN = {"xero_state", "xero_code", "xero_last_export_date", "xero_last_import_date"}
POLICY = {"xero_do_not_export", "xero_do_not_export_reason", "xero_do_not_import", "xero_do_not_import_reason"}
FILTERS = ("xero_synced", "xero_not_synced", "xero_failed", "xero_waiting", "xero_kept_out")
FORM, LIST, SEARCH = "form", "list", "search"
# Model -> the views that people open; where it has none of its own, such as the form of a count, nothing.
VIEWS = {
    "account.analytic.account": (
        "analytic.view_account_analytic_account_form",
        "analytic.view_account_analytic_account_list",
        "analytic.view_account_analytic_account_search",
    ),
    "account.move": ("account.view_move_form", "account.view_invoice_tree", "account.view_account_invoice_filter"),
    "account.payment": (
        "account.view_account_payment_form",
        "account.view_account_payment_tree",
        "account.view_account_payment_search",
    ),
    "hr.employee": ("hr.view_employee_form", "hr.view_employee_tree", "hr.view_employee_filter"),
    "mrp.production": (
        "mrp.mrp_production_form_view",
        "mrp.mrp_production_tree_view",
        "mrp.view_mrp_production_filter",
    ),
    "product.product": (
        "product.product_normal_form_view",
        "product.product_product_tree_view",
        "product.product_search_form_view",
    ),
    "product.template": (
        "product.product_template_only_form_view",
        "product.product_template_tree_view",
        "product.product_template_search_view",
    ),
    "purchase.order": (
        "purchase.purchase_order_form",
        "purchase.purchase_order_view_tree",
        "purchase.view_purchase_order_filter",
    ),
    "res.partner": ("base.view_partner_form", "base.view_partner_tree", "base.view_res_partner_filter"),
    "res.partner.category": (
        "base.view_partner_category_form",
        "base.view_partner_category_list",
        "base.res_partner_category_view_search",
    ),
    "stock.move": ("stock.view_move_form", "stock.view_move_tree", "stock.view_move_search"),
    "stock.picking": ("stock.view_picking_form", "stock.vpicktree", "stock.view_picking_internal_search"),
    "stock.quant": (None, "stock.view_stock_quant_tree_inventory_editable", "stock.quant_search_view"),
    "stock.scrap": ("stock.stock_scrap_form_view", "stock.stock_scrap_tree_view", "stock.stock_scrap_search_view"),
    "xero.stock.document": (
        "account_xero.xero_stock_document_view_form",
        "account_xero.xero_stock_document_view_list",
        "account_xero.xero_stock_document_view_search",
    ),
}
# The lines of a transfer show their moves' state in the transfer itself.
WITHOUT_VIEWS = {"stock.move.line"}
# What the payroll's bridge shows of time off and hours is its own.
ELSEWHERE = {"hr.leave", "xero.timesheet"}
# What the lists of those models offer beside sending.
LIST_ACTIONS = {
    "Send to Xero",
    "Retry in Xero",
    "Preview for Xero",
    "Import from Xero",
    "Do Not Sync with Xero",
    "Sync with Xero Again",
    "Remove Links with Xero",
}
# Options of a plan and groups of contacts go with what needs them.
UNMANAGED = {"account.analytic.account", "res.partner.category"}


class RecordViewCase(XeroCase):
    @classmethod
    def get_default_groups(cls):
        groups = super().get_default_groups()
        hr = cls.env.ref("hr.group_hr_manager", raise_if_not_found=False)  # with the payroll's bridge
        return groups | hr if hr else groups

    def _views(self):
        """``(model, form, list, search)`` of the models that are installed."""
        for model, views in VIEWS.items():
            if model in self.env:
                yield model, *views

    def _arch(self, model, xml_id, view_type, user=None):
        records = self.env[model].with_user(user or self.env.user)
        return etree.fromstring(records.get_view(self.env.ref(xml_id).id, view_type)["arch"])

    def _names(self, arch, tag):
        return {node.get("name") for node in arch.iter(tag)}


class TestEveryRecord(RecordViewCase):
    def test_none_is_left_out(self):
        """S4-66, S4-70: whatever model is made to sync has its views in this test."""
        names = self.env.registry.descendants(["xero.sync.mixin", "xero.stock.moves.mixin"], "_inherit")
        synced = {name for name in names if not self.env[name]._abstract}
        ours = {model for model, *_views in self._views()} | WITHOUT_VIEWS
        self.assertFalse(synced - ours - ELSEWHERE)

    def test_panel_and_button(self):
        """S4-66, S4-67, S4-68, S4-70, S4-73, S4-74, S4-75, S4-R5: each form has the panel beside the logo, with Import,
        Export and Preview, and a smart button."""
        for model, form, _list, _search in self._views():
            if not form:
                continue
            with self.subTest(model=model):
                arch = self._arch(model, form, FORM)
                [panel] = arch.iterfind(".//div[@name='xero_panel']")
                self.assertLessEqual(SHOWN | POLICY, self._names(panel, "field"))
                [logo] = panel.iter("img")
                self.assertEqual(logo.get("src"), "/account_xero/static/img/xero_link.svg")
                buttons = self._names(panel, "button")
                self.assertIn("action_xero_preview", buttons)
                self.assertTrue({"action_xero_export", "action_xero_export_stock"} & buttons)
                self.assertTrue({"action_xero_import", "action_xero_stock_documents"} & buttons)
                for name in buttons | {"action_xero_smart"}:
                    self.assertTrue(hasattr(self.env[model], name), name)
                for box in ("export", "import"):
                    [reason] = panel.iterfind(f".//field[@name='xero_do_not_{box}_reason']")
                    self.assertEqual(reason.get("invisible"), f"not xero_do_not_{box}")
                if model != "res.partner.category":  # its form has no place for buttons
                    [button] = arch.iterfind(".//div[@name='button_box']//button[@name='action_xero_smart']")
                    self.assertEqual(len(list(button.iter("img"))), 1)

    def test_columns(self):
        """S4-69, S4-72, S4-77: code, dates, both boxes and both reasons can be columns of each list."""
        for model, _form, list_, _search in self._views():
            with self.subTest(model=model):
                arch = self._arch(model, list_, LIST)
                optional = {node.get("name") for node in arch.iterfind(".//field[@optional]")}
                self.assertLessEqual(SHOWN | POLICY, optional)

    def test_filters(self):
        """S4-69, S4-71, S4-72: each search has Synced, Not Synced, Failed, Waiting, Not to Be Synced, and they run."""
        for model, _form, _list, search in self._views():
            arch = self._arch(model, search, SEARCH)
            for name in FILTERS:
                with self.subTest(model=model, filter=name):
                    [node] = arch.iterfind(f".//filter[@name='{name}']")
                    self.env[model].search_count(safe_eval(node.get("domain")))

    def test_groups_and_dates(self):
        """S4-69, S4-72: each list is grouped by state, and sorted by code and dates."""
        for model, _form, _list, search in self._views():
            if model == "product.template":  # it shows what its variants have
                continue
            with self.subTest(model=model):
                arch = self._arch(model, search, SEARCH)
                groups = [safe_eval(node.get("context")) for node in arch.iterfind(".//filter[@context]")]
                self.assertIn({"group_by": "xero_state"}, groups)
                self.env[model].formatted_read_group([], ["xero_state"], ["__count"])
                for name in ("xero_code", "xero_last_export_date", "xero_last_import_date"):
                    self.env[model].search([], order=f"{name} DESC", limit=1)

    def test_a_salesperson_opens_them(self):
        """S4-61, S4-77: lists and searches of contacts and products open for people without rights in Xero."""
        seller = new_test_user(self.env, "seller", groups="base.group_user", company_id=self.company.id)
        for model in ("res.partner", "product.template"):
            _form, list_, search = VIEWS[model]
            for xml_id, kind in ((list_, LIST), (search, SEARCH)):
                self.assertIn("xero_code", self._names(self._arch(model, xml_id, kind, seller), "field"), model)


class TestFiltersTell(RecordViewCase):
    def _found(self, model, name):
        _form, _list, search = VIEWS[model]
        [node] = self._arch(model, search, SEARCH).iterfind(f".//filter[@name='{name}']")
        return self.env[model].search(safe_eval(node.get("domain")))

    def test_a_document_through_its_states(self):
        """S4-71, S4-72: an invoice is waiting, then synced; or it fails; or it is not to be synced."""
        invoice, kept = self._invoice(), self._invoice(post=False)
        kept.write({"xero_do_not_export": True, "xero_do_not_export_reason": "Sample"})
        self._mark()
        for name, is_in in (("xero_waiting", True), ("xero_not_synced", True), ("xero_synced", False)):
            self.assertEqual(invoice in self._found("account.move", name), is_in, name)
        self._export()
        for name, is_in in (("xero_waiting", False), ("xero_not_synced", False), ("xero_synced", True)):
            self.assertEqual(invoice in self._found("account.move", name), is_in, name)
        self.assertIn(kept, self._found("account.move", "xero_kept_out"))
        self.assertNotIn(invoice, self._found("account.move", "xero_kept_out"))
        partner = self.env["res.partner"].create({"name": "Nowhere Ltd", "email": "nobody@nowhere"})
        failing = self._invoice(partner=partner)
        self._export()
        self.assertIn(failing, self._found("account.move", "xero_failed"))
        self.assertNotIn(failing, self._found("account.move", "xero_waiting"))

    def test_products_and_their_variants(self):
        """S4-72: a product waits where its variant waits."""
        self.product.action_xero_export()
        self._mark()
        self.assertIn(self.product, self._found("product.product", "xero_waiting"))
        self.assertIn(self.product.product_tmpl_id, self._found("product.template", "xero_waiting"))
        self._export()
        self.assertNotIn(self.product.product_tmpl_id, self._found("product.template", "xero_waiting"))
        self.assertIn(self.product.product_tmpl_id, self._found("product.template", "xero_synced"))


class TestStockRecords(StockCase):
    def _found(self, model, domain):
        return self.env[model].search(domain)

    def test_a_receipt_shows_its_journal(self):
        """S4-69, S4-70, S4-72: a transfer, its moves and their lines show the journal that carries them."""
        picking = self._receive(self._order(self._goods(), 5, 40.0))
        self._mark()
        records = (picking, picking.move_ids, picking.move_line_ids)
        for record in records:
            self.assertFalse(record.xero_code)
            self.assertIn(record, self._found(record._name, [("xero_waiting", "=", True)]))
            self.assertIn(record, self._found(record._name, [("xero_code", "=", False)]))
        self._export()
        [document] = self.env["xero.stock.document"].search([("move_ids", "in", picking.move_ids.ids)])
        for record in records:
            self.assertEqual((record.xero_state, record.xero_code), ("synced", document.xero_code))
            self.assertEqual(record.xero_last_export_date, document.xero_last_export_date)
            self.assertIn(record, self._found(record._name, [("xero_code", "!=", False)]))
            self.assertNotIn(record, self._found(record._name, [("xero_waiting", "=", True)]))
            self.assertFalse(record.xero_do_not_export)
        picking.move_line_ids.write({"xero_do_not_export": True, "xero_do_not_export_reason": "Booked by hand"})
        self.env.invalidate_all()
        for record in records:
            self.assertEqual(record.xero_do_not_export_reason, "Booked by hand")
            self.assertIn(record, self._found(record._name, [("xero_do_not_export", "=", True)]))
            self.assertNotIn(record, self._found(record._name, [("xero_do_not_export", "=", False)]))

    def test_preview(self):
        """S1-31: a transfer shows the journal of its value before it goes, and leaves no stock document behind."""
        self._receive(self._order(self._goods("Opening Lamp"), 1, 10.0))
        self._export()
        picking = self._receive(self._order(self._goods(), 5, 40.0))
        self._mark()
        before = self.env["xero.stock.document"].search_count([])
        self.xero.clear_journal()
        keys = [(model, id_) for _connection, model, id_ in picking._xero_previewed()]
        preview = self.env["xero.previewer"]._preview(self.connection, keys)
        self.assertEqual(self.env["xero.stock.document"].search_count([]), before)
        self.assertFalse(self._writes())
        [shown] = [one for one in preview.shown if one.payload and one.key[0] == "xero.stock.document"]
        amounts = [amount for _account, amount in shown.posting.rows]
        self.assertEqual(sum(amounts), 0)
        told = {account.code: amount for account, amount in shown.posting.rows}
        self._export()
        [document] = self.env["xero.stock.document"].search([("move_ids", "in", picking.move_ids.ids)])
        [journal] = self._in_xero("ManualJournals", ManualJournalID=self._binding(document).external_id)
        booked = {}
        for line in journal["JournalLines"]:
            booked[line["AccountCode"]] = booked.get(line["AccountCode"], 0) + line["LineAmount"]
        self.assertEqual({code: amount for code, amount in booked.items() if amount}, told)


class TestListActions(RecordViewCase):
    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.quick_ref("purchase.group_purchase_manager")

    def test_every_list_has_them(self):
        """S4-R5, S4-95: export, import, preview, leave out, take in again; removing links is for administrators."""
        for model, *_views in self._views():
            if model in UNMANAGED:
                continue
            domain = [("binding_model_id.model", "=", model), ("binding_view_types", "=", "list")]
            actions = self.env["ir.actions.server"].sudo().search(domain)
            self.assertLessEqual(LIST_ACTIONS, set(actions.mapped("name")), model)
            [unlink] = actions.filtered(lambda action: action.name == "Remove Links with Xero")
            self.assertEqual(unlink.group_ids, self.env.ref("account_xero.group_xero_administrator"))
            mine = actions.filtered(lambda action: action.name in LIST_ACTIONS)
            users = self.env.ref("account_xero.group_xero_user")
            if model == "hr.employee":  # what people earn is for HR, whoever keeps the books
                users = self.env.ref("hr.group_hr_manager")
            self.assertEqual((mine - unlink).group_ids, users)

    def test_leave_out_with_reason(self):
        """S4-73, S4-74, S4-75, S4-77: chosen records are left out with a reason, do not go, and come back."""
        invoices = self._invoice() | self._invoice()
        action = invoices.action_xero_exclude()
        with Form(self.env[action["res_model"]].with_context(**action["context"])) as form:
            self.assertEqual(form.count, 2)
            form.reason = "Samples for the trade fair"
        form.save().action_confirm()
        self.assertEqual(set(invoices.mapped("xero_do_not_export_reason")), {"Samples for the trade fair"})
        self.assertTrue(all(invoices.mapped("xero_do_not_import")))
        self._export()
        self.assertFalse(self._in_xero("Invoices", InvoiceNumber=invoices[0].name))
        invoices.action_xero_include()
        self.assertFalse(
            any(invoices.mapped("xero_do_not_export")) or any(invoices.mapped("xero_do_not_import_reason"))
        )
        self._export()
        for invoice in invoices:
            self.assertSynced(invoice)

    def test_import_now(self):
        """S4-R5: Import Now reads what was changed in Xero, in one call, and writes nothing there."""
        self.connection.import_contacts = "all"
        owners = self.connection.field_owner_ids
        owners.filtered(lambda row: (row.resource, row.field) == ("Contacts", "email")).owner = "xero"
        partners = self.customer | self.supplier
        for partner in partners:
            self._invoice(partner=partner)
        self._export()
        self.xero.advance(60)
        typed = [
            {"ContactID": self._binding(partner).external_id, "EmailAddress": f"new{partner.id}@xero.example.nz"}
            for partner in partners
        ]
        self.connection._with_client(lambda client: client.post("Contacts", {"Contacts": typed}, key="typed"))
        self.xero.clear_journal()
        partners.action_xero_import()
        self._mark()
        [call] = self._calls()
        self.assertEqual(call["method"], "GET")
        for partner in partners:
            self.assertEqual(partner.email, f"new{partner.id}@xero.example.nz")
            self.assertTrue(partner.xero_last_import_date)
        self._export()
        self.assertFalse(self._writes())

    def test_import_of_what_is_not_there(self):
        """S4-R5: what is not in Xero cannot be imported, and the message says so."""
        with self.assertRaisesRegex(UserError, "not|Nothing"):
            self.customer.action_xero_import()

    def test_smart_button(self):
        """S4-R5: the logo leads to the preview before, to Xero afterwards, and to the error where there is one."""
        invoice = self._invoice()
        self.assertEqual(invoice.action_xero_smart()["res_model"], "xero.preview")
        self._export()
        self.assertIn("go.xero.com", invoice.action_xero_smart()["url"])
        partner = self.env["res.partner"].create({"name": "Nowhere Ltd", "email": "nobody@nowhere"})
        failing = self._invoice(partner=partner)
        self._export()
        self.assertEqual(failing.action_xero_smart()["res_model"], "xero.issue")


class TestEverySettingHasHelp(RecordViewCase):
    def test_boxes_and_mappings(self):
        """S4-73, S4-74, S4-75: on every record the boxes, reasons, code and dates say what they do; so do mappings."""
        for model, *_views in self._views():
            fields = self.env[model]._fields
            self.assertFalse({name for name in (SHOWN | POLICY) - {"xero_state"} if not fields[name].help}, model)
        for model in self.env.registry.descendants(["xero.mapping"], "_inherit"):
            rows = self.env[model]
            if not rows._abstract:
                chosen = {rows._target, "left_out"} & rows._fields.keys()
                self.assertFalse({name for name in chosen if not rows._fields[name].help}, model)

    def test_connection(self):
        """S1-29: every setting on the connection, and in Settings, says what it does."""
        for model, xml_id, wanted in (
            ("xero.connection", "account_xero.xero_connection_view_form", lambda name: True),
            ("res.config.settings", "base_setup.res_config_settings_view_form", lambda name: name.startswith("xero_")),
        ):
            arch, fields = self._arch(model, xml_id, FORM), self.env[model]._fields
            names = {
                node.get("name")
                for node in arch.iter("field")
                if wanted(node.get("name")) and not any(above.tag == "field" for above in node.iterancestors())
                if node.get("invisible") not in ("1", "True") and not node.get("help")
            }
            silent = {name for name in names if _is_set(fields[name]) and not fields[name].help}
            self.assertFalse(silent, model)


def _is_set(field):
    """Whether a person sets the field; lists of other records explain themselves."""
    is_computed = field.compute and not field.inverse and not field.related
    return not field.readonly and not is_computed and field.type != "one2many"
