"""A month at work: people on two pay calendars, their hours on projects, and leave over the end of the month.

Used by the tests and by the demo with the Australian organisation, which set Odoo's figures beside Xero's.
"""

from datetime import date, timedelta

from odoo.addons.account_xero.engine.outbox import SUPPRESS

FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
LEAVE = (date(2026, 10, 29), date(2026, 11, 3))
ON_LEAVE, ON_CALL = 5, 4  # every fifth is on leave, every fourth works nights too
FRIDAY = 4
DAYS = {"Weekly": 7, "Fortnightly": 14}  # the calendars of the organisation, and how long their periods are
# Whom the organisation's payroll has already: linked by their e-mail.
KNOWN = {
    "Robin Field": date(1988, 3, 14),
    "Jamie Brook": date(1979, 6, 27),
    "Kim Harbour": date(1994, 11, 2),
    "Lee Summers": date(2001, 9, 9),
}
FIRST_NAMES = (
    "Ash", "Billie", "Charlie", "Drew", "Eden", "Frankie", "Georgie", "Harper", "Indy", "Jules", "Kit", "Lou", "Marley",
)  # fmt: skip
LAST_NAMES = ("Rivers", "Stone")
# Hours of a working day, from Monday on; what is short on some days is made up for on others.
WEEK = (7.6, 7.25, 8.1, 7.6, 6.33)
ORDINARY, OVERTIME, ANNUAL = "Ordinary Hours", "Overtime Hours (1.5x)", "Annual Leave"


class Month:
    """The people of a company, and what they record.

    :param env: with the company as the only allowed one
    """

    def __init__(self, env, connection, number):
        self.env, self.connection, self.company = env, connection, connection.company_id
        self.number = number

    # === ARRANGE === #

    def hire(self):
        """Employees; who is there already stays."""
        made = [f"{first} {last}" for last in LAST_NAMES for first in FIRST_NAMES]
        names = [*KNOWN, *made][: self.number]
        there = set(self._people().mapped("name"))
        self.env["hr.employee"].create(
            [
                {
                    "name": name,
                    "work_email": f"{name.lower().replace(' ', '.')}@wattle.example",
                    "birthday": KNOWN.get(name, date(1990, 1, 1) + timedelta(days=7 * number)),
                    "job_title": "Joiner",
                    "company_id": self.company.id,
                }
                for number, name in enumerate(names)
                if name not in there
            ]
        )

    def assign(self):
        """Pay calendar and rate of those whom the payroll does not know; the rate of nights, and of annual leave."""
        calendars = [self._setting("xero.pay.calendar", name) for name in DAYS]
        ordinary, overtime = (self._setting("xero.pay.item", name) for name in (ORDINARY, OVERTIME))
        for number, person in enumerate(self._people()):
            if not person.xero_pay_calendar_id:
                person.xero_pay_calendar_id = calendars[number % len(calendars)]
                person.xero_earnings_rate_id = ordinary
        self.joinery, self.nights = self.env["project.project"].create(
            [
                {"name": name, "allow_timesheets": True, "company_id": self.company.id}
                for name in ("Joinery", "Night Fitting")
            ]
        )
        self.env["xero.pay.mapping"].create(
            {"connection_id": self.connection.id, "project_id": self.nights.id, "pay_item_id": overtime.id}
        )
        self.annual = self._annual_leave()

    def _annual_leave(self):
        kind = self.env["hr.leave.type"].create(
            {
                "name": ANNUAL,
                "requires_allocation": False,
                "leave_validation_type": "hr",
                "company_id": self.company.id,
                "request_unit": "day",
            }
        )
        mapping = self.env["xero.leave.mapping"]
        row = mapping.search([("connection_id", "=", self.connection.id), ("leave_type_id", "=", kind.id)])
        row = row or mapping.create({"connection_id": self.connection.id, "leave_type_id": kind.id})
        row.pay_item_id = self._setting("xero.pay.item", ANNUAL)
        return kind

    def work(self):
        """A month of hours, and the leave of some; returns how many of each."""
        leaves = self.env["hr.leave"]
        lines = []
        for number, person in enumerate(self._people()):
            away = number % ON_LEAVE == ON_LEAVE - 1
            lines += self._hours_of(person, number % ON_CALL == 0, LEAVE[0] - timedelta(days=1) if away else LAST)
            if away:
                leaves |= self._leave_of(person)
        self.env["account.analytic.line"].create(lines)
        return {"people": len(self._people()), "records of hours": len(lines), "leaves": len(leaves)}

    def _hours_of(self, person, at_night, last):
        for day in (FIRST + timedelta(days=n) for n in range((last - FIRST).days + 1)):
            if day.weekday() < len(WEEK):
                yield self._line(person, day, WEEK[day.weekday()], self.joinery)
            if at_night and day.weekday() == FRIDAY:
                yield self._line(person, day, 2.5, self.nights)

    def _line(self, person, day, hours, project):
        return {
            "name": "Work",
            "employee_id": person.id,
            "project_id": project.id,
            "date": day,
            "unit_amount": hours,
            "company_id": self.company.id,
        }

    def _leave_of(self, person):
        leave = self.env["hr.leave"].create(
            {
                "holiday_status_id": self.annual.id,
                "employee_id": person.id,
                "request_date_from": LEAVE[0],
                "request_date_to": LEAVE[1],
                "name": "Away",
            }
        )
        if leave.state != "validate":
            leave.action_approve()
        return leave

    def touch(self):
        """Have everything looked at once more, as if all of it had changed; returns how many rows wait."""
        self.env["xero.timekeeper"]._of(self._people())._again()
        self.env["xero.outbox"].with_context(**{SUPPRESS: False})._mark(self._leaves())
        self.env["xero.outbox"].with_context(**{SUPPRESS: False})._mark(self._sheets())
        self.env.cr.flush()
        return self.env["xero.outbox"].search_count([("connection_id", "=", self.connection.id)])

    # === FIGURES === #

    def figures(self):
        """What Odoo has: ``[(EmployeeID, name, "hours" or "leave", first day, last day, hours)]``, a row a pay period.

        Hours are those that were recorded, and of leave the working days of the employee's calendar.
        """
        people = self._people()
        links = self.env["xero.binding"]._for(self.connection, people)
        sums = {}
        for person, kind, day, hours in (*self._recorded(people), *self._taken()):
            key = (links[person.id].external_id, person.name, kind, *self._period(person, day))
            sums[key] = sums.get(key, 0) + hours
        return [(*key, f"{hours:.2f}") for key, hours in sorted(sums.items(), key=lambda row: row[0][1:])]

    def _recorded(self, people):
        lines = self.env["account.analytic.line"].search(
            [("employee_id", "in", people.ids), ("project_id", "!=", False), ("holiday_id", "=", False)]
            if "holiday_id" in self.env["account.analytic.line"]._fields
            else [("employee_id", "in", people.ids), ("project_id", "!=", False)]
        )
        return [(line.employee_id, "hours", line.date, line.unit_amount) for line in lines]

    def _taken(self):
        for leave in self._leaves():
            days = [
                day
                for n in range((leave.request_date_to - leave.request_date_from).days + 1)
                if (day := leave.request_date_from + timedelta(days=n)).weekday() < len(WEEK)
            ]
            yield from ((leave.employee_id, "leave", day, leave.number_of_hours / len(days)) for day in days)

    @staticmethod
    def _period(person, day):
        """First and last day of the pay period that a day lies in."""
        calendar = person.xero_pay_calendar_id
        length = DAYS[calendar.name]
        start = calendar.start_date + timedelta(days=(day - calendar.start_date).days // length * length)
        return start.isoformat(), (start + timedelta(days=length - 1)).isoformat()

    # === RECORDS === #

    def _people(self):
        return self.env["hr.employee"].search([("company_id", "=", self.company.id)], order="id")

    def _leaves(self):
        return self.env["hr.leave"].search(
            [("employee_id", "in", self._people().ids), ("state", "=", "validate")], order="id"
        )

    def _sheets(self):
        return self.env["xero.timesheet"].search([("connection_id", "=", self.connection.id)])

    def _setting(self, model, name):
        return self.env[model].search([("connection_id", "=", self.connection.id), ("name", "=", name)], limit=1)
