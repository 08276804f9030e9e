"""Every answer of every demo company parses into xero-python's models and has no key that these do not know.

Operations, and the models of their answers, are read from xero-python; what the wire has beyond them is listed with its
source.
"""

import re
from collections import defaultdict
from urllib.parse import quote

import pytest
from official import check, operation_of, operations
from one_of_each import Caller, elements, write_everything

from simulator.accounting import registry
from simulator.accounting.report_table import REPORTS
from simulator.payroll.regions import REGIONS
from simulator.scopes import WORDS
from simulator.server import XeroSimulator
from simulator.steering import Steering

#: Models lack what every envelope has (xero-api.md 3.2, 4.13).
ENVELOPE = {"Id", "Status", "ProviderName", "DateTimeUTC"}
ENVELOPE_2 = {"id", "providerName", "dateTimeUTC", "httpStatusCode"}
#: Model → keys that xero-api.md records from the wire (3.2, 3.3, 4.2, 4.3, 4.5, 4.6, 4.12).
ON_THE_WIRE = {
    "Invoice": {"DateString", "DueDateString", "InvoicePaymentServices"},
    "CreditNote": {"DateString", "DueDateString", "ID"},
    "LineItem": {"ValidationErrors"},
    "Contact": {"Warnings"},
    "HistoryRecord": {"DateUTCString", "ValidationErrors"},
    "BankTransaction": {"DateString"},
    "BankTransfer": {"DateString", "CreatedDateUTCString"},
    "ManualJournal": {"DateString"},
    "Overpayment": {"DateString"},
    "Prepayment": {"DateString"},
    "PurchaseOrder": {
        *("DateString", "DeliveryDateString", "ExpectedArrivalDateString", "HasErrors", "IsDiscounted", "Type"),
    },
    "Quotes": {"SummarizeErrors"},
}
#: What xero-python can do and the simulator answers with 501 (README.md, payroll/READINGS.md).
LEFT_OUT = {
    "accounting": {
        *("/Budgets", "/ExpenseClaims", "/InvoiceReminders/Settings", "/LinkedTransactions", "/PaymentServices"),
        *("/Receipts", "/BrandingThemes/{BrandingThemeID}/PaymentServices", "/Contacts/{ContactID}/CISSettings"),
        *("/Organisation/{OrganisationID}/CISSettings", "/Reports", "/Reports/BudgetSummary", "/Reports/TenNinetyNine"),
    },
    "payrolluk": {
        *("/Employees/{EmployeeID}/StatutoryLeaveBalance", "/StatutoryLeaves/Summary/{EmployeeID}"),
        "/StatutoryLeaves/Sick/{StatutorySickLeaveID}",
    },
}
#: Declared to answer a bare line, which the example beside the declaration is not: it is the envelope alone.
ENVELOPE_ALONE = {
    ("DELETE", "/Timesheets/{TimesheetID}"),
    ("DELETE", "/Timesheets/{TimesheetID}/Lines/{TimesheetLineID}"),
}
SEEDS = {"demo-nz": "NZ", "demo-au": "AU", "demo-uk": "GB", "demo-us": "US"}
VERSIONS = {
    "NZ": {"payrollnz": "2.0"},
    "AU": {"payrollau": "1.0", "payrollauv2": "2.0"},
    "GB": {"payrolluk": "2.0"},
    "US": {},
}
#: Operation → statuses that some records answer: bills and drafts cannot be seen online (xero-api.md 4.2).
REFUSABLE = {"/Invoices/{InvoiceID}/OnlineInvoice": (400,)}
#: Values of query parameters that an operation cannot do without.
ASKED = {"startDate": "2026-06-01", "endDate": "2026-06-30", "date": "2026-06-30"}
#: Query parameters that change the shape of a list.
VIEWS = {"page": "1", "summaryOnly": "true", "includeArchived": "true", "unitdp": "4"}
#: Name of an id in paths → as answers call it.
ALIASES = {"EmployeeWorkingPatternID": "payeeworkingpatternid", "PayRunCalendarID": "payrollcalendarid"}
FEW = 5


class Company:
    """One demo company with one of everything, and the answers to the writes that made it."""

    def __init__(self, seed: str):
        self.country = SEEDS[seed]
        self._simulator = XeroSimulator(seed)
        self._simulator.start()
        steering = Steering(self._simulator.url)
        steering.limits(minute=100_000, day=1_000_000)
        app = steering.add_app("Checker", scopes=" ".join(WORDS))
        self.caller = Caller(self._simulator.url, steering.token(client_id=app["client_id"]))
        write_everything(self.caller, self.country)
        self._known = defaultdict(list)

    def stop(self) -> None:
        self._simulator.stop()

    def packages(self) -> dict[str, str]:
        """Package of xero-python → beginning of its paths."""
        payrolls = VERSIONS[self.country].items()
        return {"accounting": "", **{package: f"payroll.xro/{version}/" for package, version in payrolls}}

    def get(self, package: str, path: str, **params):
        status, payload = self.caller.call("GET", self.packages()[package] + path.strip("/"), **params)
        if status == 200 and payload is not None:
            self._remember(payload)
        return status, payload

    def concrete(self, package: str, template: str) -> list[str]:
        """Paths of a template, with ids of records that there are: those that the list above them tells."""
        match = re.fullmatch(r"(.*)/\{(\w+)\}(.*)", template)
        if match is None:
            return [template]
        above, name, below = match.groups()
        return [
            f"{path}/{quote(str(value), safe='')}{below}"
            for path in self.concrete(package, above)
            for value in self._values(package, path, name)
        ]

    def _values(self, package: str, path: str, name: str) -> list:
        status, payload = self.get(package, path, **self.asked(package, path))
        if status != 200:
            return list(dict.fromkeys(self._known[name.lower()]))[:FEW]
        names = {name.lower(), "id", ALIASES.get(name)}
        values = [next((row[key] for key in row if key.lower() in names and row[key]), None) for row in _rows(payload)]
        return list(dict.fromkeys(value for value in values if value))[:FEW]

    def asked(self, package: str, path: str) -> dict[str, str]:
        """Query parameters that the operation of a path needs."""
        operation = operation_of(package, "GET", path)
        values = {name.lower(): value for name, value in ASKED.items()}
        for name in ("contactID", "payRunID"):
            values[name.lower()] = next(iter(self._known[name.lower()]), None)
        queries = operation.queries if operation else ()
        return {name: values[name.lower()] for name in queries if values.get(name.lower())}

    def _remember(self, value) -> None:
        for part in value.values() if isinstance(value, dict) else value:
            if isinstance(part, (dict, list)):
                self._remember(part)
        if isinstance(value, dict):
            for key, part in value.items():
                if isinstance(part, str) and key.lower().endswith("id"):
                    self._known[key.lower()].append(part)


def _rows(payload):
    found = elements(payload)
    return found if isinstance(found, list) else [found]


@pytest.fixture(scope="module", params=SEEDS)
def company(request):
    made = Company(request.param)
    yield made
    made.stop()


def _also(package: str, model: str) -> dict[str, set[str]]:
    envelope = ENVELOPE if package in ("accounting", "payrollau") else ENVELOPE_2
    return {**ON_THE_WIRE, model: ON_THE_WIRE.get(model, set()) | envelope}


def _check(package: str, operation, payload) -> None:
    if (operation.method, operation.template) in ENVELOPE_ALONE:
        assert set(payload) >= ENVELOPE_2
        return
    check(package, operation.model, payload, _also(package, operation.model))


def test_every_get(company):
    """Lists in each of their views, every record, and everything below it."""
    for package in company.packages():
        unanswered = {}
        gets = [one for one in operations(package) if one.method == "GET"]
        for operation in sorted(gets, key=lambda one: ("Reports" in one.template, one.template.count("{"))):
            paths = company.concrete(package, operation.template)
            statuses = {_read(company, package, operation, path) for path in paths}
            if 200 not in statuses or statuses - {200, *REFUSABLE.get(operation.template, ())}:
                unanswered[operation.template] = statuses
        left_out = LEFT_OUT.get(package, set())
        assert {one: statuses for one, statuses in unanswered.items() if not _below_any(one, left_out)} == {}
        # Nothing is left out any more that the table says is.
        assert {one for one in left_out if one in unanswered and unanswered[one] <= {501}} == left_out


def _below_any(template: str, others: set[str]) -> bool:
    return any(template == other or template.startswith(f"{other}/") for other in others)


def _read(company, package: str, operation, path: str) -> int:
    asked = company.asked(package, path)
    views = [{name: VIEWS[name]} for name in operation.queries if name in VIEWS and "{" not in operation.template]
    for view in ({}, *views):
        status, payload = company.get(package, path, **asked, **view)
        if status != 200:
            return status
        if operation.model != "file" and payload is not None:
            _check(package, operation, payload)
    return status


def test_every_write(company):
    """What the script of writes was answered, the batch with a refused element too."""
    checked = set()
    for written in company.caller.kept:
        package, path = _package(company, written.path)
        operation = operation_of(package, written.method, path)
        if written.payload is not None and operation is not None and operation.model:
            _check(package, operation, written.payload)
            checked.add((package, operation.method, operation.template))
    assert len(checked) > 40


def _package(company, path: str) -> tuple[str, str]:
    for package, beginning in company.packages().items():
        if beginning and path.startswith(beginning):
            return package, path[len(beginning) :]
    return "accounting", path


def test_every_resource_is_among_the_operations(company):
    """So that a resource added to the tables is walked over by the test of every GET."""
    walked = {one.template.strip("/").split("/")[0].lower() for one in operations("accounting")}
    names = {"organisation" if name == "Organisations" else name.lower() for name in registry.SPECS}
    assert names <= walked
    reports = {one.template.split("/")[-1].lower() for one in operations("accounting") if "/Reports/" in one.template}
    assert set(REPORTS) <= reports
    for package, version in VERSIONS[company.country].items():
        walked = {one.template.strip("/").split("/")[0].lower() for one in operations(package)}
        assert set(REGIONS[company.country].versions[version].specs) <= walked
        for spec in REGIONS[company.country].versions[version].specs.values():
            below = {part.lower() for one in operations(package) for part in _below(one, spec)}
            assert {name for name, part in spec.parts.items() if "GET" in part.verbs} <= below


def _below(operation, spec) -> list[str]:
    """Parts of the operation's path below the resource."""
    first, *rest = operation.template.strip("/").split("/")
    return rest if first.lower() == spec.name.lower() else []
