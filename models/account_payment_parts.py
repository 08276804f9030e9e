from odoo import fields, models


class AccountPayment(models.Model):
    """What a payment is in Xero, in words: payments of documents, an over- or prepayment, its allocations, refunds."""

    _inherit = "account.payment"

    xero_parts = fields.Text(string="In Xero", compute="_compute_xero_parts")

    def _compute_xero_parts(self):
        for payment, bindings in zip(self, self.sudo()._xero_part_bindings(), strict=True):
            texts = [payment._xero_part_text(binding) for binding in bindings]
            payment.xero_parts = "\n".join([*filter(None, texts), *payment._xero_waiting_text(bindings)]) or False

    def _xero_part_bindings(self):
        by_payment = self._xero_bindings()
        live = (by_payment.get(payment.id, self.env["xero.binding"]) for payment in self)
        return [
            links.filtered(lambda one: one.external_id and one.state != "deleted").sorted(
                lambda one: (one.model != self._name, one.res_id)
            )
            for links in live
        ]

    def _xero_part_text(self, binding):
        if binding.model == self._name:
            return self._xero_advance_text(binding)
        partial = self.env[binding.model].sudo().browse(binding.res_id)
        mapper = self.env["xero.mapper.advance"]
        amount = self.currency_id.format(float(mapper._amount_of(partial, self)))
        shown = {"amount": amount, "document": ", ".join(partial._xero_documents().mapped("display_name"))}
        if not shown["document"]:
            return self.env._("%(amount)s given back", **shown)
        if binding.resource == "Allocations":
            return self.env._("%(amount)s allocated to %(document)s", **shown)
        return self.env._("Payment of %(amount)s on %(document)s", **shown)

    def _xero_advance_text(self, binding):
        agreed = binding.agreed or {}
        if not agreed.get("credit"):
            return self.env._("Payment of %(amount)s", amount=self.currency_id.format(self.amount))
        advance = self.env["xero.mapper.advance"]._advance(self)
        shown = {
            "amount": self.currency_id.format(float(agreed["amount"])),
            "open": self.currency_id.format(float(advance.left if advance else 0)),
        }
        if agreed["resource"] == "Overpayments":
            return self.env._("Overpayment of %(amount)s, %(open)s of it open", **shown)
        return self.env._("Prepayment of %(amount)s, %(open)s of it open", **shown)

    def _xero_waiting_text(self, bindings):
        """What no document is matched with, where that does not go to Xero by itself."""
        if not self.xero_connected:
            return []
        mapper = self.env["xero.mapper.advance"]
        advance = mapper._advance(self)
        waiting = mapper._unmatched(self) - (advance.left if advance else 0)
        if waiting <= 0 or not advance and any((link.agreed or {}).get("credit") for link in bindings):
            return []
        amount = self.currency_id.format(float(waiting))
        return [self.env._("%(amount)s waits: no document is matched with it", amount=amount)]
