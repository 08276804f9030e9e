"""The main job on Odoo's demo data: connect, map, sync both ways, and compare the figures of both sides."""

from __future__ import annotations

from .. import environment, serving
from ..databases import DEMO, DEMO_AU, Databases
from ..home import Home

HELP = "the main job, shown end to end on demo data"
KINDS = {"demo-nz": DEMO, "demo-au": DEMO_AU}


def add_arguments(parser) -> None:
    parser.add_argument(
        "--once", action="store_true", help="end after the comparison, with status 0 only if every figure agrees"
    )
    parser.add_argument(
        "--seed",
        choices=KINDS,
        default="demo-nz",
        help="the organisations in Xero: demo-nz (default), or demo-au, which shows the payroll too",
    )
    parser.add_argument("--json", metavar="FILE", help="write the outcome as JSON")
    parser.add_argument(
        "--workers", type=int, default=0, help="Odoo's worker processes; 0 (default) is one threaded process"
    )


def run(home: Home, options) -> int:
    """Returns the demo's status; without --once after Ctrl-C."""
    # Needs the environment's packages, which are not there yet when the command line is read.
    from .. import demo
    from ..context import prepared

    odoo = environment.ensure_odoo(home)
    databases = Databases(odoo)
    kind = KINDS[options.seed]
    database = databases.clone(databases.template(kind), home.database(kind.name))
    with prepared(
        odoo, database, seed=options.seed, workers=options.workers, json_file=options.json, once=options.once
    ) as context:
        status = demo.main(context)
        if not options.once:
            serving.until_interrupted(context)
    return status
