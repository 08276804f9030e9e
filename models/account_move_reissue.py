from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

# What makes a document what it was when Xero got it.
HEADER = ("partner_id", "currency_id", "fiscal_position_id", "invoice_payment_term_id", "invoice_date_due", "ref")
LINE = ("display_type", "sequence", "name", "quantity", "price_unit", "discount", "analytic_distribution")
LINE_LINKS = ("product_id", "product_uom_id", "account_id")


class AccountMove(models.Model):
    """Credit note and re-issue for a document that Xero no longer lets anybody change (S4-53, S5-52)."""

    _inherit = "account.move"

    def button_draft(self):
        """Remember, of what is in Xero, what it was: it may turn out that Xero does not take the change."""
        for binding in self.filtered(lambda move: move.state == "posted")._xero_own_bindings():
            if not (binding.agreed or {}).get("posted"):
                move = self.browse(binding.res_id)
                binding.agreed = {**(binding.agreed or {}), "posted": move._xero_snapshot()}
        return super().button_draft()

    def _xero_own_bindings(self):
        if not self or not self.env["xero.connection"].sudo()._any_active():
            return self.env["xero.binding"]
        domain = [("model", "=", self._name), ("res_id", "in", self.ids), ("external_id", "!=", False)]
        return self.env["xero.binding"].sudo().search([*domain, ("state", "!=", "deleted")])

    def _xero_snapshot(self):
        """The document as JSON, good enough to make it again as it was."""
        self.ensure_one()
        return {
            "header": {
                **{name: self._fields[name].convert_to_write(self[name], self) for name in HEADER},
                "invoice_date": str(self.invoice_date),
                "date": str(self.date),
                "invoice_date_due": str(self.invoice_date_due or "") or False,
            },
            "lines": [
                {
                    **{name: line[name] for name in LINE},
                    **{name: line[name].id for name in LINE_LINKS},
                    "tax_ids": line.tax_ids.ids,
                }
                for line in self.invoice_line_ids
            ],
        }

    def _xero_restore(self, snapshot):
        """Make the document what it was when Xero got it, and post it."""
        self.ensure_one()
        if self.state != "draft":
            self.button_draft()
        lines = [{**line, "tax_ids": [Command.set(line["tax_ids"])]} for line in snapshot["lines"]]
        self.write(
            {**snapshot["header"], "invoice_line_ids": [Command.clear(), *(Command.create(line) for line in lines)]}
        )
        self.action_post()

    def _xero_credit_and_reissue(self, snapshot):
        """Put the document back, credit it, and return a draft with what it was changed to.

        A document that was cancelled is credited only.

        :return: the new draft, else the credit note
        """
        self.ensure_one()
        renewed = self.browse()
        if self.state != "cancel":
            renewed = self.copy({"invoice_origin": self.name, "ref": self.ref})
        self._xero_restore(snapshot)
        today = fields.Date.context_today(self)
        credit = self._reverse_moves(
            [{"invoice_date": today, "date": today, "ref": self.env._("Credit of %s", self.name)}]
        )
        credit.action_post()
        self.message_post(
            body=self.env._(
                "%(document)s cannot be changed in Xero any more. It is again as Xero has it, is credited by "
                "%(credit)s, and what was changed is in the new document.",
                document=self.name,
                credit=credit.name,
            )
        )
        return renewed or credit


class XeroIssue(models.Model):
    _inherit = "xero.issue"

    def action_credit_and_reissue(self):
        """Make the credit note and a new draft of a document that Xero no longer lets anybody change."""
        self._check_may_act()
        self.ensure_one()
        move = self.env["account.move"].browse(self.res_id if self.model == "account.move" else 0).exists()
        if not move or self.code != "document_paid":
            raise UserError(self.env._("There is no document to issue again."))
        binding = self.env["xero.binding"].sudo()._for(self.connection_id.sudo(), move).get(move.id)
        snapshot = ((binding and binding.agreed) or {}).get("posted")
        if not snapshot:
            raise UserError(
                self.env._(
                    "Odoo does not know any more what %(document)s was when Xero got it. Change it back to what Xero "
                    "shows and press Retry, then make a credit note and a new document.",
                    document=move.display_name,
                )
            )
        result = move._xero_credit_and_reissue(snapshot)
        self.sudo()._wake()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": result.id,
            "views": [[False, "form"]],
        }
