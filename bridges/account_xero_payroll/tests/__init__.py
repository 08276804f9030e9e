from . import test_access, test_employees, test_timesheets
