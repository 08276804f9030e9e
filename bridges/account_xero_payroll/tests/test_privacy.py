"""Nothing personal where it does not belong."""

import logging

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .payroll_case import PayrollCase

# What Xero knows of Robin and Odoo may never see, wherever it would be.
NEVER = ("482913765", "013-148", "67843219", "TOTHEBANK")
# What Odoo may know of Robin where HR keeps it, and nowhere in the machinery.
PERSONAL = ("Quarry Lane", "Fitzroy Gardens", "574300800000", "1988-03-14", "robin.private", "robin.field@")
MACHINERY = "xero_%"
# Where people are named on purpose: what was synced, and when; names of records are read there by those who may.
NAMED = {"xero_history"}
# Loggers of Odoo that write statements and frames down when they are told to; nothing of ours.
ODOOS_OWN = ("odoo.sql_db", "odoo.tools.translate")


def tables_with(env, words, pattern="%"):
    """Names of the tables with a row in which one of the words stands."""
    env.flush_all()
    env.cr.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE %s", [pattern])
    found = []
    for (table,) in env.cr.fetchall():
        env.cr.execute(
            f'SELECT 1 FROM "{table}" x WHERE x::text LIKE ANY(%s) LIMIT 1', [[f"%{word}%" for word in words]]
        )
        found += [table] if env.cr.fetchone() else []
    return found


@tagged("post_install", "-at_install")
class TestPrivacy(PayrollCase):
    def _tell_xero(self):
        """Robin's bank account and tax number are entered in Xero."""
        body = [
            {
                "EmployeeID": self._binding(self.robin).external_id,
                "TaxDeclaration": {"TaxFileNumber": NEVER[0], "EmploymentBasis": "FULLTIME"},
                "BankAccounts": [
                    {"StatementText": NEVER[3], "AccountName": "Robin", "BSB": NEVER[1], "AccountNumber": NEVER[2]}
                ],
            }
        ]
        with self.connection._get_client() as client:
            answer = client.post(f"Employees/{body[0]['EmployeeID']}", body, "bank")
        self.assertFalse([word for word in NEVER if word in str(answer.payload)])
        self.xero.advance(5)

    def test_scan(self):
        """S2-25: bank accounts and tax numbers are in no table; the machinery keeps nothing personal, logs neither."""
        self._tell_xero()
        with self.assertLogs("odoo", logging.DEBUG) as logs:
            self.connection.action_reimport()
            self._import()
            self.robin.private_street2 = "Fitzroy Gardens"
            self._work(self.robin, "2026-06-16", 3)
            self._export()
            self.xero.add_fault("status", method="POST", path="Employees", status=400, times=2, body=REFUSAL)
            self.robin.private_street2 = "Fitzroy Gardens 2"
            self._export()
            self.robin.birthday = False
            self._work(self.robin, "2026-06-17", 3)
            self._export()
        self.assertEqual(self._issues().mapped("code"), ["employee_incomplete"])
        self.assertIn("Robin Field", str(self._issues().mapped("text")))  # named where they are shown alone
        self.assertFalse(tables_with(self.env, NEVER))
        self.assertFalse(tables_with(self.env, PERSONAL, MACHINERY))
        self.assertFalse(set(tables_with(self.env, ("Robin", "Field"), MACHINERY)) - NAMED)
        told = [line for line in logs.output if any(word in line for word in (*NEVER, *PERSONAL, "Robin Field"))]
        self.assertFalse([line[:200] for line in told if not any(name in line for name in ODOOS_OWN)])
        self.assertTrue(tables_with(self.env, ("Quarry Lane",)))  # the scan finds what is there

    def test_previews_are_for_hr(self):
        """S2-25: what leaves about a person, as a preview of a leave shows it too, is for HR alone."""
        annual = self.env["hr.leave.type"].create(
            {"name": "Annual Leave", "requires_allocation": False, "company_id": self.company.id}
        )
        leave = self.env["hr.leave"].create(
            {
                "employee_id": self.robin.id,
                "holiday_status_id": annual.id,
                "request_date_from": "2026-06-25",
                "request_date_to": "2026-06-26",
            }
        )
        company = {"company_id": self.company.id, "company_ids": [Command.set(self.company.ids)]}
        groups = "account.group_account_user,hr_holidays.group_hr_holidays_responsible"
        accountant = new_test_user(self.env, "curious", groups=groups, **company)
        self.robin.leave_manager_id = accountant
        preview = (
            self.env["xero.preview"].with_user(accountant).create({"model": leave._name, "res_ids": str(leave.id)})
        )
        self.assertTrue(leave.with_user(accountant).has_access("read"))
        with self.assertRaises(AccessError):
            preview._records()
        accountant.group_ids |= self.env.ref("hr.group_hr_user")
        self.assertEqual(preview._records(), leave)


REFUSAL = {
    "ErrorNumber": 10,
    "Type": "ValidationException",
    "Message": "A validation exception occurred",
    "Elements": [
        {
            "ValidationErrors": [
                {"Message": "The address 'Fitzroy Gardens 2' of robin.private@wattle.example is unknown."}
            ]
        }
    ],
}
