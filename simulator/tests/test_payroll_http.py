"""Payroll over HTTP: Xero's own Python client works against it with nothing changed but the address."""

from datetime import date

import pytest
import requests
from visitor import TIMEOUT
from xero_python.api_client import ApiClient as XeroClient
from xero_python.api_client.configuration import Configuration
from xero_python.api_client.oauth2 import OAuth2Token
from xero_python.payrollau import Employee as AuEmployee
from xero_python.payrollau import PayrollAuApi, TimesheetStatus
from xero_python.payrollau import Timesheet as AuTimesheet
from xero_python.payrollau import TimesheetLine as AuLine
from xero_python.payrollauv2 import PayrollAuV2Api
from xero_python.payrollnz import EmployeeLeave, PayrollNzApi, Timesheet, TimesheetLine
from xero_python.payrolluk import Address, Employee, Employment, NICategory, NICategoryLetter, PayrollUkApi

from simulator.server import XeroSimulator
from simulator.steering import Steering, SteeringRefused

VERSIONS = {PayrollAuApi: "1.0", PayrollAuV2Api: "2.0", PayrollNzApi: "2.0", PayrollUkApi: "2.0"}


@pytest.fixture(scope="module")
def world():
    with XeroSimulator("demo-au") as simulator:
        yield simulator


@pytest.fixture
def client(world):
    """Makes one of xero-python's payroll APIs and the tenant id to call it with, over a fresh seed."""

    def make(api, seed):
        world.world.reset(seed)
        tokens = Steering(world.url).token()
        stored = {
            "access_token": tokens["access_token"],
            "refresh_token": tokens["refresh_token"],
            "expires_in": 1800,
            "token_type": "Bearer",
            "scope": ["payroll.employees"],
            "expires_at": 4_000_000_000,
            "id_token": "none",
        }
        oauth = OAuth2Token(client_id=world.client_id, client_secret=world.client_secret)
        oauth.update_token(**stored)
        api_client = XeroClient(Configuration(oauth2_token=oauth), oauth2_token_getter=lambda: stored)
        api_client.oauth2_token_saver(lambda token: None)
        return api(api_client, base_url=f"{world.url}/payroll.xro/{VERSIONS[api]}"), tokens["tenant_id"]

    return make


def test_australia_from_employee_to_posted_pay_run(client):
    api, tenant = client(PayrollAuApi, "demo-au")
    rates = api.get_pay_items(tenant).pay_items.earnings_rates
    ordinary = next(rate for rate in rates if rate.name == "Ordinary Hours").earnings_rate_id
    weekly = next(one for one in api.get_payroll_calendars(tenant).payroll_calendars if one.name == "Weekly")

    made = api.create_employee(
        tenant,
        [
            AuEmployee(
                first_name="Pat",
                last_name="Newcomer",
                date_of_birth=date(1990, 1, 2),
                payroll_calendar_id=weekly.payroll_calendar_id,
                ordinary_earnings_rate_id=ordinary,
            )
        ],
    ).employees[0]
    assert api.get_employee(tenant, made.employee_id).employees[0].date_of_birth == date(1990, 1, 2)
    assert "Pat" in [one.first_name for one in api.get_employees(tenant, where='Status=="ACTIVE"').employees]

    sheet = api.create_timesheet(
        tenant,
        [
            AuTimesheet(
                employee_id=made.employee_id,
                start_date=date(2026, 6, 1),
                end_date=date(2026, 6, 7),
                status=TimesheetStatus.APPROVED,
                timesheet_lines=[AuLine(earnings_rate_id=ordinary, number_of_units=[8, 8, 0, 0, 0, 0, 0])],
            )
        ],
    ).timesheets[0]
    assert api.get_timesheet(tenant, sheet.timesheet_id).timesheet.hours == 16
    run = api.create_pay_run(tenant, [{"PayrollCalendarID": weekly.payroll_calendar_id}]).pay_runs[0]
    assert (run.pay_run_period_start_date, run.payment_date) == (date(2026, 6, 1), date(2026, 6, 9))
    slip = next(one for one in run.payslips if one.last_name == "Field")
    # 38 hours at 38.50 and 2 at one and a half times that.
    assert slip.wages == 1578.5
    assert api.get_payslip(tenant, slip.payslip_id).payslip.timesheet_earnings_lines[1].rate_per_unit == 57.75
    api.update_pay_run(tenant, run.pay_run_id, [{"PayRunStatus": "POSTED"}])
    assert api.get_timesheet(tenant, sheet.timesheet_id).timesheet.status.value == "PROCESSED"


def test_australia_reads_everything(client):
    api, tenant = client(PayrollAuApi, "demo-au")
    assert len(api.get_employees(tenant).employees) == 4
    assert {one.calendar_type.value for one in api.get_payroll_calendars(tenant).payroll_calendars} == {
        "WEEKLY",
        "FORTNIGHTLY",
    }
    assert api.get_superfunds(tenant).super_funds[0].name == "Southern Cross Super"
    assert api.get_superfund_products(tenant, usi="OSF0001AU").super_fund_products
    assert api.get_settings(tenant).settings.accounts[0].code == "477"
    assert len(api.get_leave_applications(tenant).leave_applications) == 1
    asked = api.get_leave_applications_v2(tenant).leave_applications
    assert len(asked) == 2
    request = next(one for one in asked if one.title == "Long weekend")
    approved = api.approve_leave_application(tenant, request.leave_application_id).leave_applications[0]
    assert approved.leave_periods[0].leave_period_status.value == "SCHEDULED"


def test_australia_version_2_shares_its_timesheets_with_version_1(client):
    api, tenant = client(PayrollAuV2Api, "demo-au")
    sheet = api.get_timesheets(tenant).timesheets[0]
    whole = api.get_timesheet(tenant, sheet.timesheet_id).timesheet
    assert (whole.total_hours, len(whole.timesheet_lines), whole.status) == (40, 6, "Approved")
    assert api.revert_timesheet(tenant, sheet.timesheet_id).timesheet.status == "Draft"
    # What the client takes a deleted timesheet for, a line, cannot be read from any answer.
    api.delete_timesheet(tenant, sheet.timesheet_id, _preload_content=False)
    assert api.get_timesheets(tenant).timesheets == []


def test_new_zealand_timesheet_and_leave(client):
    api, tenant = client(PayrollNzApi, "demo-nz")
    employee = api.get_employees(tenant, filter="firstName==Tui").employees[0]
    rate = next(one for one in api.get_earnings_rates(tenant).earnings_rates if one.name == "Ordinary Time")
    line = TimesheetLine(date=date(2026, 6, 2), earnings_rate_id=rate.earnings_rate_id, number_of_units=8)
    sheet = api.create_timesheet(
        tenant,
        Timesheet(
            payroll_calendar_id=employee.payroll_calendar_id,
            employee_id=employee.employee_id,
            start_date=date(2026, 6, 1),
            end_date=date(2026, 6, 7),
            timesheet_lines=[line],
        ),
    ).timesheet
    line.number_of_units = 3
    added = api.create_timesheet_line(tenant, sheet.timesheet_id, line).timesheet_line
    assert api.get_timesheet(tenant, sheet.timesheet_id).timesheet.total_hours == 11
    line.number_of_units = 2
    api.update_timesheet_line(tenant, sheet.timesheet_id, added.timesheet_line_id, line)
    assert api.approve_timesheet(tenant, sheet.timesheet_id).timesheet.total_hours == 10
    run = api.create_pay_run(tenant, {"payrollCalendarID": employee.payroll_calendar_id}).pay_run
    assert run.total_pay == 315
    assert api.get_pay_slips(tenant, run.pay_run_id).pay_slips[0].last_name == "Rivers"

    leave_type = next(one for one in api.get_leave_types(tenant).leave_types if one.name == "Annual Leave")
    leave = EmployeeLeave(
        leave_type_id=leave_type.leave_type_id,
        description="Week off",
        start_date=date(2026, 7, 6),
        end_date=date(2026, 7, 10),
    )
    saved = api.create_employee_leave(tenant, employee.employee_id, leave).leave
    assert saved.periods[0].number_of_units == 40
    assert api.get_employee_leave_balances(tenant, employee.employee_id).leave_balances[0].balance == 56
    assert len(api.get_employee_leaves(tenant, employee.employee_id).leave) == 1
    api.delete_employee_leave(tenant, employee.employee_id, saved.leave_id)
    assert api.get_employee_leave_balances(tenant, employee.employee_id).leave_balances[0].balance == 96


def test_united_kingdom_employee_and_employment(client):
    api, tenant = client(PayrollUkApi, "demo-uk")
    made = api.create_employee(
        tenant,
        Employee(
            title="Mx",
            first_name="Pat",
            last_name="Newcomer",
            date_of_birth=date(1990, 1, 2),
            gender="F",
            address=Address(address_line1="1 High Street", city="Oakham", post_code="LE15 6ZZ"),
        ),
    ).employee
    assert made.payroll_calendar_id in (None, "None")  # the client makes a text of null
    calendar = api.get_pay_run_calendars(tenant).pay_run_calendars[0]
    api.create_employment(
        tenant,
        made.employee_id,
        Employment(
            payroll_calendar_id=calendar.payroll_calendar_id,
            start_date=date(2026, 6, 1),
            employee_number="3",
            ni_categories=[
                NICategory(start_date=date(2026, 6, 1), ni_category=NICategoryLetter.A, workplace_postcode="LE15 6AA")
            ],
        ),
    )
    assert api.get_employee(tenant, made.employee_id).employee.payroll_calendar_id == calendar.payroll_calendar_id
    assert api.get_benefits(tenant).benefits[0].name == "Workplace Pension"
    assert api.get_pay_runs(tenant).pay_runs == []


# -- who may


def call(world, tokens, path, method="GET", **more):
    headers = {"Authorization": f"Bearer {tokens['access_token']}", "Xero-Tenant-Id": tokens["tenant_id"]}
    return requests.request(method, f"{world.url}/payroll.xro/{path}", headers=headers, timeout=TIMEOUT, **more)


@pytest.mark.parametrize(
    ("seed", "path", "status"),
    [
        ("demo-au", "1.0/Employees", 200),
        ("demo-au", "2.0/Timesheets", 200),
        ("demo-nz", "1.0/Employees", 401),
        ("demo-nz", "2.0/Employees", 200),
        ("demo-us", "2.0/Employees", 401),
        ("demo-us", "1.0/WorkLocations", 200),
        ("empty", "2.0/Employees", 401),
        ("demo-au", "3.0/Employees", 401),
        ("demo-au", "", 401),
    ],
)
def test_each_country_has_its_own_payroll(world, seed, path, status):
    """xero-api.md 4.13: 401 where payroll is not provisioned or the region is another."""
    world.world.reset(seed)
    reply = call(world, Steering(world.url).token(), path)
    assert reply.status_code == status, reply.text
    if status == 401:
        assert reply.json()["Detail"] == "AuthorizationUnsuccessful"


def test_work_locations_of_the_united_states(world):
    world.world.reset("demo-us")
    locations = call(world, Steering(world.url).token(), "1.0/WorkLocations").json()["WorkLocations"]
    assert [one["City"] for one in locations if one["IsPrimary"]] == ["Portland"]


def test_user_without_payroll_rights_gets_401(world):
    world.world.reset("demo-au")
    grants, (_admin, other) = world.world.grants, world.world.users
    tenant_id = world.tenants[0]["tenant_id"]
    grant = grants.consent(world.world.app, other, [tenant_id], ["payroll.employees"])
    tokens = {**grants.issue(grant, world.url), "tenant_id": tenant_id}
    reply = call(world, tokens, "1.0/Employees")
    assert (reply.status_code, reply.json()["Title"]) == (401, "Unauthorized")


def test_scopes_are_those_of_the_resource(world):
    world.world.reset("demo-au")
    tokens = Steering(world.url).token("payroll.employees.read payroll.timesheets")
    assert call(world, tokens, "1.0/Employees").status_code == 200
    assert call(world, tokens, "1.0/Employees", "POST", json=[{}]).status_code == 401
    assert call(world, tokens, "2.0/Timesheets").status_code == 200
    refused = call(world, tokens, "1.0/PayItems")
    assert refused.headers["WWW-Authenticate"] == "Bearer error=insufficient_scope"


# -- steering


def test_state_of_payroll(world):
    world.world.reset("demo-au")
    steering = Steering(world.url)
    assert {one["Status"] for one in steering.state("Payroll/Timesheets")} == {"APPROVED"}
    assert len(steering.state("Payroll/Employees")) == 4
    for unknown in ("Payroll/Invoices", "Payroll", "Files/Employees"):
        with pytest.raises(SteeringRefused):
            steering.state(unknown)


@pytest.mark.parametrize("seed", ["demo-au", "demo-nz", "demo-uk"])
def test_payroll_is_run_from_xeros_own_screens(world, seed):
    world.world.reset(seed)
    steering = Steering(world.url)
    first = steering.act("run-payroll", calendar="weekly")
    assert (first["from"], first["to"]) == ("2026-06-01", "2026-06-07")
    assert steering.act("run-payroll", calendar="Weekly")["from"] == "2026-06-08"
    if seed == "demo-au":
        assert {one["Status"] for one in steering.state("Payroll/Timesheets")} == {"PROCESSED"}
    with pytest.raises(SteeringRefused, match="no calendar is called 'Daily'"):
        steering.act("run-payroll", calendar="Daily")


@pytest.mark.parametrize("seed, path", [("demo-au", "1.0/PayItems"), ("demo-nz", "2.0/EarningsRates")])
def test_payroll_that_is_not_set_up(world, seed, path):
    world.world.reset(seed)
    steering = Steering(world.url)
    told = steering.act("set-up-payroll", ready=False, demo=False)
    assert told == {"ready": False, "IsDemoCompany": False}
    assert _get(world, f"payroll.xro/{path}").status_code == 401
    steering.snapshot()
    steering.restore()
    assert _get(world, f"payroll.xro/{path}").status_code == 401
    steering.act("set-up-payroll", ready=True)
    assert _get(world, f"payroll.xro/{path}").status_code == 200


def test_actions_tell_who_administers_the_payroll(world):
    world.world.reset("demo-nz")
    for user, status in (("alex@demo.example", "ALLOWED"), ("sam@demo.example", "NOT-ALLOWED")):
        actions = _get(world, "api.xro/2.0/Organisation/Actions", user).json()["Actions"]
        assert {one["Name"]: one["Status"] for one in actions}["AdministerPayroll"] == status


def _get(world, path, user="alex@demo.example"):
    token = Steering(world.url).token(user=user)
    headers = {"Authorization": f"Bearer {token['access_token']}", "Xero-Tenant-Id": token["tenant_id"]}
    return requests.get(f"{world.url}/{path}", headers={**headers, "Accept": "application/json"}, timeout=TIMEOUT)


def test_payroll_is_not_run_where_there_is_none(world):
    world.world.reset("demo-us")
    with pytest.raises(SteeringRefused, match="has no payroll"):
        Steering(world.url).act("run-payroll", calendar="Weekly")
