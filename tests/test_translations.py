from .common import XeroCase


class TestGerman(XeroCase):
    """Whoever works in German reads German: labels, and what is told of a problem."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("de_DE")
        cls.env["ir.module.module"].search([("name", "=", "account_xero")])._update_translations("de_DE")

    def test_a_problem_in_german(self):
        """S4-61, S4-62: the same problem in the language of each who looks, with the account's name in its place."""
        invoice = self._invoice()
        account = invoice.invoice_line_ids.account_id
        self.env["xero.account.mapping"].search(
            [("connection_id", "=", self.connection.id), ("account_id", "=", account.id)]
        ).unlink()
        self._export()
        issue = self._issues()
        german = issue.with_context(lang="de_DE")
        for english, other in ((issue.text, german.text), (issue.advice, german.advice)):
            self.assertNotEqual(english, other)
        self.assertIn(account.name, german.text)
        self.assertIn("Konto", german.text)
        self.assertEqual(self.connection.with_context(lang="de_DE").fields_get(["state"])["state"]["string"], "Status")
