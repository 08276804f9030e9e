"""Telephone numbers: the company's own, and the direct line of its primary person, which Odoo keeps on the person.

Xero has a slot for each (xero-api.md 4.1). A number goes into the slot in which Xero holds it already, so that a mobile
number that came from there does not come back as another one.
"""

from odoo import api, models

from .contact_reading import PHONE_ORDER

NUMBER_LENGTH = 50
# Columns of the partner that other addons may bring -> their slot.
FURTHER = {"mobile": "MOBILE"}


class XeroMapperContact(models.AbstractModel):
    _inherit = "xero.mapper.contact"

    # === TO XERO === #

    def _details(self, partner, prepared):
        details = super()._details(partner, prepared)
        if phones := self._slots(partner, prepared):
            details["Phones"] = [{"PhoneType": slot, "PhoneNumber": number} for slot, number in phones.items()]
        return details

    @api.model
    def _slots(self, partner, prepared):
        """``{slot: number}`` of what Odoo knows."""
        binding = prepared["bindings"].get(partner.id)
        seen = ((binding.agreed or {}).get("seen") or {}) if binding else {}
        held = {number: slot for slot, number in (seen.get("phone") or {}).items() if slot in PHONE_ORDER}
        wanted = [(partner.phone, "DEFAULT"), (self._people(partner)[1].phone, "DDI")]
        wanted += [(partner[column], slot) for column, slot in FURTHER.items() if column in partner._fields]
        found = {}
        for number, slot in wanted:
            number = number and number[:NUMBER_LENGTH]
            if number and number not in found.values():
                found.setdefault(held.get(number, slot), number)
        return found

    # === FROM XERO === #

    @api.model
    def _persons_of(self, payload):
        """The primary person has the number that is not the company's."""
        persons = super()._persons_of(payload)
        own = self._phone_of(payload)
        further = next((number for slot, number in self._further_phones(payload) if number != own), None)
        if persons and further and (payload.get("FirstName") or payload.get("LastName")):
            persons[0]["phone"] = further
        return persons

    @api.model
    def _further_phones(self, payload):
        """(slot, number) of those that have no column of their own on the partner, the direct line first."""
        phones = self._phones_of(payload)
        columns = {slot for column, slot in FURTHER.items() if column in self.env["res.partner"]._fields}
        return [(slot, phones[slot]) for slot in reversed(PHONE_ORDER) if slot in phones and slot not in columns]

    @api.model
    def _person_values(self, person):
        values = super()._person_values(person)
        return {**values, "phone": person["phone"]} if person.get("phone") else values

    @api.model
    def _partner_values(self, payload):
        phones = self._phones_of(payload)
        columns = {column: slot for column, slot in FURTHER.items() if column in self.env["res.partner"]._fields}
        return {
            **super()._partner_values(payload),
            **{column: phones[slot] for column, slot in columns.items() if slot in phones},
        }
