"""The catalogue of errors: complete, recognised, written out, and never swallowing what it does not know."""

import os
import pathlib

from odoo.tests import TransactionCase, tagged

from .. import messages

PAGE = pathlib.Path(__file__).parents[1] / "docs" / "errors.md"
WRITE = "ACCOUNT_XERO_WRITE_DOCS"


@tagged("post_install", "-at_install")
class TestMessages(TransactionCase):
    def test_xeros_words_are_recognised(self):
        """S4-62, S2-14: every message that Xero is known to give has its text, advice, field and buttons."""
        for _pattern, code, words in messages.REFUSALS:
            self.assertEqual(messages.recognise([words])[0], code, words)
        for code, message in messages.MESSAGES.items():
            text, advice = messages.render(self.env, code, {})
            self.assertTrue(text and advice and str(message.where), code)
            self.assertLessEqual(set(message.buttons), messages.BUTTONS.keys(), code)
            self.assertTrue(message.buttons, code)

    def test_values_from_xeros_words(self):
        """S2-59: a refused duplicate says which name, number or code exists already."""
        for words, values in {
            "The contact name Ridgeway is already assigned to another contact.": {"name": "Ridgeway"},
            "Price List Item with Code 'LAMP' already exists": {"number": "LAMP"},
            "The document date cannot be before the period lock date, currently set at 31-Mar-2026": {
                "lock_date": "31-Mar-2026"
            },
        }.items():
            self.assertEqual(messages.recognise([words])[1], values)

    def test_unknown_words_are_shown_raw(self):
        """S4-61, S2-14: what nobody knows is shown as Xero sent it."""
        code, values = messages.recognise(["The moon is in the wrong house.", "So is Mars."])
        text, _advice = messages.render(self.env, code, values)
        self.assertIn("The moon is in the wrong house. So is Mars.", text)

    def test_page(self):
        """S4-62: docs/errors.md is the catalogue; ACCOUNT_XERO_WRITE_DOCS=1 writes it again."""
        if os.environ.get(WRITE):
            PAGE.write_text(messages.page(), encoding="utf-8")
        self.assertEqual(PAGE.read_text(encoding="utf-8"), messages.page())
