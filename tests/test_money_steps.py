from .common import XeroCase
from .money_steps import Books, unhurried


class TestMoneySteps(XeroCase):
    """Whatever is done on either side, in whatever order, the books agree in the end."""

    def _books(self, seed, **values):
        self.startPatcher(unhurried(self.xero))
        self.connection.write({"deleted_payments": "undo", "changes_in_xero": "xero", **values})
        expense = self.company_data["default_account_expense"].copy({"name": "Written off", "code": "650099"})
        target = self.env["xero.account"].search(
            [("connection_id", "=", self.connection.id), ("payments_enabled", "=", True), ("type", "!=", "BANK")],
            limit=1,
        )
        self.env["xero.account.mapping"].create(
            {"connection_id": self.connection.id, "account_id": expense.id, "xero_account_id": target.id}
        )
        return Books(
            self.env,
            self.connection,
            self.xero,
            self._sync,
            self.bank,
            expense,
            [self.customer, self.customer.copy({"name": "Marine Systems"})],
            [self.supplier],
            seed,
        )

    def _sync(self):
        self._export()
        self._import()

    def _assert_agree(self, seed, **values):
        books = self._books(seed, **values)
        for _n in range(6):
            books.post()  # most steps need something to work on
        made = books.run(70)
        self.assertFalse(books.settle(), dict(made))
        self.assertGreater(sum(made.values()), 30)

    def test_unmatched_payments_wait(self):
        """S2-05, S2-49, S3-21: 70 random steps on both sides end with equal amounts due and equal control accounts."""
        self._assert_agree(5)

    def test_unmatched_payments_are_overpayments(self):
        """S2-05, S2-49, S4-36: so they do where unmatched payments go to Xero as overpayments."""
        self._assert_agree(6, unallocated_payments="overpayment")

    def test_unmatched_payments_are_prepayments(self):
        """S2-05, S2-49, S4-36: and where they go as prepayments."""
        liability = self.env["xero.account"].search(
            [("connection_id", "=", self.connection.id), ("type", "=", "CURRLIAB"), ("system_account", "=", False)],
            limit=1,
        )
        self._assert_agree(7, unallocated_payments="prepayment", prepayment_account_id=liability.id)
