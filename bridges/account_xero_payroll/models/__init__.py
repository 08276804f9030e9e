from . import (
    account_analytic_line,
    hr_employee,
    hr_leave,
    hr_version,
    xero_connection_payroll,
    xero_leave_balance,
    xero_pay_mapping,
    xero_pay_run,
    xero_payroll_reference,
    xero_timekeeper,
    xero_timesheet,
)
