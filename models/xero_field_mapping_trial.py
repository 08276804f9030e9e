"""A field mapping tried against a record before it is saved; nothing is sent and nothing is kept."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import messages
from ..exceptions import Hold

BATCH = 50  # records in one call (xero-api.md 2.2)


class XeroFieldMapping(models.Model):
    _inherit = "xero.field.mapping"

    sample_id = fields.Many2oneReference(
        "Try It with",
        model_field="model",
        compute="_compute_sample_id",
        readonly=False,
        help="What would be sent of this record is shown below. Nothing is sent.",
    )
    trial_value = fields.Char("Would Be Sent", compute="_compute_trial")
    trial_state = fields.Selection(
        [("ok", "Xero Takes It"), ("left", "Nothing Is Sent"), ("refused", "It Would Be Held Back")],
        compute="_compute_trial",
        string="Outcome",
    )
    trial_text = fields.Text("What Happens", compute="_compute_trial")
    limits = fields.Char(compute="_compute_limits", string="What Xero Takes")
    cost = fields.Char(compute="_compute_cost", string="What Saving Does")

    @api.depends("resource", "connection_id")
    def _compute_sample_id(self):
        """A record that is in Xero already, to begin with."""
        for mapping in self:
            found = self.env["xero.binding"]
            if mapping.connection_id and mapping.resource:
                found = found.search(mapping._linked_domain(), limit=1)
            records = self.env[mapping.model] if mapping.model else None
            mapping.sample_id = found.res_id or (records is not None and records.search([], limit=1).id)

    @api.depends("resource", "xero_field")
    def _compute_limits(self):
        for mapping in self:
            mapping.limits = mapping._limits() if mapping.xero_field else False

    def _limits(self):
        _key, target = self._target()
        if target.kind == "date":
            words = self.env._("A date.")
        elif target.kind == "email":
            words = self.env._("One e-mail address.")
        else:
            words = self.env._("Up to %(length)s characters; what is longer is cut off.", length=target.length)
        if target.is_required:
            words += " " + self.env._("Xero requires it; where nothing is mapped, the connector fills it.")
        if not target.makes_slot:
            words += " " + self.env._("It goes where the contact has that address.")
        return words

    @api.depends("connection_id", "resource", "direction")
    def _compute_cost(self):
        for mapping in self:
            count = 0
            if mapping.connection_id and mapping.resource and mapping.direction != "in":
                count = self.env["xero.binding"].search_count(mapping._linked_domain())
            calls = -(-count // BATCH)
            mapping.cost = count and self.env._(
                "Records in Xero: %(count)s. Those whose value changes are sent again; calls at most: %(calls)s.",
                count=count,
                calls=calls,
            )

    @api.depends(
        *("resource", "xero_field", "direction", "transform", "odoo_field", "odoo_field_2", "odoo_field_3"),
        *("constant", "format", "is_required", "sample_id", "connection_id"),
    )
    def _compute_trial(self):
        for mapping in self:
            mapping.trial_state, mapping.trial_value, mapping.trial_text = mapping._tried()

    def _tried(self):
        """(state, value, words) of what would become of the chosen record."""
        record = self.env[self.model].browse(self.sample_id).exists() if self.sample_id and self.model else None
        if not record or not self.xero_field:
            return False, False, False
        try:
            self._check()
            record.check_access("read")
            value = self._value_of(record.with_company(self.company_id))
        except ValidationError as problem:
            return "refused", False, str(problem)
        except Hold as stop:
            return "refused", False, messages.render(self.env, stop.code, stop.values)[0]
        return self._judged(record, value)

    def _judged(self, record, value):
        if self.direction == "in":
            return "left", value, self.env._("This is what Odoo has. Xero's value takes its place when it comes.")
        if self.connection_id._is_minimal() and self._is_personal():
            return "left", value, self.env._("Xero Minimal Data Mode is on: this stays in Odoo.")
        key, target = self._target()
        if (target.slot[0] if target.slot else key) in self._mapper()._keys_of_xero(self.connection_id):
            return "left", value, self.env._("Xero owns this field (Who Owns What), so updates leave it out.")
        if not value:
            return "left", False, self.env._("The record has no value here, so Xero keeps what it has.")
        whole = self._raw(record.with_company(self.company_id))
        if isinstance(whole, str) and target.kind == "text" and len(whole.strip()) > target.length:
            return (
                "ok",
                value,
                self.env._(
                    "Xero takes it, but only the first %(length)s of %(all)s characters.",
                    length=target.length,
                    all=len(whole.strip()),
                ),
            )
        return "ok", value, False

    def _mapper(self):
        return self.env["xero.mapper"]._for_resource(self.resource)
