"""In a real browser: a stocktake, from the counting to both documents in the simulator's back office."""

import json

from odoo.tests import HttpCase, new_test_user, tagged

from .test_stock_tracked import TrackedCase
from .test_tours import BrowsingMixin


@tagged("post_install", "-at_install")
class TestStocktakeInBrowser(BrowsingMixin, TrackedCase, HttpCase):
    def test_from_the_count_to_both_documents(self):
        """S4-14, S4-39, S4-47, S4-49, S4-89: counted in Odoo, billed and credited in Xero, and settled there."""
        lamp, desk = self._goods("Lamp", default_code="L1"), self._goods("Desk", default_code="D1")
        self._bought(lamp, 10, 20)
        self._bought(desk, 4, 150)
        self._sync()
        new_test_user(
            self.env,
            "keeper",
            groups="stock.group_stock_manager,account_xero.group_xero_user,account.group_account_manager",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        with self._browsing("keeper", f"/odoo/action-{self._inventory_action()}") as page:
            self._count_row(page, "Lamp", 12)
            self._count_row(page, "Desk", 3)
            self._apply(page, "Lamp")
            self._apply(page, "Desk")
        self._sync()
        up, down = self._documents()
        with self._browsing("keeper", "/odoo/action-account_xero.xero_stock_document_action") as page:
            for document in up | down:
                page.sees(document.name)
            office = f"{self.simulator.url}/organisations/{self.connection.tenant_id}"
            self._sees_settled(page, office, "bills", up.name, "40.00")
            self._sees_settled(page, office, "supplier-credits", down.name, "150.00")

    def _inventory_action(self):
        return self.env.ref("stock.action_view_inventory_tree").id

    def _row(self, name):
        return (
            f"[...document.querySelectorAll('tr.o_data_row')].find(row => row.innerText.includes({json.dumps(name)}))"
        )

    def _count_row(self, page, name, quantity):
        """Type a count into the row of a product."""
        row = self._row(name)
        page.wait_for(f"!!{row}", f"the row of {name}")
        page.evaluate(f"{row}.querySelector('td[name=inventory_quantity]').click()")
        field = f"({row}.querySelector('td[name=inventory_quantity] input'))"
        page.wait_for(f"!!{field}", f"the field of {name}")
        page.evaluate(
            f"(() => {{ const field = {field}; field.focus(); field.value = '{quantity}';"
            "field.dispatchEvent(new Event('input', {bubbles: true}));"
            "field.dispatchEvent(new Event('change', {bubbles: true}));"
            "field.dispatchEvent(new FocusEvent('blur')); })()"
        )
        page.wait_for(f"!!{row}.querySelector('button[name=action_apply_inventory]')", f"Apply of {name}")

    def _apply(self, page, name):
        page.evaluate(f"{self._row(name)}.querySelector('button[name=action_apply_inventory]').click()")
        page.wait_for(f"!{self._row(name)}.querySelector('button[name=action_apply_inventory]')", f"{name} applied")

    def _sees_settled(self, page, office, room, number, total):
        """The document in the back office, with its total and nothing left to pay."""
        page.browser.navigate_to(f"{office}/{room}")
        page.click_text("a", number)
        page.sees(total)
        page.sees("Paid")
