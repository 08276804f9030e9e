from . import employee, employee_in, leave, leave_in, pay_run, payroll, timekeeper, timesheet
from . import payroll2, employee2, leave2, pay_run2, timesheet2  # isort: skip
