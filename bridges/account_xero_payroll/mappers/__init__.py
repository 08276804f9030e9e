from . import employee, employee_in, leave, leave_in, pay_run, payroll, timekeeper, timesheet
