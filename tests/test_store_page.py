"""The page by which the app is offered: its pictures are there, and it names what it works with and where help is."""

from lxml import html

from odoo.tests import TransactionCase, tagged
from odoo.tools.misc import file_open, file_path

from ..models.xero_connection_bridges import BRIDGES

FOLDER = "account_xero/static/description"


@tagged("post_install", "-at_install")
class TestStorePage(TransactionCase):
    def test_pictures_apps_and_help(self):
        """S5-72: the page names the apps that fit best, each bridge among them, and where help is; its pictures are
        its own, small, and described."""
        with file_open(f"{FOLDER}/index.html") as file:
            page = html.fromstring(file.read())
        text = page.text_content()
        headings = [heading.text_content() for heading in page.iter("h3")]
        self.assertLessEqual({"Works best with", "Support"}, set(headings))
        for bridge in BRIDGES.values():
            self.assertIn(bridge, text)
        pictures = list(page.iter("img"))
        self.assertGreaterEqual(len(pictures), 3)
        for picture in pictures:
            self.assertTrue(picture.get("alt"), picture.get("src"))
            with open(file_path(f"{FOLDER}/{picture.get('src')}"), "rb") as file:
                self.assertLess(len(file.read()), 250_000, picture.get("src"))
        self.assertFalse([*page.iter("script"), *page.iter("link"), *page.iter("iframe")])
