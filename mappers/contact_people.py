"""What of a company goes into its contact besides name and number: its people, its addresses and its terms.

Xero keeps one primary person, who shares the contact's e-mail address, and five more (xero-api.md 4.1).
"""

from odoo import api, models
from odoo.tools import email_normalize

from ..exceptions import Hold
from .contact import clean_name

MOST_PERSONS = 5
# Odoo's way of counting days -> Xero's (xero-api.md 4.1); others have no counterpart and stay away.
TERMS = {"days_after": "DAYSAFTERBILLDATE", "days_after_end_of_month": "DAYSAFTERBILLMONTH"}


class XeroMapperContact(models.AbstractModel):
    _inherit = "xero.mapper.contact"

    def _payload(self, partner, prepared):
        connection, binding = prepared["connection"], prepared["bindings"].get(partner.id)
        if not (binding and binding.external_id) and self._stays_private(connection, partner):
            raise Hold("contact_private", partner, contact=partner.display_name)
        action, payload, *facts = super()._payload(partner, prepared)
        left = self._people_split(partner.with_company(connection.company_id))[2]
        if not left:
            return action, payload, *facts
        note = self.env._("Xero keeps five people besides the primary one. Not sent: %(names)s.", names=", ".join(left))
        return action, payload, {**(facts[0] if facts else {}), "note": note}

    @api.model
    def _stays_private(self, connection, partner):
        return not connection.send_private_persons and not partner.is_company and not partner.vat

    def _details(self, partner, prepared):
        details = super()._details(partner, prepared)
        primary, others, _left = self._people_split(partner)
        if primary:
            details.update(primary)
        if others:
            details["ContactPersons"] = others
        if terms := self._terms(partner):
            details["PaymentTerms"] = terms
        return details

    # === PEOPLE === #

    @api.model
    def _people_split(self, partner):
        """The primary person's keys, up to five more people, and the names of those that Xero has no room for."""
        people, primary = self._people(partner)
        own = partner.email_normalized
        others = [self._person_keys(one) for one in people if one != primary]
        first = self._person_keys(primary) if primary else {}
        if own:
            first.pop("EmailAddress", None)
        first.pop("IncludeInEmails", None)
        left = [clean_name(one.name) for one in people if one != primary][MOST_PERSONS:]
        return first, others[:MOST_PERSONS], left

    @api.model
    def _people(self, partner):
        """The people of a company that go, and the primary one of them, who may be nobody."""
        people = partner.child_ids.filtered(lambda child: child.type == "contact" and not child.is_company)
        people = people.filtered(lambda child: clean_name(child.name) and not child.xero_do_not_export).sorted("id")
        own = partner.email_normalized
        same = people.filtered(lambda one: own and one.email_normalized == own)
        return people, (same or people.filtered(lambda one: not own or not one.email_normalized))[:1]

    @api.model
    def _person_keys(self, person):
        first, _space, last = clean_name(person.name).rpartition(" ")
        email = email_normalize(person.email or "")
        # An address that Xero does not take must not keep the company out.
        usable = email and email.isascii() and "." in email.partition("@")[2]
        return {
            "FirstName": first or last,
            **({"LastName": last} if first else {}),
            **({"EmailAddress": email} if usable else {}),
            "IncludeInEmails": False,
        }

    # === ADDRESSES AND TERMS === #

    def _addresses(self, partner):
        """Invoices go to POBOX and goods to STREET; people of their own address stay out."""
        special = {child.type: child for child in partner.child_ids.sorted("id", reverse=True)}
        places = {"POBOX": special.get("invoice") or partner, "STREET": special.get("delivery")}
        return [
            {**address, "AddressType": kind}
            for kind, place in places.items()
            if place
            for address in super(XeroMapperContact, self)._addresses(place)
        ]

    @api.model
    def _terms(self, partner):
        """Terms that are one payment after so many days; others cannot be said in Xero."""
        both = {"Sales": partner.property_payment_term_id, "Bills": partner.property_supplier_payment_term_id}
        found = {}
        for side, term in both.items():
            line = term.line_ids
            if len(line) == 1 and line.value == "percent" and line.value_amount == 100 and line.delay_type in TERMS:
                found[side] = {"Day": line.nb_days, "Type": TERMS[line.delay_type]}
        return found
