from odoo import api, models
from odoo.exceptions import UserError

MOVED_MODELS = ("xero.binding", "xero.outbox", "xero.issue", "xero.history")


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        self._xero_check_merge(partner_ids)
        return super()._merge(partner_ids, dst_partner=dst_partner, extra_checks=extra_checks)

    def _xero_check_merge(self, partner_ids):
        """Refuse to merge two partners that are two contacts of one Xero organisation.

        One linked partner is no obstacle: its link moves along.
        """
        bindings = (
            self.env["xero.binding"]
            .sudo()
            .search([("model", "=", "res.partner"), ("res_id", "in", list(partner_ids)), ("external_id", "!=", False)])
            .filtered(lambda binding: not (binding.agreed or {}).get("merged_to"))
        )
        for connection, linked in bindings.grouped("connection_id").items():
            if len(linked) > 1:
                partners = self.env["res.partner"].browse(linked.mapped("res_id"))
                raise UserError(
                    self.env._(
                        "%(contacts)s are different contacts in Xero (%(organisation)s). "
                        "Merge them in Xero first, then merge them here.",
                        contacts=" and ".join(partners.mapped("display_name")),
                        organisation=connection.organisation_name or connection.name,
                    )
                )

    @api.model
    def _update_reference_fields(self, src_partners, dst_partner):
        super()._update_reference_fields(src_partners, dst_partner)
        self._xero_drop_merged_links(src_partners | dst_partner)
        for model in MOVED_MODELS:
            records = self.env[model].sudo().search([("model", "=", "res.partner"), ("res_id", "in", src_partners.ids)])
            records.write({"res_id": dst_partner.id})

    @api.model
    def _xero_drop_merged_links(self, partners):
        """Links of contacts that Xero has merged already give way to the link of the surviving one."""
        links = self.env["xero.binding"].sudo().search([("model", "=", "res.partner"), ("res_id", "in", partners.ids)])
        for own in links.grouped("connection_id").values():
            merged = own.filtered(lambda binding: (binding.agreed or {}).get("merged_to"))
            (merged if own - merged else merged[1:]).unlink()
