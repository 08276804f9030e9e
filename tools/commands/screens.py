"""Take the pictures of the documentation anew: those of the simulator's README, into simulator/docs/."""

from __future__ import annotations

from .. import chromium, servers
from ..home import Home
from ..progress import say
from ..trouble import Trouble

HELP = "take the documentation's pictures anew"


def add_arguments(parser) -> None:
    parser.add_argument("--seed", default="demo-nz", help="company of the simulator (default demo-nz)")


def run(home: Home, options) -> int:
    program = chromium.ensure(home)
    if program is None:
        raise Trouble("There is no Chromium to take pictures with", chromium.REMEDY)
    # Needs the environment's packages, which are not there yet when the command line is read.
    from .. import screens
    from ..browser import browsing

    with servers.xero_simulator(home, seed=options.seed) as simulator, browsing(program) as page:
        for path in screens.take(page, simulator["url"], home.checkout / "simulator" / "docs"):
            say(f"· {path.relative_to(home.checkout)}, {path.stat().st_size // 1000} kB")
    return 0
