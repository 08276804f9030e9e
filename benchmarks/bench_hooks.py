"""Hooks: what the addon costs those who work in Odoo, against the same database without it.

Two databases, both clones of one template, one with the addon and a connected company; 5 rounds, in which both take
turns request by request, and one more with a clock around our hooks. The bar: at most 3% of the time inside our hooks,
at most 2 extra queries a flush, none for unwatched changes, at most 1.08 times the CPU.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from simulator.steering import Steering
from tools.databases import TESTS
from tools.progress import say

ROUNDS = 5
SCRIPT = "benchmarks/odoo_hooks.py"
TURN, ALONE = b".", b"!"  # to the side whose turn it is; to the one that need not wait any more
BAR = {"hook_share": 0.03, "queries_per_flush": 2, "unwatched_queries": 0, "cpu_ratio": 1.08}
CLOCKED = ("hook_seconds", "dearest", "seconds", "hook_queries", "flushes", "queries_per_flush")
# What the bar speaks of; the other sections are measured for their queries.
COUNTED = ("partners", "products", "invoices", "payments", "stock moves")


def main(context) -> int:
    """Returns 0 only if the bar holds. `--size 0.1` does a tenth of the work."""
    size = context.options.get("size", 1)
    plain = context.databases.clone(
        context.databases.base(TESTS), context.home.database(f"run_bench_hooks_plain_{os.getpid()}")
    )
    try:
        figures = _measure(context, plain, size)
    finally:
        context.databases.drop(plain)
    if context.json_file:
        context.json_file.write_text(json.dumps(figures, indent=2) + "\n")
    return _report(figures)


def _measure(context, plain: str, size: float) -> dict:
    known = {
        "with": context.odoo_shell(SCRIPT, action="prepare", **_authorisation(context)),
        "without": _shell_without(context, plain, action="prepare"),
    }
    rounds = {"with": [], "without": []}
    for number in range(ROUNDS):
        _tidy(context, plain, context.database)
        for side, answer in _round(context, plain, known, size, first=sorted(rounds)[number % 2]).items():
            rounds[side].append(answer)
        without, with_ = (_total(rounds[side][-1]) for side in ("without", "with"))
        say(f"Round {number + 1} of {ROUNDS}: {without:.1f} s of CPU without, {with_:.1f} s with")
    _tidy(context, context.database)
    clocked = context.odoo_shell(SCRIPT, action="measure", known=known["with"], size=size, clock=True)
    return _figures(rounds, clocked, size)


def _tidy(context, *databases: str) -> None:
    """What the round before rolled back is dead weight; autovacuum would clear it in the middle of a round."""
    for database in databases:
        context.databases.cluster.sql("VACUUM ANALYZE", database)


def _round(context, plain: str, known: dict, size: float, first: str) -> dict:
    """Both sides by turns, a request each: how fast a machine is changes within minutes, and so must fall on both."""
    with _pipes(known) as pipes, ThreadPoolExecutor(len(known)) as pool:

        def play(side, other):
            asked = {"known": known[side], "size": size, "turns": [pipes[side].name, pipes[other].name]}
            try:
                if side == "with":
                    return context.odoo_shell(SCRIPT, action="measure", **asked)
                return _shell_without(context, plain, action="measure", **asked)
            finally:
                pipes[other].write(ALONE)  # also where this side broke off, or the other would wait for ever

        pipes[first].write(TURN)
        played = {side: pool.submit(play, side, other) for side, other in zip(known, reversed(known), strict=True)}
        return {side: answer.result() for side, answer in played.items()}


@contextlib.contextmanager
def _pipes(sides):
    """``{side: an open named pipe}``."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as opened:
        for side in sides:
            os.mkfifo(Path(folder, side))
        yield {side: opened.enter_context(Path(folder, side).open("r+b", buffering=0)) for side in sides}


def _authorisation(context) -> dict:
    tenant_id = context.simulator["tenants"][0]["tenant_id"]
    tokens = Steering(context.simulator["url"]).token(tenant_id=tenant_id)
    names = ("access_token", "refresh_token", "expires_in", "scope")
    return {"tokens": {name: tokens[name] for name in names}, "tenant_id": tenant_id}


def _shell_without(context, database: str, **args):
    """Odoo's own addons only, so that not a line of ours is loaded."""
    config = context.odoo.write_config("bench-hooks", database, addons_path=context.odoo.addons_path(None))
    return context.odoo.shell(database, context.home.checkout / SCRIPT, config=config, **args)


def _figures(rounds: dict, clocked: dict, size: float) -> dict:
    sections = {}
    for name, clock in clocked["sections"].items():
        without, with_ = ([one["sections"][name] for one in rounds[side]] for side in ("without", "with"))
        sections[name] = {
            "cpu_without": min(_cpu(one) for one in without),
            "cpu_with": min(_cpu(one) for one in with_),
            "queries_without": min(one["queries"] for one in without),
            "queries_with": min(one["queries"] for one in with_),
            "hook_share": clock["hook_seconds"] / clock["seconds"],
            **{key: clock[key] for key in CLOCKED},
        }
    counted = [clocked["sections"][name] for name in COUNTED]
    return {
        "size": size,
        "rounds": ROUNDS,
        "sections": sections,
        "marks": clocked["marks"],
        "cpu_without": min(_total(one) for one in rounds["without"]),
        "cpu_with": min(_total(one) for one in rounds["with"]),
        "cpu_rounds": {side: [round(_total(one), 2) for one in ones] for side, ones in rounds.items()},
        "cpu_ratio": min(map(_total, rounds["with"])) / min(map(_total, rounds["without"])),
        "hook_share": sum(one["hook_seconds"] for one in counted) / sum(one["seconds"] for one in counted),
        "queries_per_flush": max(one["queries_per_flush"] for one in sections.values()),
        "unwatched_queries": sections["unwatched changes"]["hook_queries"],
    }


def _cpu(section: dict) -> float:
    return section["cpu"] + section["backend"]


def _total(one: dict) -> float:
    return sum(_cpu(one["sections"][name]) for name in COUNTED)


def _report(figures: dict) -> int:
    print(
        f"{'':20} {'CPU without':>11} {'CPU with':>9} {'Ratio':>6} {'Queries without':>15} {'With':>7} "
        f"{'In hooks s':>10} {'Share':>6} {'Flushes':>7} {'Queries/flush':>13}"
    )
    for name, one in figures["sections"].items():
        print(
            f"{name:20} {one['cpu_without']:>11.2f} {one['cpu_with']:>9.2f} "
            f"{one['cpu_with'] / max(one['cpu_without'], 0.01):>6.3f} {one['queries_without']:>15} "
            f"{one['queries_with']:>7} {one['hook_seconds']:>10.3f} {one['hook_share']:>6.2%} {one['flushes']:>7} "
            f"{one['queries_per_flush']:>13.2f}"
        )
    for name, one in figures["sections"].items():
        print(f"{name}: " + ", ".join(f"{hook} {seconds:.3f} s" for hook, seconds in one["dearest"]))
    print(f"CPU of the rounds: {figures['cpu_rounds']}; {figures['marks']} changes queued")
    holds = figures["marks"] > 0 and all(figures[name] <= limit for name, limit in BAR.items())
    print(
        f"{figures['hook_share']:.2%} of the time in hooks (bar: {BAR['hook_share']:.0%}), "
        f"{figures['queries_per_flush']:.2f} queries a flush (bar: {BAR['queries_per_flush']}), "
        f"{figures['unwatched_queries']} for unwatched changes (bar: {BAR['unwatched_queries']}), "
        f"{figures['cpu_ratio']:.3f} times the CPU (bar: {BAR['cpu_ratio']}): "
        f"the bar {'holds' if holds else 'does NOT hold'}"
    )
    return 0 if holds else 1
