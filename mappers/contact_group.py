"""Contact groups: a tag of contacts is a group, and who has the tag is in the group (xero-api.md 4.1)."""

from odoo import api, models

from ..exceptions import Skip, Wait
from .contact_changes import UNUSABLE
from .xero_mapper import Call

NAME_LENGTH = 255


class XeroMapperContactGroup(models.AbstractModel):
    """Tag → ContactGroup, where somebody sends it; one that came from Xero follows its new name."""

    _name = "xero.mapper.contact_group"
    _inherit = "xero.mapper"
    _description = "Xero Mapper: Contact Groups"

    _xero_resource, _xero_id, _xero_number = "ContactGroups", "ContactGroupID", "Name"
    _odoo_model, _rank, _batch_size = "res.partner.category", 92, 1

    def _payload(self, category, prepared):
        binding = prepared["bindings"].get(category.id)
        linked = bool(binding and binding.external_id)
        if not prepared["connection"].send_contact_groups:
            raise Skip(self.env._("Tags Go to Contact Groups is off."))
        self._check_policy(category)
        if linked and binding.state == "deleted":
            raise Skip(self.env._("The contact group was deleted in Xero."))
        payload = {"Name": group_name(category)}
        if linked:
            return "update", {self._xero_id: binding.external_id, **payload}
        return "create", payload

    def _group(self, built, action, ids, rows):
        """Groups are renamed one at a time, by their path."""
        calls = super()._group(built, action, ids, rows)
        for call in calls if action == "update" else ():
            [payload] = call.body[self._xero_resource]
            call.path = f"{self._xero_resource}/{payload[self._xero_id]}"
        return calls

    @api.model
    def _agreed(self, data, facts):
        return {"name": data.get("Name")}

    @api.model
    def _lookups(self, payloads, facts):
        return [("ContactGroups", {})]

    @api.model
    def _is_same(self, payload, candidate, facts):
        return self._natural_key(candidate) == self._natural_key(payload)


class XeroMapperGroupMember(models.AbstractModel):
    """Contact with a tag → Contact in the group, many a call in, one a call out."""

    _name = "xero.mapper.group_member"
    _inherit = "xero.mapper"
    _description = "Xero Mapper: Contacts of Groups"

    _xero_resource, _xero_id, _xero_number = "ContactGroupMembers", None, None
    _odoo_model, _rank = "xero.group.member", 93

    @api.model
    def _prepare(self, connection, records, bindings):
        links = self.env["xero.binding"]
        return {
            **super()._prepare(connection, records, bindings),
            "contacts": links._for(connection, records.partner_id),
            "groups": links._for(connection, records.category_id),
        }

    def _payload(self, member, prepared):
        own = prepared["bindings"].get(member.id)
        linked = bool(own and own.external_id and own.state != "deleted")
        if linked is not member.removed:  # in and to be in, or out and to be out
            return "none", {}
        if linked:
            return "delete", {}, {**(own.agreed or {}), "external_id": own.external_id}
        return self._put_in(member, own, prepared)

    def _put_in(self, member, own, prepared):
        contact = self._linked(member.partner_id, prepared["contacts"])
        group = self._linked(member.category_id, prepared["groups"])
        agreed = contact.agreed or {}
        if agreed.get("merged_to") or agreed.get("status") in UNUSABLE:
            raise Skip(self.env._("The contact is archived or merged in Xero."))
        if own and own.state == "deleted":
            own.write({"external_id": False, "code": False, "content_hash": False, "state": "synced"})
        facts = {"group": group.external_id, "contact": contact.external_id}
        return "create", {"ContactID": contact.external_id}, {**facts, "external_id": "/".join(facts.values())}

    @api.model
    def _linked(self, record, bindings):
        binding = bindings.get(record.id)
        if not binding or not binding.external_id or binding.state == "deleted":
            raise Wait(record)
        return binding

    # === CALLS === #

    def _group(self, built, action, ids, rows):
        """Those of one group go in together; out goes each by a call of its own."""
        facts = built.facts
        if action == "delete":
            return [Call("DELETE", self._path(facts[id_]), {}, [self._element(built, id_, rows)]) for id_ in ids]
        by_group = {}
        for id_ in ids:
            by_group.setdefault(facts[id_]["group"], []).append(id_)
        return [
            Call(
                method="PUT",
                path=f"ContactGroups/{group}/Contacts",
                body={"Contacts": [built.payloads[id_] for id_ in members]},
                elements=[self._element(built, id_, rows) for id_ in members],
            )
            for group, members in by_group.items()
        ]

    @api.model
    def _path(self, facts):
        return f"ContactGroups/{facts['group']}/Contacts/{facts['contact']}"

    @api.model
    def _is_full(self, call):
        """A call holds the contacts of one group, so others never fill it."""
        return True

    @api.model
    def _payloads_of(self, body):
        return body.get("Contacts") or [body]

    @api.model
    def _body_key(self, path):
        return "Contacts"

    # === ANSWERS AND LOOKUP === #

    @api.model
    def _external_id(self, data):
        """Xero gives being in a group no id: it is that of the group with that of the contact."""
        return f"{data['GroupID']}/{data['ContactID']}" if "GroupID" in data else None

    @api.model
    def _code(self, data):
        return data.get("Name")

    @api.model
    def _natural_key(self, data):
        return None

    @api.model
    def _agreed(self, data, facts):
        return {key: facts.get(key) for key in ("group", "contact")}

    @api.model
    def _lookups(self, payloads, facts):
        return [(f"ContactGroups/{id_}", {}) for id_ in sorted({fact["group"] for fact in facts})]

    @api.model
    def _candidates(self, answers):
        groups = [group for answer in answers for group in answer.payload.get("ContactGroups") or []]
        return [
            {**contact, "GroupID": group["ContactGroupID"]}
            for group in groups
            for contact in group.get("Contacts") or []
        ]

    @api.model
    def _is_same(self, payload, candidate, facts):
        return self._external_id(candidate) == facts["external_id"]


def group_name(category):
    """The name of the contact group that a tag is."""
    return " ".join((category.name or "").split())[:NAME_LENGTH]
