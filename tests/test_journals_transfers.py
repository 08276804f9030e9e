from decimal import Decimal
from uuid import uuid4

from odoo import fields

from .common import XeroCase


class TestManualJournals(XeroCase):
    """Entries of the general ledger that are nothing else."""

    def setUp(self):
        super().setUp()
        self.connection.write({"sync_manual_journals": True, "lock_invoices": False})
        rows = self.env["xero.account.mapping"].search([("connection_id", "=", self.connection.id)])
        self.mapped = {row.xero_account_id.code: row.account_id for row in rows.filtered("mapped")}
        self.rent, self.sales = self.mapped["400"], self.mapped["200"]

    def _entry(self, amount=120.0, post=True, accounts=None, **values):
        debit, credit = accounts or (self.rent, self.sales)
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "company_id": self.company.id,
                "date": fields.Date.today(),
                "ref": "Accrual",
                "line_ids": [
                    fields.Command.create({"account_id": debit.id, "name": "To", "balance": amount}),
                    fields.Command.create({"account_id": credit.id, "name": "From", "balance": -amount}),
                ],
                **values,
            }
        )
        if post:
            move.action_post()
        return move

    def test_older_entry(self):
        """An entry from before the start date goes when somebody says so; with manual journals off nothing is asked."""
        self.connection.sync_from_date = fields.Date.today()
        entry = self._entry(date=fields.Date.subtract(fields.Date.today(), days=40))
        self._export()
        self.assertFalse(self._binding(entry))
        action = entry.action_xero_export()
        self.env["xero.older"].with_context(**action["context"]).create({}).action_send()
        self._export()
        self.assertSynced(entry)
        self.connection.sync_manual_journals = False
        other = self._entry(date=fields.Date.subtract(fields.Date.today(), days=40))
        self.assertFalse(other._xero_older())

    def test_out(self):
        """S5-20: an entry that is nothing else goes as a posted manual journal, once, with debits above zero."""
        entry = self._entry()
        self._export()
        self._export()
        [journal] = self._in_xero("ManualJournals")
        self.assertEqual(journal["Status"], "POSTED")
        self.assertEqual(
            [(line["AccountCode"], float(line["LineAmount"])) for line in journal["JournalLines"]],
            [("400", 120.0), ("200", -120.0)],
        )
        self.assertSynced(entry)

    def test_off_by_default(self):
        """S5-20: nothing of the general ledger leaves unless it is switched on; then what waited goes too."""
        self.connection.sync_manual_journals = False
        self._entry()
        self._export()
        self.assertFalse(self._in_xero("ManualJournals"))
        self.connection.sync_manual_journals = True
        self._export()
        self.assertEqual(len(self._in_xero("ManualJournals")), 1)

    def test_followed_after_it_was_switched_off(self):
        """S5-20: an entry that is in Xero follows its changes when manual journals are switched off; new ones stay."""
        entry = self._entry()
        self._export()
        self.connection.sync_manual_journals = False
        entry.ref = "Accrual, corrected"
        self._entry()
        self._export()
        [journal] = self._in_xero("ManualJournals")
        self.assertIn("corrected", journal["Narration"])

    def test_what_is_something_else(self):
        """S5-20: documents, payments and what settles a document are no manual journals."""
        invoice = self._invoice()
        self._pay(invoice, amount=10.0)
        receivable = invoice.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        settling = self._entry(5.0, accounts=(self.rent, receivable.account_id), post=False)
        settling.line_ids.partner_id = self.customer
        settling.action_post()
        (receivable | settling.line_ids.filtered(lambda line: line.account_type == "asset_receivable")).reconcile()
        self._export()
        self.assertFalse(self._in_xero("ManualJournals"))

    def test_changed_and_cancelled(self):
        """S5-20: an entry that is changed is changed in Xero; one that is cancelled is voided there."""
        entry = self._entry()
        self._export()
        entry.button_draft()
        entry.line_ids.filtered(lambda line: line.balance > 0).with_context(check_move_validity=False).balance = 150
        entry.line_ids.filtered(lambda line: line.balance < 0).with_context(check_move_validity=False).balance = -150
        entry.action_post()
        self._export()
        [journal] = self._in_xero("ManualJournals")
        self.assertEqual(float(journal["JournalLines"][0]["LineAmount"]), 150.0)
        entry.button_draft()
        entry.button_cancel()
        self._export()
        [journal] = self._in_xero("ManualJournals")
        self.assertEqual(journal["Status"], "VOIDED")

    def test_accounts_that_xero_refuses(self):
        """S5-20: an entry on receivables is held with the account named, before Xero is asked."""
        receivable = self.company_data["default_account_receivable"]
        self._entry(accounts=(receivable, self.sales))
        self._export()
        self.assertEqual(self._issues().code, "journal_account_refused")
        self.assertFalse(self._writes())

    def _in_xeros_screens(self, **values):
        lines = [
            {"LineAmount": Decimal("70.00"), "AccountCode": "400", "Description": "Rent"},
            {"LineAmount": Decimal("-70.00"), "AccountCode": "200", "Description": "Rent"},
        ]
        journal = {
            "Narration": "Rent of May",
            "Date": fields.Date.to_string(fields.Date.today()),
            "Status": "POSTED",
            "JournalLines": lines,
            **values,
        }
        client = self.connection._get_client()
        send = client.post if values.get("ManualJournalID") else client.put
        answer = send("ManualJournals", {"ManualJournals": [journal]}, key=str(uuid4()))
        self.assertTrue(answer.elements[0].ok, answer.elements[0].messages)
        return answer.elements[0].data

    def _imported(self):
        return self.env["account.move"].search([("ref", "=", "Rent of May"), ("company_id", "=", self.company.id)])

    def test_in(self):
        """S5-20: by setting, a journal posted in Xero is booked in Odoo once, follows Xero, and never goes back."""
        made = self._in_xeros_screens()
        self._import()
        self.assertFalse(self._imported())
        self.connection.import_manual_journals = True
        self.connection.action_reimport()
        self._import()
        self._import()
        [entry] = self._imported()
        self.assertEqual(entry.state, "posted")
        accounts = self.env["xero.account.mapping"]._for(self.connection)
        booked = {(accounts[line.account_id.id].code, line.balance) for line in entry.line_ids}
        self.assertEqual(booked, {("400", 70.0), ("200", -70.0)})
        self.xero.clear_journal()
        self._export()
        self.assertFalse(self._writes())
        self.xero.advance(5)
        self._in_xeros_screens(ManualJournalID=made["ManualJournalID"], Status="VOIDED")
        self._import()
        self.assertEqual(entry.state, "cancel")


class TestBankTransfers(XeroCase):
    """Money that goes from one of the company's banks to another."""

    def setUp(self):
        super().setUp()
        self.connection.sync_bank_transfers = True
        banks = self.env["xero.account"].search([("connection_id", "=", self.connection.id), ("type", "=", "BANK")])
        self.savings = self.env["account.journal"].create(
            {"name": "Savings", "code": "SAV", "type": "bank", "company_id": self.company.id}
        )
        mappings = self.env["xero.journal.mapping"]
        own = mappings.search([("connection_id", "=", self.connection.id), ("journal_id", "=", self.bank.id)])
        own.xero_account_id = banks[0]
        mappings.search([("journal_id", "=", self.savings.id)]).unlink()
        mappings.create(
            {"connection_id": self.connection.id, "journal_id": self.savings.id, "xero_account_id": banks[1].id}
        )
        self.banks = banks[:2]

    def _transfer(self, amount=500.0):
        """Two bank statement lines on the transfer account, matched with each other."""
        account = self.company.transfer_account_id
        lines = self.env["account.move.line"]
        for journal, sign in ((self.bank, -1), (self.savings, 1)):
            line = self.env["account.bank.statement.line"].create(
                {
                    "journal_id": journal.id,
                    "date": fields.Date.today(),
                    "payment_ref": "To savings",
                    "amount": sign * amount,
                    "counterpart_account_id": account.id,
                }
            )
            lines |= line.move_id.line_ids.filtered(lambda one: one.account_id == account)
        lines.reconcile()
        return lines

    def test_out(self):
        """S5-35: a transfer between two mapped banks is one bank transfer in Xero, from the right one to the other."""
        self._transfer()
        self._export()
        self._export()
        [transfer] = self._in_xero("BankTransfers")
        self.assertEqual((float(transfer["Amount"]), transfer["Reference"]), (500.0, "To savings"))
        self.assertEqual(transfer["FromBankAccount"]["AccountID"], self.banks[0].external_id)
        self.assertEqual(transfer["ToBankAccount"]["AccountID"], self.banks[1].external_id)
        self.assertFalse(self._queue())
        self.assertFalse(self._in_xero("Payments"))

    def test_off_by_default(self):
        """S5-35: nothing goes unless it is switched on."""
        self.connection.sync_bank_transfers = False
        self._transfer()
        self._export()
        self.assertFalse(self._in_xero("BankTransfers"))
        self.assertFalse(self._queue())

    def test_unmatched(self):
        """S5-35: where the two sides are taken apart again, the transfer is deleted in Xero."""
        lines = self._transfer()
        self._export()
        lines.remove_move_reconcile()
        self._export()
        self.assertFalse([one for one in self._in_xero("BankTransfers") if one["Status"] != "DELETED"])
        self.assertFalse(self._issues())

    def test_an_answer_lost(self):
        """S5-35: a transfer whose answer was lost is found by reference, accounts and amount, and not made twice."""
        self._transfer()
        self.xero.add_fault("reset", method="PUT", path="BankTransfers$", when="after", nth=1)
        self._export()
        self._export()
        self.assertEqual(len(self._in_xero("BankTransfers")), 1)
        self.assertFalse(self._queue())
