"""Stock that Xero does not track: the change of its value, as a manual journal (xero-api.md 4.11)."""

from odoo import api, models
from odoo.tools import groupby

from ..exceptions import Hold
from ..xero_api import codec
from .manual_journal import DESCRIPTION_LENGTH, REFUSED_TYPES


class XeroMapperStockJournal(models.AbstractModel):
    """Stock document of the kind *value* → ManualJournal."""

    _name = "xero.mapper.stock_journal"
    _inherit = "xero.mapper.stock_document"
    _description = "Xero Mapper: Stock Journals"

    _xero_resource, _xero_id, _xero_number = "ManualJournals", "ManualJournalID", None
    _rank, _stock_kind = 85, "value"
    _deep_link_path = "/Journal/View.aspx?invoiceID=%s"

    def _payload(self, document, prepared):
        connection, binding = prepared["connection"], prepared["bindings"].get(document.id)
        linked = bool(binding and binding.external_id)
        self._check_policy(document)
        payload = {
            "Narration": self._narration(document),
            "Date": document.date.isoformat(),
            "Status": "POSTED",
            "LineAmountTypes": "NoTax",
            "JournalLines": self._lines(document, prepared),
        }
        if linked and binding.state == "deleted":
            raise Hold("document_final", document)
        self._check_period(document, connection, linked and self._is_agreed(binding, payload))
        if not linked:
            return "create", payload
        return "update", {self._xero_id: binding.external_id, **payload}

    @api.model
    def _narration(self, document):
        """The name stands in it, which is how the journal is found again where an answer was lost."""
        about = document.explanation or document.account_id.display_name
        return f"{document.name}: {about}"[:DESCRIPTION_LENGTH]

    @api.model
    def _lines(self, document, prepared):
        """Two lines a cause: the stock account, and what stands against it."""
        found = []
        for line in document.line_ids:
            amount = self._money(line.value)
            if not amount:
                continue
            stock = prepared["accounts"].get(line.account_id.id)
            other = line.xero_counterpart_id or prepared["accounts"].get(line.counterpart_id.id)
            for account, cause, signed in ((stock, line.account_id, amount), (other, line.counterpart_id, -amount)):
                self._check_account(account, cause or document)
                keys = self._account_keys(account, cause or document)
                found.append({"LineAmount": signed, "Description": self._text(line), **keys})
        return found

    @api.model
    def _text(self, line):
        return (line.description or line.document_id.name)[:DESCRIPTION_LENGTH]

    @api.model
    def _check_account(self, account, cause):
        if account and account.type in REFUSED_TYPES:
            raise Hold("journal_account_refused", cause, entry=cause.display_name, account=account.display_name)

    # === LOST ANSWERS === #

    @api.model
    def _code(self, data):
        return (data.get("Narration") or "").partition(":")[0] or self._external_id(data)

    @api.model
    def _lookups(self, payloads, facts):
        days = [day for day, _same in groupby(sorted(payload["Date"] for payload in payloads))]
        terms = [f"Date==DateTime({int(d[:4])},{int(d[5:7])},{int(d[8:])})" for d in days]
        return self._any_of("ManualJournals", terms, page=1, pageSize=1000)

    @api.model
    def _is_same(self, payload, candidate, facts):
        """Its name stands at the beginning of the narration, and no two documents have the same."""
        return (
            candidate.get("Status") not in ("VOIDED", "DELETED")
            and self._code(candidate) == self._code(payload)
            and codec.read_date(candidate, "Date").isoformat() == payload["Date"]
        )
