"""People, hours and leave for the pictures of the payroll; in Odoo's shell, which gives ``env`` and ``args``.

Two steps: hours that go to Xero and are approved there; and what came of them, once Xero has run the payroll.
"""

# ruff: noqa: F821
from datetime import date, timedelta

connection = env["xero.connection"].browse(args["connection"])
company = connection.company_id
env = env(context={**env.context, "allowed_company_ids": company.ids})
connection = connection.with_env(env)
FIRST_WEEK = date(2026, 6, 1)  # the simulator's calendars begin with it


def export():
    env.cr.commit()
    env["xero.exporter"]._run(connection)
    env.cr.commit()


def read():
    connection.action_reimport()
    env.cr.commit()
    env["xero.importer"]._run(connection)
    env.cr.commit()


def of_xero():
    links = env["xero.binding"].search([("connection_id", "=", connection.id), ("model", "=", "hr.employee")])
    return env["hr.employee"].browse(links.mapped("res_id")).sorted("name")


def hours_of(employee, project, monday, hours):
    for number, units in enumerate(hours):
        env["account.analytic.line"].create(
            {
                "name": "Bench work",
                "employee_id": employee.id,
                "project_id": project.id,
                "date": monday + timedelta(days=number),
                "unit_amount": units,
                "company_id": company.id,
            }
        )


def approve(employee, start):
    sheet = env["xero.timesheet"].search([("employee_id", "=", employee.id), ("start_date", "=", start)], limit=1)
    link = env["xero.binding"].search([("model", "=", "xero.timesheet"), ("res_id", "=", sheet.id)])
    if link.external_id:
        with connection._get_client() as client:
            client.post(f"PayrollTimesheets/{link.external_id}/Approve", {}, f"approve-{sheet.id}")


if args["step"] == "hours":
    read()
    people = of_xero()
    others = env["hr.employee"].search([("company_id", "=", company.id)]) - people
    others.write({"xero_do_not_export": True, "xero_do_not_export_reason": "Paid by another company"})
    connection.send_timesheets = connection.send_leave = True
    project = env["project.project"].create({"name": "Oak Kitchen", "allow_timesheets": True, "company_id": company.id})
    monday = date.today() - timedelta(days=date.today().weekday() + 14)
    for employee in people:
        hours_of(employee, project, FIRST_WEEK, (8, 7.5, 8, 6, 4))
        hours_of(employee, project, monday, (8, 8, 7.25, 0, 8))
    export()
    for employee in people:
        approve(employee, FIRST_WEEK)
    result = {}
else:
    read()
    people = of_xero()
    # Hours that come when the week has been paid: they stand on the next open sheet, marked.
    project = env["project.project"].search([("name", "=", "Oak Kitchen"), ("company_id", "=", company.id)], limit=1)
    late = people.filtered(lambda one: one.xero_pay_calendar_id.kind == "WEEKLY")[:1] or people[:1]
    hours_of(late, project, FIRST_WEEK + timedelta(days=4), (1.5,))
    export()
    result = {"employee": late.id}
