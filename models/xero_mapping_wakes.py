from odoo import api, models

# Mapping model -> (the field of its Odoo side, what waits for one row of it, what waits for any of its rows)
SIDES = {
    "xero.account.mapping": (
        "account_id",
        ("account_unmapped",),
        ("account_gone", "account_inventory", "tax_not_applicable"),
    ),
    "xero.tax.mapping": ("tax_ids", ("tax_unmapped", "tax_not_applicable"), ("tax_gone",)),
    "xero.tracking.mapping": ("plan_id", ("tracking_too_many",), ("tracking_invalid",)),
    "xero.journal.mapping": ("journal_id", ("journal_unmapped",), ("journal_unknown", "payment_account")),
}


class XeroMapping(models.AbstractModel):
    """Mapping a cause wakes every record that waited for it."""

    _inherit = "xero.mapping"

    @api.model_create_multi
    def create(self, vals_list):
        mappings = super().create(vals_list)
        mappings._wake_waiting()
        return mappings

    def write(self, vals):
        result = super().write(vals)
        if self._target in vals:
            self._wake_waiting()
        return result

    def _wake_waiting(self):
        if self._name not in SIDES:
            return
        side, codes, any_codes = SIDES[self._name]
        mapped = self.filtered(lambda mapping: mapping[mapping._target])
        if not mapped:
            return
        issues = self.env["xero.issue"]
        issues._mended(mapped[side]._name, mapped[side].ids, codes=codes, connections=mapped.connection_id)
        issues._mended_code(any_codes, mapped.connection_id)
        # Lines without any tax: the issue stands on their document, for there is no tax to name.
        untaxed = mapped.filtered(lambda mapping: not mapping[side])
        issues._mended_code(codes, untaxed.connection_id, model="account.move")
