"""Xero's own Python client, with nothing but its addresses changed, works in every demo company (clients/README.md)."""

import subprocess
import sys
from pathlib import Path

import pytest

from simulator.server import XeroSimulator

SCRIPT = Path(__file__).parent / "clients" / "xero_python_client.py"


@pytest.mark.parametrize("seed", ["demo-nz", "demo-au", "demo-uk", "demo-us"])
def test_xero_python(seed):
    with XeroSimulator(seed) as xero:
        done = subprocess.run(  # noqa: S603
            [sys.executable, str(SCRIPT), xero.url], capture_output=True, text=True, timeout=120, check=False
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("ok: ") > 35
