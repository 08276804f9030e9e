from decimal import Decimal

from odoo import fields

from .common import XeroCase


class TestAdvancesIn(XeroCase):
    """Over- and prepayments that are made, allocated, given back and deleted in Xero."""

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(lines=[(None, 1, 200.0)])
        self.bill = self._invoice("in_invoice", ref="B-1", lines=[(None, 1, 200.0)])
        self._export()
        self.bank_account = self.env["xero.journal.mapping"]._for(self.connection)[self.bank.id]
        self.made = 0

    # === ARRANGE === #

    def _call(self, verb, path, body=None):
        self.made += 1
        client = self.connection._get_client()
        answer = client.delete(path) if verb == "delete" else getattr(client, verb)(path, body, f"test-{self.made}")
        self.env.cr.flush()
        return answer.payload

    def _payment(self, amount, payment_type="inbound"):
        """Money that somebody enters in Odoo, of the customer or back to it."""
        payment = self.env["account.payment"].create(
            {
                "payment_type": payment_type,
                "partner_type": "customer",
                "partner_id": self.customer.id,
                "amount": amount,
                "journal_id": self.bank.id,
            }
        )
        payment.action_post()
        return payment

    def _receive(self, amount, type_="RECEIVE-OVERPAYMENT", partner=None, **values):
        """Money on the bank account in Xero that no document is named for."""
        line = {"Description": "Deposit", "Quantity": 1, "UnitAmount": amount}
        if type_.endswith("PREPAYMENT"):
            line["AccountCode"] = self._liability()
        payload = {
            "Type": type_,
            "Contact": {"ContactID": self._binding(partner or self.customer).external_id},
            "BankAccount": {"AccountID": self.bank_account.external_id},
            "Date": fields.Date.today().isoformat(),
            "LineAmountTypes": "NoTax",
            "Reference": "Bank feed",
            "LineItems": [line],
            **values,
        }
        return self._call("put", "BankTransactions", {"BankTransactions": [payload]})["BankTransactions"][0]

    def _liability(self):
        return (
            self.env["xero.account"]
            .search(
                [("connection_id", "=", self.connection.id), ("type", "=", "CURRLIAB"), ("system_account", "=", False)],
                limit=1,
            )
            .code
        )

    def _allocate(self, credit, document, amount, resource="Overpayments"):
        body = {"Allocations": [{"Amount": amount, "Invoice": {"InvoiceID": self._binding(document).external_id}}]}
        return self._call("put", f"{resource}/{credit}/Allocations", body)["Allocations"][0]["AllocationID"]

    def _give_back(self, credit, amount, key="Overpayment"):
        payment = {
            key: {f"{key}ID": credit},
            "Account": {"AccountID": self.bank_account.external_id},
            "Date": fields.Date.today().isoformat(),
            "Amount": amount,
        }
        return self._call("put", "Payments", {"Payments": [payment]})["Payments"][0]["PaymentID"]

    def _delete(self, path):
        self._call("post", path, {"Status": "DELETED"})

    def _payments(self, partner=None):
        return self.env["account.payment"].search([("partner_id", "=", (partner or self.customer).id)], order="id")

    # === ASSERT === #

    def _open_credit(self, payment):
        return abs(sum(self._debt(payment.move_id).mapped("amount_residual_currency")))

    def _debt(self, moves):
        types = ("asset_receivable", "liability_payable")
        return moves.line_ids.filtered(lambda line: line.account_type in types)

    def _credit_in_xero(self, resource="Overpayments"):
        return [(row["Status"], float(row["RemainingCredit"])) for row in self._in_xero(resource)]

    def _due(self, invoice):
        return float(self._in_xero("Invoices", InvoiceNumber=invoice.name)[0]["AmountDue"])

    def assertQuiet(self):
        """Nothing is left to do, and nothing goes back to Xero."""
        self.xero.clear_journal()
        self._export()
        self._import()
        self.assertFalse(self._writes())
        self.assertFalse(self._queue())
        self.assertFalse(self._issues().mapped("text"))

    # === MADE IN XERO === #

    def test_overpayment(self):
        """S4-17, S2-06: an overpayment of Xero's bank feed is the customer's outstanding credit in Odoo, once."""
        self._receive(300)
        self._import()
        self._import()
        [payment] = self._payments()
        self.assertEqual(
            (payment.payment_type, payment.partner_type, payment.amount, payment.journal_id, payment.memo),
            ("inbound", "customer", 300.0, self.bank, "Bank feed"),
        )
        self.assertEqual(self._open_credit(payment), 300.0)
        self.assertEqual(self.invoice.amount_residual, 230.0)
        self.assertTrue(self.invoice.invoice_has_outstanding)
        self.assertQuiet()

    def test_supplier_prepayment(self):
        """S4-16, S4-17: a prepayment to a supplier comes with its allocation and settles the bill in Odoo."""
        made = self._receive(300, "SPEND-PREPAYMENT", self.supplier)
        self._allocate(made["PrepaymentID"], self.bill, 230, "Prepayments")
        self._import()
        [payment] = self._payments(self.supplier)
        self.assertEqual((payment.payment_type, payment.partner_type), ("outbound", "supplier"))
        self.assertEqual((self.bill.amount_residual, self._open_credit(payment)), (0, 70.0))
        self.assertQuiet()

    def test_allocated_and_undone(self):
        """S4-17, S2-06: what Xero allocates is matched in Odoo, in part too; what it undoes is unmatched."""
        credit = self._receive(300)["OverpaymentID"]
        self._import()
        allocation = self._allocate(credit, self.invoice, 100)
        self._import()
        payment = self._payments()
        self.assertEqual((self.invoice.amount_residual, self._open_credit(payment)), (130.0, 200.0))
        self._call("delete", f"Overpayments/{credit}/Allocations/{allocation}")
        self._import()
        self.assertEqual((self.invoice.amount_residual, self._open_credit(payment)), (230.0, 300.0))
        self.assertQuiet()

    def test_matched_in_odoo(self):
        """S4-10: credit that came from Xero and is matched in Odoo is allocated in Xero, and no payment is made."""
        self._receive(300)
        self._import()
        self._debt(self._payments().move_id | self.invoice).reconcile()
        self._export()
        self.assertEqual(self._credit_in_xero(), [("AUTHORISED", 70.0)])
        self.assertFalse(self._in_xero("Payments"))
        self.assertEqual(self._due(self.invoice), 0)
        self.assertQuiet()

    def test_allocated_to_what_odoo_does_not_have(self):
        """S2-49: an overpayment used up in Xero for an invoice of Xero's alone is said; it shows as open in Odoo."""
        credit = self._receive(300)["OverpaymentID"]
        self._import()
        invoice = {
            "Type": "ACCREC",
            "Contact": {"ContactID": self._binding(self.customer).external_id},
            "Date": fields.Date.today().isoformat(),
            "DueDate": fields.Date.today().isoformat(),
            "InvoiceNumber": "OLD-1",
            "Status": "AUTHORISED",
            "LineAmountTypes": "NoTax",
            "LineItems": [{"Description": "Old", "Quantity": 1, "UnitAmount": 500, "AccountCode": "200"}],
        }
        [made] = self._call("put", "Invoices", {"Invoices": [invoice]})["Invoices"]
        body = {"Allocations": [{"Amount": 200, "Invoice": {"InvoiceID": made["InvoiceID"]}}]}
        self._call("put", f"Overpayments/{credit}/Allocations", body)
        self._allocate(credit, self.invoice, 50)
        self._import()
        payment = self._payments()
        self.assertEqual((self.invoice.amount_residual, self._open_credit(payment)), (180.0, 250.0))
        self.assertEqual((self._issues().code, self._issues().res_id), ("allocation_unknown", payment.id))
        self.assertIn("OLD-1", self._issues().text)
        self.assertEqual(self._credit_in_xero(), [("AUTHORISED", 50.0)])

    def test_same_money_on_both_sides(self):
        """S2-49: money entered in Odoo and in Xero before either heard of the other is one payment."""
        payment = self._payment(300.0)
        self._receive(300)
        self._import()
        self.assertEqual(self._payments(), payment)
        self.assertQuiet()
        self.assertEqual(len(self._in_xero("Overpayments")), 1)

    def test_foreign(self):
        """S4-17: in a foreign currency it is booked at Xero's rate."""
        usd = self.env.ref("base.USD")
        usd.active = True
        self.connection._get_client().put(
            "Accounts",
            {"Code": "099", "Name": "Dollars", "Type": "BANK", "BankAccountNumber": "0101", "CurrencyCode": "USD"},
            "usd-bank",
        )
        self.connection.action_read_reference_data()
        account = self.env["xero.account"].search([("connection_id", "=", self.connection.id), ("code", "=", "099")])
        journal = self.bank.copy({"name": "Dollars", "code": "USD", "currency_id": usd.id})
        rows = self.env["xero.journal.mapping"].search(
            [("connection_id", "=", self.connection.id), ("journal_id", "=", journal.id)]
        )
        values = {"connection_id": self.connection.id, "journal_id": journal.id, "xero_account_id": account.id}
        rows.write(values) if rows else rows.create(values)
        self._receive(60, BankAccount={"AccountID": account.external_id}, CurrencyRate=Decimal("0.5"))
        self._import()
        payment = self._payments()
        liquidity = payment._seek_for_lines()[0]
        self.assertEqual((liquidity.amount_currency, liquidity.balance), (60.0, 120.0), self._issues().mapped("text"))
        self.assertEqual(payment.currency_id, usd)

    def test_strangers_and_old_money(self):
        """S4-17: money of contacts that Odoo does not know, or from before the start date, is none of our business."""
        self._receive(10, Date="2019-12-31")
        self._call("put", "Contacts", {"Contacts": [{"Name": "Somebody else"}]})
        [stranger] = self._in_xero("Contacts", Name="Somebody else")
        self._receive(20, Contact={"ContactID": stranger["ContactID"]})
        self._import()
        self.assertFalse(self._payments())
        self.assertQuiet()

    def test_journal_mapped_later(self):
        """S4-17: without a journal it waits and says so; its allocations come with it once the journal is mapped."""
        rows = self.env["xero.journal.mapping"].search([("xero_account_id", "=", self.bank_account.id)])
        rows.xero_account_id = False
        credit = self._receive(300)["OverpaymentID"]
        self._allocate(credit, self.invoice, 230)
        self._import()
        self.assertEqual(self._issues().mapped("code"), ["journal_unknown"])
        rows.filtered(lambda row: row.journal_id == self.bank).xero_account_id = self.bank_account
        self._import()
        self._import()
        self.assertEqual((self.invoice.amount_residual, self._open_credit(self._payments())), (0, 70.0))
        self.assertQuiet()

    def test_closed_period(self):
        """S2-06: in a period that Odoo has closed it waits, says so, and comes once that is open."""
        self.company.fiscalyear_lock_date = "2026-03-31"
        self._receive(300, Date="2026-03-15")
        self._import()
        issue = self._issues()
        self.assertEqual((issue.code, bool(self._payments())), ("odoo_locked", False))
        self.company.fiscalyear_lock_date = False
        issue.action_retry()
        self._import()
        self.assertEqual(self._payments().date, fields.Date.to_date("2026-03-15"))

    def test_switched_off(self):
        """S4-17: switched off, or without the right, nothing of it is read."""
        self.connection.import_advances = False
        self._receive(300)
        self._import()
        self.assertFalse(self._payments())
        self.connection.import_advances = True
        self.connection.scopes = "accounting.invoices accounting.payments"
        self._import()
        self.assertFalse(self._payments())
        self.assertFalse(self._issues())
        self.assertFalse(self._calls("GET", "BankTransactions"))

    # === DELETED IN XERO === #

    def test_deleted(self):
        """S2-49: an overpayment that was made in Xero and is deleted there is cancelled in Odoo."""
        made = self._receive(300)
        self._import()
        payment = self._payments()
        self._delete(f"BankTransactions/{made['BankTransactionID']}")
        self._import()
        self.assertEqual(payment.state, "canceled")
        self.assertQuiet()

    def test_cancelled_in_odoo(self):
        """S2-49: what was made in Xero and is cancelled in Odoo stands in Xero: an issue says so until both agree."""
        made = self._receive(300)
        self._import()
        payment = self._payments()
        payment.action_draft()
        payment.action_cancel()
        self._export()
        self.assertEqual(self._issues().code, "advance_born_in_xero")
        self._delete(f"BankTransactions/{made['BankTransactionID']}")
        self._import()
        self.assertQuiet()

    def _sent(self, amount):
        """An overpayment that Odoo has sent."""
        self.connection.unallocated_payments = "overpayment"
        payment = self._payment(amount)
        self._export()
        [credit] = self._in_xero("Overpayments")
        return payment, credit["OverpaymentID"]

    def test_own_is_recognised(self):
        """S2-49: what Odoo sent is never doubled; its allocation in Xero is matched in Odoo."""
        payment, credit = self._sent(300)
        self._import()
        self.assertEqual(self._payments(), payment)
        self._allocate(credit, self.invoice, 230)
        self._import()
        self.assertEqual((self.invoice.amount_residual, self._open_credit(payment)), (0, 70.0))
        self.assertQuiet()

    def test_own_deleted_asks(self):
        """S2-49: Odoo's overpayment that somebody deletes in Xero is an issue; sending it again is one click."""
        payment, _credit = self._sent(300)
        [made] = self._in_xero("BankTransactions", Type="RECEIVE-OVERPAYMENT")
        self._delete(f"BankTransactions/{made['BankTransactionID']}")
        self._import()
        self.assertEqual((self._issues().code, payment.state), ("advance_deleted", "in_process"))
        self._export()
        self.assertEqual(self._credit_in_xero(), [("VOIDED", 300.0)])
        payment.action_xero_export()
        self._export()
        self.assertEqual(sorted(self._credit_in_xero())[0], ("AUTHORISED", 300.0))
        self.assertQuiet()

    def test_own_deleted_is_undone_by_rule(self):
        """S2-49: where the connection says so, Odoo follows."""
        self.connection.deleted_payments = "undo"
        payment, _credit = self._sent(300)
        [made] = self._in_xero("BankTransactions", Type="RECEIVE-OVERPAYMENT")
        self._delete(f"BankTransactions/{made['BankTransactionID']}")
        self._import()
        self.assertEqual(payment.state, "canceled")
        self.assertQuiet()

    def _delete_advance(self):
        [made] = self._in_xero("BankTransactions", Type="RECEIVE-OVERPAYMENT", Status="AUTHORISED")
        self._delete(f"BankTransactions/{made['BankTransactionID']}")
        self._import()

    def test_own_deleted_partly_asks(self):
        """S2-49: a payment of which another part stays in Xero cannot follow; both parts stay until somebody says."""
        self.connection.write({"deleted_payments": "undo", "unallocated_payments": "overpayment"})
        payment = self._payment(300.0)
        self._debt(payment.move_id | self.invoice).reconcile()
        self._export()
        self.assertEqual(self._credit_in_xero(), [("AUTHORISED", 70.0)])
        self._delete_advance()
        self.assertEqual(self._issues().code, "advance_deleted_partly")
        self.assertEqual((self.invoice.amount_residual, self._open_credit(payment)), (0, 70.0))
        self.assertEqual([float(row["Amount"]) for row in self._in_xero("Payments", Status="AUTHORISED")], [230.0])
        payment.action_xero_export()
        self._export()
        self.assertEqual(sorted(self._credit_in_xero()), [("AUTHORISED", 70.0), ("VOIDED", 70.0)])
        self.assertEqual([float(row["Amount"]) for row in self._in_xero("Payments", Status="AUTHORISED")], [230.0])
        self.assertQuiet()

    def test_deleted_on_a_bank_statement_asks(self):
        """S2-49: money that a bank statement in Odoo confirms is not cancelled because somebody deleted it in Xero."""
        self.connection.deleted_payments = "undo"
        payment, _credit = self._sent(300)
        line = self.env["account.bank.statement.line"].create(
            {"journal_id": self.bank.id, "amount": 300.0, "date": payment.date, "payment_ref": "Deposit"}
        )
        suspense = line._seek_for_lines()[1]
        suspense.account_id = payment._seek_for_lines()[0].account_id
        (suspense | payment._seek_for_lines()[0]).reconcile()
        self._delete_advance()
        self.assertEqual((self._issues().code, payment.state), ("advance_deleted_partly", "paid"))
        self.assertTrue(line.is_reconciled)

    def _unallocate_and_delete(self, credit):
        [allocation] = self._in_xero("Overpayments")[0]["Allocations"]
        self._call("delete", f"Overpayments/{credit}/Allocations/{allocation['AllocationID']}")
        self._delete_advance()

    def test_unallocated_and_deleted(self):
        """S2-49: what is unallocated and deleted in Xero between two imports is undone in Odoo in one go."""
        credit = self._receive(300)["OverpaymentID"]
        self._import()
        self._allocate(credit, self.invoice, 230)
        self._import()
        self.assertEqual(self.invoice.amount_residual, 0)
        self._unallocate_and_delete(credit)
        self.assertEqual((self._payments().state, self.invoice.amount_residual), ("canceled", 230.0))
        self.assertEqual(self._due(self.invoice), 230.0)
        self.assertQuiet()

    def test_own_unallocated_and_deleted_asks(self):
        """S2-49: of what Odoo sent somebody is asked once, and one click sends all of it again."""
        payment, credit = self._sent(300)
        self._debt(payment.move_id | self.invoice).reconcile()
        self._export()
        self._unallocate_and_delete(credit)
        self.assertEqual((self._issues().code, self.invoice.amount_residual), ("advance_deleted", 0))
        self._export()
        self.assertEqual((self._credit_in_xero(), self._due(self.invoice)), ([("VOIDED", 300.0)], 230.0))
        payment.action_xero_export()
        self._export()
        self._export()
        self.assertEqual(sorted(self._credit_in_xero()), [("AUTHORISED", 70.0), ("VOIDED", 300.0)])
        self.assertEqual(self._due(self.invoice), 0)
        self.assertQuiet()

    def test_refunded_back_and_deleted(self):
        """S2-49: a refund deleted in Xero together with its overpayment is cancelled in Odoo with it."""
        credit = self._receive(300)["OverpaymentID"]
        self._import()
        refund = self._give_back(credit, 120)
        self._import()
        self._delete(f"Payments/{refund}")
        self._delete_advance()
        self.assertEqual(self._payments().mapped("state"), ["canceled", "canceled"])
        self.assertQuiet()

    def _sent_and_unallocated(self):
        payment, credit = self._sent(300)
        self._debt(payment.move_id | self.invoice).reconcile()
        self._export()
        [allocation] = self._in_xero("Overpayments")[0]["Allocations"]
        self._call("delete", f"Overpayments/{credit}/Allocations/{allocation['AllocationID']}")
        self._import()
        return payment

    def test_own_unallocated_asks(self):
        """S2-49: Odoo's allocation that somebody undoes in Xero is an issue; sending it again is one click."""
        payment = self._sent_and_unallocated()
        self.assertEqual((self._issues().code, self.invoice.amount_residual), ("payment_deleted", 0))
        payment.action_xero_export()
        self._export()
        self.assertEqual(self._credit_in_xero(), [("AUTHORISED", 70.0)])
        self.assertQuiet()

    def test_own_unallocated_is_undone_by_rule(self):
        """S2-49: where the connection says so, Odoo unmatches it."""
        self.connection.deleted_payments = "undo"
        payment = self._sent_and_unallocated()
        self.assertEqual((self.invoice.amount_residual, self._open_credit(payment)), (230.0, 300.0))
        self.assertQuiet()

    def test_own_with_write_off_unallocated(self):
        """S2-49: an allocation that is undone in Xero takes what was written off with it along."""
        self.connection.write({"deleted_payments": "undo", "unallocated_payments": "overpayment"})
        expense = self.company_data["default_account_expense"].copy({"name": "Written off", "code": "650098"})
        domain = [("connection_id", "=", self.connection.id), ("payments_enabled", "=", True), ("type", "!=", "BANK")]
        target = self.env["xero.account"].search(domain, limit=1)
        self.env["xero.account.mapping"].create(
            {"connection_id": self.connection.id, "account_id": expense.id, "xero_account_id": target.id}
        )
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.invoice.ids
        )
        values = {"payment_difference_handling": "reconcile", "writeoff_account_id": expense.id}
        payment = wizard.create({"journal_id": self.bank.id, "amount": 228.5, **values})._create_payments()
        payment.move_id.line_ids.remove_move_reconcile()
        self._export()
        self._debt(payment.move_id | self.invoice).reconcile()
        self._export()
        [credit] = self._in_xero("Overpayments")
        self.assertEqual(self._due(self.invoice), 0)
        path = f"Overpayments/{credit['OverpaymentID']}/Allocations/{credit['Allocations'][0]['AllocationID']}"
        self._call("delete", path)
        self._import()
        self._export()
        self.assertEqual((self.invoice.amount_residual, self._due(self.invoice)), (230.0, 230.0))
        self.assertFalse(self._in_xero("Payments", Status="AUTHORISED"))
        self.assertEqual(self._credit_in_xero(), [("AUTHORISED", 228.5)])
        self.assertQuiet()

    # === GIVEN BACK === #

    def test_refunded_in_xero(self):
        """S4-16, S4-17: a refund of an overpayment in Xero is a payment in Odoo, matched with the first one's rest."""
        credit = self._receive(300)["OverpaymentID"]
        self._import()
        made = self._give_back(credit, 120)
        self._import()
        payment, refund = self._payments()
        self.assertEqual((refund.payment_type, refund.amount), ("outbound", 120.0))
        self.assertEqual((self._open_credit(payment), self._open_credit(refund)), (180.0, 0))
        self.assertQuiet()
        self._delete(f"Payments/{made}")
        self._import()
        self.assertEqual((refund.state, self._open_credit(payment)), ("canceled", 300.0))
        self.assertQuiet()

    def test_refunded_more_than_is_open(self):
        """S4-17: what Odoo has no room for is an issue that says what to do, and is booked once there is room."""
        credit = self._receive(300)["OverpaymentID"]
        self._import()
        payment = self._payments()
        payment.xero_do_not_export = True
        self._debt(payment.move_id | self.invoice).reconcile()
        self._give_back(credit, 120)
        self._import()
        issue = self._issues()
        self.assertEqual(issue.code, "refund_too_much")
        self._debt(self.invoice).remove_move_reconcile()
        issue.action_retry()
        self._import()
        self.assertEqual(self._open_credit(payment), 180.0)

    def _refund(self, payment, amount):
        refund = self._payment(amount, "outbound")
        self._debt((payment | refund).move_id).reconcile()
        return refund

    def test_refunded_in_odoo(self):
        """S4-10, S2-49: money that Odoo gives back of an overpayment is a payment of it in Xero, and undone with it."""
        payment, credit = self._sent(300)
        refund = self._refund(payment, 120.0)
        self._export()
        self.assertEqual(self._credit_in_xero(), [("AUTHORISED", 180.0)])
        [sent] = self._in_xero("Payments")
        self.assertEqual(
            (sent["Overpayment"]["OverpaymentID"], sent["PaymentType"], float(sent["Amount"])),
            (credit, "AROVERPAYMENTPAYMENT", 120.0),
        )
        self.assertEqual(refund.xero_state, "synced")
        self.assertQuiet()
        refund.action_draft()
        refund.action_cancel()
        self._export()
        self.assertEqual(self._credit_in_xero(), [("AUTHORISED", 300.0)])
        self.assertQuiet()

    def test_what_the_payment_says(self):
        """S2-49, S4-36: the payment says in words what it is in Xero, and what of it waits."""
        self.connection.unallocated_payments = "hold"
        paid = self._pay(self.bill, 80.0)
        self._export()
        self.assertEqual(paid.xero_parts.replace("\xa0", " "), f"Payment of $ 80.00 on {self.bill.display_name}")
        payment, _credit = self._sent(300)
        self._debt(payment.move_id | self.invoice).reconcile()
        self._refund(payment, 20.0)
        self._export()
        self.assertEqual(
            payment.xero_parts.replace("\xa0", " ").splitlines(),
            [
                "Overpayment of $ 300.00, $ 50.00 of it open",
                f"$ 230.00 allocated to {self.invoice.display_name}",
                "$ 20.00 given back",
            ],
        )
        self.assertEqual(payment.xero_state, "synced")
        self.connection.unallocated_payments = "hold"
        other = payment.copy({"amount": 10.0})
        other.action_post()
        self._export()
        self.assertEqual(other.xero_parts.replace("\xa0", " "), "$ 10.00 waits: no document is matched with it")

    def test_refunded_before_it_went(self):
        """S4-10: money received and given back between two exports shows on Xero's bank account both ways."""
        self.connection.unallocated_payments = "overpayment"
        payment = self._payment(300.0)
        self._refund(payment, 120.0)
        self._export()
        self.assertEqual(self._credit_in_xero(), [("AUTHORISED", 180.0)])
        self.assertEqual(float(self._in_xero("Overpayments")[0]["Total"]), 300.0)
        self.assertQuiet()
