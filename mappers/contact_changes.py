"""What somebody changed in Xero in contacts that both sides have: followed field by field, as the fields are owned.

Odoo owns every field unless *Who Owns What* says otherwise. A value that Xero owns is taken, and never sent afterwards;
of Odoo's own an empty one is filled, and another one stays, or goes back, as the connection says.
"""

from odoo import api, models
from odoo.tools.translate import LazyTranslate

from ..engine.outbox import SUPPRESS
from ..exceptions import Hold, Skip
from .contact import NUMBER_PREFIX
from .contact_in import ADDRESS_COLUMNS, QUIET

_lt = LazyTranslate(__name__)

# What has an owner -> (its words, its keys in Xero, its columns in Odoo)
OWNED = {
    "name": (_lt("Name"), ("Name",), ("name",)),
    "email": (_lt("E-mail"), ("EmailAddress",), ("email",)),
    "phone": (_lt("Telephone"), ("Phones",), ("phone",)),
    "address": (_lt("Addresses"), ("Addresses",), tuple(sorted(ADDRESS_COLUMNS))),
    "tax_number": (_lt("Tax number"), ("TaxNumber",), ("vat",)),
    "people": (_lt("People"), ("FirstName", "LastName", "ContactPersons"), ()),
}
# Contacts of these statuses may be named by no document -> code of the problem.
UNUSABLE = {"ARCHIVED": "contact_archived_in_xero", "GDPRREQUEST": "contact_erased_in_xero"}


class XeroMapperContact(models.AbstractModel):
    _inherit = "xero.mapper.contact"

    @api.model
    def _owned_fields(self):
        return {field: self.env._(words) for field, (words, _keys, _columns) in OWNED.items()}

    # === TO XERO === #

    def _payload(self, partner, prepared):
        binding = prepared["bindings"].get(partner.id)
        agreed = (binding.agreed or {}) if binding and binding.external_id else {}
        if agreed.get("merged_to"):
            raise Skip(self.env._("Merged into another contact in Xero. Merge the two contacts in Odoo as well."))
        if code := UNUSABLE.get(agreed.get("status")):
            raise Hold(code, partner, contact=partner.display_name)
        action, payload, *facts = super()._payload(partner, prepared)
        facts, renewed = dict(facts[0]) if facts else {}, ((binding.agreed or {}) if binding else {}).get("renewed")
        if renewed:  # the contact that was given up keeps its number
            payload["ContactNumber"] = f"{payload['ContactNumber']}-{renewed}"
            facts["renewed"] = renewed
        if action == "update":
            facts.update(self._leave_to_xero(prepared["connection"], payload, agreed))
        return action, payload, facts

    @api.model
    def _leave_to_xero(self, connection, payload, agreed):
        """Take out of an update what is not Odoo's to say; returns what is to be remembered of that."""
        if agreed.get("number"):
            payload.pop("ContactNumber", None)  # another system's
        theirs = self.env["xero.field.owner"]._fields_of_xero(connection, self._xero_resource)
        for key in self._keys_of_xero(connection):
            payload.pop(key, None)
        kept = {field: value for field, value in (agreed.get("seen") or {}).items() if field in theirs}
        return {"kept": kept, "number": agreed.get("number")}

    @api.model
    def _keys_of_xero(self, connection):
        theirs = self.env["xero.field.owner"]._fields_of_xero(connection, self._xero_resource)
        return {key for field in theirs for key in OWNED[field][1]}

    @api.model
    def _agreed(self, data, facts):
        """What Xero holds now; of its own fields what Odoo has taken so far, so that nothing is overlooked."""
        own = data.get("ContactNumber") or None
        foreign = own if own and not own.startswith(NUMBER_PREFIX) else None
        return {
            **super()._agreed(data, facts),
            "status": data.get("ContactStatus", "ACTIVE"),
            "seen": {**self._seen(data), **(facts.get("kept") or {})},
            "number": facts.get("number") or foreign,
            "renewed": facts.get("renewed"),
        }

    # === FROM XERO === #

    @api.model
    def _seen(self, data):
        """``{field: what Xero holds}``, as it compares."""
        return {
            "name": data.get("Name"),
            "email": self._email_of(data),
            "phone": self._phones_of(data),
            "address": self._addresses_of(data),
            "tax_number": data.get("TaxNumber") or None,
            "people": [[person["name"], person["email"]] for person in self._persons_of(data)[:6]],
        }

    @api.model
    def _is_news(self, binding, payload):
        agreed = binding.agreed or {}
        if agreed.get("merged_to") or payload.get("MergedToContactID"):
            return False  # contact_merging.py
        stamp = self._remote_updated_at(payload)
        if stamp and binding.remote_updated_at and stamp < binding.remote_updated_at:
            return False  # older than our last answer: read before it was kept
        known = (agreed.get("status") or "ACTIVE", agreed.get("seen"))
        return known != (payload.get("ContactStatus", "ACTIVE"), self._seen(payload))

    @api.model
    def _changed_in_xero(self, connection, changes):
        self = self.with_company(connection.company_id).with_context(xero_page={}, **QUIET)
        return {
            binding.external_id: self._change(connection.with_env(self.env), binding.with_env(self.env), payload)
            for binding, payload in changes.items()
        }

    def _change(self, connection, binding, payload):
        partner = self.env["res.partner"].with_company(connection.company_id).browse(binding.res_id).exists()
        if not partner:
            return None
        status, before = payload.get("ContactStatus", "ACTIVE"), dict(binding.agreed or {})
        if status in UNUSABLE:
            return self._fall_out(connection, binding, partner, status)
        if UNUSABLE.get(before.get("status")):
            self.env["xero.issue"]._mended(
                "res.partner", partner.ids, codes=list(UNUSABLE.values()), connections=connection
            )
        seen, known = self._seen(payload), before.get("seen")
        changed = [field for field in OWNED if known is not None and seen[field] != known.get(field)]
        was_agreed = self._stands_as_agreed(connection, binding, partner)
        taken = changed and not partner.xero_do_not_import and self._take(connection, partner, payload, changed)
        binding.write(
            {
                "agreed": self._agreed(payload, {"renewed": before.get("renewed")}),
                "remote_updated_at": self._remote_updated_at(payload),
            }
        )
        if was_agreed:
            self._agree_with_xero(connection, partner)
        self._send_back(connection, binding, partner, changed)
        return "updated" if taken else None

    def _fall_out(self, connection, binding, partner, status):
        """No document may name the contact any more: say so once, on the partner."""
        binding.agreed = {**(binding.agreed or {}), "status": status}
        problem = {"code": UNUSABLE[status], "values": {"contact": partner.display_name}, "direction": "out"}
        about = {"model": "res.partner", "res_id": partner.id, "resource": self._xero_resource}
        self.env["xero.issue"]._raise_many(connection, [{**problem, **about}])

    def _stands_as_agreed(self, connection, binding, partner):
        """Whether Odoo has no change of its own that Xero has not got yet."""
        domain = [("connection_id", "=", connection.id), ("model", "=", partner._name), ("res_id", "=", partner.id)]
        return bool(binding.content_hash) and not self.env["xero.outbox"].search_count(domain, limit=1)

    # === TAKING === #

    def _take(self, connection, partner, payload, changed):
        """Write what Xero owns and what Odoo lacks; returns whether anything was."""
        theirs = self.env["xero.field.owner"]._fields_of_xero(connection, self._xero_resource)
        found, values = self._partner_values(payload), {}
        for field in changed:
            columns = {column: found.get(column, False) for column in OWNED[field][2]}
            if field in theirs:
                values.update(columns)
            elif not any(partner[column] for column in columns):
                values.update({column: value for column, value in columns.items() if value})
        values = {
            column: value
            for column, value in values.items()
            if (value or column != "name")
            and (partner[column].id if column.endswith("_id") else partner[column]) != value
        }
        if values:
            partner.write(values)
        people = self._people_to_add(partner, payload, changed, theirs) if "email" not in values else []
        self.env["res.partner"].create([{**self._person_values(person), "parent_id": partner.id} for person in people])
        return bool(values or people)

    @api.model
    def _people_to_add(self, partner, payload, changed, theirs):
        """Somebody new: an e-mail address edited in Xero is a new person (features.md S5-39), and so are new people."""
        wanted = []
        persons = self._persons_of(payload)
        email = self._email_of(payload)
        if "email" in changed and "email" not in theirs and email:
            first = next((person for person in persons if person["email"] == email), None)
            wanted.append(first or {"name": email, "email": email})
        if "people" in changed and "people" in theirs:
            wanted += [person for person in persons if person not in wanted]
        people = partner | partner.child_ids
        known = set(people.mapped("email_normalized"))
        names = {name.lower() for name in people.mapped("name") if name}
        return [
            person
            for person in wanted
            if (person["email"] not in known if person["email"] else person["name"].lower() not in names)
        ]

    def _send_back(self, connection, binding, partner, changed):
        """Odoo's values go into Xero again where the connection says so."""
        theirs = self.env["xero.field.owner"]._fields_of_xero(connection, self._xero_resource)
        if connection.contact_changes == "send" and set(changed) - theirs:
            binding.content_hash = False
            self.env["xero.outbox"].with_context(**{SUPPRESS: False})._mark(partner)


class XeroMapperDocument(models.AbstractModel):
    _inherit = "xero.mapper.document"

    @api.model
    def _contact_of(self, partner, prepared):
        """The contact to be named: the surviving one of a merge; none that Xero lets nobody use."""
        binding = prepared["contacts"].get(partner.id)
        agreed = (binding.agreed or {}) if binding and binding.external_id else {}
        if code := UNUSABLE.get(agreed.get("status")):
            raise Hold(code, partner, contact=partner.display_name)
        return agreed.get("merged_to") or super()._contact_of(partner, prepared)
