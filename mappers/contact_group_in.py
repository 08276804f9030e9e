"""Contact groups from Xero: a group is a tag, and who is in it has the tag.

What both sides last agreed on is who has a link (``xero.group.member``). Who is in the group and has none was put in,
who has one and is not in the group was taken out. What waits to go to Xero has either no link yet, or one still.
"""

from dataclasses import dataclass

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools.sql import escape_psql

from ..xero_api import codec
from .contact_group import group_name

BEGINNING = "2000-01-01"


@dataclass
class Difference:
    """What Xero says of a group that both sides have not agreed on.

    :ivar come: partners that were put in
    :ivar gone: members that were taken out
    :ivar name: the group's new name, or None
    """

    come: object
    gone: object
    name: str | None

    def __bool__(self):
        return bool(self.come or self.gone or self.name)


class XeroMapperContactGroup(models.AbstractModel):
    _inherit = "xero.mapper.contact_group"

    _modified_since, _is_paged, _reads_each, _read_every = True, False, True, 24
    _read_switch = "import_contact_groups"

    @api.model
    def _reads_from(self, connection):
        """All groups: they carry no date."""
        return fields.Datetime.to_datetime(BEGINNING)

    @api.model
    def _page_parameters(self, number, size):
        return {}

    @api.model
    def _written_by(self):
        return [self._name, "xero.mapper.group_member"]

    # === GROUPS === #

    @api.model
    def _before_page(self, connection, payloads):
        """A group that is no longer listed was deleted in Xero: the tag stays, and nobody follows it any more."""
        listed = {payload["ContactGroupID"] for payload in payloads}
        domain = [("connection_id", "=", connection.id), ("resource", "=", self._xero_resource)]
        bindings = self.env["xero.binding"].search([*domain, ("external_id", "!=", False), ("state", "!=", "deleted")])
        deleted = bindings.filtered(lambda binding: binding.external_id not in listed)
        if not deleted or any("AskedAt" not in payload for payload in payloads):
            return  # one group was read anew, not the list
        members = self.env["xero.group.member"].search([("category_id", "in", deleted.mapped("res_id"))])
        links = self.env["xero.binding"]._for(connection, members)
        self.env["xero.binding"].browse(link.id for link in links.values()).unlink()
        deleted.write({"state": "deleted"})

    @api.model
    def _from_xero(self, connection, payloads):
        """Link or make a tag for each group; see the importer."""
        return {payload["ContactGroupID"]: self._import(connection, payload) for payload in payloads}

    def _import(self, connection, payload):
        name = group_name_of(payload)
        found = self.env["res.partner.category"].search(
            [("name", "=ilike", escape_psql(name))], order="parent_id desc, id"
        )
        taken = self.env["xero.binding"]._for(connection, found)
        free = found.filtered(lambda tag: tag.id not in taken or not taken[tag.id].external_id)[:1]
        if free.xero_do_not_import:
            return None
        return ("linked", free) if free else ("created", found.create({"name": name}))

    @api.model
    def _link_values(self, payload, action):
        return {"natural_key": self._natural_key(payload), "origin": "xero" if action == "created" else "linked"}

    @api.model
    def _linked_from_xero(self, connection, booked):
        """A tag that is called as its group is what Xero has."""
        tags = self.env["res.partner.category"].union(*(tag for _action, tag in booked))
        for tag_id, binding in self.env["xero.binding"]._for(connection, tags).items():
            self._agree(binding, tags.browse(tag_id))

    @api.model
    def _agree(self, binding, tag):
        binding.content_hash = codec.digest({"Name": group_name(tag)})

    # === WHO IS IN THEM === #

    @api.model
    def _is_news(self, binding, payload):
        return binding.state != "deleted" and bool(self._difference(binding, payload))

    @api.model
    def _changed_in_xero(self, connection, changes):
        return {
            binding.external_id: self._take(connection, binding, self._difference(binding, payload), payload)
            for binding, payload in changes.items()
        }

    @api.model
    def _difference(self, binding, payload):
        connection, tag = binding.connection_id, self.env["res.partner.category"].browse(binding.res_id)
        if not tag.exists() or tag.xero_do_not_import:
            return Difference((), (), None)
        partners = self._partners_of(connection, payload)
        members = self.env["xero.group.member"].search([("category_id", "=", tag.id)])
        links = self.env["xero.binding"]._for(connection, members)
        ours = self._sent_since(members, links, payload.get("AskedAt") or fields.Datetime.now())
        linked = members.filtered(
            lambda m: m.id in links and links[m.id].external_id and links[m.id].state != "deleted"
        )
        come = partners - linked.partner_id - ours.partner_id
        gone = linked.filtered(lambda member: member.partner_id not in partners) - ours
        name = group_name_of(payload)
        news = name if name != (binding.agreed or {}).get("name") else None
        return Difference(come, gone, news)

    @api.model
    def _partners_of(self, connection, payload):
        ids = [contact["ContactID"] for contact in payload.get("Contacts") or []]
        links = self.env["xero.binding"]._by_external(connection, "Contacts", ids)
        partners = self.env["res.partner"].browse(link.res_id for link in links.values()).exists()
        return partners.filtered(lambda partner: not partner.with_company(connection.company_id).xero_do_not_import)

    @api.model
    def _sent_since(self, members, links, asked_at):
        """Members that went to Xero, or out of it, after it was asked: what was read says nothing of them."""
        sent = {id_ for id_, link in links.items() if link.last_export_date and link.last_export_date >= asked_at}
        return members.filtered(lambda member: member.id in sent)

    def _take(self, connection, binding, difference, payload):
        tag = self.env["res.partner.category"].browse(binding.res_id)
        if difference.name:
            self._rename(binding, tag, difference.name)
        if difference.come:
            difference.come.write({"category_id": [Command.link(tag.id)]})
            self._link_members(connection, binding, tag, difference.come)
        if difference.gone:
            links = self.env["xero.binding"]._for(connection, difference.gone)
            self.env["xero.binding"].browse(link.id for link in links.values()).unlink()
            difference.gone.partner_id.write({"category_id": [Command.unlink(tag.id)]})
        return "updated" if difference.come or difference.gone or difference.name else None

    @api.model
    def _rename(self, binding, tag, name):
        """The tag takes the new name, unless somebody called it otherwise in Odoo."""
        if group_name(tag) == (binding.agreed or {}).get("name"):
            tag.name = name
        binding.write({"agreed": {**(binding.agreed or {}), "name": name}, "natural_key": name.lower(), "code": name})
        self._agree(binding, tag)

    @api.model
    def _link_members(self, connection, binding, tag, partners):
        contacts = self.env["xero.binding"]._for(connection, partners)
        members = self.env["xero.group.member"].search(
            [("category_id", "=", tag.id), ("partner_id", "in", partners.ids), ("removed", "=", False)]
        )
        rows = []
        for member in members:
            facts = {"group": binding.external_id, "contact": contacts[member.partner_id.id].external_id}
            rows.append(
                {
                    "model": member._name,
                    "res_id": member.id,
                    "resource": "ContactGroupMembers",
                    "external_id": "/".join(facts.values()),
                    "code": tag.name,
                    "state": "synced",
                    "origin": "xero",
                    "last_import_date": fields.Datetime.now(),
                    "agreed": facts,
                }
            )
        self.env["xero.binding"]._record_many(connection, rows)


def group_name_of(payload):
    """A group's name as tags are called."""
    return " ".join((payload.get("Name") or "").split()) or payload["ContactGroupID"]
