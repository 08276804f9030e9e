from odoo import api, models

from ..exceptions import Skip
from .xero_mapper import Call

NAME_LENGTH = 100  # xero-api.md 4.10


class XeroMapperTrackingOption(models.AbstractModel):
    """Analytic account → option of the tracking category that its plan is mapped to, made when a line needs it."""

    _name = "xero.mapper.tracking_option"
    _inherit = "xero.mapper"
    _description = "Xero Mapper: Tracking Options"

    _xero_resource, _xero_id, _xero_number = "TrackingOptions", "TrackingOptionID", "Name"
    _odoo_model, _rank, _only_when_needed = "account.analytic.account", 25, True

    @api.model
    def _prepare(self, connection, records, bindings):
        return {
            **super()._prepare(connection, records, bindings),
            "categories": self.env["xero.tracking.mapping"]._for(connection),
        }

    def _payload(self, account, prepared):
        category = prepared["categories"].get(account.root_plan_id.id)
        if not category:
            raise Skip(self.env._("Its analytic plan is not mapped to a tracking category."))
        binding = prepared["bindings"].get(account.id)
        payload, facts = {"Name": option_name(account)}, {"category": category.external_id}
        if binding and binding.external_id:
            return "update", {"TrackingOptionID": binding.external_id, **payload}, facts
        return "create", payload, facts

    def _group(self, built, action, ids, rows):
        """Options are made and renamed one at a time, below their category."""
        return [
            Call(
                method="PUT" if action == "create" else "POST",
                path="/".join(self._path(built.facts[id_]["category"], built.payloads[id_])),
                body=built.payloads[id_],
                elements=[self._element(built, id_, rows)],
            )
            for id_ in ids
        ]

    @api.model
    def _path(self, category_id, payload):
        path = ["TrackingCategories", category_id, "Options"]
        return [*path, payload["TrackingOptionID"]] if "TrackingOptionID" in payload else path

    @api.model
    def _is_full(self, call):
        return True

    @api.model
    def _lookups(self, payloads, facts):
        return [(f"TrackingCategories/{id_}", {}) for id_ in sorted({fact["category"] for fact in facts})]

    @api.model
    def _candidates(self, answers):
        categories = [one for answer in answers for one in answer.payload.get("TrackingCategories") or []]
        return [option for category in categories for option in category.get("Options") or []]

    @api.model
    def _is_same(self, payload, candidate, facts):
        return self._natural_key(candidate) == self._natural_key(payload)


def option_name(account):
    """The name of the option that an analytic account is."""
    return " ".join((account.name or "").split())[:NAME_LENGTH]
