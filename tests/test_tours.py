"""In a real browser: from Settings over Xero's consent page to a connected organisation.

Driven over the DevTools protocol and not by web_tour, whose script is not loaded on pages that are not Odoo's.
"""

import json
import time
from contextlib import contextmanager

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tests.common import ChromeBrowser, ChromeBrowserException

from .connect_common import SimulatorMixin

WAIT_SECONDS = 40


class BrowserPage:
    """A few things a person does in a browser."""

    def __init__(self, browser, base_url):
        self.browser = browser
        self.base_url = base_url

    def go_to(self, path):
        self.browser.navigate_to(self.base_url + path)

    def evaluate(self, expression):
        params = {"expression": expression, "returnByValue": True}
        answer = self.browser._websocket_request("Runtime.evaluate", params=params)
        return answer["result"].get("value")

    def wait_for(self, expression, what):
        """Return the first true value of a JavaScript expression; AssertionError with the page's text after a while."""
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            try:
                if value := self.evaluate(expression):
                    return value
            except (ChromeBrowserException, TimeoutError, KeyError):
                pass  # between two pages there is nothing to ask
            time.sleep(0.2)
        text = self.evaluate("document.body.innerText")
        raise AssertionError(f"Waited in vain for {what} at {self.evaluate('location.href')}:\n{text}")

    def click(self, selector):
        found = f"document.querySelector({json.dumps(selector)})"
        self.wait_for(f"!!({found} && {found}.offsetParent)", selector)
        self.evaluate(f"{found}.click()")

    def click_text(self, selector, text):
        """Click the first visible element of ``selector`` that shows ``text``."""
        found = (
            f"[...document.querySelectorAll({json.dumps(selector)})]"
            f".find(e => e.offsetParent && e.innerText.trim().includes({json.dumps(text)}))"
        )
        self.wait_for(f"!!{found}", f"{selector} with {text!r}")
        self.evaluate(f"{found}.click()")

    def sees(self, text):
        self.wait_for(f"document.body.innerText.includes({json.dumps(text)})", repr(text))


class BrowserCase(SimulatorMixin, HttpCase):
    browser_size = "1366x900"

    @contextmanager
    def _browsing(self, login, path):
        """A logged-in person's browser on a page of Odoo."""
        browser = ChromeBrowser(self)
        with self.allow_requests(browser=browser):
            try:
                self.authenticate(login, login, browser=browser)
                self.cr.flush()
                self.cr.clear()
                page = BrowserPage(browser, self.base_url())
                page.go_to(path)
                yield page
            finally:
                browser.stop()
                self._wait_remaining_requests()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestConnectInBrowser(BrowserCase):
    def test_connect_from_settings(self):
        """S3-01, S2-37, S2-38, S2-39, S2-40, S1-11: Settings, Xero, Connect, consent, organisation and e-mail."""
        self.connection.unlink()  # one click makes it
        new_test_user(
            self.env,
            "chief",
            groups="base.group_system,account.group_account_manager",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        email = self.simulator.world.user().email
        with self._browsing("chief", "/odoo/settings") as page:
            page.click("#xero button[name=action_xero_connect]")
            page.sees("Log in to Xero")
            page.click("button[value=login]")
            page.sees("wants access")
            page.sees(self.tenant["name"])
            page.click("button[value=allow]")
            page.wait_for("location.pathname.startsWith('/odoo/xero-connections/')", "the connection's form")
            page.sees(self.tenant["name"])
            page.sees(email)
            page.sees("Connected")
            page.go_to("/odoo/settings")
            page.wait_for("!!document.querySelector('#xero button[name=action_xero_test]')", "Test Xero")
            page.sees(self.tenant["name"])
            page.sees(email)
            page.sees("Setup and Authenticate")
            page.click("#xero button[name=action_xero_test]")
            page.sees("has all the rights that are needed")
        connection = self.company._xero_connection()
        self.assertEqual(connection.state, "connected")
        self.assertEqual(connection.authorised_email, email)


@tagged("post_install", "-at_install")
class TestDeletionInBrowser(BrowserCase):
    def test_delete_asks_and_then_refuses(self):
        """S4-92, S4-93, S4-94: Delete asks first; confirming says that the record is synced and cannot be deleted."""
        self._connect()
        partner = self.env["res.partner"].create({"name": "Ridgeway University"})
        self.env["xero.binding"]._record_many(
            self.connection,
            [
                {
                    "model": "res.partner",
                    "res_id": partner.id,
                    "resource": "Contacts",
                    "external_id": "c-1",
                    "code": "R1",
                }
            ],
        )
        new_test_user(
            self.env,
            "contact.manager",
            groups="base.group_user,base.group_partner_manager",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        with self._browsing("contact.manager", f"/odoo/res.partner/{partner.id}") as page:
            page.click(".o_cp_action_menus button")
            page.click_text(".o-dropdown--menu .o-dropdown-item", "Delete")
            page.sees("It will be gone forever!")
            page.click_text(".modal-footer button", "Delete")
            page.sees("cannot be deleted because it is synced with Xero")
        self.assertTrue(partner.exists())
