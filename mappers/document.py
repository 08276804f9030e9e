"""What invoices, bills and credit notes have in common: header, lines, and totals equal to the cent."""

from decimal import Decimal

from odoo import api, models

from ..exceptions import Hold, Skip, Wait
from ..xero_api import codec
from .xero_mapper import decimal

DESCRIPTION_LENGTH, REFERENCE_LENGTH = 4000, 255
TEXT_LINES = ("line_section", "line_subsection", "line_note")


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
        products = records.invoice_line_ids.product_id.with_company(connection.company_id)
        return [records.commercial_partner_id, products.filtered(lambda product: not product.xero_do_not_export)]

    @api.model
    def _prepare(self, connection, records, bindings):
        link = self.env["xero.binding"]._for
        return {
            **super()._prepare(connection, records, bindings),
            "accounts": self.env["xero.account.mapping"]._for(connection),
            "taxes": self.env["xero.tax.mapping"]._for(connection),
            "contacts": link(connection, records.commercial_partner_id),
            "items": link(connection, records.invoice_line_ids.product_id),
        }

    def _payload(self, move, prepared):
        binding = prepared["bindings"].get(move.id)
        linked = bool(binding and binding.external_id)
        self._check_policy(move)
        if move.state != "posted":
            return self._withdrawn(move, binding, linked)
        if linked and binding.state == "deleted":
            raise Hold("document_final", move)
        if not linked and self._date(move) < prepared["connection"].sync_from_date:
            raise Skip(self.env._("Dated before the start date of the connection."))
        payload = self._header(move, prepared)
        payload.update(self._representation(move, self._lines(move, prepared)))
        if not linked or binding.content_hash != codec.digest(self._content(payload)):
            self._check_period(move, prepared["connection"])
        if linked:
            return "update", self._with_ids(payload, binding), self._facts(move)
        return "create", {**payload, **self._url(move)}, self._facts(move)

    def _withdrawn(self, move, binding, linked):
        """Cancelled documents are voided; drafts wait until they are posted again."""
        if move.state == "cancel" and linked and binding.state != "deleted":
            status = "VOIDED" if (binding.agreed or {}).get("status") not in ("DRAFT", "SUBMITTED") else "DELETED"
            return "delete", {self._xero_id: binding.external_id, "Status": status}
        if move.state == "draft" and linked:
            raise Skip(self.env._("Reset to draft in Odoo. It goes again when it is posted."))
        raise Skip(self.env._("Not posted."))

    def _check_period(self, move, connection):
        """xero-api.md 4.2: nothing can be posted or changed on or before Xero's lock dates."""
        locks = [date for date in (connection.period_lock_date, connection.end_of_year_lock_date) if date]
        if locks and self._date(move) <= max(locks):
            raise Hold("period_locked", move, date=str(self._date(move)), lock_date=str(max(locks)))

    @api.model
    def _date(self, move):
        return move.invoice_date or move.date

    # === HEADER === #

    def _header(self, move, prepared):
        connection = prepared["connection"]
        return {
            "Type": self._types[move.move_type],
            "Contact": {"ContactID": self._contact_id(move, prepared)},
            "Date": self._date(move).isoformat(),
            **self._currency_keys(move, prepared),
            "Status": connection.document_status or "AUTHORISED",
            **self._numbers(move),
        }

    def _contact_id(self, move, prepared):
        partner = move.commercial_partner_id
        if not partner:
            raise Hold("no_contact", move)
        binding = prepared["contacts"].get(partner.id)
        if binding and binding.external_id:
            return binding.external_id
        if partner.with_company(prepared["connection"].company_id).xero_do_not_export:
            raise Hold("contact_excluded", partner, contact=partner.display_name)
        raise Wait(partner)

    def _numbers(self, move):
        """Number and reference keys; sales carry Odoo's number, bills the supplier's."""
        raise NotImplementedError

    def _url(self, move):
        """Link back to Odoo, left out where the address contains "xero", which Xero refuses (xero-api.md 4.2)."""
        url = f"{move.get_base_url()}/mail/view?model={move._name}&res_id={move.id}"
        return {} if "xero" in url.lower() else {"Url": url}

    @api.model
    def _facts(self, move):
        return {
            "total": str(decimal(move.amount_total, 2)),
            "tax": str(decimal(move.amount_tax, 2)),
            "date": self._date(move).isoformat(),
        }

    # === LINES === #

    def _lines(self, move, prepared):
        """Lines as plain dicts: the wire keys that never vary, and what each way of writing amounts needs."""
        amounts = self._line_amounts(move)
        lines = []
        for line in move.invoice_line_ids.sorted(lambda line: (line.sequence, line.id)):
            if line.display_type in TEXT_LINES:
                lines.append({"wire": {"Description": (line.name or "-")[:DESCRIPTION_LENGTH]}})
            elif line.id in amounts:
                lines.append(self._money_line(line, amounts[line.id], prepared))
        for line in move.line_ids.filtered(lambda line: line.display_type == "rounding" and line.id in amounts):
            lines.append(self._money_line(line, amounts[line.id], prepared))
        return lines

    def _money_line(self, line, amounts, prepared):
        account = self._account(line, prepared)
        rate = self._tax_rate(line, account, prepared)
        wire = {
            "Description": (line.name or line.product_id.display_name or line.move_id.name)[:DESCRIPTION_LENGTH],
            "TaxType": rate.tax_type,
            **({"AccountCode": account.code} if account.code else {"AccountID": account.external_id}),
            **self._item(line, prepared),
        }
        return {"wire": wire, **self._figures(line, amounts, rate)}

    def _account(self, line, prepared):
        account = prepared["accounts"].get(line.account_id.id)
        if not account:
            raise Hold("account_unmapped", line.account_id, account=line.account_id.display_name)
        return account

    def _item(self, line, prepared):
        product = line.product_id
        if not product:
            return {}
        binding = prepared["items"].get(product.id)
        if binding and binding.external_id:
            return {"ItemCode": binding.code}
        if product.with_company(prepared["connection"].company_id).xero_do_not_export:
            return {}
        raise Wait(product)

    # === LINKED DOCUMENTS === #

    def _with_ids(self, payload, binding):
        """Lines keep their LineItemID: without it Xero deletes and recreates them (xero-api.md 4.2)."""
        ids = (binding.agreed or {}).get("line_ids") or []
        lines = [
            {"LineItemID": ids[index], **line} if index < len(ids) else line
            for index, line in enumerate(payload["LineItems"])
        ]
        return {self._xero_id: binding.external_id, **payload, "LineItems": lines}

    @api.model
    def _content(self, payload):
        content = {key: value for key, value in payload.items() if key not in (self._xero_id, "Url")}
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
