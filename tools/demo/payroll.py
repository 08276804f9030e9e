"""The demo with the Australian organisation: books as ever, and a month of hours and leave with Xero's payroll."""

from __future__ import annotations

from . import comparison, hours, table
from .job import Demo

ODOO_PAYROLL = "tools/demo/odoo_payroll.py"
PEOPLE = 30
OF_PEOPLE = ("Timesheets", "LeaveApplications")


class PayrollDemo(Demo):
    COMPANY, TAX = "AU Company", 10

    def run(self) -> None:
        self.prepare()
        self.connect()
        self.export()
        self.pay_on_both_sides()
        self.people_at_work()
        self.once_more()

    def prepare(self) -> None:
        super().prepare()
        self._people("hire")
        self.known = {resource: set(self._in_payroll(resource)) for resource in OF_PEOPLE}

    def people_at_work(self) -> None:
        """Who is in the payroll is linked, others are made there; then a month of hours on two pay calendars."""
        with self._step("Hours and leave of a month, exported") as step:
            self._wait_until(self._payroll_is_read, "the employees of the payroll to arrive in Odoo")
            step["what"] = self._people("work")
            self._wait_for_empty_queue()

    def once_more(self) -> None:
        """Everything of the payroll again: it is the same on both sides, so nothing may be written."""
        first, writes = self._hours(), self.xero.writes()
        with self._step("All of it once more") as step:
            self._people("again")
            self._wait_for_empty_queue()
            self.written_again = self.xero.writes() - writes
            step["what"] = {"writing calls": self.written_again}
        self.changed_again = first != self._hours()

    def compare(self) -> comparison.Outcome:
        outcome = super().compare()
        rows = self._hours()
        different = [row for row in rows if row.difference]
        outcome.data |= {
            "employees": len({row.name for row in rows}),
            "employee_periods": sum(row.what == "hours" for row in rows),
            "leave_periods": sum(row.what == "leave" for row in rows),
            "hours": _sides(rows, "hours"),
            "leave_hours": _sides(rows, "leave"),
            "hours_different": len(different),
            "written_again": self.written_again,
            "changed_again": self.changed_again,
        }
        table.print_hours(rows, outcome.data)
        return outcome

    # --- both sides ---

    def _people(self, action: str):
        return self.context.odoo_shell(ODOO_PAYROLL, action=action, company=self.COMPANY, people=PEOPLE)

    def _in_payroll(self, resource: str) -> dict[str, dict]:
        key = f"{resource.removesuffix('s')}ID"
        return {record[key]: record for record in self.xero.state(f"Payroll/{resource}")}

    def _hours(self) -> list[hours.Row]:
        """What both sides have now, but for what the organisation had before."""
        sheets, leaves = (
            [record for id_, record in self._in_payroll(resource).items() if id_ not in self.known[resource]]
            for resource in OF_PEOPLE
        )
        names = {
            id_: f"{person['FirstName']} {person['LastName']}" for id_, person in self._in_payroll("Employees").items()
        }
        return hours.compare(self._people("figures"), sheets, leaves, names)

    def _payroll_is_read(self) -> bool:
        domain = [["direction", "=", "in"], ["resource", "=", "Employees"]]
        return self.context.rpc("xero.history", "search_count", domain) >= len(self._in_payroll("Employees"))


def _sides(rows: list[hours.Row], what: str) -> dict[str, float]:
    return {side: float(sum(getattr(row, side) for row in rows if row.what == what)) for side in ("odoo", "xero")}
