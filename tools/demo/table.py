"""Prints what went where, and the comparison."""

from __future__ import annotations

from ..progress import say
from .comparison import Outcome
from .hours import Row


def print_steps(steps: list[dict]) -> None:
    say("")
    say(f"{'Step':38} {'Calls':>6} {'Seconds':>8}   What")
    for step in steps:
        what = ", ".join(f"{value} {key}" for key, value in step["what"].items())
        say(f"{step['name']:38} {step['calls']:>6} {step['seconds']:>8.1f}   {what}")


def print_comparison(outcome: Outcome) -> None:
    data = outcome.data
    say("")
    say(f"{'':38} {'Odoo':>14} {'Xero':>14} {'Difference':>12}")
    for name, odoo, xero in outcome.rows:
        say(f"{name:38} {odoo:>14,.2f} {xero:>14,.2f} {odoo - xero:>12,.2f}")
    compared = {
        "Trial balance, all accounts": data["trial_balance_difference"],
        f"Aged, {data['aged_contacts']} contacts one by one": data["aged_difference"],
    }
    for name, difference in compared.items():
        say(f"{name:38} {'':>14} {'':>14} {difference:>12,.2f}")
    say("")
    say(
        f"{data['documents']} of {data['documents_posted']} documents in Xero, "
        f"{data['documents_different']} different, "
        f"{data['duplicates']} duplicates; {data['contacts']} contacts, {data['items']} items, "
        f"{data['payments_out']} payments out, {data['payments_in']} in; {data['calls']} calls, {data['seconds']:.0f} s"
    )


def print_hours(rows: list[Row], data: dict) -> None:
    """A line for each employee and pay period, and what is left to be said of them."""
    say("")
    say(f"{'Employee':20} {'Pay period':25} {'':6} {'Odoo':>9} {'Xero':>9} {'Difference':>11}")
    for row in rows:
        period = f"{row.start:%Y-%m-%d} – {row.end:%Y-%m-%d}"
        figures = f"{row.odoo:>9,.2f} {row.xero:>9,.2f} {row.difference:>11,.2f}"
        say(f"{row.name:20} {period:25} {row.what:6} {figures}")
    for what, name in (("hours", "Hours, all employees"), ("leave_hours", "Leave, all employees")):
        odoo, xero = data[what]["odoo"], data[what]["xero"]
        say(f"{name:53} {odoo:>9,.2f} {xero:>9,.2f} {odoo - xero:>11,.2f}")
    say("")
    say(
        f"{data['employees']} employees, {data['employee_periods']} pay periods with hours, "
        f"{data['leave_periods']} with leave, {data['hours_different']} different; once more: "
        f"{data['written_again']} writing calls, figures {'changed' if data['changed_again'] else 'unchanged'}"
    )


def print_verdict(outcome: Outcome) -> None:
    for issue in outcome.issues:
        say(f"  ! {issue}")
    say("Every figure agrees to the cent." if outcome.agrees else "The two sides do NOT agree.")
