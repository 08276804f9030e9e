"""Pytest plugin: writes what every test was, what its docstring promises and how it ended, for ./run test and ./run
features.

Path of the file in $ACCOUNT_XERO_RESULTS; node ids are relative to $ACCOUNT_XERO_CHECKOUT, the same from wherever
pytest was
started and under whatever name the module was imported.
"""

import json
import os
from pathlib import Path

RANK = {"passed": 0, "skipped": 1, "failed": 2}


class Recorder:
    def __init__(self, checkout):
        self.checkout = checkout
        self.items = {}
        self.tests = {}

    def pytest_collection_modifyitems(self, items):
        for item in items:
            self.items[item.nodeid] = (self._node_id(item), getattr(item.obj, "__doc__", None) or "")

    def _node_id(self, item):
        path = Path(item.path).resolve()
        if path.is_relative_to(self.checkout):
            path = path.relative_to(self.checkout)
        return "::".join([str(path), *item.nodeid.split("::")[1:]])

    def pytest_runtest_logreport(self, report):
        node, doc = self.items.get(report.nodeid, (report.nodeid, ""))
        test = self.tests.setdefault(node, {"doc": doc.strip(), "outcome": "passed", "seconds": 0.0})
        test["seconds"] = round(test["seconds"] + report.duration, 3)
        if RANK[report.outcome] > RANK[test["outcome"]]:
            test["outcome"] = report.outcome
        if report.skipped and isinstance(report.longrepr, tuple):
            test["reason"] = str(report.longrepr[2])

    def pytest_collectreport(self, report):
        if report.failed:
            self.tests[f"{report.nodeid} (collection)"] = {"doc": "", "outcome": "failed", "seconds": 0.0}

    def write(self, path):
        path.write_text(json.dumps(self.tests, indent=1))


def pytest_configure(config):
    if os.environ.get("ACCOUNT_XERO_RESULTS"):
        checkout = Path(os.environ["ACCOUNT_XERO_CHECKOUT"]).resolve()
        config.pluginmanager.register(Recorder(checkout), "account_xero_recorder")


def pytest_unconfigure(config):
    recorder = config.pluginmanager.get_plugin("account_xero_recorder")
    if recorder:
        recorder.write(Path(os.environ["ACCOUNT_XERO_RESULTS"]))
