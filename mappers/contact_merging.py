"""Merges that somebody made in Xero: the link moves to the surviving contact, and with it every document.

xero-api.md 4.1: the contact that is given up is archived and names the one that stays (MergedToContactID).
"""

from odoo import api, models
from odoo.tools import SQL

from ..xero_api import codec

# Documents that name a contact -> where Odoo has it.
NAMING = {"account.move": "commercial_partner_id", "purchase.order": "partner_id.commercial_partner_id"}


class XeroMapperContact(models.AbstractModel):
    _inherit = "xero.mapper.contact"

    @api.model
    def _before_page(self, connection, payloads):
        """Follow the merges of a page before anything else of it is booked."""
        merged = {p["ContactID"]: p["MergedToContactID"] for p in payloads if p.get("MergedToContactID")}
        if not merged:
            return
        ends = {loser: self._end_of(loser, merged) for loser in merged}
        bindings = self.env["xero.binding"]
        losers = bindings._by_external(connection, self._xero_resource, merged)
        survivors = bindings._by_external(connection, self._xero_resource, set(ends.values()))
        by_id = {payload["ContactID"]: payload for payload in payloads}
        for loser, end in ends.items():
            binding = losers.get(loser)
            if binding and (binding.agreed or {}).get("merged_to") != end:
                self._follow_merge(connection, binding, end, survivors, by_id.get(end))
            self._move_aliases(connection, loser, end)
        # Documents that Xero refused before it was known that their contact had been merged.
        self.env["xero.issue"]._mended_code(["contact_archived"], connection)

    @api.model
    def _end_of(self, loser, merged):
        end, passed = merged[loser], {loser}
        while end in merged and end not in passed:
            passed.add(end)
            end = merged[end]
        return end

    def _follow_merge(self, connection, binding, end, survivors, payload):
        partner = self.env["res.partner"].browse(binding.res_id).exists()
        agreed = self._agreed_documents(connection, partner)
        if end in survivors:
            # Two partners are one contact now; each keeps its documents until somebody merges them here as well.
            binding.agreed = {"merged_to": end}
            note = self.env._("Merged in Xero into %(contact)s.", contact=survivors[end].record_name)
        else:
            self._move_link(binding, end, payload)
            survivors[end] = binding
            note = self.env._("Merged in Xero into %(contact)s.", contact=(payload or {}).get("Name") or end)
        self._agree_documents(connection, agreed)
        about = {"model": binding.model, "res_id": binding.res_id, "resource": self._xero_resource}
        row = {**about, "external_id": end, "direction": "in", "action": "linked", "note": note}
        self.env["xero.history"]._record_many(connection, [row])

    @api.model
    def _move_link(self, binding, end, payload):
        known = payload or {}
        binding.write(
            {
                "external_id": end,
                "code": self._code(known) or binding.code,
                "natural_key": self._natural_key(known) or binding.natural_key,
                # What the surviving contact holds is taken as it is; the next change in Odoo goes there.
                "agreed": self._agreed(known, {}) if known else False,
                "remote_updated_at": self._remote_updated_at(known) if known else False,
                "state": "synced",
            }
        )

    @api.model
    def _move_aliases(self, connection, loser, end):
        """Contacts merged before into the one that is given up now."""
        found = self.env.execute_query(
            SQL(
                "SELECT id FROM xero_binding WHERE connection_id = %s AND resource = %s AND agreed->>'merged_to' = %s",
                connection.id,
                self._xero_resource,
                loser,
            )
        )
        self.env["xero.binding"].browse(id_ for (id_,) in found).write({"agreed": {"merged_to": end}})

    # === DOCUMENTS === #

    def _agreed_documents(self, connection, partner):
        """``{mapper: ids}`` of the partner's documents on which both sides agree."""
        self.env.flush_all()
        agreed = {}
        for model, path in NAMING.items():
            domain = [("connection_id", "=", connection.id), ("model", "=", model), ("content_hash", "!=", False)]
            records = self.env[model].search([(path, "=", partner.id)])
            links = self.env["xero.binding"].search([*domain, ("res_id", "in", records.ids)])
            for resource, group in links.grouped("resource").items():
                mapper = self.env["xero.mapper"]._for_resource(resource)
                if mapper._xero_resource:
                    agreed[mapper] = mapper._build(connection, group.mapped("res_id")).unchanged
        return agreed

    def _agree_documents(self, connection, agreed):
        """They name another contact now on both sides, so nothing of that is to be sent."""
        self.env.flush_all()
        for mapper, ids in agreed.items():
            built = mapper._build(connection, ids)
            links = self.env["xero.binding"]._for(connection, self.env[mapper._odoo_model].browse(ids))
            for id_, payload in built.payloads.items():
                links[id_].content_hash = codec.digest(mapper._content(payload))
