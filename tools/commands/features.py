"""Which rows of docs/features.md are proven by a test that passed in the last ./run test."""

from __future__ import annotations

import json
from pathlib import Path

from .. import feature_list, results
from ..home import Home
from ..progress import say

HELP = "which features are proven by the last test run"
STANDALONE = True


def add_arguments(parser) -> None:
    parser.add_argument("--missing", action="store_true", help="only the rows without proof")
    parser.add_argument("--json", metavar="FILE", help='write {"S1-01": true, …}')


def run(home: Home, options) -> int:
    """Returns 0; how many rows are proven is told, not judged."""
    features = feature_list.read(home.checkout)
    tests = results.read(home.results)
    if not tests:
        say("There are no results yet: `./run test` makes them.")
    proven = feature_list.proven(features, tests, home.checkout)
    for feature in features:
        if not (options.missing and proven[feature.id]):
            print(f"{'yes' if proven[feature.id] else '-':<4}{feature.id}  {feature.text}")
    for name, nodes in sorted(feature_list.unknown_ids(features, tests).items()):
        say(f"! {name} is no feature's id, but {nodes[0]} names it")
    if options.json:
        Path(options.json).write_text(json.dumps(proven, indent=1) + "\n")
    print(f"{sum(proven.values())} of {len(proven)} features proven")
    return 0
