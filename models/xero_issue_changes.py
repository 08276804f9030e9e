from odoo import api, fields, models
from odoo.exceptions import UserError

CHANGED = ("changed_in_xero", "withdrawn_in_xero")


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


class XeroBinding(models.Model):
    _inherit = "xero.binding"

    @api.model
    def _record_many(self, connection, rows):
        """A linked contact lets in the documents that waited for it."""
        result = super()._record_many(connection, rows)
        if any(row.get("resource") == "Contacts" and row.get("external_id") for row in rows):
            self.env["xero.issue"]._mended_code(["contact_unlinked"], connection)
        return result
