from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .connect_common import ConnectTransactionCase


class MappingCase(ConnectTransactionCase):
    def setUp(self):
        super().setUp()
        self.env = self.env(context={**self.env.context, "allowed_company_ids": self.company.ids})
        self.connection = self.connection.with_env(self.env)

    def _tax(self, name, amount, use="sale", **values):
        return self.env["account.tax"].create(
            {"name": name, "amount": amount, "type_tax_use": use, "company_id": self.company.id, **values}
        )

    def _group(self, name, children):
        return self._tax(
            name,
            0,
            amount_type="group",
            children_tax_ids=[Command.set(children.ids)],
        )

    def _rate(self, tax_type):
        return self.env["xero.tax.rate"].search(
            [("connection_id", "=", self.connection.id), ("tax_type", "=", tax_type)]
        )

    def _add_rate(self, tax_type, name, components):
        """Mirror one more rate as Xero would send it; components are (rate, is compound)."""
        simple = sum(rate for rate, compound in components if not compound)
        total = simple + sum(rate * (1 + simple / 100) for rate, compound in components if compound)
        element = {
            "TaxType": tax_type,
            "Name": name,
            "EffectiveRate": total,
            "Status": "ACTIVE",
            "CanApplyToRevenue": True,
            "CanApplyToExpenses": True,
            "TaxComponents": [
                {"Name": f"Part {rate}", "Rate": rate, "IsCompound": compound} for rate, compound in components
            ],
        }
        rates = self.env["xero.tax.rate"]
        values = rates._stored(rates._from_xero(element), connection_id=self.connection.id)
        return rates.sudo().create(values)

    def _xero_account(self, code):
        return self.env["xero.account"].search([("connection_id", "=", self.connection.id), ("code", "=", code)])

    def _account(self, code, account_type, name=None):
        return self.env["account.account"].create(
            {"name": name or f"Account {code}", "code": code, "account_type": account_type}
        )


@tagged("post_install", "-at_install")
class TestAccountMapping(MappingCase):
    """Odoo accounts to Xero accounts."""

    def test_same_code_wins(self):
        """S2-22: an account with the same code and class is proposed; the code alone is not enough."""
        same = self._account("453", "expense", "Stationery and more")
        other_class = self._account("404", "income", "Fees we charge")
        self._connect()
        mapped = self.env["xero.account.mapping"]._for(self.connection)
        self.assertEqual(mapped[same.id].code, "453")
        self.assertEqual(mapped[other_class.id].code, "200")

    def test_by_type(self):
        """S2-22: otherwise the usual account of a fitting type is proposed."""
        usual = {
            "income": "200",
            "income_other": "260",
            "expense": "429",
            "expense_direct_cost": "310",
            "expense_depreciation": "416",
            "asset_prepayments": "620",
            "asset_fixed": "710",
        }
        accounts = {kind: self._account(f"9{n}9{n}9", kind) for n, kind in enumerate(usual)}
        by_name = self._account("987654", "expense", "telephone & internet")
        self._connect()
        mapped = self.env["xero.account.mapping"]._for(self.connection)
        self.assertEqual({kind: mapped[account.id].code for kind, account in accounts.items()}, usual)
        self.assertEqual(mapped[by_name.id].code, "489")

    def test_never_mapped(self):
        """S2-22: accounts that no line carries have no mapping: receivable, payable, bank, earnings, tax, suspense."""
        tax_account = self._account("219999", "liability_current", "GST collected")
        tax = self._tax("GST", 15)
        lines = tax.invoice_repartition_line_ids | tax.refund_repartition_line_ids
        lines.filtered(lambda line: line.repartition_type == "tax").account_id = tax_account
        self._connect()
        rows = self.env["xero.account.mapping"].search([("connection_id", "=", self.connection.id)])
        self.assertTrue(rows)
        types = set(rows.account_id.mapped("account_type"))
        self.assertFalse(types & {"asset_receivable", "liability_payable", "asset_cash", "equity_unaffected"})
        self.assertNotIn(tax_account, rows.account_id)
        self.assertNotIn(self.company.account_journal_suspense_account_id, rows.account_id)
        self.assertFalse(rows.xero_account_id.filtered(lambda one: one.system_account or one.type == "BANK"))

    def test_manual_choice_is_kept(self):
        """S2-22: what a person chose is never overwritten by a proposal; an emptied row may be proposed again."""
        self._connect()
        rows = self.env["xero.account.mapping"].search(
            [("connection_id", "=", self.connection.id), ("account_type", "=", "income")]
        )
        chosen, emptied = rows[0], rows[1]
        self.assertEqual(chosen.origin, "proposed")
        chosen.xero_account_id = self._xero_account("270")
        emptied.xero_account_id = False
        self.connection.action_read_reference_data()
        self.assertEqual((chosen.xero_account_id.code, chosen.origin), ("270", "manual"))
        self.assertEqual((emptied.xero_account_id.code, emptied.origin), ("200", "proposed"))
        self.assertEqual(self.env["xero.account.mapping"]._for(self.connection)[chosen.account_id.id].code, "270")

    def test_new_accounts_get_rows(self):
        """S2-22: an account made after connecting is proposed at the next reading, without doubles."""
        self._connect()
        count = self.env["xero.account.mapping"].search_count([("connection_id", "=", self.connection.id)])
        account = self._account("777001", "income")
        self.connection.action_read_reference_data()
        self.assertEqual(
            self.env["xero.account.mapping"].search_count([("connection_id", "=", self.connection.id)]), count + 1
        )
        self.assertIn(account.id, self.env["xero.account.mapping"]._for(self.connection))

    def test_queries_do_not_grow(self):
        """S2-22: reading all mappings costs the same few queries for any number of accounts."""
        self._connect()
        self.env.invalidate_all()
        self.env["xero.account.mapping"]._for(self.connection)
        self.env.invalidate_all()
        with self.assertQueryCount(3):
            mapped = self.env["xero.account.mapping"]._for(self.connection)
            for target in mapped.values():
                target.code  # noqa: B018
        self.assertGreater(len(mapped), 20)


@tagged("post_install", "-at_install")
class TestTaxMapping(MappingCase):
    """Odoo taxes to Xero tax rates: only where the percentage is the same."""

    def test_proposed_by_percentage_and_use(self):
        """S2-03, S3-22, S5-24: 15 % on sales is OUTPUT2 and on purchases INPUT2; 0 % by the region's words."""
        sale, purchase = self._tax("GST out", 15), self._tax("GST in", 15, "purchase")
        export, imports = self._tax("0% Export", 0), self._tax("0% Import", 0, "purchase")
        odd = self._tax("Odd", 7.77)
        self._connect()
        mapped = self.env["xero.tax.mapping"]._for(self.connection)
        self.assertEqual(mapped[frozenset(sale.ids)].tax_type, "OUTPUT2")
        self.assertEqual(mapped[frozenset(purchase.ids)].tax_type, "INPUT2")
        self.assertEqual(mapped[frozenset(export.ids)].tax_type, "ZERORATED")
        self.assertEqual(mapped[frozenset(imports.ids)].tax_type, "NONE")
        self.assertNotIn(frozenset(odd.ids), mapped)
        self.assertEqual(mapped[frozenset()].tax_type, "NONE", "lines without tax")
        row = self.env["xero.tax.mapping"].search([("tax_ids", "in", odd.ids)])
        self.assertFalse(row.mapped, "what is missing stays visible")

    def test_archived_taxes(self):
        """S2-03: archived taxes of a country's chart hinder no consent and get no row; one archived later keeps its
        own row, and lines without tax keep theirs."""
        self._tax("Taxable payments report", 15, active=False)
        self._tax("Taxable payments report", 15, "purchase", active=False)
        later = self._tax("GST out", 15)
        self._connect()
        mapping = self.env["xero.tax.mapping"]
        rows = mapping.search([("connection_id", "=", self.connection.id)])
        self.assertFalse(rows.filtered(lambda row: not all(row.tax_ids.mapped("active"))))
        later.active = False
        self.env.invalidate_all()
        mapped = mapping._for(self.connection)
        self.assertEqual(mapped[frozenset(later.ids)].tax_type, "OUTPUT2", "for documents of before")
        self.assertEqual(mapped[frozenset()].tax_type, "NONE", "lines without tax")

    def test_deleted_rates_are_never_proposed(self):
        """S2-03: New Zealand's old 12.5 % is DELETED in Xero and is offered nowhere."""
        old = self._tax("GST before 2010", 12.5)
        self._connect()
        self.assertNotIn(frozenset(old.ids), self.env["xero.tax.mapping"]._for(self.connection))
        self.assertFalse(self._rate("OUTPUT"))

    def test_other_percentage_is_refused(self):
        """S3-24: a tax of 10 % cannot be mapped to a rate of 15 %; the message says both."""
        ten = self._tax("Ten", 10)
        self._connect()
        row = self.env["xero.tax.mapping"].search([("tax_ids", "in", ten.ids)])
        with self.assertRaisesRegex(ValidationError, r"10%.*15%"):
            row.xero_tax_rate_id = self._rate("OUTPUT2")

    def test_what_is_no_percentage_is_refused(self):
        """S3-24: a fixed amount per unit has no counterpart in Xero."""
        fixed = self._tax("Levy", 15, amount_type="fixed")
        self._connect()
        row = self.env["xero.tax.mapping"].search([("tax_ids", "in", fixed.ids)])
        self.assertFalse(row.mapped)
        with self.assertRaisesRegex(ValidationError, "not a percentage"):
            row.xero_tax_rate_id = self._rate("OUTPUT2")

    def test_group_maps_to_the_rate_with_its_components(self):
        """S3-23: a group of 6 % and 4 % on top maps to the rate with these components, compound ones included."""
        levy = self._tax("Levy", 6, include_base_amount=True, sequence=1)
        gst = self._tax("On top", 4, is_base_affected=True, sequence=2)
        group = self._group("Accommodation", levy | gst)
        self._connect()
        mapped = self.env["xero.tax.mapping"]._for(self.connection)
        self.assertEqual(mapped[frozenset(group.ids)].tax_type, "TAX001")
        row = self.env["xero.tax.mapping"].search([("tax_ids", "in", group.ids)])
        self.assertEqual(row.percentage, "10.24% (6% + 4%)")

    def test_components_have_to_agree(self):
        """S3-23, S3-24: the same total from other components is refused where both sides have several."""
        self._connect()
        group = self._group("7 + 5", self._tax("Seven", 7) | self._tax("Five", 5))
        right = self._add_rate("TAX101", "PST and GST", [(5, False), (7, False)])
        wrong = self._add_rate("TAX102", "Also twelve", [(6, False), (6, False)])
        plain = self._add_rate("TAX103", "Twelve in one", [(12, False)])
        self.env["xero.tax.mapping"]._propose(self.connection)
        row = self.env["xero.tax.mapping"].search([("tax_ids", "in", group.ids)])
        self.assertEqual(row.xero_tax_rate_id, right)
        with self.assertRaisesRegex(ValidationError, r"7% \+ 5%.*6% \+ 6%"):
            row.xero_tax_rate_id = wrong
        row.xero_tax_rate_id = plain

    def test_several_taxes_on_a_line(self):
        """S3-23: two taxes of a line are one set, mapped by hand to a rate with both components."""
        self._connect()
        pair = self._tax("State", 4) | self._tax("City", 4.875)
        rate = self._add_rate("TAX104", "City of two", [(4, False), (4.875, False)])
        row = self.env["xero.tax.mapping"].create(
            {
                "connection_id": self.connection.id,
                "tax_ids": [Command.set(pair.ids)],
                "xero_tax_rate_id": rate.id,
            }
        )
        self.assertEqual(row.origin, "manual")
        mapped = self.env["xero.tax.mapping"]._for(self.connection)
        self.assertEqual(mapped[frozenset(pair.ids)], rate)
        self.assertNotIn(frozenset(pair[:1].ids), mapped)

    def test_rate_that_changed_in_xero(self):
        """S3-24: a rate that is deleted or changed in Xero loses its mapping, and the connection says so."""
        tax = self._tax("Eight", 8)
        self._connect()
        rate = self._add_rate("TAX106", "Eight as well", [(8, False)])
        self.env["xero.tax.mapping"]._propose(self.connection)
        row = self.env["xero.tax.mapping"].search([("tax_ids", "in", tax.ids)])
        self.assertEqual(row.xero_tax_rate_id, rate)
        rate.sudo().effective_rate = 9
        rate.sudo().component_ids.rate = 9
        self.env["xero.tax.mapping"]._propose(self.connection)
        self.assertFalse(row.mapped)
        self.assertNotIn(frozenset(tax.ids), self.env["xero.tax.mapping"]._for(self.connection))
        self.assertIn("Eight as well", self.connection.message_ids[0].body)

    def test_screen(self):
        """S3-22: an administrator changes a mapping in the list; only rates of this connection are offered."""
        tax = self._tax("GST on sales", 15)
        self._connect()
        twin = self._add_rate("TAX105", "Fifteen as well", [(15, False)])
        row = self.env["xero.tax.mapping"].search([("tax_ids", "in", tax.ids)])
        with Form(row.with_user(self.administrator), view="account_xero.xero_tax_mapping_view_list") as form:
            form.xero_tax_rate_id = twin
        self.assertEqual((row.xero_tax_rate_id, row.origin), (twin, "manual"))
        reader = new_test_user(
            self.env,
            "reader",
            groups="account_xero.group_xero_user",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        self.assertEqual(row.with_user(reader).xero_tax_rate_id, twin)
        with self.assertRaises(Exception) as refusal:
            row.with_user(reader).write({"xero_tax_rate_id": False})
        self.assertEqual(type(refusal.exception).__name__, "AccessError")


@tagged("post_install", "-at_install")
class TestJournalMapping(MappingCase):
    """Payment journals to Xero's bank accounts."""

    def _journal(self, name, number=None, **values):
        return self.env["account.journal"].create(
            {"name": name, "type": "bank", "bank_acc_number": number, "company_id": self.company.id, **values}
        )

    def test_proposed_by_number_name_and_default(self):
        """S2-22: the account number decides, then the name, then the default bank account."""
        by_number = self._journal("Second", "02-0908-7654321-050")
        by_name = self._journal("business savings account")
        other = self._journal("Till money")
        self._connect()
        mapped = self.env["xero.journal.mapping"]._for(self.connection)
        self.assertEqual(mapped[by_number.id].code, "091")
        self.assertEqual(mapped[by_name.id].code, "091")
        self.assertEqual(mapped[other.id], self.connection.default_bank_account_id)

    def test_only_accounts_that_take_payments(self):
        """S2-22: an account without payments enabled is refused with what to do; one with payments enabled is taken."""
        journal = self._journal("Card terminal")
        self._connect()
        row = self.env["xero.journal.mapping"].search([("journal_id", "=", journal.id)])
        with self.assertRaisesRegex(ValidationError, "Enable payments to this account"):
            row.xero_account_id = self._xero_account("200")
        row.xero_account_id = self._xero_account("855")
        self.assertEqual(self.env["xero.journal.mapping"]._for(self.connection)[journal.id].code, "855")
