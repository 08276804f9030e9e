"""What invoices, bills and credit notes have in common: whether they go, and their header."""

import unicodedata
from decimal import Decimal

from odoo import api, models

from ..exceptions import Hold, Skip, Wait
from .xero_mapper import decimal

REFERENCE_LENGTH = 255


class XeroMapperDocument(models.AbstractModel):
    """Posted document → Invoice or CreditNote. A document leaves only where Xero will compute Odoo's totals."""

    _name = "xero.mapper.document"
    _inherit = "xero.mapper"
    _description = "Xero Mapper: Documents"

    _odoo_model = "account.move"
    _types = {}  # Odoo's move_type -> Xero's Type

    @api.model
    def _select(self, records):
        return records.filtered(lambda move: move.move_type in self._types)

    @api.model
    def _needs(self, connection, records):
        return [records.commercial_partner_id]

    @api.model
    def _prepare(self, connection, records, bindings):
        return {
            **super()._prepare(connection, records, bindings),
            "taxes": self.env["xero.tax.mapping"]._for(connection),
            "contacts": self.env["xero.binding"]._for(connection, records.commercial_partner_id),
        }

    def _payload(self, move, prepared):
        binding = prepared["bindings"].get(move.id)
        linked = bool(binding and binding.external_id)
        self._check_policy(move)
        if not linked:
            self._check_belongs(move, prepared["connection"])
        if move.state != "posted":
            return self._not_posted(move, binding, linked, prepared)
        if linked and binding.state == "deleted":
            raise Hold("document_final", move)
        payload = self._whole(move, prepared)
        if linked:
            return self._update_of(move, payload, binding, prepared)
        self._check_period(move, prepared["connection"])
        return "create", {**payload, **self._url(move)}, self._facts_of(move, payload)

    def _whole(self, move, prepared):
        """All that Odoo has to say of a document."""
        payload = {
            **self._header(move, prepared),
            **self._representation(move, self._lines(move, prepared), prepared),
        }
        # In a locked period nothing can be changed in Xero, so a mapping made since does not try to.
        is_closed = prepared["connection"]._is_locked(move._xero_day())
        return self._with_mapped(move, payload, prepared, is_closed)

    def _check_belongs(self, move, connection):
        """Raise Skip for what never goes by itself: old documents, and receipts unless they are switched on."""
        self._check_start(move, connection)
        if move.is_receipt() and not connection.sync_receipts:
            raise Skip(self.env._("Sync Sales and Purchase Receipts is off."))

    def _not_posted(self, move, binding, linked, prepared):
        """Cancelled documents are withdrawn; drafts wait until they are posted again."""
        if move.state == "cancel" and linked and binding.state != "deleted":
            return self._withdrawal(move, binding, prepared)
        if move.state == "draft" and linked:
            raise Skip(self.env._("Reset to draft in Odoo. It goes again when it is posted."))
        raise Skip(self.env._("Not posted."))

    def _check_period(self, move, connection):
        """xero-api.md 4.2: nothing can be posted or changed on or before Xero's lock dates."""
        locks = [date for date in (connection.period_lock_date, connection.end_of_year_lock_date) if date]
        if locks and move._xero_day() <= max(locks):
            raise Hold("period_locked", move, date=str(move._xero_day()), lock_date=str(max(locks)))

    # === HEADER === #

    def _header(self, move, prepared):
        connection = prepared["connection"]
        return {
            "Type": self._types[move.move_type],
            "Contact": {"ContactID": self._contact_id(move, prepared)},
            "Date": move._xero_day().isoformat(),
            **self._currency_keys(move, prepared),
            "Status": connection.document_status or "AUTHORISED",
            **self._numbers(move),
            **self._sent_keys(move, prepared),
        }

    def _sent_keys(self, move, prepared):
        """That the customer has the document, where Xero keeps that."""
        return {}

    def _contact_id(self, move, prepared):
        if not move.commercial_partner_id:
            raise Hold("no_contact", move)
        return self._contact_of(move.commercial_partner_id, prepared)

    @api.model
    def _contact_of(self, partner, prepared):
        """Xero's id of a contact; until it has one, what needs it waits."""
        binding = prepared["contacts"].get(partner.id)
        if binding and binding.external_id:
            return binding.external_id
        if partner.with_company(prepared["connection"].company_id).xero_do_not_export:
            raise Hold("contact_excluded", partner, contact=partner.display_name)
        raise Wait(partner)

    def _numbers(self, move):
        """Number and reference keys; sales carry Odoo's number, bills the supplier's."""
        raise NotImplementedError

    @api.model
    def _number(self, text):
        """A number as Xero takes it: printable ASCII only (xero-api.md 4.2)."""
        plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
        return "".join(char for char in plain if char.isprintable())[:REFERENCE_LENGTH].strip()

    def _url(self, move):
        """Link back to Odoo, left out where the address contains "xero", which Xero refuses (xero-api.md 4.2)."""
        url = f"{move.get_base_url()}/mail/view?model={move._name}&res_id={move.id}"
        return {} if "xero" in url.lower() else {"Url": url}

    @api.model
    def _facts(self, move):
        return {
            "total": str(decimal(move.amount_total, 2)),
            "tax": str(decimal(move.amount_tax, 2)),
            "date": move._xero_day().isoformat(),
        }

    # === LINKED DOCUMENTS === #

    @api.model
    def _content(self, payload):
        # The status is asked for on arrival only: afterwards people move it on in Xero.
        apart = (self._xero_id, "Url", "Status")
        content = {key: value for key, value in payload.items() if key not in apart}
        if "LineItems" in content:
            content["LineItems"] = [
                {key: value for key, value in line.items() if key != "LineItemID"} for line in content["LineItems"]
            ]
        return content

    @api.model
    def _agreed(self, data, facts):
        return {
            "line_ids": [line.get("LineItemID") for line in data.get("LineItems") or []],
            "status": data.get("Status"),
        }

    @api.model
    def _disagreement(self, data, facts):
        """Xero's totals must be Odoo's, to the cent."""
        if not facts or data.get("Total") is None:
            return None
        total, tax = decimal(float(data["Total"]), 2), decimal(float(data.get("TotalTax") or 0), 2)
        if (str(total), str(tax)) == (facts["total"], facts["tax"]):
            return None
        return "totals_differ", {
            "xero_total": str(total),
            "xero_tax": str(tax),
            "odoo_total": facts["total"],
            "odoo_tax": facts["tax"],
        }

    # === LOOKUP === #

    @api.model
    def _same_document(self, payload, candidate, facts):
        """Same type, number, contact, date and total, and still alive."""
        return (
            candidate.get("Type") == payload.get("Type")
            and candidate.get("Status") not in ("VOIDED", "DELETED")
            and self._natural_key(candidate) == self._natural_key(payload)
            and (candidate.get("Contact") or {}).get("ContactID") == payload["Contact"]["ContactID"]
            and (candidate.get("DateString") or "")[:10] == facts["date"]
            and decimal(float(candidate.get("Total") or 0), 2) == Decimal(facts["total"])
        )
