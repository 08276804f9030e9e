"""The order in which a bare machine becomes one that can run Odoo. Every step is skipped when its result is there."""

from __future__ import annotations

from . import odoo as odoo_room
from . import odoo_source, python_packages
from .home import Home
from .locks import lock
from .odoo import Odoo


def ensure_packages(home: Home) -> None:
    """The Python environment; all that the commands without Odoo need."""
    if not python_packages.ready(home):
        with lock(home, "packages"):
            python_packages.ensure(home)


def ensure_odoo(home: Home) -> Odoo:
    """Odoo ready to be started on a running cluster."""
    home.folder("checkouts", home.key)
    (home.own / "checkout.txt").write_text(f"{home.checkout}\n")
    with lock(home, "odoo"):
        odoo_source.ensure(home)
    return odoo_room.prepare(home)
