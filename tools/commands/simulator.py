"""The simulated Xero alone. The first line on stdout is JSON: url, client_id, client_secret, webhook_key, tenants."""

from __future__ import annotations

import os
import sys

from ..home import Home
from ..processes import clean_environment

HELP = "the simulated Xero alone"


def add_arguments(parser) -> None:
    parser.add_argument("--port", type=int, default=9000, help="0 takes a free one (default 9000)")
    parser.add_argument(
        "--seed", default="demo-nz", help="demo-nz, demo-au, demo-uk, demo-us or empty (default demo-nz)"
    )
    parser.add_argument("--contacts", type=int, default=0, metavar="N", help="make up contacts until there are N")
    parser.add_argument("--invoices", type=int, default=0, metavar="N", help="make up invoices until there are N")
    parser.add_argument("--db", metavar="FILE", help="keep everything in this SQLite file")


def run(home: Home, options) -> int:
    arguments = ["--port", str(options.port), "--seed", options.seed]
    arguments += ["--contacts", str(options.contacts), "--invoices", str(options.invoices)]
    if options.db:
        arguments += ["--db", os.path.abspath(options.db)]
    os.chdir(home.checkout)
    os.execve(sys.executable, [sys.executable, "-m", "simulator", "serve", *arguments], clean_environment(home))
