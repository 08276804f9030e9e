"""Odoo with its demo data and the simulated Xero, for clicking, until Ctrl-C."""

from __future__ import annotations

from .. import environment, serving
from ..databases import DEMO, Databases
from ..home import Home

HELP = "Odoo and the simulated Xero, for clicking"


def add_arguments(parser) -> None:
    parser.add_argument("--port", type=int, default=8069, help="of Odoo; another one if it is taken (default 8069)")
    parser.add_argument(
        "--xero-port", type=int, default=9000, help="of the simulator; another one if it is taken (default 9000)"
    )
    parser.add_argument("--seed", default="demo-nz", help="organisations of the simulator (default demo-nz)")
    parser.add_argument(
        "--keep", action="store_true", help="go on with the last time's database; the simulator starts anew"
    )


def run(home: Home, options) -> int:
    # Needs the environment's packages, which are not there yet when the command line is read.
    from ..context import prepared

    odoo = environment.ensure_odoo(home)
    database = Databases(odoo).kept(DEMO, "serve", fresh=not options.keep)
    with prepared(
        odoo, database, seed=options.seed, odoo_port=options.port, simulator_port=options.xero_port
    ) as context:
        serving.until_interrupted(context)
    return 0
