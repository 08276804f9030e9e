"""Take the documentation's pictures anew: the connector's screens into docs/screens/, the simulator's own beside it.

Status 1 where a text overflows on a screen of the connector.
"""

from __future__ import annotations

from pathlib import Path

from .. import chromium, environment, servers
from ..databases import DEMO, Databases
from ..home import Home
from ..progress import say
from ..trouble import Trouble

HELP = "take the documentation's pictures anew"
PARTS = ("connector", "simulator")


def add_arguments(parser) -> None:
    parser.add_argument("part", nargs="?", choices=PARTS, help="only these (default: both)")
    parser.add_argument("--seed", default="demo-nz", help="company of the simulator (default demo-nz)")


def run(home: Home, options) -> int:
    program = chromium.ensure(home)
    if program is None:
        raise Trouble("There is no Chromium to take pictures with", chromium.REMEDY)
    wrong = []
    if options.part != "connector":
        _simulator(home, program, options.seed)
    if options.part != "simulator":
        wrong = _connector(home, program, home.checkout / "docs" / "screens")
    for line in wrong:
        say(line)
    return 1 if wrong else 0


# Both need the environment's packages, which are not there yet when the command line is read.


def _simulator(home: Home, program: str, seed: str) -> None:
    from .. import screens
    from ..browser import browsing

    with servers.xero_simulator(home, seed=seed) as simulator, browsing(program) as page:
        for path in screens.take(page, simulator["url"], home.checkout / "simulator" / "docs"):
            say(f"· {path.relative_to(home.checkout)}, {path.stat().st_size // 1000} kB")


def _connector(home: Home, program: str, folder: Path) -> list[str]:
    odoo = environment.ensure_odoo(home)
    from .. import screens_odoo
    from ..browser import browsing
    from ..context import prepared

    databases = Databases(odoo)
    database = databases.clone(databases.template(DEMO), home.database("screens"))
    with prepared(odoo, database) as context, browsing(program) as page:
        return screens_odoo.take(context, page, folder)
