"""Remove this checkout's databases, links, logs and results, and stop PostgreSQL; --all removes the whole home."""

from __future__ import annotations

import shutil

from .. import servers
from ..databases import Databases
from ..home import Home
from ..odoo import Odoo
from ..postgres import Cluster
from ..progress import say

HELP = "remove this checkout's databases and stop PostgreSQL; --all removes the whole home"
STANDALONE = True


def add_arguments(parser) -> None:
    parser.add_argument(
        "--all", action="store_true", help="remove everything that ./run ever fetched or made in this home"
    )


def run(home: Home, options) -> int:
    servers.end_recorded(home)
    if options.all:
        if home.root.exists():
            Cluster(home).remove()
            shutil.rmtree(home.root)
        say(f"Removed {home.root}. `./run demo` starts over.")
        return 0
    cluster = Cluster(home)
    if cluster.base.exists() and any(cluster.base.glob("data-*/ready")):
        _clean_databases(home, cluster)
    shutil.rmtree(home.root / "checkouts" / home.key, ignore_errors=True)
    say("Removed this checkout's databases, links, logs and results. Odoo and the Python packages stay (--all).")
    return 0


def _clean_databases(home: Home, cluster: Cluster) -> None:
    cluster.ensure()
    Databases(Odoo(home, None, cluster)).drop_own()
    others = cluster.sql("SELECT count(*) FROM pg_stat_activity WHERE datname IS NOT NULL AND pid <> pg_backend_pid()")
    if others == ["0"]:
        cluster.stop()
    else:
        say("PostgreSQL goes on running: another checkout is using it.")
