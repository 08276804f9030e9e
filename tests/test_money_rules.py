"""Taxes and currencies: what may leave, in what it is written, and what is held with the words that mend it."""

from decimal import Decimal

from odoo.fields import Command

from .common import XeroCase


class TestMoneyRules(XeroCase):
    def _lines(self, move, resource="Invoices"):
        [sent] = self._in_xero(resource, **{f"{resource[:-1]}ID": self._binding(move).external_id})
        return sent, sent["LineItems"]

    def _held(self, move, code):
        self.assertFalse(self._binding(move).external_id)
        [issue] = self._issues().filtered(lambda issue: issue.code == code)
        return issue

    def _tax(self, name, amount, use="sale", **values):
        return self.env["account.tax"].create(
            {
                "name": name,
                "amount": amount,
                "type_tax_use": use,
                "company_id": self.company.id,
                "price_include_override": "tax_excluded",
                **values,
            }
        )

    def _currency(self, code, rate=None):
        currency = self.env["res.currency"].with_context(active_test=False).search([("name", "=", code)])
        currency.active = True
        currency.rate_ids.unlink()
        if rate:
            self.env["res.currency.rate"].create(
                {"name": "2020-01-01", "rate": rate, "currency_id": currency.id, "company_id": self.company.id}
            )
        return currency

    # === CENTS === #

    def test_tax_of_the_whole_document(self):
        """S3-20: 25.06 + 25.61 + 25.63 have 11.45 tax as a whole, which Odoo rounds by default; so it is in Xero."""
        self.company.tax_calculation_rounding_method = "round_globally"
        whole = self._invoice(lines=[(None, 1, 25.06), (None, 1, 25.61), (None, 1, 25.63)])
        self._export()
        self.assertEqual(whole.amount_tax, 11.45)
        sent, _lines = self._lines(whole)
        self.assertEqual((sent["TotalTax"], sent["Total"]), (Decimal("11.45"), Decimal("87.75")))

    def test_tax_by_line(self):
        """S3-20: with rounding per line it is 11.44, as Xero computes by itself, and nothing is overridden."""
        self.company.tax_calculation_rounding_method = "round_per_line"
        by_line = self._invoice(lines=[(None, 1, 25.06), (None, 1, 25.61), (None, 1, 25.63)])
        self._export()
        self.assertEqual(by_line.amount_tax, 11.44)
        sent, lines = self._lines(by_line)
        self.assertEqual((sent["TotalTax"], sent["LineAmountTypes"]), (Decimal("11.44"), "Exclusive"))
        self.assertEqual([line["UnitAmount"] for line in lines], [Decimal("25.06"), Decimal("25.61"), Decimal("25.63")])

    def test_tax_of_a_bill_that_was_corrected_by_hand(self):
        """S3-20: the supplier's tax is three cents off; what the bookkeeper entered arrives, line by line."""
        bill = self._invoice("in_invoice", lines=[(None, 1, 100.0)], post=False)
        tax_line = bill.line_ids.filtered("tax_line_id")
        payable = bill.line_ids.filtered(lambda line: line.display_type == "payment_term")
        bill.write(
            {
                "line_ids": [
                    Command.update(tax_line.id, {"amount_currency": 15.03, "balance": 15.03}),
                    Command.update(payable.id, {"amount_currency": -115.03, "balance": -115.03}),
                ]
            }
        )
        bill.action_post()
        self.assertEqual(bill.amount_tax, 15.03)
        self._export()
        sent, [line] = self._lines(bill)
        self.assertEqual((sent["Total"], line["TaxAmount"]), (Decimal("115.03"), Decimal("15.03")))

    def test_price_of_six_decimals(self):
        """S3-20: 10,000 at 0.00499 are 49.90; four decimals would make 50.00 of it, so the amount is written whole."""
        invoice = self._invoice(lines=[(None, 10000, 0.00499)])
        self._export()
        self.assertEqual(invoice.amount_untaxed, 49.9)
        sent, [line] = self._lines(invoice)
        self.assertEqual((sent["SubTotal"], line["LineAmount"]), (Decimal("49.90"), Decimal("49.90")))

    def test_included_and_excluded_prices_on_one_document(self):
        """S3-20: a price with tax stands beside one without; both arrive to the cent."""
        included = self.tax_sale.copy({"name": "15% in it", "price_include_override": "tax_included"})
        self.connection.action_read_reference_data()
        invoice = self._invoice(lines=[(None, 1, 19.99), (None, 3, 7.77)])
        invoice.button_draft()
        invoice.invoice_line_ids[0].tax_ids = included
        invoice.action_post()
        self._export()
        sent, _lines = self._lines(invoice)
        self.assertEqual(float(sent["Total"]), invoice.amount_total)
        self.assertEqual(float(sent["TotalTax"]), invoice.amount_tax)

    def test_amounts_that_xero_cannot_hold(self):
        """S3-20: dinars have three decimals, Xero two: held with both totals before anything is sent."""
        dinar = self._currency("KWD", 0.18)
        dinar.rounding = 0.001
        invoice = self._invoice(currency_id=dinar.id, lines=[(None, 1, 1.234)])
        self.connection._with_client(lambda client: client.put("Currencies", {"Code": "KWD"}, "kwd"))
        self._export()
        issue = self._held(invoice, "totals_differ")
        self.assertIn("1.4", issue.text)
        self.assertFalse(self._calls("PUT", "Invoices"))

    # === TAXES === #

    def test_several_taxes_find_the_rate_with_their_components(self):
        """S3-23, A6-20: 6% and 4% on top of it go as Xero's rate of those two components, and the mapping shows it."""
        both = self._tax("Levy", 6, include_base_amount=True, sequence=1) | self._tax(
            "On top", 4, is_base_affected=True, sequence=2
        )
        invoice = self._invoice(taxes=both)
        self._export()
        sent, [line] = self._lines(invoice)
        self.assertEqual((sent["TotalTax"], line["TaxType"]), (Decimal("10.24"), "TAX001"))
        mapping = self.env["xero.tax.mapping"].search([("connection_id", "=", self.connection.id)])
        [row] = mapping.filtered(lambda row: row.tax_ids == both)
        self.assertEqual((row.xero_tax_rate_id.tax_type, row.origin), ("TAX001", "proposed"))

    def test_several_taxes_without_such_a_rate_are_held(self):
        """A6-20, S5-47: no rate has these components: the document waits; its first tax alone would be too little."""
        both = self.tax_sale | self._tax("Levy", 3)
        invoice = self._invoice(taxes=both)
        self._export()
        issue = self._held(invoice, "tax_unmapped")
        self.assertIn("15% + Levy", issue.text)
        self.assertFalse(self._in_xero("Invoices", InvoiceNumber=invoice.name))

    def test_a_tax_that_is_no_percentage_is_held(self):
        """S3-24: so much a piece is no rate in Xero: the words say so instead of asking for a mapping."""
        invoice = self._invoice(taxes=self._tax("Bottle deposit", 0.2, amount_type="fixed"))
        self._export()
        self.assertIn("Bottle deposit", self._held(invoice, "tax_no_percentage").text)

    def test_exempt_and_zero_rated(self):
        """S3-22: 0 % and no tax at all stay apart in Xero's return."""
        zero = self._invoice(taxes=self._zero())
        none = self._invoice(taxes=self.env["account.tax"])
        self._export()
        self.assertFalse(self._issues(), self._issues().mapped("text"))
        found = [self._lines(move)[1][0]["TaxType"] for move in (zero, none)]
        self.assertEqual(found, ["ZERORATED", "NONE"])

    def _zero(self):
        return self.env["account.tax"].search(
            [
                ("company_id", "=", self.company.id),
                ("type_tax_use", "=", "sale"),
                ("amount", "=", 0),
                ("amount_type", "=", "percent"),
            ],
            limit=1,
        )

    # === CURRENCIES === #

    def test_currency_that_xero_does_not_have_is_added_first(self):
        """S3-R4, S4-21: an invoice in pounds adds the pound in Xero, once, and then leaves."""
        pound = self._currency("GBP", 0.48)
        self.assertFalse(self._in_xero("Currencies", Code="GBP"))
        first = self._invoice(currency_id=pound.id)
        second = self._invoice(currency_id=pound.id)
        self._export()
        self.assertTrue(self._in_xero("Currencies", Code="GBP"))
        self.assertSynced(first)
        self.assertSynced(second)
        self.assertEqual(len(self._calls("PUT", "Currencies")), 1)

    def test_currency_that_the_plan_does_not_include(self):
        """S3-R4: a plan with one currency: nothing is tried, the reason is told, and a larger plan lets it go."""
        self.xero.act("set-plan", tenant_id=self.connection.tenant_id, plan="STARTER")
        self.connection.action_read_reference_data()
        pound = self._currency("GBP", 0.48)
        invoice = self._invoice(currency_id=pound.id)
        self._export()
        self.assertFalse(self._calls("PUT", "Currencies"))
        issue = self._held(invoice, "currency_missing")
        self.assertIn("GBP", issue.text)
        self.xero.act("set-plan", tenant_id=self.connection.tenant_id, plan="COMPREHENSIVE")
        issue.action_read_reference()
        self._export()
        self.assertSynced(invoice)

    def test_no_rate_is_ever_made_up(self):
        """S3-R4: Odoo knows no rate and books one to one; that does not get into Xero's books as well."""
        franc = self._currency("CHF")
        invoice = self._invoice(currency_id=franc.id)
        self._export()
        issue = self._held(invoice, "rate_missing")
        self.assertIn("CHF", issue.text)
        self.assertFalse(self._in_xero("Invoices", InvoiceNumber=invoice.name))

    # === MISSING RATES === #

    def test_a_missing_rate_is_created_where_that_is_allowed(self):
        """S3-R3, A6-18: off, the invoice waits; on, Xero gets the rate of these taxes once, and both invoices go."""
        levy = self._tax("Fire levy", 3.5)
        several = self.tax_sale | self._tax("City levy", 2)
        first, second = self._invoice(taxes=levy), self._invoice(taxes=levy, lines=[(None, 1, 10.0)])
        both = self._invoice(taxes=several)
        self._export()
        self.assertFalse(self._calls("PUT", "TaxRates"))
        self.assertEqual(self._issues().mapped("code"), ["tax_unmapped"] * 2)
        self.connection.create_tax_rates = True
        self._export()
        for move in first | second | both:
            self.assertSynced(move)
        self.assertFalse(self._issues())
        self.assertEqual(len(self._calls("PUT", "TaxRates")), 2)
        sent, _lines = self._lines(first)
        self.assertEqual(sent["TotalTax"], Decimal("3.50"))
        [rate] = [rate for rate in self._in_xero("TaxRates") if "Fire levy" in rate["Name"]]
        self.assertEqual(rate["ReportTaxType"], "OUTPUT")
        self.assertEqual(self._lines(both)[0]["TotalTax"], Decimal("17.00"))

    def test_the_warning_about_created_rates(self):
        """A6-18: in New Zealand the setting says that Xero's return leaves such rates out."""
        self.assertFalse(self.connection.create_tax_rates)
        self.assertTrue(self.connection.files_returns)
        self.connection.country_code = "US"
        self.assertFalse(self.connection.files_returns)

    # === ITEMS === #

    def test_one_tax_per_item(self):
        """S5-47, A6-20: of two taxes on a product the first is the item's, and the history says which were left out."""
        levy = self._tax("Levy", 4)
        self.product.taxes_id = self.tax_sale | levy
        self._invoice(lines=[(self.product, 1, 80.0)])
        self._export()
        [item] = self._in_xero("Items", Code="LAMP")
        self.assertEqual(item["SalesDetails"]["TaxType"], "OUTPUT2")
        notes = self.env["xero.history"].search([("model", "=", "product.product"), ("res_id", "=", self.product.id)])
        self.assertIn("Levy", " ".join(notes.mapped(lambda row: row.note or "")))

    def _tracked(self):
        """The item of the product, which somebody let Xero count, with stock on hand."""
        item = {
            "Code": "LAMP",
            "InventoryAssetAccountCode": "630",
            "PurchaseDetails": {"UnitPrice": Decimal("0.001"), "COGSAccountCode": "310"},
            "SalesDetails": {"UnitPrice": Decimal("0.005"), "AccountCode": "200"},
        }
        contact = {"Name": "Screws Ltd"}
        line = {"ItemCode": "LAMP", "Description": "Stock", "Quantity": 20000, "UnitAmount": Decimal("0.001")}
        bill = {"Type": "ACCPAY", "Status": "AUTHORISED", "Contact": contact, "LineItems": [line]}
        dates = {"Date": "2020-01-01", "DueDate": "2020-01-01"}

        def put(client):
            client.put("Items", {"Items": [item]}, "item")
            client.put("Invoices", {"Invoices": [{**bill, **dates}]}, "stock", {"unitdp": 4})

        self.connection._with_client(put)

    def test_rounding_line(self):
        """S3-20: Xero counts these screws, so 10,000 stay 10,000; ten cents go to its rounding account."""
        self._tracked()
        invoice = self._invoice(lines=[(self.product, 10000, 0.00499)])
        self._export()
        sent, lines = self._lines(invoice)
        self.assertEqual((float(sent["Total"]), float(sent["TotalTax"])), (invoice.amount_total, invoice.amount_tax))
        self.assertEqual([line["Quantity"] for line in lines], [10000, 1])
        self.assertEqual((lines[1]["AccountCode"], lines[1]["LineAmount"]), ("860", Decimal("-0.10")))
        [item] = self._in_xero("Items", Code="LAMP")
        self.assertEqual(item["QuantityOnHand"], 10000)

    def test_rounding_line_that_is_not_allowed(self):
        """S3-20: without the rounding line nothing makes it equal: held, and the issue shows both totals."""
        self._tracked()
        self.connection.rounding_line = False
        invoice = self._invoice(lines=[(self.product, 10000, 0.00499)])
        self._export()
        issue = self._held(invoice, "totals_differ")
        self.assertIn("57.39", issue.text)
        self.assertIn(f"{invoice.amount_total:.2f}", issue.text)

    # === WHAT XERO OWNS === #

    def test_tax_codes_and_currencies_are_xeros(self):
        """S4-20, S4-21: a rate and a currency that somebody added in Xero can be picked here after reading."""
        body = {"Name": "Tourism 7%", "ReportTaxType": "OUTPUT", "TaxComponents": [{"Name": "T", "Rate": 7}]}

        def put(client):
            client.put("TaxRates", body, "tourism")
            client.put("Currencies", {"Code": "FJD"}, "fiji")

        self.connection._with_client(put)
        levy = self._tax("Tourism levy", 7)
        self.connection.action_read_reference_data()
        mine = [("connection_id", "=", self.connection.id)]
        self.assertIn("FJD", self.env["xero.currency"].search(mine).mapped("code"))
        rate = self.env["xero.tax.mapping"]._for(self.connection)[frozenset(levy.ids)]
        self.assertEqual((rate.name, rate.effective_rate), ("Tourism 7%", 7.0))


class TestMoneyInBritain(XeroCase):
    """Reverse charge and the words of a region, with the organisation of the British demo company."""

    seed = "demo-uk"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        pound = cls.env.ref("base.GBP")
        pound.active = True
        cls.company.currency_id = pound

    def _reverse(self, name, amount=20, **values):
        lines = [
            Command.create({"repartition_type": kind, "document_type": document, "factor_percent": percent})
            for document in ("invoice", "refund")
            for kind, percent in (("base", 100), ("tax", 100), ("tax", -100))
        ]
        return self.env["account.tax"].create(
            {
                "name": name,
                "amount": amount,
                "type_tax_use": "purchase",
                "company_id": self.company.id,
                "repartition_line_ids": [Command.clear(), *lines],
                **values,
            }
        )

    def test_reverse_charge(self):
        """S3-22, S3-20: a service from abroad costs 100.00 on both sides, and Xero's return knows the rate."""
        abroad = self._reverse("20% RC EX", description="Reverse Charge (International)")
        at_home = self._reverse("20% RC", description="Reverse Charge (Domestic)")
        self.connection.action_read_reference_data()
        bills = [self._invoice("in_invoice", taxes=tax, ref=tax.name) for tax in (abroad, at_home)]
        self._export()
        found = []
        for bill in bills:
            self.assertEqual(bill.amount_total, 100.0)
            [sent] = self._in_xero("Invoices", InvoiceID=self._binding(bill).external_id)
            self.assertEqual((sent["Total"], sent["TotalTax"]), (Decimal(100), Decimal(0)))
            found.append(sent["LineItems"][0]["TaxType"])
        self.assertEqual(found, ["REVERSECHARGES", "DRCHARGE20"])

    def test_zero_percent_in_words(self):
        """S3-22: exempt, zero-rated and a domestic reverse charge are three things in a VAT return."""
        taxes = self.env["account.tax"].create(
            [
                {"name": name, "description": text, "amount": 0, "type_tax_use": "sale", "company_id": self.company.id}
                for name, text in (
                    ("Exempt", "Exempt from VAT"),
                    ("0%", "Zero Rated Sales"),
                    ("0% RC", "Reverse Charge (Domestic)"),
                )
            ]
        )
        self.connection.action_read_reference_data()
        mapping = self.env["xero.tax.mapping"]._for(self.connection)
        found = [mapping[frozenset(tax.ids)].tax_type for tax in taxes]
        self.assertEqual(found, ["EXEMPTOUTPUT", "ZERORATEDOUTPUT", "DRCHARGESUPPLY20"])
