"""Payroll's rules and the shapes of its two versions, without HTTP (xero-api.md 4.13)."""

import json
from decimal import Decimal

import pytest
from books import NOON
from werkzeug.datastructures import Headers, MultiDict
from xero_python.api_client import ModelFinder
from xero_python.api_client.deserializer import deserialize

from simulator import payroll, seeding
from simulator.accounting.codec import dumps
from simulator.calls import ApiCall
from simulator.clock import Clock
from simulator.ids import Ids
from simulator.payroll import periods
from simulator.payroll.contract import Contract

MODELS = {
    ("AU", "1.0"): "payrollau",
    ("AU", "2.0"): "payrollauv2",
    ("NZ", "2.0"): "payrollnz",
    ("GB", "2.0"): "payrolluk",
}
APIS = [("demo-au", "1.0"), ("demo-au", "2.0"), ("demo-nz", "2.0"), ("demo-uk", "2.0")]
UNKNOWN = "11111111-2222-3333-4444-555555555555"


class Office:
    """The payroll of a seed's first organisation, at a fixed time."""

    def __init__(self, seed, version):
        self.clock, self.ids, self.version = Clock(), Ids(), version
        self.clock.set(NOON)
        self.organisation = seeding.load(seed, self.clock, self.ids).organisations[0]

    def call(self, method, path, body=None, *, raw=None, headers=None, **args):
        """Status and payload as a client would parse it."""
        call = ApiCall(
            method=method,
            path_segments=[self.version, *path.split("/")],
            args=MultiDict(args),
            headers=Headers(headers or {}),
            body=raw if raw is not None else b"" if body is None else dumps(body),
            organisation=self.organisation,
            clock=self.clock,
            ids=self.ids,
        )
        reply = payroll.handle(call)
        if reply.payload is None or isinstance(reply.payload, bytes):
            return reply.status, reply.payload
        return reply.status, json.loads(dumps(reply.payload), parse_float=Decimal)

    def get(self, path, **args):
        status, payload = self.call("GET", path, **args)
        assert status == 200, payload
        return payload

    def reasons(self, method, path, body):
        """What a call is refused for: messages in version 1, name → reason in version 2."""
        status, payload = self.call(method, path, body)
        assert status == 400, payload
        if self.version == "1.0":
            return [error["Message"] for element in payload["Elements"] for error in element["ValidationErrors"]]
        return {field["name"]: field["reason"] for field in payload["problem"]["invalidFields"]}

    def employee(self, name):
        key, first = ("Employees", "FirstName") if self.version == "1.0" else ("employees", "firstName")
        return next(one for one in self.get("Employees")[key] if one[first] == name)


@pytest.fixture
def au():
    return Office("demo-au", "1.0")


@pytest.fixture
def nz():
    return Office("demo-nz", "2.0")


@pytest.fixture
def uk():
    return Office("demo-uk", "2.0")


def ordinary(au):
    rates = au.get("PayItems")["PayItems"]["EarningsRates"]
    return next(rate["EarningsRateID"] for rate in rates if rate["Name"] == "Ordinary Hours")


def au_sheet(au, name="Robin", start="2026-06-08", end="2026-06-14", units=(8, 8, 8, 8, 8, 0, 0), **more):
    line = {"EarningsRateID": ordinary(au), "NumberOfUnits": list(units)}
    employee = au.employee(name)["EmployeeID"]
    return {"EmployeeID": employee, "StartDate": start, "EndDate": end, "TimesheetLines": [line], **more}


def nz_sheet(nz, start="2026-06-08", end="2026-06-14", day="2026-06-09", units=8, **more):
    employee = nz.employee("Tui")
    rate = next(one for one in nz.get("EarningsRates")["earningsRates"] if one["name"] == "Ordinary Time")
    return {
        "employeeID": employee["employeeID"],
        "payrollCalendarID": employee["payrollCalendarID"],
        "startDate": start,
        "endDate": end,
        "timesheetLines": [{"date": day, "earningsRateID": rate["earningsRateID"], "numberOfUnits": units}],
        **more,
    }


# -- pay periods


@pytest.mark.parametrize(
    ("kind", "first", "day", "expected"),
    [
        ("WEEKLY", "2026-06-01", "2026-06-14", ("2026-06-08", "2026-06-14")),
        ("WEEKLY", "2026-06-01", "2026-05-31", ("2026-05-25", "2026-05-31")),
        ("FORTNIGHTLY", "2026-06-01", "2026-06-15", ("2026-06-15", "2026-06-28")),
        ("FOURWEEKLY", "2026-06-01", "2026-06-28", ("2026-06-01", "2026-06-28")),
        ("MONTHLY", "2026-01-31", "2026-02-27", ("2026-01-31", "2026-02-27")),
        ("MONTHLY", "2026-01-15", "2026-03-01", ("2026-02-15", "2026-03-14")),
        ("QUARTERLY", "2026-01-01", "2025-12-31", ("2025-10-01", "2025-12-31")),
        ("TWICEMONTHLY", "2026-01-01", "2026-02-20", ("2026-02-16", "2026-02-28")),
        ("Annual", "2026-04-06", "2027-04-05", ("2026-04-06", "2027-04-05")),
    ],
)
def test_pay_periods(kind, first, day, expected):
    contract = Contract("payrollau")
    calendar = contract.read("PayrollCalendar", {"CalendarType": kind, "StartDate": first, "PaymentDate": day})
    found = periods.around(calendar, calendar["PaymentDate"])
    assert tuple(one.isoformat() for one in found) == expected


# -- version 1: timesheets


def test_timesheet_has_one_number_a_day(au):
    status, payload = au.call("POST", "Timesheets", [au_sheet(au)])
    assert status == 200
    (sheet,) = payload["Timesheets"]
    assert (sheet["Status"], sheet["Hours"]) == ("DRAFT", 40)
    assert sheet["TimesheetLines"][0]["NumberOfUnits"] == [8, 8, 8, 8, 8, 0, 0]
    assert sheet["StartDate"] == "/Date(1780876800000+0000)/"
    short = au_sheet(au, "Kim", units=[8, 8])
    assert au.reasons("POST", "Timesheets", [short]) == ["NumberOfUnits must have one number for each of the 7 days."]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-06-09", "2026-06-15"),
        ("2026-06-08", "2026-06-21"),
        ("2026-06-08", "2026-06-08"),
        ("2026-06-14", "2026-06-08"),
    ],
)
def test_timesheet_must_match_a_period_of_the_employees_calendar(au, start, end):
    sheet = au_sheet(au, start=start, end=end, TimesheetLines=[])
    assert au.reasons("POST", "Timesheets", [sheet]) == ["Provided period doesn't correspond with a pay period"]
    fortnight = au_sheet(au, "Jamie", "2026-06-01", "2026-06-14", TimesheetLines=[])
    assert au.call("POST", "Timesheets", [fortnight])[0] == 200


def test_one_timesheet_for_an_employee_and_a_period(au):
    au.call("POST", "Timesheets", [au_sheet(au)])
    taken = ["Timesheet already exists for this employee and period"]
    assert au.reasons("POST", "Timesheets", [au_sheet(au)]) == taken
    assert au.call("POST", "Timesheets", [au_sheet(au, "Kim")])[0] == 200


def test_only_a_draft_is_edited(au):
    (sheet,) = au.call("POST", "Timesheets", [au_sheet(au)])[1]["Timesheets"]
    path = f"Timesheets/{sheet['TimesheetID']}"
    lines = {"TimesheetLines": [{"EarningsRateID": ordinary(au), "NumberOfUnits": [1, 0, 0, 0, 0, 0, 0]}]}
    assert au.call("POST", path, [lines])[1]["Timesheets"][0]["Hours"] == 1
    assert au.call("POST", path, [{"Status": "APPROVED"}])[1]["Timesheets"][0]["Status"] == "APPROVED"
    assert au.reasons("POST", path, [lines]) == ["Only timesheets with a status of Draft can be changed"]
    assert au.reasons("POST", path, [{"Status": "PROCESSED"}]) == ["Only a pay run makes a timesheet PROCESSED."]
    assert au.call("POST", path, [{"Status": "DRAFT"}])[0] == 200


def test_one_refused_element_keeps_all_from_being_saved(au):
    good, bad = au_sheet(au), au_sheet(au, "Kim", EmployeeID=UNKNOWN)
    status, payload = au.call("POST", "Timesheets", [good, bad])
    assert (status, payload["Type"]) == (400, "ValidationException")
    assert [bool(one["ValidationErrors"]) for one in payload["Elements"]] == [False, True]
    assert len(au.get("Timesheets")["Timesheets"]) == 1


# -- version 1: the rest


def test_employee_needs_three_fields(au):
    missing = [f"{key} is required" for key in ("FirstName", "LastName", "DateOfBirth")]
    assert au.reasons("POST", "Employees", [{"Email": "a@b.example"}]) == missing
    gone = {"FirstName": "A", "LastName": "B", "DateOfBirth": "1990-01-01", "TerminationDate": "2026-01-01"}
    assert au.call("POST", "Employees", [gone])[1]["Employees"][0]["Status"] == "TERMINATED"
    listed = au.get("Employees", where='Status=="TERMINATED"')["Employees"]
    assert [one["FirstName"] for one in listed] == ["A"]


def test_bodies_of_version_1_are_arrays(au):
    status, payload = au.call("POST", "Employees", {"FirstName": "A"})
    assert (status, payload["ErrorNumber"]) == (400, 14)


def test_pages_of_a_hundred(au):
    people = [{"FirstName": "P", "LastName": str(n), "DateOfBirth": "1990-01-01"} for n in range(120)]
    au.call("POST", "Employees", people)
    counts = [len(au.get("Employees", page=page)["Employees"]) for page in ("1", "2", "3")]
    assert counts == [100, 24, 0]


def test_only_what_changed_since(au):
    au.clock.advance(3600)
    person = au.employee("Kim")["EmployeeID"]
    au.call("POST", f"Employees/{person}", [{"JobTitle": "Foreman"}])
    status, payload = au.call("GET", "Employees", headers={"If-Modified-Since": "2026-06-15T00:30:00"})
    assert [one["EmployeeID"] for one in payload["Employees"]] == [person]


def test_pay_items_are_added_and_changed_in_one_object(au):
    rate = {"Name": "Night Hours", "EarningsType": "ORDINARYTIMEEARNINGS", "RateType": "MULTIPLE", "AccountCode": "477"}
    refusal = ["IsQualifyingEarnings is required"]
    assert au.reasons("POST", "PayItems", {"EarningsRates": [rate]}) == refusal
    status, payload = au.call("POST", "PayItems", {"EarningsRates": [{**rate, "IsQualifyingEarnings": True}]})
    assert status == 200
    assert len(payload["PayItems"]["EarningsRates"]) == 5
    assert len(payload["PayItems"]["LeaveTypes"]) == 3
    again = {**rate, "IsQualifyingEarnings": True, "AccountCode": "999", "RatePerUnit": "much"}
    assert len(au.reasons("POST", "PayItems", {"EarningsRates": [again]})) == 3
    long = {**rate, "Name": "n" * 101, "IsQualifyingEarnings": True}
    assert "must not exceed 100" in au.reasons("POST", "PayItems", {"EarningsRates": [long]})[0]


def test_requested_leave_is_listed_by_v2_alone_and_decided_once(au):
    assert len(au.get("LeaveApplications")["LeaveApplications"]) == 1
    asked = au.get("LeaveApplications/v2")["LeaveApplications"]
    request = next(one for one in asked if one["Title"] == "Long weekend")
    path = f"LeaveApplications/{request['LeaveApplicationID']}"
    assert (
        au.call("POST", f"{path}/reject")[1]["LeaveApplications"][0]["LeavePeriods"][0]["LeavePeriodStatus"]
        == "REJECTED"
    )
    assert au.call("POST", f"{path}/approve")[0] == 400
    scheduled = next(one for one in asked if one["Title"] == "Winter break")
    # Five working days of 7.6 hours within the fortnight from 29 June to 12 July.
    assert [one["NumberOfUnits"] for one in scheduled["LeavePeriods"]] == [38]


def test_one_draft_pay_run_a_calendar_and_posted_ones_stay(au):
    calendar = au.employee("Robin")["PayrollCalendarID"]
    run = au.call("POST", "PayRuns", [{"PayrollCalendarID": calendar}])[1]["PayRuns"][0]
    assert au.reasons("POST", "PayRuns", [{"PayrollCalendarID": calendar}]) == [
        "There is a draft pay run of this calendar already."
    ]
    slip = run["Payslips"][0]["PayslipID"]
    bonus = {"ReimbursementLines": [{"Amount": 50}]}
    before = au.get(f"Payslip/{slip}")["Payslip"]["NetPay"]
    assert au.call("POST", f"Payslip/{slip}", [bonus])[1]["Payslips"][0]["NetPay"] == before + 50
    au.call("POST", f"PayRuns/{run['PayRunID']}", [{"PayRunStatus": "POSTED"}])
    assert au.call("POST", f"PayRuns/{run['PayRunID']}", [{"PayRunStatus": "DRAFT"}])[0] == 400
    assert au.call("POST", f"Payslip/{slip}", [bonus])[0] == 400
    following = au.call("POST", "PayRuns", [{"PayrollCalendarID": calendar}])[1]["PayRuns"][0]
    assert following["PayRunPeriodStartDate"] == "/Date(1780876800000+0000)/"


# -- version 2


def test_envelope(nz):
    payload = nz.get("Employees")
    assert list(payload) == [
        "id",
        "providerName",
        "dateTimeUTC",
        "httpStatusCode",
        "pagination",
        "problem",
        "employees",
    ]
    assert payload["pagination"] == {"page": 1, "pageSize": 100, "pageCount": 1, "itemCount": 2}
    assert (payload["httpStatusCode"], payload["problem"]) == ("OK", None)
    assert nz.employee("Tui")["dateOfBirth"] == "1990-05-21T00:00:00"


def test_page_past_the_end(nz):
    status, payload = nz.call("GET", "Employees", page="2")
    assert (status, payload["httpStatusCode"]) == (400, "BadRequest")
    assert (payload["problem"]["title"], payload["problem"]["detail"]) == (
        "InvalidRequest",
        "Requested page does not exist",
    )
    assert nz.get("Timesheets", page="1")["timesheets"] == []


def test_ids_that_are_none_and_ids_that_are_unknown(nz):
    assert nz.call("GET", "Employees/robin") == (400, {"message": "The request is invalid."})
    status, payload = nz.call("GET", f"Employees/{UNKNOWN}")
    assert (status, payload["problem"]["title"]) == (404, "NotFound")
    assert payload["problem"]["detail"] == "Resource was not found"


def test_wrong_verb(nz, au):
    for office in (nz, au):
        status, payload = office.call("PATCH", "Employees")
        assert status == 405
        assert "PATCH" in payload["message"]


def test_required_fields_of_the_countries(nz, uk):
    least = {"FirstName", "LastName", "DateOfBirth", "Address"}
    assert set(nz.reasons("POST", "Employees", {})) == least
    assert set(uk.reasons("POST", "Employees", {})) == least | {"Title", "Gender"}
    person = nz.employee("Tui")["employeeID"]
    assert set(nz.reasons("POST", f"Employees/{person}/Employment", {})) == {
        "PayrollCalendarID",
        "StartDate",
        "EngagementType",
    }
    person = uk.employee("Ash")["employeeID"]
    assert "NiCategories" in uk.reasons("POST", f"Employees/{person}/Employment", {})


def test_timesheet_of_version_2_is_checked(nz):
    other = nz.employee("Jordan")["payrollCalendarID"]
    assert nz.reasons("POST", "Timesheets", nz_sheet(nz, payrollCalendarID=other)).keys() == {"PayrollCalendarID"}
    assert nz.reasons("POST", "Timesheets", nz_sheet(nz, end="2026-06-21")) == {
        "StartDate": "Provided period doesn't correspond with a pay period"
    }
    assert nz.reasons("POST", "Timesheets", nz_sheet(nz, day="2026-06-15")).keys() == {"Date"}
    assert nz.reasons("POST", "Timesheets", nz_sheet(nz, units=0)).keys() == {"NumberOfUnits"}
    assert nz.reasons("POST", "Timesheets", nz_sheet(nz, status="Approved")).keys() == {"Status"}
    assert nz.call("POST", "Timesheets", nz_sheet(nz))[0] == 200
    assert nz.reasons("POST", "Timesheets", nz_sheet(nz)) == {
        "StartDate": "Timesheet already exists for this employee and period"
    }


def test_approved_timesheet_of_version_2_is_closed_until_reverted(nz):
    body = nz_sheet(nz)
    sheet = nz.call("POST", "Timesheets", body)[1]["timesheet"]
    path = f"Timesheets/{sheet['timesheetID']}"
    line = f"{path}/Lines/{sheet['timesheetLines'][0]['timesheetLineID']}"
    assert nz.call("POST", f"{path}/Approve")[1]["timesheet"]["status"] == "Approved"
    closed = {"Status": "Only timesheets with a status of Draft can be changed"}
    assert nz.reasons("POST", f"{path}/Lines", body["timesheetLines"][0]) == closed
    assert nz.reasons("PUT", line, {"numberOfUnits": 1}) == closed
    assert nz.reasons("DELETE", line, None) == closed
    assert nz.reasons("DELETE", path, None) == closed
    assert nz.reasons("POST", f"{path}/Approve", None) == {"Status": "The timesheet is already approved"}
    assert nz.call("POST", f"{path}/RevertToDraft")[1]["timesheet"]["status"] == "Draft"
    assert nz.call("DELETE", line)[0] == 200
    assert nz.call("DELETE", path)[0] == 200
    assert nz.call("GET", path)[0] == 404


def test_timesheets_are_filtered(nz):
    nz.call("POST", "Timesheets", nz_sheet(nz))
    nz.call("POST", "Timesheets", nz_sheet(nz, "2026-06-15", "2026-06-21", "2026-06-16"))
    person, other = nz.employee("Tui")["employeeID"], nz.employee("Jordan")["employeeID"]
    counts = [
        len(nz.get("Timesheets", **args)["timesheets"])
        for args in (
            {"filter": f"employeeId=={person}"},
            {"filter": f"employeeId=={other}"},
            {"status": "Draft"},
            {"status": "Approved"},
            {"startDate": "2026-06-09"},
            {"endDate": "2026-06-14"},
        )
    ]
    assert counts == [2, 0, 2, 0, 1, 1]


def test_leave_needs_a_short_description(nz):
    person = nz.employee("Tui")["employeeID"]
    leave_type = nz.get("LeaveTypes")["leaveTypes"][0]["leaveTypeID"]
    days = {"leaveTypeID": leave_type, "startDate": "2026-07-06", "endDate": "2026-07-20"}
    assert set(nz.reasons("POST", f"Employees/{person}/Leave", days)) == {"Description"}
    long = nz.reasons("POST", f"Employees/{person}/Leave", {**days, "description": "d" * 51})
    assert long == {"description": "The description field must not exceed 50 characters."}
    leave = nz.call("POST", f"Employees/{person}/Leave", {**days, "description": "Travel"})[1]["leave"]
    assert [one["numberOfUnits"] for one in leave["periods"]] == [40, 40, 8]


def test_pay_runs_of_the_united_kingdom_are_read_only(uk):
    assert uk.get("PayRuns")["payRuns"] == []
    assert uk.call("POST", "PayRuns", {})[0] == 405


def test_what_is_not_imitated_says_so(nz):
    person = nz.employee("Tui")["employeeID"]
    assert nz.call("GET", f"Employees/{person}/LeaveSetup")[0] == 501
    assert nz.call("GET", "StatutoryLeaves")[0] == 501
    assert nz.call("GET", "Nonsense")[0] == 404


# -- both


@pytest.mark.parametrize(
    ("seed", "version"), [("demo-au", "1.0"), ("demo-au", "2.0"), ("demo-nz", "2.0"), ("demo-uk", "2.0")]
)
def test_every_list_parses_into_the_clients_models_and_has_no_key_beyond(seed, version):
    office = Office(seed, version)
    api = office.organisation.payroll.versions[version]
    package = MODELS[office.organisation.country, version]
    models = __import__(f"xero_python.{package}.models", fromlist=["models"])
    for spec in api.specs.values():
        if "GET" not in spec.verbs or not spec.id_key:
            continue
        for element in office.get(spec.name)[spec.plural]:
            assert {key.lower() for key in element} <= set(Contract(package).fields(spec.model)), spec.name
            deserialize(spec.model, element, ModelFinder(models))


NONSENSE = (
    b"",
    b"{",
    b"[]",
    b"[1]",
    b"[null]",
    b"null",
    b'"x"',
    b"[[]]",
    b'[{"StartDate": "0001-01-01"}]',
    b'{"a": {}}',
    b"\xff",
)


@pytest.mark.parametrize(
    ("seed", "version"), [("demo-au", "1.0"), ("demo-au", "2.0"), ("demo-nz", "2.0"), ("demo-uk", "2.0")]
)
def test_nonsense_is_refused(seed, version):
    office = Office(seed, version)
    for spec in office.organisation.payroll.versions[version].specs.values():
        for path in (spec.name, f"{spec.name}/{UNKNOWN}", f"{spec.name}/x/y/z"):
            for method in ("POST", "PUT", "DELETE"):
                for raw in NONSENSE:
                    status, _payload = office.call(method, path, raw=raw)
                    assert status in (200, 400, 404, 405, 501), (method, path, raw)
        for args in (
            {"page": "x"},
            {"page": "-1"},
            {"where": "(("},
            {"order": "Nope"},
            {"startDate": "x"},
            {"filter": "=="},
        ):
            assert office.call("GET", spec.name, **args)[0] in (200, 400, 405)


ODD = ("", "x", "2026-06-08", "9999-12-31", "/Date(1)/", 0, -1, 1e14, True, [], {}, ["x"], [{}], {"x": 1}, UNKNOWN)


@pytest.mark.parametrize(("seed", "version"), APIS)
@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_odd_values_never_break_a_call(seed, version, odd):
    """Every key of every resource with a value it does not expect, alone and beside good ones."""
    office = Office(seed, version)
    api = office.organisation.payroll.versions[version]
    if version == "1.0":
        office.call("POST", "PayRuns", [{"PayrollCalendarID": office.employee("Robin")["PayrollCalendarID"]}])
    for spec in api.specs.values():
        fields = [] if spec.whole else api.contract.fields(spec.model).values()
        known = {key: _likely(key) for key in spec.required}
        table = office.organisation.store.tables.get(spec.table_name)
        rows = [row[table.id_key] for row in table] if table else []
        for field in fields:
            parts = _below(api.contract, field, odd)
            for body in ({field.key: odd}, {**known, field.key: odd}, *({**known, field.key: [one]} for one in parts)):
                for path in (spec.name, f"{spec.name}/{rows[0] if rows else UNKNOWN}"):
                    sent = [body] if version == "1.0" and spec.name != "PayItems" else body
                    status, _payload = office.call("POST", path, sent)
                    assert status in (200, 400, 404, 405), (path, body)
        for part in spec.parts:
            status, _payload = office.call("POST", f"{spec.name}/{rows[0] if rows else UNKNOWN}/{part}", {"x": odd})
            assert status in (200, 400, 404, 405), (part, odd)


def _below(contract, field, odd):
    """Parts of a list of objects, each with one odd value."""
    if field.kind != "list" or field.model in ("str", "float", "bool"):
        return []
    return [{below.key: odd} for below in contract.fields(field.model).values()]


def _likely(key):
    """A value that could stand under a required key."""
    if key == "address":
        return {"addressLine1": "1 Road"}
    if "Date" in key:
        return "2026-06-08"
    return UNKNOWN if key.endswith("ID") else "Weekly"
