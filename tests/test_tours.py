"""In a real browser: from Settings over Xero's consent page to a connected organisation.

Driven over the DevTools protocol and not by web_tour, whose script is not loaded on pages that are not Odoo's.
"""

import json
import time

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tests.common import ChromeBrowser, ChromeBrowserException

from .connect_common import SimulatorMixin

WAIT_SECONDS = 40


class BrowserPage:
    """A few things a person does in a browser."""

    def __init__(self, browser):
        self.browser = browser

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

    def sees(self, text):
        self.wait_for(f"document.body.innerText.includes({json.dumps(text)})", repr(text))


@tagged("post_install", "-at_install")
class TestConnectInBrowser(SimulatorMixin, HttpCase):
    browser_size = "1366x900"

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
        browser = ChromeBrowser(self)
        with self.allow_requests(browser=browser):
            try:
                self.authenticate("chief", "chief", browser=browser)
                self.cr.flush()
                self.cr.clear()
                browser.navigate_to(self.base_url() + "/odoo/settings")
                page = BrowserPage(browser)
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
                browser.navigate_to(self.base_url() + "/odoo/settings")
                page.wait_for("!!document.querySelector('#xero button[name=action_xero_test]')", "Test Xero")
                page.sees(self.tenant["name"])
                page.sees(email)
                page.sees("Setup and Authenticate")
                page.click("#xero button[name=action_xero_test]")
                page.sees("has all the rights that are needed")
            finally:
                browser.stop()
                self._wait_remaining_requests()
        self.env.invalidate_all()
        connection = self.company._xero_connection()
        self.assertEqual(connection.state, "connected")
        self.assertEqual(connection.authorised_email, email)
