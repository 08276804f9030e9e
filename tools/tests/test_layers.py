"""Who may import whom: the checkout itself, and that the check sees what it has to see."""

from pathlib import Path

import pytest

from tools.checks import engine_names, layers, lengths, words

CHECKOUT = Path(__file__).resolve().parents[2]


def test_the_checkout_keeps_the_layers():
    assert layers.check(CHECKOUT) == []


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("xero_api/client.py", "import odoo"),
        ("xero_api/client.py", "from odoo.tools import config"),
        ("xero_api/client.py", "def f():\n    from simulator import server"),
        ("xero_api/client.py", "from ..models import xero_token"),
        ("simulator/app.py", "from odoo import api"),
        ("simulator/app.py", "import xero_api.codec"),
        ("simulator/accounting/codec.py", "from ...xero_api import codec"),
        ("mappers/invoice.py", "import requests"),
        ("mappers/invoice.py", "from ..xero_api import client"),
        ("mappers/invoice.py", "from ..xero_api.client import XeroClient"),
        ("mappers/invoice.py", "from odoo.addons.account_xero.xero_api.oauth import refresh"),
        ("models/xero_connection.py", "from ..simulator import XeroSimulator"),
        ("engine/exporter.py", "from odoo.addons.account_xero.simulator import XeroSimulator"),
        ("hooks.py", "from .simulator import XeroSimulator"),
    ],
)
def test_a_crossing_is_seen(tmp_path, file, code):
    path = tmp_path / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(code)
    (problem,) = layers.check(tmp_path)
    assert problem.startswith(f"{file}:")


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("xero_api/client.py", "from .codec import loads\nimport xero_python"),
        ("mappers/invoice.py", "from odoo import models\nfrom ..xero_api import arithmetic"),
        ("models/xero_connection.py", "from odoo import models\nfrom ..xero_api.client import XeroClient"),
        ("tests/common.py", "from ..simulator import XeroSimulator"),
        ("bridges/account_xero_sale/tests/common.py", "from odoo.addons.account_xero.simulator import XeroSimulator"),
        ("benchmarks/bench_export.py", "from simulator import XeroSimulator"),
    ],
)
def test_what_is_allowed_passes(tmp_path, file, code):
    path = tmp_path / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(code)
    assert layers.check(tmp_path) == []


@pytest.mark.parametrize(
    "code",
    [
        'x = data["InvoiceNumber"]',
        "x = record.partner_id",
        'x = record.mapped("invoice_line_ids.name")',
        "f(ContactID=1)",
    ],
)
def test_a_field_in_the_engine_is_seen(tmp_path, code):
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine" / "exporter.py").write_text(code)
    assert len(engine_names.check(tmp_path)) == 1


def test_the_engine_may_name_resources_and_prose(tmp_path):
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine" / "exporter.py").write_text('"""Sends the ContactID."""\nORDER = ["Contacts", "Invoices"]\n')
    assert engine_names.check(tmp_path) == []


def test_a_long_function_is_seen(tmp_path):
    (tmp_path / "x.py").write_text("def f():\n" + "    pass\n" * 60)
    assert len(lengths.check(tmp_path)) == 1
    (tmp_path / "x.py").write_text("def f():\n" + "    pass\n" * 59)
    assert lengths.check(tmp_path) == []


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("see " + "/ho" + "me/somebody/file", 1),
        ("https://" + "tracker.somewhere.dev/1", 1),
        ("https://api.xero.com/api.xro/2.0/Invoices", 0),
        ("http://127.0.0.1:9000 and http://localhost:8069", 0),
        ("/usr/share/keyrings and ~/.cache", 0),
    ],
)
def test_words(line, count):
    assert len(words.complaints(line)) == count
