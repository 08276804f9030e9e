"""Which partner a contact of Xero is. Told by evidence, and asked where the evidence is not of one mind.

The keys are tried from the strongest to the weakest; linked partners are no candidates. A partner is taken where it is
the only candidate of its key and nothing speaks against it; everything else is a question for a person.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from odoo import api, models
from odoo.tools import SQL

from .contact import NUMBER_PREFIX
from .contact_reading import name_key, phone_key, tax_key

KEYS = ("number", "email", "phone", "tax", "name")
# The digits by which the database finds telephone numbers; Python compares the rest.
TAIL = 7


@dataclass
class Known:
    """The unlinked partners that may be one of the contacts of a page.

    :ivar by_key: ``{(key, value): {id of the commercial partner}}``
    :ivar facts: ``{id of the commercial partner: {key: {value}}}``, its people included
    :ivar names: ``{id: its own name as it compares}``
    :ivar own: ``{(key, value, id)}`` of what is the partner's own and not one of its people's
    """

    by_key: dict = field(default_factory=lambda: defaultdict(set))
    facts: dict = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    names: dict = field(default_factory=dict)
    own: set = field(default_factory=set)


class XeroMapperContact(models.AbstractModel):
    _inherit = "xero.mapper.contact"

    @api.model
    def _match(self, connection, payloads):
        """Return ``{ContactID: partner id | None | [ids to choose from]}``; None: nobody like it."""
        keys = {payload["ContactID"]: self._keys_of(connection, payload) for payload in payloads}
        known = self._known(connection, keys.values())
        found = {id_: self._candidate(own, known) for id_, own in keys.items()}
        return self._settle_rivals(found, keys, known)

    @api.model
    def _keys_of(self, connection, payload):
        code = connection.company_id.country_id.phone_code
        return {
            "number": payload.get("ContactNumber") or None,
            "email": self._email_of(payload),
            "phone": phone_key(self._phone_of(payload), code),
            "tax": tax_key(payload.get("TaxNumber")),
            "name": name_key(payload.get("Name")) or None,
        }

    # === EVIDENCE === #

    def _known(self, connection, all_keys):
        """Read everybody who shares a key with one of the contacts; two queries, whatever their number."""
        known = Known()
        rows = self._rows(connection, {key: {own[key] for own in all_keys if own[key]} for key in KEYS})
        home = connection.company_id.country_id.phone_code
        for id_, commercial_id, name, own_name, ref, email, phone, vat, calling_code in rows:
            values = {
                "number": {f"{NUMBER_PREFIX}{commercial_id}", ref},
                "email": {email},
                "phone": {phone_key(phone, calling_code or home)},
                "tax": {tax_key(vat)},
                "name": {name_key(own_name)} if id_ == commercial_id else set(),
            }
            known.names[commercial_id] = name_key(name)
            for key, found in values.items():
                for value in found - {None, ""}:
                    known.by_key[key, value].add(commercial_id)
                    known.facts[commercial_id][key].add(value)
                    if id_ == commercial_id:
                        known.own.add((key, value, id_))
        return known

    def _rows(self, connection, wanted):
        ours = [number.removeprefix(NUMBER_PREFIX) for number in wanted["number"] if number.startswith(NUMBER_PREFIX)]
        return self.env.execute_query(
            SQL(
                """SELECT p.id, c.id, c.name, p.name, p.ref, p.email_normalized, p.phone, p.vat, country.phone_code
                     FROM res_partner p JOIN res_partner c ON c.id = p.commercial_partner_id
                     LEFT JOIN res_country country ON country.id = p.country_id
                    WHERE p.active AND p.commercial_partner_id IN (
                   SELECT c.id FROM res_partner p JOIN res_partner c ON c.id = p.commercial_partner_id
                    WHERE p.active AND c.active AND (c.company_id IS NULL OR c.company_id = %(company)s)
                      AND (p.id = ANY(%(ids)s) OR p.ref = ANY(%(numbers)s) OR p.email_normalized = ANY(%(emails)s)
                        OR right(regexp_replace(p.phone, '\\D', '', 'g'), %(tail)s) = ANY(%(phones)s)
                        OR p.id = p.commercial_partner_id AND (
                           lower(btrim(regexp_replace(p.name, '\\s+', ' ', 'g'))) = ANY(%(names)s)
                           OR regexp_replace(upper(regexp_replace(p.vat, '[^0-9A-Za-z]', '', 'g')), '^[A-Z]{2}', '')
                              = ANY(%(taxes)s)
                           OR upper(regexp_replace(p.vat, '[^0-9A-Za-z]', '', 'g')) = ANY(%(taxes)s)))
                      AND NOT EXISTS (SELECT 1 FROM xero_binding b WHERE b.connection_id = %(connection)s
                                         AND b.model = 'res.partner' AND b.res_id = c.id
                                         AND (b.external_id IS NOT NULL OR b.state = 'sending')))""",
                company=connection.company_id.id,
                connection=connection.id,
                ids=[int(number) for number in ours if number.isdigit()],
                tail=TAIL,
                numbers=list(wanted["number"]),
                emails=list(wanted["email"]),
                phones=[phone[-TAIL:] for phone in wanted["phone"]],
                names=list(wanted["name"]),
                taxes=list(wanted["tax"]),
            )
        )

    # === JUDGEMENT === #

    @api.model
    def _candidate(self, own, known):
        """The partner that one contact is, None, or those that it may be."""
        found = {key: known.by_key.get((key, own[key]), set()) for key in KEYS if own[key]}
        strongest = next((candidates for candidates in found.values() if candidates), None)
        if not strongest:
            return None
        if len(strongest) > 1:
            # Equal in two respects and alone in that: no guess.
            strongest = {id_ for id_ in strongest if known.names[id_] == own["name"]} or strongest
        if len(strongest) > 1:
            return sorted(strongest)
        [partner_id] = strongest
        others = set().union(*found.values()) - {partner_id}
        if self._contradicts(own, known, partner_id) or (others and known.names[partner_id] != own["name"]):
            return sorted({partner_id} | others)
        return partner_id

    @api.model
    def _contradicts(self, own, known, partner_id):
        """Whether a partner that shares a key with a contact is somebody else by what both sides know."""
        facts = known.facts[partner_id]
        agreed = {key for key in KEYS if own[key] and own[key] in facts[key]}
        differ = {key for key in KEYS if own[key] and facts[key] and own[key] not in facts[key]}
        if "tax" in differ:
            return True
        if agreed == {"number"} and own["number"].startswith(NUMBER_PREFIX):
            return True  # numbers of another database look the same
        if known.names[partner_id] != own["name"] and not any(
            (key, own[key], partner_id) in known.own for key in agreed
        ):
            return True  # one of its people, not the company
        # A telephone or a name alone does not outweigh another e-mail address.
        return "email" in differ and len(agreed) == 1

    @api.model
    def _settle_rivals(self, found, keys, known):
        """No partner is two contacts: of several that claim it the one of the same name gets it, else a person says."""
        claims = defaultdict(list)
        for contact_id, partner_id in found.items():
            if isinstance(partner_id, int):
                claims[partner_id].append(contact_id)
        for partner_id, contact_ids in claims.items():
            if len(contact_ids) == 1:
                continue
            namesakes = [id_ for id_ in contact_ids if keys[id_]["name"] == known.names[partner_id]]
            for contact_id in contact_ids:
                if len(namesakes) != 1:
                    found[contact_id] = [partner_id]
                elif contact_id != namesakes[0]:
                    found[contact_id] = None
        return found
