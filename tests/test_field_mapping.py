"""Fields that somebody mapped: what arrives in Xero, what comes back, and what is left alone."""

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, new_test_user

from ..xero_api import codec
from .common import XeroCase
from .test_contacts_in import ContactsInCase

OWN_FIELDS = {
    "res.partner": {"x_grower_number": "char", "x_since": "date"},
    "product.template": {"x_shelf": "char"},
    "account.move": {"x_job": "char", "x_promised": "date"},
    "purchase.order": {"x_gate": "char"},
}


class FieldMappingMixin:
    """A database with fields that somebody added by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.addClassCleanup(cls.registry.clear_all_caches)
        cls.addClassCleanup(cls.registry.reset_changes)
        for model, own in OWN_FIELDS.items():
            cls.env["ir.model.fields"].create(
                [
                    {
                        "model_id": cls.env["ir.model"]._get_id(model),
                        "name": name,
                        "field_description": name,
                        "ttype": ttype,
                        "state": "manual",
                    }
                    for name, ttype in own.items()
                ]
            )

    def _map(self, xero_field, odoo_field=None, **values):
        return self.env["xero.field.mapping"].create(
            {
                "connection_id": self.connection.id,
                "resource": xero_field.partition(".")[0],
                "xero_field": xero_field,
                "odoo_field": odoo_field,
                **values,
            }
        )

    def _contact(self, partner=None):
        [contact] = self._in_xero("Contacts", ContactNumber=f"ODOO-{(partner or self.customer).id}")
        return contact


class TestFieldMapping(FieldMappingMixin, XeroCase):
    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.quick_ref("purchase.group_purchase_manager")

    # === WHAT ARRIVES === #

    def test_an_own_field_of_a_contact(self):
        """S2-13, S2-58: an x_ field arrives with the contact's first invoice, and its change alone is sent."""
        self._map("Contacts.AccountNumber", "x_grower_number")
        self.customer.x_grower_number = "G-100"
        self._invoice()
        self._export()
        self.assertEqual(self._contact()["AccountNumber"], "G-100")
        self.assertIn("Contacts: Account Number", self.connection.owners)
        self.xero.clear_journal()
        self.customer.x_grower_number = "G-200"
        self._export()
        self.assertEqual(self._contact()["AccountNumber"], "G-200")
        self.assertEqual(len(self._writes()), 1)
        self.customer.x_since = fields.Date.today()  # is not mapped
        self._mark()
        self.assertFalse(self._queue(self.customer))

    def test_an_emptied_field_is_emptied(self):
        """S2-13: what the mapping filled it empties; what somebody typed into Xero it leaves."""
        self._map("Contacts.AccountNumber", "x_grower_number")
        self._map("Contacts.CompanyNumber", "ref")
        self.customer.x_grower_number = "G-100"
        self._invoice()
        self._export()
        held = self._contact()
        client = self.connection._get_client()
        typed = {"ContactID": held["ContactID"], "CompanyNumber": "9429"}
        client.post("Contacts", {"Contacts": [typed]}, key="typed-by-hand")
        self.customer.x_grower_number = False
        self._export()
        held = self._contact()
        self.assertFalse(held.get("AccountNumber"))
        self.assertEqual(held["CompanyNumber"], "9429")

    def test_transforms(self):
        """S2-13: a text with fields in it, the first of several that has a value, and always the same text."""
        self._map("Contacts.Fax", transform="constant", constant="none", odoo_field=False)
        self._map("Contacts.CompanyNumber", transform="first", odoo_field="ref", odoo_field_2="x_grower_number")
        self._map("Contacts.Name", transform="format", format="{x_grower_number} / {name} / {ref}")
        self.customer.x_grower_number = "G-100"
        self._invoice()
        self._export()
        held = self._contact()
        self.assertEqual(held["Name"], "G-100 / Ridgeway University")
        self.assertEqual(held["CompanyNumber"], "G-100")
        self.assertIn(("FAX", "none"), [(slot["PhoneType"], slot.get("PhoneNumber")) for slot in held["Phones"]])
        self.customer.ref = "R-1"
        self._export()
        held = self._contact()
        self.assertEqual((held["CompanyNumber"], held["Name"]), ("R-1", "G-100 / Ridgeway University / R-1"))

    def test_names_are_told_apart(self):
        """S2-43: contacts whose mapped names are the same stay two contacts."""
        self._map("Contacts.Name", "x_grower_number")
        other = self.env["res.partner"].create({"name": "Other", "x_grower_number": "G-1", "ref": "O"})
        self.customer.x_grower_number = "G-1"
        self._invoice()
        self._invoice(partner=other)
        self._export()
        self.assertEqual({self._contact()["Name"], self._contact(other)["Name"]}, {"G-1", "G-1 (O)"})

    def test_documents(self):
        """S2-13, S2-58: own fields of an invoice and of its contact fill reference and dates; totals stay."""
        self._map("Invoices.Reference", transform="format", format="{x_job} / {partner_id.ref}")
        self._map("Invoices.ExpectedPaymentDate", "x_promised")
        self._map("CreditNotes.Reference", "x_job")
        self.customer.ref = "R-1"
        invoice = self._invoice(x_job="J7", x_promised="2026-03-31", ref="PO 4")
        bill = self._invoice("in_invoice", ref="B-1", x_job="J8")
        credit = self._invoice("out_refund", x_job="J9")
        self._export()
        [sent] = self._in_xero("Invoices", InvoiceNumber=invoice.name)
        self.assertEqual((sent["Reference"], float(sent["Total"])), ("J7 / R-1", invoice.amount_total))
        self.assertEqual(str(codec.read_date(sent, "ExpectedPaymentDate")), "2026-03-31")
        [sent] = self._in_xero("Invoices", InvoiceNumber="B-1")
        self.assertFalse(sent.get("Reference") or sent.get("ExpectedPaymentDate"))
        self.assertSynced(bill)
        self.assertEqual(self._in_xero("CreditNotes", CreditNoteNumber=credit.name)[0]["Reference"], "J9")
        self.xero.clear_journal()
        invoice.x_job = "J17"
        self._export()
        [sent] = self._in_xero("Invoices", InvoiceNumber=invoice.name)
        self.assertEqual((sent["Reference"], len(self._writes())), ("J17 / R-1", 1))

    def test_items_and_orders(self):
        """S2-13, S2-58: an own field of the product goes with its item, one of the order with the order."""
        self._map("Items.PurchaseDescription", transform="format", format="{name}, shelf {x_shelf}")
        self._map("PurchaseOrders.DeliveryInstructions", "x_gate")
        self.product.product_tmpl_id.x_shelf = "B4"
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.supplier.id,
                "company_id": self.company.id,
                "x_gate": "South gate",
                "order_line": [fields.Command.create({"product_id": self.product.id, "product_qty": 2})],
            }
        )
        order.button_confirm()
        self._export()
        self.assertEqual(self._in_xero("Items", Code="LAMP")[0]["PurchaseDescription"], "Desk Lamp, shelf B4")
        self.assertEqual(self._in_xero("PurchaseOrders")[-1]["DeliveryInstructions"], "South gate")
        self.product.product_tmpl_id.x_shelf = "C1"
        order.x_gate = "North gate"
        self._export()
        self.assertEqual(self._in_xero("Items", Code="LAMP")[0]["PurchaseDescription"], "Desk Lamp, shelf C1")
        self.assertEqual(self._in_xero("PurchaseOrders")[-1]["DeliveryInstructions"], "North gate")

    def test_a_changed_mapping_sends_what_changes(self):
        """S2-41, S2-13: with a new mapping, those records go again that have a value, in one call; the others not."""
        self.customer.x_grower_number = "G-100"
        self._invoice()
        self._invoice(partner=self.env["res.partner"].create({"name": "Without a Number"}))
        self._export()
        self.xero.clear_journal()
        mapping = self._map("Contacts.AccountNumber", "x_grower_number")
        self._export()
        [call] = self._writes()
        self.assertEqual([one["AccountNumber"] for one in call["request_body"]["Contacts"]], ["G-100"])
        self.assertFalse(self._queue())
        self.xero.clear_journal()
        mapping.is_required = False  # says nothing new
        self._export()
        self.assertFalse(self._writes())

    def test_what_is_locked_in_xero_stays(self):
        """S2-13: an invoice in a period that Xero has locked is neither sent again nor held for a new mapping."""
        invoice = self._invoice(x_job="J7", invoice_date="2026-01-15")
        self._export()
        self.xero.act("set-lock-dates", tenant_id=self.connection.tenant_id, period="2026-01-31")
        self.connection._read_lock_dates()
        self.xero.clear_journal()
        self._map("Invoices.Reference", "x_job")
        self._export()
        self.assertFalse(self._writes())
        self.assertFalse(self._issues())
        self.assertFalse(self._in_xero("Invoices", InvoiceNumber=invoice.name)[0].get("Reference"))

    # === REQUIRED === #

    def test_a_required_field_without_a_value(self):
        """S2-43: a record without the required value is held with words that say what to fill; filled, it goes."""
        self._map("Contacts.AccountNumber", "x_grower_number", is_required=True)
        invoice = self._invoice()
        self._export()
        self.assertFalse(self._in_xero("Contacts", ContactNumber=f"ODOO-{self.customer.id}"))
        issue = self._issues()
        self.assertEqual(issue.code, "mapped_field_required")
        self.assertIn("Ridgeway University has no value for Account Number", issue.text)
        self.customer.x_grower_number = "G-100"
        self._export()
        self.assertSynced(invoice)
        self.assertEqual(self._contact()["AccountNumber"], "G-100")
        self.assertFalse(self._issues())

    def test_a_required_field_of_xero(self):
        """S2-43: what Xero requires cannot be mapped to nothing, and the message says so."""
        with self.assertRaisesRegex(ValidationError, "Xero requires Name"):
            self._map("Contacts.Name", transform="constant")

    # === WHAT CANNOT BE === #

    def test_what_cannot_be_mapped(self):
        """S2-41: a mapping that could not work is refused when it is saved, with what to do instead."""
        wrong = {
            "has no field": {"odoo_field": "x_nothing"},
            "too far away": {"odoo_field": "parent_id.user_id.name"},
            "several records": {"odoo_field": "child_ids.name"},
            "no text": {"odoo_field": "image_128"},
            "cannot be read": {"transform": "format", "format": "{name.__class__}"},
            "Choose the field in Xero": {"odoo_field": "ref", "resource": "Items"},
            "filled by Odoo or": {"odoo_field": "email", "direction": "both"},
            "goes into one field": {"transform": "constant", "constant": "a", "direction": "in"},
        }
        for words, values in wrong.items():
            with self.subTest(words), self.assertRaisesRegex(ValidationError, words), self.env.cr.savepoint():
                self._map("Contacts.AccountNumber", **values)
        with self.assertRaisesRegex(ValidationError, "holds a date"), self.env.cr.savepoint():
            self._map("Invoices.DueDate", "x_job")
        for text in ("{name!r}", "{0}", "{name:>9}", "{name", "{name[0]}"):
            with (
                self.subTest(text),
                self.assertRaisesRegex(ValidationError, "cannot be read"),
                self.env.cr.savepoint(),
            ):
                self._map("Contacts.AccountNumber", transform="format", format=text)

    def test_nobody_maps_what_they_may_not_read(self):
        """S2-41: an administrator of Xero cannot have a field sent that their own rights hide; others map nothing."""
        chief = new_test_user(
            self.env,
            "map_chief",
            groups="account_xero.group_xero_administrator",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        values = {"connection_id": self.connection.id, "resource": "Contacts", "xero_field": "Contacts.AccountNumber"}
        mappings = self.env["xero.field.mapping"].with_user(chief)
        with self.assertRaisesRegex(ValidationError, "may not read"), self.env.cr.savepoint():
            mappings.create({**values, "odoo_field": "signup_type"})
        self.assertTrue(mappings.create({**values, "odoo_field": "ref"}))
        clerk = new_test_user(self.env, "map_clerk", groups="account_xero.group_xero_user")
        with self.assertRaises(AccessError):
            mappings.with_user(clerk).create(values)

    # === MINIMAL === #

    def test_minimal_data_mode(self):
        """S1-17, S1-24, S2-13: minimal data mode adds no mapped field to a contact, nor a contact's to a document."""
        self.connection.minimal_data_mode = "1"
        self._map("Contacts.AccountNumber", "x_grower_number")
        self._map("Contacts.Name", transform="format", format="{name} {phone}")
        self._map("Invoices.Reference", transform="format", format="{x_job} {partner_id.phone}")
        self.customer.write({"x_grower_number": "G-100", "phone": "+64 9 555 0100"})
        invoice = self._invoice(x_job="J7", ref="PO 4")
        self._export()
        for call in self._writes():
            self.assertNotIn("555", str(call["request_body"]))
            self.assertNotIn("G-100", str(call["request_body"]))
        self.assertEqual(self._in_xero("Invoices", InvoiceNumber=invoice.name)[0]["Reference"], "PO 4")
        self.customer.x_grower_number = "G-200"
        self._mark()
        self.assertFalse(self._queue(self.customer))
        self.connection.minimal_data_mode = "0"
        self.customer.x_grower_number = "G-300"
        self._export()
        self.assertEqual(self._contact()["AccountNumber"], "G-300")

    # === TRIED BEFORE === #

    def test_tried_before_it_is_saved(self):
        """S2-41: the form shows what would be sent of a record, what is cut off, and that nothing leaves by that."""
        self.customer.x_grower_number = "G" * 60
        self._invoice()
        self._export()
        self.xero.clear_journal()
        with Form(self.env["xero.field.mapping"]) as form:
            form.connection_id = self.connection
            form.xero_field = "Contacts.AccountNumber"
            form.odoo_field = "x_grower_number"
            self.assertEqual(form.sample_id, self.customer.id)
            self.assertEqual((form.trial_state, form.trial_value), ("ok", "G" * 50))
            self.assertIn("only the first 50 of 60", form.trial_text)
            self.assertIn("Records in Xero: 1.", form.cost)
            form.xero_field = "Contacts.EmailAddress"
            self.assertEqual(form.trial_state, "refused")
            form.xero_field = "Contacts.CompanyNumber"
            form.odoo_field = "ref"
            self.assertEqual((form.trial_state, form.trial_value), ("left", False))
            form.odoo_field = "nothing_like_it"
            self.assertIn("has no field", form.trial_text)
            form.odoo_field = "ref"
        self.assertFalse(self._calls())


class TestFieldsFromXero(FieldMappingMixin, ContactsInCase):
    """Xero as the source."""

    def setUp(self):
        super().setUp()
        self.customer.action_xero_export()
        self._export()
        self._import()
        self.contact_id = self._binding(self.customer).external_id
        self.xero.clear_journal()

    def test_xero_is_the_source(self):
        """S2-42, S2-13: a value typed into Xero comes into the mapped field, and does not go back."""
        self._map("Contacts.AccountNumber", "x_grower_number", direction="in")
        self._change_in_xero(self.contact_id, AccountNumber="G-100")
        self._import()
        self.assertEqual(self.customer.x_grower_number, "G-100")
        self._export()
        self.assertFalse(self._queue(self.customer))
        history = self.env["xero.history"].search([("direction", "=", "in"), ("res_id", "=", self.customer.id)])
        self.assertIn("updated", history.mapped("action"))
        self.customer.x_grower_number = "Z"
        self.customer.phone = "+64 9 555 0100"
        self.xero.clear_journal()
        self._export()
        [call] = self._writes()
        self.assertNotIn("AccountNumber", call["request_body"]["Contacts"][0])
        self.assertEqual(self._contact()["AccountNumber"], "G-100")

    def test_both_ways(self):
        """S2-42, S2-11: a field mapped both ways follows whoever changed it last, and nothing echoes."""
        self._map("Contacts.AccountNumber", "x_grower_number", direction="both")
        self.customer.x_grower_number = "G-100"
        self._export()
        self.assertEqual(self._contact()["AccountNumber"], "G-100")
        self._import()
        self._change_in_xero(self.contact_id, AccountNumber="G-200")
        self._import()
        self.assertEqual(self.customer.x_grower_number, "G-200")
        self.xero.clear_journal()
        self.env["xero.outbox"]._mark(self.customer)
        self._export()
        self.assertFalse(self._writes())
        self.customer.x_grower_number = "G-300"
        self._change_in_xero(self.contact_id, AccountNumber="G-250")
        self._import()
        self.assertEqual(self.customer.x_grower_number, "G-300")  # Odoo's waits to go
        self._export()
        self.assertEqual(self._contact()["AccountNumber"], "G-300")

    def test_a_fresh_contact(self):
        """S2-42: a contact that is made from Xero has the mapped field at once."""
        self.connection.import_contacts = "all"
        self._map("Contacts.CompanyNumber", "x_grower_number", direction="in")
        self.connection._get_client().put(
            "Contacts", {"Contacts": [{"Name": "Fresh Fields", "CompanyNumber": "9429"}]}, key="fresh-fields"
        )
        self._import()
        partner = self.env["res.partner"].search([("name", "=", "Fresh Fields")])
        self.assertEqual(partner.x_grower_number, "9429")

    def test_a_value_that_does_not_fit(self):
        """S2-42: a text that is no date is told, and nothing else of the contact waits for it."""
        self._map("Contacts.CompanyNumber", "x_since", direction="in")
        self._change_in_xero(self.contact_id, CompanyNumber="soon")
        self._import()
        self.assertFalse(self.customer.x_since)
        self.assertEqual(self._issues().code, "mapped_field_value")
