"""Preview before sending: what would go, field by field, with Xero's journal; nothing is written on either side."""

from decimal import Decimal

from lxml import html

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from ..xero_api import codec
from .common import XeroCase

# What a preview must leave as it is in Odoo; the log of calls has its readings, as those of every button.
KEPT = (
    *("xero.binding", "xero.outbox", "xero.issue", "xero.history", "xero.stock.document"),
    *("res.partner", "product.product", "account.move", "account.tax", "xero.tax.rate", "ir.cron.trigger"),
)


class PreviewCase(XeroCase):
    def _preview(self, records):
        """The preview as its user gets it: the opened dialog's HTML."""
        action = records.action_xero_preview()
        wizard = self.env[action["res_model"]].with_context(**action["context"]).new({})
        return html.fromstring(str(wizard.body))

    def _shown(self, records):
        """The previewed records as the engine tells them, by (model, id)."""
        keys = {}
        for connection_id, model, res_id in records._xero_previewed():
            keys.setdefault(connection_id, []).append((model, res_id))
        preview = self.env["xero.previewer"]._preview(self.connection, keys[self.connection.id])
        return preview, {one.key: one for one in preview.shown}

    def _counts(self):
        self._mark()
        return {model: self.env[model].sudo().with_context(active_test=False).search_count([]) for model in KEPT}

    def _booked(self):
        """``{account code: amount}`` of all journals in Xero, debits positive."""
        booked = {}
        for journal in self.xero.state("Journals", self.connection.tenant_id):
            for line in journal["JournalLines"]:
                booked[line["AccountCode"]] = booked.get(line["AccountCode"], 0) + line["NetAmount"]
        return booked

    def _posted(self, before):
        """What Xero has posted since ``before``."""
        after = self._booked()
        moved = {code: after[code] - before.get(code, 0) for code in after}
        return {code: amount for code, amount in moved.items() if amount}


class TestPreview(PreviewCase):
    def test_writes_nothing(self):
        """S1-31: a preview of an invoice with a new contact and a new item asks with GET only, and leaves nothing."""
        invoice = self._invoice(lines=((self.product, 2, 80.0), (None, 1, 33.33)))
        self.assertFalse(self._binding(self.customer))
        before = self._counts()
        page = self._preview(invoice)
        self.assertEqual(self._counts(), before)
        self.assertFalse(self._writes())
        self.assertLessEqual({call["method"] for call in self._calls()}, {"GET"})
        self.assertFalse(self._in_xero("Contacts", Name=self.customer.name))
        cards = {
            card.findtext(".//strong"): card.get("data-action") for card in page.iterfind(".//details[@data-action]")
        }
        self.assertEqual(
            cards, {invoice.name: "create", self.customer.name: "create", self.product.display_name: "create"}
        )
        self._export()
        self.assertSynced(invoice)

    def test_calls_as_told(self):
        """S1-31: the calls that a preview names are those that the export makes."""
        invoices = self._invoice(lines=((self.product, 1, 80.0),)) | self._invoice(partner=self.supplier)
        preview, _shown = self._shown(invoices)
        self.xero.clear_journal()
        self._export()
        self.assertSynced(invoices[0])
        self.assertEqual(preview.calls, len(self._writes()))

    def test_journal(self):
        """S1-31: accounts, debit and credit are those that Xero posts, tax to the cent, for each kind of document."""
        for move_type in ("out_invoice", "in_invoice", "out_refund", "in_refund"):
            with self.subTest(move_type=move_type):
                move = self._invoice(move_type, lines=((self.product, 3, 33.35), (None, 1, 0.07)), ref=f"R-{move_type}")
                _preview, shown = self._shown(move)
                posting = shown["account.move", move.id].posting
                told = {account.code: amount for account, amount in posting.rows}
                self.assertEqual(sum(told.values()), 0)
                self.assertEqual((float(posting.total), float(posting.tax)), (move.amount_total, move.amount_tax))
                before = self._booked()
                self._export()
                self.assertSynced(move)
                self.assertEqual(self._posted(before), told)

    def test_payment(self):
        """S1-31: a payment is shown on bank and receivables, also while its invoice is not in Xero yet."""
        invoice = self._invoice()
        payment = self._pay(invoice)
        _preview, shown = self._shown(payment)
        [posting] = [one.posting for key, one in shown.items() if key[0] == "account.partial.reconcile"]
        told = {account.code: amount for account, amount in posting.rows}
        self.assertEqual(sorted(told.values()), [Decimal("-115.00"), Decimal("115.00")])
        self._mark()
        [card] = [card for card in self._preview(payment).iterfind(".//details[@data-action='create'][@open]")]
        self.assertIn(invoice.name, card.text_content())
        self._export()
        self.xero.clear_journal()
        _preview, shown = self._shown(payment)
        self.assertEqual({one.action for one in shown.values() if one.is_wanted}, {"unchanged"})
        self.assertFalse(self._writes())

    def test_field_by_field(self):
        """S1-31: of linked records each field stands beside what Xero has; invoices are read together, in one call."""
        invoices = self._invoice() | self._invoice(lines=((None, 2, 50.0),))
        self._export()
        invoices.write({"ref": "PO 4711"})
        self.xero.clear_journal()
        preview, shown = self._shown(invoices)
        fields = {field.name: field for field in shown["account.move", invoices[0].id].fields}
        self.assertEqual((fields["Reference"].now, fields["Reference"].then), (None, "PO 4711"))
        changed = {name for name, field in fields.items() if field.is_changed}
        self.assertEqual(changed, {"Reference"})
        self.assertEqual(preview.reads, 1)
        [call] = self._calls()
        self.assertEqual(call["method"], "GET")
        page = self._preview(invoices)
        rows = page.xpath("//tr[contains(@class, 'table-warning')]/td[1]/text()")
        self.assertEqual(rows, ["Reference", "Reference"])

    def test_contact(self):
        """S1-31: what somebody changed in Xero shows beside what Odoo would send."""
        self._invoice()
        self._export()
        [held] = self._in_xero("Contacts", Name=self.customer.name)
        typed = {"ContactID": held["ContactID"], "EmailAddress": "typed@xero.example.nz"}
        self.connection._with_client(lambda client: client.post("Contacts", {"Contacts": [typed]}, key="typed"))
        self.customer.city = "Dunedin"
        _preview, shown = self._shown(self.customer)
        fields = {field.name: field for field in shown["res.partner", self.customer.id].fields}
        self.assertEqual(fields["EmailAddress"].now, "typed@xero.example.nz")
        self.assertEqual(fields["EmailAddress"].then, self.customer.email)
        self.assertEqual(fields["Addresses / POBOX / City"].then, "Dunedin")

    def test_held_in_words(self):
        """S1-31: what keeps a record from leaving is told in words with what to do, and raises no issue."""
        self.customer.email = "nobody@nowhere"
        invoice = self._invoice()
        text = self._preview(invoice).text_content()
        self.assertIn("The e-mail address nobody@nowhere of Ridgeway University is not complete", text)
        self.assertIn("Correct or empty the e-mail address on the contact.", text)
        self.assertIn("It waits for Ridgeway University", text)
        self.assertFalse(self._issues())

    def test_taken_already(self):
        """S1-31: a number that Xero has given to somebody else is told before it is refused."""
        invoice = self._invoice()
        self.connection._with_client(
            lambda client: client.put(
                "Invoices",
                {
                    "Invoices": [
                        {
                            "Type": "ACCREC",
                            "InvoiceNumber": invoice.name,
                            "Contact": {"Name": "Somebody Else"},
                            "Date": str(invoice.invoice_date),
                            "Status": "DRAFT",
                            "LineItems": [{"Description": "Other", "Quantity": 1, "UnitAmount": 1}],
                        }
                    ]
                },
                key="else",
            )
        )
        self.assertIn("Xero has a record of this name or number already.", self._preview(invoice).text_content())

    def test_purchase_order(self):
        """S1-31: a purchase order posts nothing, and says so."""
        line = {"product_id": self.product.id, "product_qty": 1, "price_unit": 50.0}
        order = self.env["purchase.order"].create(
            {"partner_id": self.supplier.id, "company_id": self.company.id, "order_line": [(0, 0, line)]}
        )
        order.button_confirm()
        text = self._preview(order).text_content()
        self.assertIn("Xero posts no journal for this.", text)
        self.assertIn(self.supplier.name, text)

    def test_xero_is_down(self):
        """S1-31: where Xero does not answer, what would go is shown all the same, and that nothing is compared."""
        invoice = self._invoice()
        self._export()
        invoice.ref = "PO 4711"
        self.xero.add_fault("status", status=503, times=5)
        page = self._preview(invoice)
        self.assertIn("Xero could not be asked", page.text_content())
        self.assertIn("PO 4711", page.text_content())
        self.xero.clear_faults()

    def test_who_may(self):
        """S1-31: a salesperson has no preview, and sees none of what it reads."""
        seller = new_test_user(self.env, "seller", groups="base.group_user", company_id=self.company.id)
        with self.assertRaises(AccessError):
            self.customer.with_user(seller).action_xero_preview()
        with self.assertRaises(AccessError):
            self.env["xero.preview"].with_user(seller).create(
                {"model": "res.partner", "res_ids": str(self.customer.id)}
            )

    def test_json(self):
        """S1-31: the JSON shows amounts as they are sent."""
        self.assertEqual(
            codec.indented(codec.dumps({"a": Decimal("1.1000"), "b": [{"c": "x"}]})),
            '{\n  "a": 1.1000,\n  "b": [\n    {\n      "c": "x"\n    }\n  ]\n}',
        )
