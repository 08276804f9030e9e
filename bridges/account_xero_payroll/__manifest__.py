{
    "name": "Xero Connector: Payroll",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "summary": "Employees, hours and leave with Xero Payroll; pay items, pay runs and balances beside the employee",
    "author": "The Xero Connector developers",
    "license": "LGPL-3",
    "icon": "/account_xero/static/description/icon.png",
    "depends": ["account_xero", "hr_timesheet", "hr_holidays"],
    "data": [
        "security/ir.model.access.csv",
        "security/account_xero_payroll_rules.xml",
        "views/xero_connection_views.xml",
        "views/res_config_settings_views.xml",
        "views/xero_payroll_views.xml",
        "views/hr_employee_views.xml",
    ],
    "auto_install": True,
}
