"""Xero Minimal Data Mode: nothing but name, e-mail address and identifier leaves Odoo (features.md S1-14 to S1-28)."""

from odoo import api, models

from ..exceptions import Skip

# The identifier of customers and of suppliers is one in Xero (S1-16); ContactID says which contact an update is about.
MINIMAL = ("ContactID", "Name", "EmailAddress", "ContactNumber")
MINIMAL_FIELDS = {"name", "email"}  # keys of contact_changes.OWNED


class XeroMapperContact(models.AbstractModel):
    _inherit = "xero.mapper.contact"

    @api.model
    def _prepare(self, connection, records, bindings):
        return {**super()._prepare(connection, records, bindings), "minimal": connection._is_minimal()}

    def _payload(self, partner, prepared):
        action, payload, *facts = super()._payload(partner, prepared)
        if prepared["minimal"]:
            # Absent, and not empty: details typed into Xero by hand stay (S1-28).
            payload = {key: value for key, value in payload.items() if key in MINIMAL}
            facts = [{key: value for key, value in facts[0].items() if key != "note"}] if facts else []
        return action, payload, *facts

    def _send_back(self, connection, binding, partner, changed):
        if connection._is_minimal():
            changed = [field for field in changed if field in MINIMAL_FIELDS]  # the rest is no mismatch (S1-23)
        return super()._send_back(connection, binding, partner, changed)


class XeroMapperGroupMember(models.AbstractModel):
    _inherit = "xero.mapper.group_member"

    def _put_in(self, member, own, prepared):
        if prepared["connection"]._is_minimal():
            raise Skip(self.env._("Xero Minimal Data Mode is on: tags of contacts stay in Odoo."))
        return super()._put_in(member, own, prepared)
