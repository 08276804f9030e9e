from odoo import fields, models
from odoo.exceptions import UserError


class XeroUnlink(models.TransientModel):
    """Remove links with Xero for a reason that stays in the history; for administrators (features.md S4-95).

    Nothing is changed in Xero. The records can be deleted in Odoo afterwards, or linked anew.
    """

    _name = "xero.unlink"
    _description = "Remove Links with Xero"

    binding_ids = fields.Many2many("xero.binding", string="Links", readonly=True)
    reason = fields.Char(required=True)
    keep_out = fields.Boolean(
        "Do Not Export Again",
        default=True,
        help="On: the records are set not to be exported. Off: their next change, or Export Now, sends them as new "
        "ones; Xero may have them twice then.",
    )

    def action_confirm(self):
        """Raises UserError where the answer of a call is still outstanding: nobody knows yet what is in Xero."""
        bindings = self.binding_ids.sudo().exists()
        if on_their_way := bindings.filtered(lambda link: link.state == "sending"):
            raise UserError(
                self.env._(
                    "%(records)s is on its way to Xero. Try again when Xero has answered.",
                    records=", ".join(on_their_way.mapped("record_name")),
                )
            )
        if self.keep_out:
            self._keep_out(bindings)
        self._write_down(bindings)
        bindings.unlink()
        return {"type": "ir.actions.act_window_close"}

    def _keep_out(self, bindings):
        for model, links in bindings.grouped("model").items():
            if "xero_do_not_export" not in self.env[model]._fields:
                continue
            for company, own in links.grouped("company_id").items():
                records = self.env[model].with_company(company).browse(own.mapped("res_id")).exists()
                records.write({"xero_do_not_export": True, "xero_do_not_export_reason": self.reason})

    def _write_down(self, bindings):
        note = self.env._("Link removed by %(user)s: %(reason)s", user=self.env.user.name, reason=self.reason)
        for connection, links in bindings.grouped("connection_id").items():
            self.env["xero.history"].sudo()._record_many(
                connection,
                [
                    {
                        "model": link.model,
                        "res_id": link.res_id,
                        "resource": link.resource,
                        "external_id": link.external_id,
                        "direction": "out",
                        "action": "unlinked",
                        "note": note,
                    }
                    for link in links
                ],
            )
