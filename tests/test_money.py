"""Cents: what Odoo posted, however it rounded, is what stands in Xero."""

import random
from decimal import Decimal

from .common import XeroCase
from .money_documents import ROUNDING, MoneyDocuments, prepare_xero


class TestMoney(XeroCase):
    """Documents by chance."""

    def _assert_equal(self, moves):
        """Net, tax, total and amount due of every document are the same on both sides."""
        held = moves.filtered(lambda move: not self._binding(move).external_id)
        self.assertFalse(held, self._issues().mapped("text"))
        in_xero = {}
        for resource, id_, due in (
            ("Invoices", "InvoiceID", "AmountDue"),
            ("CreditNotes", "CreditNoteID", "RemainingCredit"),
        ):
            for data in self._in_xero(resource):
                keys = ("SubTotal", "TotalTax", "Total", due)
                in_xero[data[id_]] = (data["CurrencyCode"], *(Decimal(str(data[key])) for key in keys))
        for move in moves:
            amounts = (move.amount_untaxed, move.amount_tax, move.amount_total, move.amount_residual)
            here = (move.currency_id.name, *(Decimal(f"{amount:.2f}") for amount in amounts))
            self.assertEqual(in_xero[self._binding(move).external_id], here, f"{move.ref} {move.move_type}")

    def test_every_document_agrees_to_the_cent(self):
        """S3-20, S3-23: 2 to 6 decimals, discounts, mixed taxes, refunds, three currencies, both roundings."""
        self.connection._with_client(prepare_xero)
        taxes = {"sale": self.tax_sale, "purchase": self.tax_purchase}
        data = self.company_data
        accounts = {"sale": data["default_account_revenue"], "purchase": data["default_account_expense"]}
        documents = MoneyDocuments(self.company, random.Random(20261101), taxes, accounts)
        self.connection.action_read_reference_data()
        moves = self.env["account.move"].union(*(documents.make(75, rounding) for rounding in ROUNDING))
        self._export()
        self._assert_equal(moves)
        self.assertFalse(self._issues())
