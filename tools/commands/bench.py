"""Benchmarks: each prints a table and states its figures against its bar; the status is 0 only where the bar holds."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

from .. import environment
from ..databases import DEMO, TESTS, Databases
from ..home import Home
from ..progress import say
from ..trouble import Trouble

HELP = "measure; without a name all benchmarks"
KINDS = {kind.name: kind for kind in (TESTS, DEMO)}


def add_arguments(parser) -> None:
    parser.add_argument("names", nargs="*", metavar="NAME", help="e.g. export for benchmarks/bench_export.py")
    parser.add_argument("--list", action="store_true", help="only name them")
    parser.add_argument("--json", metavar="FILE", help="write the figures as JSON")
    parser.add_argument("--size", type=float, default=1, help="share of the full size, where it can be chosen: 0.1")
    parser.add_argument("--seed", type=int, help="of everything random, where it can be chosen")


def run(home: Home, options) -> int:
    """Run the named benchmarks, or all; returns 0 only when every bar holds."""
    options.names = [name.replace("-", "_") for name in options.names]
    known = {
        path.stem.removeprefix("bench_"): path for path in sorted((home.checkout / "benchmarks").glob("bench_*.py"))
    }
    unknown = set(options.names) - set(known)
    if unknown:
        raise Trouble(f"There is no benchmark {', '.join(sorted(unknown))}", f"known are: {', '.join(known) or 'none'}")
    if options.list or not known:
        print("\n".join(known) or "There is no benchmark yet.")
        return 0
    environment.ensure_odoo(home)
    names = options.names or list(known)
    statuses = [_run_one(home, known[name], name, options.json if len(names) == 1 else None, options) for name in names]
    return max(statuses)


def _run_one(home: Home, path: Path, name: str, json_file: str | None, options) -> int:
    """`main(context) -> status`; the module may say TEMPLATE = "demo", SEED = "…", SERVER = False, WORKERS = n."""
    # Needs the environment's packages, which are not there yet when the command line is read.
    from ..context import prepared

    say(f"\n=== {name} ===")
    module = _load(path)
    odoo = environment.ensure_odoo(home)
    databases = Databases(odoo)
    database = databases.for_run(KINDS[getattr(module, "TEMPLATE", "tests")], f"bench_{name}")
    part = home.folder("checkouts", home.key) / f"bench-{name}.json"
    part.unlink(missing_ok=True)
    try:
        with prepared(
            odoo,
            database,
            seed=getattr(module, "SEED", "demo-nz"),
            server=getattr(module, "SERVER", False),
            workers=getattr(module, "WORKERS", 0),
            json_file=json_file or str(part),
            size=options.size,
            seed_of_chance=options.seed,
        ) as context:
            status = module.main(context)
    finally:
        databases.drop(database)
    _gather(part, name, options.json)
    return status


def _gather(part: Path, name: str, target: str | None) -> None:
    """With several benchmarks the JSON file maps each name to its figures."""
    if target and part.exists():
        file = Path(target)
        known = json.loads(file.read_text()) if file.exists() else {}
        file.write_text(json.dumps(known | {name: json.loads(part.read_text())}, indent=1))


def _load(path: Path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
