from . import (
    test_access,
    test_allocation,
    test_employees,
    test_leave,
    test_overview,
    test_pay_runs,
    test_privacy,
    test_timesheet_steps,
    test_timesheets,
    test_version2,
)
