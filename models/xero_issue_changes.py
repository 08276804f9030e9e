from odoo import api, fields, models
from odoo.exceptions import UserError

CHANGED = ("changed_in_xero", "withdrawn_in_xero")
# What can be chosen on the document itself: key of the button -> what the error does.
CHOICES = {
    "take_xeros": "action_take_xeros",
    "send_odoos": "action_send_odoos",
    "reissue_xeros": "action_reissue",
    "credit_and_reissue": "action_credit_and_reissue",
}


class XeroIssue(models.Model):
    """The ways out where somebody changed a document in Xero."""

    _inherit = "xero.issue"

    def action_take_xeros(self):
        """Make the document in Odoo what Xero has, or cancel it where Xero has withdrawn it."""
        return self._choose("xero", self.env._("Xero's version is read and taken over."))

    def action_send_odoos(self):
        """Send Odoo's version; what was withdrawn in Xero is made there again."""
        return self._choose("odoo", self.env._("Odoo's version is on its way to Xero."))

    def action_reissue(self):
        """Credit the document in Odoo and issue it again as Xero has it."""
        return self._choose("reissue", self.env._("The document is credited and issued again as Xero has it."))

    def _choose(self, choice, words):
        """Remember the choice and have Xero's version read again: what is settled is the newest one."""
        self._check_may_act()
        self.ensure_one()
        issue = self.sudo()
        domain = [("model", "=", issue.model), ("res_id", "=", issue.res_id), ("external_id", "!=", False)]
        binding = self.env["xero.binding"].sudo().search([("connection_id", "=", issue.connection_id.id), *domain])
        if issue.code not in CHANGED or issue.state != "open" or not binding:
            raise UserError(self.env._("There is nothing to choose here any more."))
        binding.agreed = {**(binding.agreed or {}), "choice": choice}
        issue._ask_to_read(binding)
        return issue.connection_id._notify("success", self.env._("Chosen"), words)

    def _ask_to_read(self, binding):
        """The importer reads one by one what stands to be retried."""
        self.create(
            {
                "connection_id": self.connection_id.id,
                "code": self.code,
                "values": self.values,
                "model": self.model,
                "res_id": self.res_id,
                "direction": "in",
                "resource": binding.resource,
                "external_id": binding.external_id,
                "state": "retry",
                "last_date": fields.Datetime.now(),
            }
        )
        self.connection_id._wake_import()


class AccountMove(models.Model):
    """The ways out beside what is wrong, on the document itself."""

    _inherit = "account.move"

    xero_choices = fields.Char(compute="_compute_xero_choices", groups="account_xero.group_xero_user")

    @api.depends_context("company", "allowed_company_ids")
    def _compute_xero_choices(self):
        for move in self:
            offered = [button for issue in move._xero_choice_issues() for button in issue.buttons.split()]
            move.xero_choices = " ".join(button for button in offered if button in CHOICES) or False

    def _xero_choice_issues(self):
        issues = self._xero_open_issues() if self.id else self.env["xero.issue"]
        return issues.filtered(lambda issue: (issue.model, issue.res_id) == (self._name, self.id) and issue.buttons)

    def action_xero_choose(self):
        """Do what the pressed button (``xero_choice`` in the context) says.

        :raises UserError: nothing is open any more
        """
        self.ensure_one()
        choice = self.env.context.get("xero_choice")
        issue = self._xero_choice_issues().filtered(lambda issue: choice in issue.buttons.split())[:1]
        if choice not in CHOICES or not issue:
            raise UserError(self.env._("There is nothing to choose here any more."))
        return getattr(issue.sudo(False), CHOICES[choice])()


class XeroBinding(models.Model):
    _inherit = "xero.binding"

    @api.model
    def _record_many(self, connection, rows):
        """A linked contact lets in the documents that waited for it."""
        result = super()._record_many(connection, rows)
        if any(row.get("resource") == "Contacts" and row.get("external_id") for row in rows):
            self.env["xero.issue"]._mended_code(["contact_unlinked"], connection)
        return result
