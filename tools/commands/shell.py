"""Odoo's shell on the database of ./run serve."""

from __future__ import annotations

from .. import environment
from ..databases import DEMO, Databases
from ..home import Home

HELP = "Odoo's shell on the database of ./run serve"


def add_arguments(parser) -> None:
    parser.add_argument("--database", help="another database of this home")


def run(home: Home, options) -> int:
    odoo = environment.ensure_odoo(home)
    databases = Databases(odoo)
    name = options.database or databases.kept(DEMO, "serve")
    return odoo.interactive_shell(name)
