"""Contacts from Xero: who is new becomes a partner, who is known is linked, who is uncertain is asked about."""

from odoo import api, fields, models
from odoo.fields import Command

from ..exceptions import Hold, Skip
from ..xero_api import codec

# Before Xero began: all contacts are read the first time, whenever they were changed last (features.md S3-08).
BEGINNING = "2000-01-01"
# What a person may answer to the question which partner a contact is (models/xero_issue_contacts.py).
NEW = "new"
QUIET = {
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_create_nolog": True,
    # Xero takes any tax number; refusing the contact for it would hold its documents.
    "no_vat_validation": True,
}


class XeroMapperContact(models.AbstractModel):
    _inherit = "xero.mapper.contact"

    _modified_since, _books_many = True, True
    _events, _events_by_id = ("CONTACT",), True

    # === WHAT IS READ === #

    @api.model
    def _reads_from(self, connection):
        if connection.import_contacts == "none":
            return super()._reads_from(connection)
        return fields.Datetime.to_datetime(BEGINNING)

    @api.model
    def _page_parameters(self, number, size):
        # Merged contacts are archived, and merges have to be followed.
        return {**super()._page_parameters(number, size), "includeArchived": True}

    @api.model
    def _ids_params(self, ids):
        return {**super()._ids_params(ids), "includeArchived": True}

    # === FRESH CONTACTS === #

    @api.model
    def _from_xero(self, connection, payloads):
        """Link or create a partner for each contact that is not linked.

        :param payloads: contacts as read, none of them linked
        :return: ``{ContactID: ("created" or "linked", partner) | Hold | None}``; None: none of our business
        """
        self = self.with_company(connection.company_id).with_context(xero_page={}, **QUIET)
        connection = connection.with_env(self.env)
        outcomes = {payload["ContactID"]: None for payload in payloads}
        wanted = {payload["ContactID"]: payload for payload in payloads if self._is_wanted(connection, payload)}
        chosen = self._chosen(connection, list(wanted))
        open_ = [payload for id_, payload in wanted.items() if id_ not in chosen]
        matches = {**self._match(connection, open_), **chosen} if wanted else {}
        fresh = [wanted[id_] for id_, match in matches.items() if match is None]
        for payload, partner in zip(fresh, self._create_partners(connection, fresh), strict=True):
            outcomes[payload["ContactID"]] = ("created", partner)
        taken = self._taken(connection, matches.values())
        for id_, match in matches.items():
            if isinstance(match, list) or match in taken:
                outcomes[id_] = self._question(connection, wanted[id_], match if isinstance(match, list) else [])
            elif match:
                outcomes[id_] = self._adopt(connection, wanted[id_], match)
        return outcomes

    @api.model
    def _taken(self, connection, matches):
        """Ids of matched partners that are linked, or gone, since somebody chose them."""
        partners = self.env["res.partner"].browse(match for match in matches if isinstance(match, int))
        linked = self.env["xero.binding"]._for(connection, partners)
        taken = {id_ for id_, binding in linked.items() if binding.external_id}
        return taken | set((partners - partners.exists()).ids)

    @api.model
    def _is_wanted(self, connection, payload):
        if connection.import_contacts == "none" or payload.get("ContactStatus", "ACTIVE") != "ACTIVE":
            return False
        if connection.import_contacts == "all":
            return True
        groups = set(connection.contact_group_ids.mapped("external_id"))
        return any(group.get("ContactGroupID") in groups for group in payload.get("ContactGroups") or [])

    @api.model
    def _chosen(self, connection, contact_ids):
        """``{ContactID: partner id, or None for a new one}`` of those that a person has decided."""
        choices = self.env["xero.issue"]._decided(connection, "contact_ambiguous", contact_ids)
        return {id_: None if choice == NEW else choice for id_, choice in choices.items()}

    @api.model
    def _question(self, connection, payload, partner_ids):
        partners = self.env["res.partner"].browse(partner_ids).exists()
        return Hold(
            "contact_ambiguous",
            connection,
            contact=payload.get("Name"),
            known=self._described(payload),
            candidates="\n".join(
                f"{partner.display_name} ({self._partner_described(partner)})" for partner in partners
            ),
            partner_ids=partners.ids,
        )

    @api.model
    def _described(self, payload):
        told = (
            self._email_of(payload),
            self._phone_of(payload),
            payload.get("TaxNumber"),
            payload.get("ContactNumber"),
        )
        return ", ".join(filter(None, told)) or "-"

    @api.model
    def _partner_described(self, partner):
        told = (partner.ref, partner.email, partner.phone, partner.vat, partner.city)
        return ", ".join(filter(None, told)) or "-"

    # === PARTNERS === #

    @api.model
    def _create_partners(self, connection, payloads):
        partners = self.env["res.partner"].with_company(connection.company_id)
        return partners.create([self._new_partner(payload) for payload in payloads])

    @api.model
    def _new_partner(self, payload):
        """A company with its people and its delivery address, or a person of its own."""
        private = self._is_private(payload)
        children = [] if private else [self._person_values(person) for person in self._persons_of(payload)]
        addresses = self._addresses_of(payload)
        if "POBOX" in addresses and addresses.get("STREET", addresses["POBOX"]) != addresses["POBOX"]:
            street = self._address_values(addresses["STREET"])
            children.append({"type": "delivery", **{key: value for key, value in street.items() if value}})
        return {
            **self._partner_values(payload),
            "is_company": not private,
            **self._ranks(payload),
            "child_ids": [Command.create(values) for values in children],
        }

    @api.model
    def _person_values(self, person):
        return {"type": "contact", "name": person["name"], "email": person["email"] or False}

    @api.model
    def _ranks(self, payload):
        """A customer, unless Xero knows it as a supplier only (features.md S5-43, S5-44)."""
        is_supplier = bool(payload.get("IsSupplier"))
        is_customer = bool(payload.get("IsCustomer")) or not is_supplier
        return {"customer_rank": int(is_customer), "supplier_rank": int(is_supplier)}

    def _adopt(self, connection, payload, partner_id):
        """Link a partner that Odoo had before: what it lacks is filled, what Xero owns is taken."""
        partner = self.env["res.partner"].with_company(connection.company_id).browse(partner_id)
        if partner.xero_do_not_import:
            return None
        values = self._values_to_take(connection, partner, payload)
        if values:
            partner.write(values)
        return "linked", partner

    @api.model
    def _values_to_take(self, connection, partner, payload):
        """Columns of a known partner that take Xero's value."""
        ranks = {column: rank for column, rank in self._ranks(payload).items() if rank and not partner[column]}
        found = self._partner_values(payload)
        missing = {column: value for column, value in found.items() if not partner[column]}
        if partner.street or partner.city or partner.zip:
            # Half of one address and half of another are no address.
            missing = {column: value for column, value in missing.items() if column not in ADDRESS_COLUMNS}
        return {**missing, **ranks}

    # === LINKS === #

    @api.model
    def _link_values(self, payload, action):
        return {
            "natural_key": self._natural_key(payload),
            "origin": "xero" if action == "created" else "linked",
        }

    @api.model
    def _linked_from_xero(self, connection, booked):
        """Both sides agree on what was made from Xero's values: it does not go back (design.md section 1)."""
        partners = self.env["res.partner"].union(*(partner for action, partner in booked if action == "created"))
        self._agree_with_xero(connection, partners)

    @api.model
    def _agree_with_xero(self, connection, partners):
        """Keep as agreed what Odoo would send of ``partners`` now."""
        if not partners:
            return
        for binding, payload in self._payloads_now(connection, partners):
            binding.content_hash = codec.digest(self._content(payload))

    @api.model
    def _payloads_now(self, connection, partners):
        """Pairs of binding and payload; those that cannot go now are left out."""
        bindings = self.env["xero.binding"]._for(connection, partners)
        prepared = self._prepare(connection, partners, bindings)
        pairs = []
        for partner in partners:
            try:
                pairs.append((bindings[partner.id], self._payload(partner, prepared)[1]))
            except (Hold, Skip):
                continue
        return pairs


ADDRESS_COLUMNS = frozenset({"street", "street2", "city", "zip", "state_id", "country_id"})
