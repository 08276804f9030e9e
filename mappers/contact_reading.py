"""What a contact of Xero says, in Odoo's terms. Pure reading: nothing is decided and nothing is written here."""

import re

from odoo import api, models
from odoo.tools import email_normalize

from .contact import clean_name

LINES = ("AddressLine1", "AddressLine2", "AddressLine3", "AddressLine4")
PLACES = (*LINES, "City", "Region", "PostalCode", "Country")
# The first filled one is the number of the partner.
PHONE_ORDER = ("DEFAULT", "MOBILE", "DDI")
# Telephone numbers are compared by what is left of them; shorter ones are extensions.
SHORTEST_PHONE = 7


def name_key(name):
    """A name as it compares: case and spaces say nothing."""
    return clean_name(name).lower()


def tax_key(number):
    """A tax number as it compares; None for what Xero masks (xero-api.md 4.1) and for what is none."""
    if not number or "*" in number:
        return None
    plain = re.sub(r"[^0-9A-Z]", "", number.upper())
    plain = re.sub(r"^[A-Z]{2}(?=.*\d)", "", plain)  # the country, which one side writes and the other does not
    return plain if any(char.isdigit() for char in plain) else None


def phone_key(number, calling_code=None):
    """A telephone number with its country, digits only; None for what is too short to tell people apart.

    :param number: as somebody typed it
    :param calling_code: of the country where a number without one belongs, such as 64
    """
    text = (number or "").strip()
    digits = re.sub(r"\D", "", re.sub(r"\(0\)", "", text))
    if text.startswith("+"):
        pass
    elif digits.startswith("00"):
        digits = digits[2:]
    elif calling_code:
        digits = f"{calling_code}{digits.lstrip('0')}"
    return digits if len(digits) >= SHORTEST_PHONE else None


def phone_of(slot):
    """One of Xero's telephone slots as people write it."""
    country, area, number = (
        (slot.get(key) or "").strip() for key in ("PhoneCountryCode", "PhoneAreaCode", "PhoneNumber")
    )
    if not number:
        return None
    if country and not number.startswith("+"):
        return " ".join(filter(None, (f"+{country.lstrip('+0')}", area.lstrip("0"), number)))
    return " ".join(filter(None, (area, number)))


class XeroMapperContact(models.AbstractModel):
    _inherit = "xero.mapper.contact"

    @api.model
    def _email_of(self, payload):
        return email_normalize(payload.get("EmailAddress") or "") or None

    @api.model
    def _phones_of(self, payload):
        """``{slot: number}`` of the filled slots."""
        found = {slot.get("PhoneType"): phone_of(slot) for slot in payload.get("Phones") or []}
        return {kind: number for kind, number in found.items() if number}

    @api.model
    def _phone_of(self, payload):
        phones = self._phones_of(payload)
        return next((phones[kind] for kind in PHONE_ORDER if kind in phones), None)

    @api.model
    def _addresses_of(self, payload):
        """``{type: {key: text}}`` of the filled addresses."""
        found = {}
        for slot in payload.get("Addresses") or []:
            filled = {key: slot[key].strip() for key in PLACES if (slot.get(key) or "").strip()}
            if filled:
                found[slot.get("AddressType")] = filled
        return found

    @api.model
    def _persons_of(self, payload):
        """People of a contact, its primary person first: list of ``{"name", "email"}``; a nameless one goes by e-mail.

        The primary person shares the contact's e-mail address.
        """
        first = {**payload, "ContactPersons": None}
        found = []
        for person in [first, *(payload.get("ContactPersons") or [])]:
            name = clean_name(" ".join(filter(None, (person.get("FirstName"), person.get("LastName")))))
            email = email_normalize(person.get("EmailAddress") or "") or None
            if name or (email and person is not first):
                found.append({"name": name or email, "email": email})
        return found

    @api.model
    def _is_private(self, payload):
        """Whether the contact is a person and no company: it is called like its primary person."""
        name = clean_name(" ".join(filter(None, (payload.get("FirstName"), payload.get("LastName")))))
        return bool(name) and name.lower() == name_key(payload.get("Name")) and not payload.get("ContactPersons")

    # === VALUES OF THE PARTNER === #

    @api.model
    def _partner_values(self, payload):
        """``{column: value}`` of what Xero knows; what it does not know is left out."""
        values = {
            # A contact without first and last name goes by its contact name (features.md S3-11).
            "name": clean_name(payload.get("Name")) or payload["ContactID"],
            "email": self._email_of(payload),
            "phone": self._phone_of(payload),
            "vat": None if "*" in (payload.get("TaxNumber") or "") else payload.get("TaxNumber"),
            **self._address_values(self._main_address(payload)),
        }
        return {column: value for column, value in values.items() if value}

    @api.model
    def _main_address(self, payload):
        """Invoices go to the POBOX address (xero-api.md 4.1)."""
        addresses = self._addresses_of(payload)
        return addresses.get("POBOX") or addresses.get("STREET") or {}

    @api.model
    def _address_values(self, address):
        lines = [address[key] for key in LINES if key in address]
        country = self._country(address.get("Country"))
        return {
            "street": lines[0] if lines else None,
            "street2": ", ".join(lines[1:]) or None,
            "city": address.get("City"),
            "zip": address.get("PostalCode"),
            "country_id": country.id,
            "state_id": self._state(country, address.get("Region")).id,
        }

    @api.model
    def _country(self, name):
        countries = self.env["res.country"]
        if not name:
            return countries
        known = self._remembered("countries", self._read_countries)
        return countries.browse(known.get(self._plain_country(name)))

    def _read_countries(self):
        countries = self.env["res.country"].with_context(lang="en_US").search_fetch([], ["name", "code"])
        by_code = {country.code.lower(): country.id for country in countries if country.code}
        return {**by_code, **{self._plain_country(country.name): country.id for country in countries}}

    @api.model
    def _plain_country(self, name):
        return re.sub(r"[^a-z ]", "", name.lower()).strip()

    @api.model
    def _state(self, country, name):
        states = self.env["res.country.state"]
        if not name or not country:
            return states
        known = self._remembered(("states", country.id), lambda: self._read_states(country))
        return states.browse(known.get(name.lower()))

    def _read_states(self, country):
        found = self.env["res.country.state"].search_fetch([("country_id", "=", country.id)], ["name", "code"])
        return {key.lower(): state.id for state in found for key in (state.code, state.name)}
