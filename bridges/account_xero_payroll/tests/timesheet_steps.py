"""People record, correct and delete hours while somebody in Xero approves sheets, reverts them and pays.

A step is what one of them does; sides are synced at random moments. After each whole sync timesheet_books.py says what
differs. Used by the tests and by the benchmark *timesheets*.
"""

import json
import random
import urllib.request
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal

from .timesheet_books import FIRST, PERIODS, Findings, by_rate_and_day

# Step → how often it is tried, of all tries.
STEPS = {
    "record": 30,
    "correct": 10,
    "redate": 5,
    "reassign": 5,
    "hand_over": 3,
    "delete": 5,
    "remap": 1,
    "approve": 9,
    "submit": 2,
    "reject": 2,
    "revert": 4,
    "pay": 5,
    "change_calendar": 1,
}
# Hours as people record them: quarters, days of 7.6, minutes.
HOURS = ("0.25", "0.5", "1", "1.75", "2", "3.5", "4", "7.6", "7.6", "8", "0.33", "2.17", "10.5")
NAMES = ("Ash Rivers", "Billie Stone", "Charlie Moss", "Drew Fenn", "Eden Hale", "Frankie Dale")
CALENDARS = {"Monthly": "MONTHLY", "Twice a Month": "TWICEMONTHLY", "Four Weeks": "FOURWEEKLY"}
RATES = ("Ordinary Hours", "Overtime Hours (1.5x)", "Tool Allowance")
SYNC, EXPORT, IMPORT = 0.12, 0.08, 0.08  # how likely each is after a step
ROUNDS = 5
SECONDS = 5  # by which Xero's clock moves on between what happens there
TIMEOUT = 30


def prepare(env, connection, office):
    """Calendars in Xero beside those of the seed, people who are paid by them, and projects with rates of their own.

    :param office: the PayOffice, which gets them
    """
    for name, kind in CALENDARS.items():
        body = {"Name": name, "CalendarType": kind, "StartDate": str(FIRST), "PaymentDate": "2026-07-10"}
        office.in_xero("POST", "PayrollCalendars", [body])
    connection.action_read_reference_data()
    mine = [("connection_id", "=", connection.id)]
    items = env["xero.pay.item"].search([*mine, ("name", "in", RATES)])
    office.rates = {item.name: item for item in items}
    calendars = env["xero.pay.calendar"].search(mine)
    office.calendars = {calendar.kind: calendar for calendar in calendars}
    office.people = env["hr.employee"].search(
        [("company_id", "=", connection.company_id.id), ("name", "not in", office.with_sheets())], order="id"
    )
    for number, name in enumerate(NAMES):
        office.people |= env["hr.employee"].create(
            {
                "name": name,
                "birthday": date(1990, 1, 1) + timedelta(days=number),
                "company_id": connection.company_id.id,
                "xero_pay_calendar_id": office.calendars[list(CALENDARS.values())[number % len(CALENDARS)]].id,
                "xero_earnings_rate_id": office.rates[RATES[0]].id,
            }
        )
    for name in ("Kitchens", "Night Shift", "On Site"):
        project = env["project.project"].create(
            {"name": name, "allow_timesheets": True, "company_id": connection.company_id.id}
        )
        task = env["project.task"].create({"name": f"Fitting, {name}", "project_id": project.id})
        office.places += [(project, task.browse()), (project, task)]


class PayOffice:
    """Random steps on both sides.

    :param export: called without arguments; carries everything to Xero
    :param import_: called with names of resources; reads at least these from Xero
    :ivar lines: id of a line → (employee, day, place, hours): books of its own
    :ivar mapped: place → name of its rate
    """

    def __init__(self, env, connection, xero, export, import_, seed):
        self.env, self.connection, self.xero, self.export, self.import_ = env, connection, xero, export, import_
        self.chance, self.made = random.Random(seed), Counter()
        self.people, self.places, self.rates, self.calendars = env["hr.employee"], [], {}, {}
        self.lines, self.mapped, self.paid, self.frozen = {}, {}, defaultdict(set), {}
        self.compared, self.late, self.syncs = 0, 0, 0
        self.touched = set()  # resources that somebody has changed in Xero since they were last read
        self.today = FIRST + timedelta(days=10)
        prepare(env, connection, self)
        self.touched = {"Employees"}
        self.kinds = {person: person.xero_pay_calendar_id.kind for person in self.people}
        # What Odoo knew when it last read: paid periods by calendar, and people's calendars; sheets that were there.
        self.known, self.seen, self.made_too_late = ({}, dict(self.kinds)), set(), []

    def run(self, number):
        """Take ``number`` steps; returns all that differed after any of the syncs."""
        names, weights = list(STEPS), list(STEPS.values())
        found, span = [], min(360, 30 + number / 5)
        for count in range(1, number + 1):
            self.today = FIRST + timedelta(days=10 + int(span * count / number))
            step = self.chance.choices(names, weights)[0]
            self.made[step] += bool(getattr(self, step)())
            moment = 0 if count == number else self.chance.random()
            if moment < SYNC:
                found += [f"step {count}: {text}" for text in self._settled()]
            elif moment < SYNC + EXPORT:
                self.export()
            elif moment < SYNC + EXPORT + IMPORT:
                self._read()
        return found

    # === STEPS IN ODOO === #

    def record(self):
        person, place = self.chance.choice(list(self.people)), self.chance.choice(self.places)
        day, hours = self._day(), self._hours()
        line = self.env["account.analytic.line"].create(
            {
                "name": "Work",
                "employee_id": person.id,
                "company_id": self.connection.company_id.id,
                "unit_amount": float(hours),
                "date": day,
                **self._where(place),
            }
        )
        self.lines[line.id] = (person, day, place, hours)
        return True

    def correct(self):
        return self._change(lambda line: (*line[:3], self._hours()))

    def redate(self):
        return self._change(lambda line: (line[0], self._day(), *line[2:]))

    def reassign(self):
        return self._change(lambda line: (*line[:2], self.chance.choice(self.places), line[3]))

    def hand_over(self):
        return self._change(lambda line: (self.chance.choice(list(self.people)), *line[1:]))

    def _change(self, changed):
        if not self.lines:
            return False
        id_ = self._recent_line()
        person, day, place, hours = self.lines[id_] = changed(self.lines[id_])
        self.env["account.analytic.line"].browse(id_).write(
            {"employee_id": person.id, "date": day, "unit_amount": float(hours), **self._where(place)}
        )
        return True

    def delete(self):
        if not self.lines:
            return False
        id_ = self._recent_line()
        del self.lines[id_]
        self.env["account.analytic.line"].browse(id_).unlink()
        return True

    def remap(self):
        """The hours of a project or task are paid at another rate; closed sheets are not paid again."""
        project, task = place = self.chance.choice(self.places)
        rate = self.chance.choice([None, *RATES])
        mapping = self.env["xero.pay.mapping"]
        row = mapping.search([("connection_id", "=", self.connection.id), *self._domain(place)])
        if rate is None:
            row.unlink()
        elif row:
            row.pay_item_id = self.rates[rate]
        else:
            mapping.create(
                {
                    "connection_id": self.connection.id,
                    "project_id": project.id,
                    "task_id": task.id,
                    "pay_item_id": self.rates[rate].id,
                }
            )
        self.mapped[place] = rate
        return True

    @staticmethod
    def _domain(place):
        project, task = place
        return [("project_id", "=", project.id), ("task_id", "=", task.id)]

    @staticmethod
    def _where(place):
        project, task = place
        return {"project_id": project.id, "task_id": task.id}

    def _day(self):
        """Mostly of these days, sometimes of weeks ago."""
        back = self.chance.choice((3, 7, 7, 14, 40))
        return max(FIRST, self.today - timedelta(days=self.chance.randint(-3, back)))

    def _hours(self):
        return Decimal(self.chance.choice(HOURS))

    def _recent_line(self):
        recent = list(self.lines)[-40:] if self.chance.random() < 0.8 else list(self.lines)
        return self.chance.choice(recent)

    # === STEPS IN XERO === #

    def approve(self):
        return self._move_sheet(("DRAFT", "REQUESTED", "REJECTED"), "APPROVED", often={"REJECTED": 0.3})

    def submit(self):
        return self._move_sheet(("DRAFT",), "REQUESTED")

    def reject(self):
        return self._move_sheet(("DRAFT", "REQUESTED"), "REJECTED")

    def revert(self):
        return self._move_sheet(("APPROVED", "REQUESTED", "REJECTED"), "DRAFT")

    def _move_sheet(self, statuses, status, often=()):
        sheets = [
            sheet
            for sheet in self._sheets()
            if sheet["Status"] in statuses and self.chance.random() < dict(often).get(sheet["Status"], 1)
        ]
        if not sheets:
            return False
        # The older a sheet, the likelier it is looked at.
        self._set_status(sheets[min(int(self.chance.expovariate(0.5)), len(sheets) - 1)], status)
        return True

    def _set_status(self, sheet, status):
        body = {"TimesheetID": sheet["TimesheetID"], "Status": status}
        self.in_xero("POST", f"Timesheets/{sheet['TimesheetID']}", [body])
        self.frozen.pop(sheet["TimesheetID"], None)
        if status != "DRAFT":
            self.frozen[sheet["TimesheetID"]] = content_of(sheet)

    def pay(self):
        """The next pay run of a calendar: most sheets of its period are approved, and it is posted."""
        ended = [kind for kind in self.calendars if self._next_to_pay(kind)[1] < self.today]
        if not ended:
            return False
        kind = self.chance.choice(ended)
        period = self._next_to_pay(kind)
        for sheet in self._sheets():
            if sheet["Status"] == "DRAFT" and period_of(sheet) == period and self.chance.random() < 0.7:
                self._set_status(sheet, "APPROVED")
        body = {"PayrollCalendarID": self.calendars[kind].external_id}
        [run] = self.in_xero("POST", "PayRuns", [body])["PayRuns"]
        id_ = {"PayRunID": run["PayRunID"]}
        self.in_xero("POST", f"PayRuns/{run['PayRunID']}", [{**id_, "PayRunStatus": "POSTED"}])
        self.paid[kind].add(period)
        return True

    def _next_to_pay(self, kind):
        return PERIODS[kind][len(self.paid[kind])]

    def change_calendar(self):
        """Somebody is paid by another calendar from now on."""
        people = [person for person in self.people if self._id_of(person)]
        if not people:
            return False
        person, kind = self.chance.choice(people), self.chance.choice(list(self.calendars))
        id_ = {"EmployeeID": self._id_of(person)}
        body = {**id_, "PayrollCalendarID": self.calendars[kind].external_id}
        self.in_xero("POST", f"Employees/{id_['EmployeeID']}", [body])
        self.kinds[person] = kind
        return True

    def in_xero(self, method, path, body):
        """A call by somebody else's program, or by Xero's own screens; returns its answer."""
        token = self.xero.token(tenant_id=self.connection.tenant_id)["access_token"]
        request = urllib.request.Request(
            f"{self.xero.url}/payroll.xro/1.0/{path}",
            json.dumps(body).encode(),
            {
                "Authorization": f"Bearer {token}",
                "xero-tenant-id": self.connection.tenant_id,
                "Content-Type": "application/json",
                "Accept": "application/json",
            },
            method=method,
        )
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            found = json.load(answer)
        self.touched.add(path.partition("/")[0])
        self.xero.advance(SECONDS)
        return found

    # === LOOKING === #

    def _settled(self):
        """Sync until nothing is left to send; what differs then."""
        for _round in range(ROUNDS):
            self._read()
            before = self._writes()
            self.export()
            if self._writes() == before and not self._waiting():
                break
        self.syncs += 1
        late, self.made_too_late = self.made_too_late, []
        return late + self._unrest() + self._differences()

    def _read(self):
        self._look_at_new_sheets()
        resources, self.touched = {"Timesheets", *self.touched}, set()
        self.import_(resources)
        self.known = ({kind: set(periods) for kind, periods in self.paid.items()}, dict(self.kinds))

    def _look_at_new_sheets(self):
        """No sheet is made for a period of which Odoo knows that it was paid without one."""
        paid, kinds = self.known
        people = {self._id_of(person): person for person in self.people}
        for sheet in self._sheets():
            period, person = period_of(sheet), people[sheet["EmployeeID"]]
            if sheet["TimesheetID"] not in self.seen and period in paid.get(kinds[person], ()):
                self.made_too_late.append(f"{person.name} got a sheet of {period}, which was paid already")
            self.seen.add(sheet["TimesheetID"])

    def _writes(self):
        requests = self.env["xero.request"]
        return requests.search_count([("connection_id", "=", self.connection.id), ("method", "!=", "GET")])

    def _waiting(self):
        return self.env["xero.outbox"].search_count([("connection_id", "=", self.connection.id)])

    def _unrest(self):
        issues = self.env["xero.issue"].search([("connection_id", "=", self.connection.id), ("state", "=", "open")])
        waiting = self._waiting()
        return [f"issue {issue.code}: {issue.text}" for issue in issues] + (
            [f"{waiting} rows wait in the queue"] if waiting else []
        )

    def _differences(self):
        there, found = self._there(), []
        for sheet in self._sheets():
            if self.frozen.get(sheet["TimesheetID"], content_of(sheet)) != content_of(sheet):
                found.append(f"{sheet['Status']} sheet {period_of(sheet)} was changed")
        for person in self.people:
            findings = Findings(
                person.name,
                self.kinds[person],
                self._recorded(person),
                there[self._id_of(person)],
                self._here(person),
                self.paid[self.kinds[person]],
                Decimal(self.connection.timesheet_rounding),
            )
            found += findings.look()
            self.compared += findings.compared
            self.late += findings.late
        return found

    def _recorded(self, person):
        ordinary = person.xero_earnings_rate_id
        recorded = defaultdict(Decimal)
        for id_, (worker, day, place, hours) in self.lines.items():
            if worker == person:
                recorded[id_, day, self._rate(place, ordinary).external_id] += hours
        return recorded

    def _rate(self, place, ordinary):
        project, task = place
        name = self.mapped.get(place) or self.mapped.get((project, task.browse()))
        return self.rates[name] if name else ordinary

    def _here(self, person):
        sheets = self.env["xero.timesheet"].search(
            [("connection_id", "=", self.connection.id), ("employee_id", "=", person.id)]
        )
        return {
            (sheet.start_date, sheet.end_date): [
                (line, date.fromisoformat(own), date.fromisoformat(day), rate, Decimal(units))
                for line, own, day, rate, units in sheet.entries or []
            ]
            for sheet in sheets
        }

    def _there(self):
        """``{EmployeeID: {period: (status, {rate: {day: hours}})}}``; raises for two sheets of one period."""
        found = defaultdict(dict)
        for sheet in self._sheets():
            start, end = period = period_of(sheet)
            if period in found[sheet["EmployeeID"]] or not any(period in known for known in PERIODS.values()):
                raise AssertionError(f"{period} is a second sheet, or no pay period")
            days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
            rows = [
                (line["EarningsRateID"], day, Decimal(str(units)))
                for line in sheet["TimesheetLines"]
                for day, units in zip(days, line["NumberOfUnits"], strict=True)
                if units
            ]
            found[sheet["EmployeeID"]][period] = (
                sheet["Status"],
                {rate: dict(by_day) for rate, by_day in by_rate_and_day(rows).items()},
            )
        return found

    def with_sheets(self):
        """Names of those of whom Xero had sheets before: their periods belong to somebody else."""
        ids = {sheet["EmployeeID"] for sheet in self._state("Timesheets")}
        return [
            f"{person['FirstName']} {person['LastName']}"
            for person in self._state("Employees")
            if person["EmployeeID"] in ids
        ]

    def _sheets(self):
        """Xero's sheets of these people, in an order that is the same whenever the steps are."""
        places = {self._id_of(person): place for place, person in enumerate(self.people)}
        sheets = [sheet for sheet in self._state("Timesheets") if sheet["EmployeeID"] in places]
        return sorted(sheets, key=lambda sheet: (period_of(sheet), places[sheet["EmployeeID"]]))

    def _state(self, resource):
        return self.xero.state(f"Payroll/{resource}", self.connection.tenant_id)

    def _id_of(self, person):
        """The person's EmployeeID; nothing for somebody who is not in Xero yet."""
        return (
            self.env["xero.binding"]._for(self.connection, person).get(person.id, self.env["xero.binding"]).external_id
        )


def period_of(sheet):
    return day_of(sheet["StartDate"]), day_of(sheet["EndDate"])


def day_of(text):
    """A date of version 1 as the wire has it."""
    return date(1970, 1, 1) + timedelta(milliseconds=int(text[6:-7]))


def content_of(sheet):
    lines = [
        (line["EarningsRateID"], [str(units) for units in line["NumberOfUnits"]]) for line in sheet["TimesheetLines"]
    ]
    return sorted(lines)
