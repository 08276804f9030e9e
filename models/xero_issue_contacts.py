from odoo import api, fields, models
from odoo.exceptions import UserError

from ..mappers.contact_changes import UNUSABLE


class XeroIssue(models.Model):
    """The ways out where it is not certain which partner a contact of Xero is."""

    _inherit = "xero.issue"

    candidate_ids = fields.Many2many("res.partner", compute="_compute_candidate_ids", string="Contacts Like It")
    candidate_id = fields.Many2one(
        "res.partner",
        compute="_compute_candidate_id",
        inverse="_inverse_candidate_id",
        string="It Is This Contact",
        help="The contact in Odoo that this contact of Xero is; others than the proposed ones may be chosen.",
    )

    @api.depends("values")
    def _compute_candidate_ids(self):
        partners = self.env["res.partner"]
        for issue in self:
            ids = (issue.values or {}).get("partner_ids", []) if issue.code == "contact_ambiguous" else []
            issue.candidate_ids = partners.browse(ids).exists()

    @api.depends("values")
    def _compute_candidate_id(self):
        for issue in self:
            choice = (issue.values or {}).get("choice")
            chosen = self.env["res.partner"].browse(choice if isinstance(choice, int) else []).exists()
            issue.candidate_id = chosen or (issue.candidate_ids if len(issue.candidate_ids) == 1 else False)

    def _inverse_candidate_id(self):
        for issue in self.filtered("candidate_id"):
            issue._check_free(issue.candidate_id)
            issue.sudo().values = {**(issue.values or {}), "choice": issue.candidate_id.id}

    def _check_free(self, partner):
        binding = self.env["xero.binding"].sudo()._for(self.connection_id, partner).get(partner.id)
        if binding and binding.external_id:
            raise UserError(
                self.env._("%(contact)s is linked to another contact in Xero already.", contact=partner.display_name)
            )

    def action_link_candidate(self):
        """Link the contact of Xero with the chosen partner."""
        self.ensure_one()
        if not self.candidate_id:
            raise UserError(self.env._("Choose the contact in Odoo that it is, then press Link."))
        partner = self.candidate_id.commercial_partner_id
        self._check_free(partner)
        self._decide("contact_ambiguous", partner.id)

    def action_create_contact(self):
        """None of the candidates: a new contact; also for many at once."""
        for issue in self:
            issue._decide("contact_ambiguous", "new")

    # === CONTACTS THAT XERO LETS NOBODY USE === #

    def action_retry(self):
        """Whether a contact may be used again, Xero has to be asked."""
        unusable = self.filtered(lambda issue: issue.state == "open" and issue.code in UNUSABLE.values())
        result = super().action_retry()
        for issue in unusable.sudo():
            binding = issue._own_binding()
            if binding.external_id:
                issue._ask_to_read(binding)
        return result

    def action_renew_contact(self):
        """Give up the link with a contact that cannot be used; the next document makes a new one."""
        self._check_may_act()
        for issue in self.sudo().filtered(lambda one: one.state == "open" and one.code in UNUSABLE.values()):
            binding = issue._own_binding()
            binding._give_up({"renewed": ((binding.agreed or {}).get("renewed") or 1) + 1})
            issue._wake()

    def _own_binding(self):
        partner = self.env[self.model].browse(self.res_id)
        bindings = self.env["xero.binding"].sudo()
        return bindings._for(self.connection_id, partner).get(self.res_id, bindings)
