import re

from odoo import api, models
from odoo.tools import email_normalize

from ..exceptions import Hold

NAME_LENGTH = 255
NUMBER_PREFIX = "ODOO-"  # of the contact numbers that we give
ADDRESS = {"AddressLine1": "street", "AddressLine2": "street2", "City": "city", "PostalCode": "zip"}


def clean_name(name):
    """A name that Xero takes: no angle brackets, no double or outer spaces, at most 255 characters.

    xero-api.md 4.1
    """
    without_tags = re.sub(r"<[^<>]*>|[<>]", " ", name or "")
    return re.sub(r"\s+", " ", without_tags).strip()[:NAME_LENGTH].rstrip()


class XeroMapperContact(models.AbstractModel):
    """Commercial partner → Contact."""

    _name = "xero.mapper.contact"
    _inherit = "xero.mapper"
    _description = "Xero Mapper: Contacts"

    _xero_resource, _xero_id, _xero_number = "Contacts", "ContactID", "ContactNumber"
    _odoo_model, _rank, _only_when_needed = "res.partner", 10, True
    _deep_link_path = "/Contacts/View/%s"

    @api.model
    def _prepare(self, connection, records, bindings):
        wanted = {self._key(self._own_name(partner, connection)) for partner in records}
        holders = self.env["xero.binding"].search(
            [
                ("connection_id", "=", connection.id),
                ("resource", "=", self._xero_resource),
                ("natural_key", "in", list(wanted)),
            ]
        )
        return {
            **super()._prepare(connection, records, bindings),
            "names": {holder.natural_key: holder.res_id for holder in holders},
        }

    @staticmethod
    def _key(name):
        return name.lower()

    def _payload(self, partner, prepared):
        binding = prepared["bindings"].get(partner.id)
        linked = binding and binding.external_id
        partner = partner.with_company(prepared["connection"].company_id)
        self._check_policy(partner)
        payload = {
            "Name": self._unique_name(partner, prepared),
            "ContactNumber": self._number(partner),
            **self._details(partner, prepared),
        }
        payload = self._with_mapped(partner, payload, prepared)
        if linked:
            return "update", {"ContactID": binding.external_id, **payload}
        return "create", payload

    @api.model
    def _number(self, partner):
        """Xero's slot for the identifier of the other system (features.md S1-16)."""
        return f"{NUMBER_PREFIX}{partner.id}"

    def _own_name(self, partner, connection):
        """The name as it goes, before it is told apart from others."""
        mapped = self._mapped_value(connection, partner.with_company(connection.company_id), "Name")
        return clean_name(mapped or partner.name)

    def _unique_name(self, partner, prepared):
        """The cleaned name, told apart only from records that we hold ourselves (design.md section 1)."""
        names = prepared["names"]
        name = self._own_name(partner, prepared["connection"]) or f"Contact {partner.id}"
        if names.get(self._key(name), partner.id) != partner.id:
            suffix = f" ({partner.ref or partner.id})"
            name = name[: NAME_LENGTH - len(suffix)] + suffix
        names[self._key(name)] = partner.id
        return name

    def _details(self, partner, prepared):
        values = {
            "EmailAddress": self._email(partner),
            "TaxNumber": partner.vat and partner.vat[:50],
            "Addresses": self._addresses(partner),
        }
        # Absent is not empty: what Odoo does not know is left as somebody typed it into Xero.
        return {key: value for key, value in values.items() if value}

    def _email(self, partner):
        if not partner.email:
            return None
        email = email_normalize(partner.email)
        if not email or "." not in email.partition("@")[2] or not email.isascii():
            raise Hold("email_invalid", partner, email=partner.email, contact=partner.display_name)
        return email

    def _addresses(self, partner):
        address = {key: partner[column] for key, column in ADDRESS.items() if partner[column]}
        if partner.state_id:
            address["Region"] = partner.state_id.name
        if partner.country_id:
            # Letters only (xero-api.md 4.1).
            address["Country"] = re.sub(r"[^A-Za-z ]", "", partner.country_id.name)[:50]
        return [{"AddressType": "POBOX", **address}] if address else []

    @api.model
    def _natural_key(self, data):
        return self._key(data["Name"]) if data.get("Name") else None

    @api.model
    def _code(self, data):
        return data.get("ContactNumber") or data.get("Name")

    @api.model
    def _lookups(self, payloads, facts):
        numbers = [f'ContactNumber=="{payload["ContactNumber"]}"' for payload in payloads]
        names = [f'Name=="{self._quoted(payload["Name"])}"' for payload in payloads]
        # Archived contacts are found by their number only: their names may be used again (xero-api.md 4.1).
        return [*self._any_of("Contacts", numbers, includeArchived=True), *self._any_of("Contacts", names, size=5)]

    @staticmethod
    def _quoted(text):
        return text.replace("\\", "\\\\").replace('"', '\\"')

    @api.model
    def _is_same(self, payload, candidate, facts):
        return candidate.get("ContactNumber") == payload.get("ContactNumber") and bool(payload.get("ContactNumber"))

    @api.model
    def _may_link(self, payload, candidate, facts):
        """The same name and the same e-mail, tax number or ContactNumber: the same company (design.md section 1)."""
        if candidate.get("ContactStatus", "ACTIVE") != "ACTIVE" or self._natural_key(candidate) != self._natural_key(
            payload
        ):
            return False
        return any(
            payload.get(key) and (candidate.get(key) or "").lower() == payload[key].lower()
            for key in ("EmailAddress", "TaxNumber", "ContactNumber")
        )
