"""The main job, shown on Odoo's demo data: connect, map, sync both ways, compare to the cent."""

from __future__ import annotations

import json

from ..context import Context
from ..progress import say
from . import table
from .job import Demo
from .payroll import PayrollDemo

# Organisations of the simulator → what is shown with them.
DEMOS = {"demo-nz": Demo, "demo-au": PayrollDemo}


def main(context: Context) -> int:
    """Do the main job on the context's clone. Returns 0 only if every figure of both sides agrees."""
    demo = DEMOS[context.seed](context)
    demo.run()
    outcome = demo.compare()
    table.print_verdict(outcome)
    if context.json_file:
        context.json_file.write_text(json.dumps(outcome.data, indent=2) + "\n")
        say(f"The same as data: {context.json_file}")
    return 0 if outcome.agrees else 1
