from odoo import api, models
from odoo.tools.translate import LazyTranslate

from odoo.addons.account_xero.models.xero_sharing import DASHBOARD, PEOPLE, Always, Entity, Switch

_lt = LazyTranslate(__name__)

ACCESS = "allow_payroll"
READ = Always(_lt("Read with the payroll"), ACCESS)
ENTITIES = (
    Entity(
        "payroll",
        PEOPLE,
        (_lt("Access to the Payroll"), _lt("Payroll")),
        (Switch("allow_payroll"), None),
        ((_lt("Connection"), ""),),
    ),
    Entity(
        "employees",
        PEOPLE,
        (_lt("Employees"), _lt("Employees")),
        (Switch("import_employees", "Employees", needs=ACCESS), Switch("export_employees", "Employees", needs=ACCESS)),
        ((_lt("Employees"), DASHBOARD),),
    ),
    Entity("salaries", PEOPLE, (_lt("Wages"), _lt("Employee Salary")), (READ, None)),
    Entity("pay_items", PEOPLE, (_lt("Pay Items"), _lt("Pay Items")), (READ, None)),
    Entity("pay_runs", PEOPLE, (_lt("Pay Runs"), _lt("Pay Runs")), (READ, None)),
    Entity("pay_schedules", PEOPLE, (_lt("Pay Periods"), _lt("Payroll Calendars")), (READ, None)),
    Entity(
        "timesheets",
        PEOPLE,
        (_lt("Timesheets"), _lt("Timesheets")),
        (None, Switch("send_timesheets", "Timesheets", needs=ACCESS)),
        ((_lt("Hours Worked"), DASHBOARD),),
    ),
    Entity(
        "leave",
        PEOPLE,
        (_lt("Time Off"), _lt("Leave Applications")),
        (
            Switch("import_leave", "LeaveApplications", needs=ACCESS),
            Switch("send_leave", "LeaveApplications", needs=ACCESS),
        ),
    ),
)


class XeroSharing(models.AbstractModel):
    _inherit = "xero.sharing"

    @api.model
    def _entities(self):
        return (*super()._entities(), *ENTITIES)
