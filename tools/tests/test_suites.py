"""Which suite a path of ./run test belongs to, and under which name Odoo imports it."""

import pytest

from tools.suites import OdooSuite, plain_suites

OWN = OdooSuite("odoo", "account_xero", "")
BRIDGE = OdooSuite("account_xero_sale", "account_xero_sale", "bridges/account_xero_sale")


@pytest.mark.parametrize(
    ("suite", "node", "name"),
    [
        (OWN, "", "odoo.addons.account_xero.tests"),
        (OWN, "tests", "odoo.addons.account_xero.tests"),
        (OWN, "tests/test_x.py", "odoo.addons.account_xero.tests.test_x"),
        (OWN, "tests/test_x.py::TestX::test_y", "odoo.addons.account_xero.tests.test_x::TestX::test_y"),
        (BRIDGE, "bridges/account_xero_sale", "odoo.addons.account_xero_sale.tests"),
        (BRIDGE, "bridges/account_xero_sale/tests/test_x.py", "odoo.addons.account_xero_sale.tests.test_x"),
    ],
)
def test_name_in_odoo(suite, node, name):
    assert suite.dotted(node) == name


@pytest.mark.parametrize(
    ("node", "taker"),
    [
        ("simulator", "simulator"),
        ("simulator/tests/test_x.py::test_y", "simulator"),
        ("xero_api/tests", "xero_api"),
        ("tools/tests/test_apt.py", "tools"),
        ("tests/test_x.py", "odoo"),
        ("bridges/account_xero_sale/tests/test_x.py", "account_xero_sale"),
        ("models/xero_token.py", None),
    ],
)
def test_taker_of_a_path(node, taker):
    takers = [suite.name for suite in [*plain_suites(), OWN, BRIDGE] if suite.takes(node)]
    assert takers == ([taker] if taker else [])
