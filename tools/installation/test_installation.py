"""What installing the addon on a database without it said and did; run by ./run test, which hands in the log."""

import os
import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
# Of the machine, not of the addon.
HARMLESS = ("Running as user 'root'", "Python-wkhtmltopdf", "wkhtmltopdf")


@pytest.fixture
def log():
    return Path(os.environ["ACCOUNT_XERO_INSTALL_LOG"]).read_text(errors="replace")


def test_installs_without_a_warning(log):
    """Installing the addon leaves no WARNING, ERROR or CRITICAL line in Odoo's log."""
    assert re.search(r"Module account_xero loaded in", log), "the log is not that of an installation"
    lines = [line for line in log.splitlines() if re.search(r" (WARNING|ERROR|CRITICAL) ", line)]
    assert [line for line in lines if not any(text in line for text in HARMLESS)] == []


def test_bridges_are_installed_by_themselves():
    """With both addons paths every bridge whose own dependencies are there is installed along with the addon."""
    installed = set(os.environ["ACCOUNT_XERO_MODULES"].split(","))
    bridges = {path.parent.name for path in CHECKOUT.glob("bridges/*/__manifest__.py")}
    assert bridges - installed == set()
