"""Stock that Xero does not track: the change of its value, as a manual journal (xero-api.md 4.11)."""

from odoo import api, models
from odoo.tools import groupby

from ..exceptions import Hold, Skip
from ..xero_api import codec
from .manual_journal import DESCRIPTION_LENGTH, REFUSED_TYPES

# Cause of a change -> the setting whose account stands against it.
SETTINGS = {
    "opening": "stock_adjustment_account_id",
    "adjustment": "stock_adjustment_account_id",
    "receipt": "stock_received_account_id",
    "billed": "stock_cogs_account_id",
    "delivery": "stock_cogs_account_id",
    "production": "stock_cogs_account_id",
    "revaluation": "stock_cogs_account_id",
}


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
        if linked and binding.state == "deleted":
            raise Skip(self.env._("Deleted in Xero. The next journal carries the value."))
        if not document.line_ids:
            return self._emptied(binding, linked)
        payload = self._journal(document, self._stock_account(document, linked, prepared), prepared)
        self._check_period(document, connection, linked and self._is_agreed(binding, payload))
        if linked:
            return "update", {self._xero_id: binding.external_id, **payload}
        return "create", payload

    def _emptied(self, binding, linked):
        """What happened that day has been undone the same day."""
        if linked:
            return "delete", {self._xero_id: binding.external_id, "Status": "VOIDED"}
        raise Skip(self.env._("What it was made for has been undone since."))

    def _stock_account(self, document, linked, prepared):
        """Where it was posted, else where the valuation account is mapped to now; kept with the document."""
        account = prepared["accounts"].get(document.account_id.id)
        if linked or not account:
            account = document.xero_account_id or account
        if account != document.xero_account_id:
            document.xero_account_id = account
        return account

    def _journal(self, document, stock, prepared):
        return {
            "Narration": self._narration(document),
            "Date": document.date.isoformat(),
            "Status": "POSTED",
            "LineAmountTypes": "NoTax",
            "JournalLines": [part for line in document.line_ids for part in self._parts(line, stock, prepared)],
        }

    @api.model
    def _narration(self, document):
        """The name stands in it, which is how the journal is found again where an answer was lost."""
        about = document.explanation or document.account_id.display_name
        return f"{document.name}: {about}"[:DESCRIPTION_LENGTH]

    @api.model
    def _parts(self, line, stock, prepared):
        """Two lines a cause: the stock account, and what stands against it."""
        amount, other = self._money(line.value), self._counterpart(line, prepared)
        sides = ((stock, line.account_id, amount), (other, line.counterpart_id or line.document_id, -amount))
        for account, cause, signed in sides:
            if account and account.type in REFUSED_TYPES:
                raise Hold("account_inventory", cause)
            keys = self._account_keys(account, cause)
            tracking = {} if cause == line.account_id else self._tracking(line)
            yield {"LineAmount": signed, "Description": self._text(line), **keys, **tracking}

    @api.model
    def _tracking(self, line):
        """The warehouse, on the side that stands in profit and loss (xero-api.md 4.10)."""
        option = line.tracking_option_id
        if not option:
            return {}
        named = {"TrackingCategoryID": option.category_id.external_id, "TrackingOptionID": option.external_id}
        return {"Tracking": [named]}

    @api.model
    def _counterpart(self, line, prepared):
        """What stands against the stock: the setting's account by cause, else what Odoo's account is mapped to."""
        connection, setting = prepared["connection"], SETTINGS.get(line.cause)
        chosen = line.xero_counterpart_id or (setting and connection[setting])
        if chosen or line.counterpart_id:
            return chosen or prepared["accounts"].get(line.counterpart_id.id)
        label = connection._fields[setting]._description_string(self.env)
        raise Hold("stock_account_missing", connection, setting=label)

    @api.model
    def _text(self, line):
        return (line.description or line.document_id.name)[:DESCRIPTION_LENGTH]

    # === LOST ANSWERS === #

    @api.model
    def _code(self, data):
        return (data.get("Narration") or "").partition(":")[0] or self._external_id(data)

    @api.model
    def _lookups(self, payloads, facts):
        days = [day for day, _same in groupby(sorted(payload["Date"] for payload in payloads))]
        terms = [f"Date=={codec.filter_date(d)}" for d in days]
        return self._any_of("ManualJournals", terms, page=1, pageSize=1000)

    @api.model
    def _is_same(self, payload, candidate, facts):
        """Its name stands at the beginning of the narration, and no two documents have the same."""
        return (
            candidate.get("Status") not in ("VOIDED", "DELETED")
            and self._code(candidate) == self._code(payload)
            and codec.read_date(candidate, "Date").isoformat() == payload["Date"]
        )
