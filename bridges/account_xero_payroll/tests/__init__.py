from . import test_access, test_employees, test_overview, test_timesheets
