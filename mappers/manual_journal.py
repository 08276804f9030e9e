from decimal import Decimal

from odoo import api, models
from odoo.fields import Command

from ..exceptions import Hold, Skip
from ..xero_api import codec
from .xero_mapper import decimal

DESCRIPTION_LENGTH = 4000

# Accounts on which Xero takes no manual journals (xero-api.md 4.11).
REFUSED_TYPES = ("BANK", "INVENTORY")
REFUSED_ROLES = ("DEBTORS", "CREDITORS", "RETAINEDEARNINGS")
REFUSED_HERE = ("asset_receivable", "liability_payable", "asset_cash")
WITHDRAWN = ("VOIDED", "DELETED")


class XeroMapperManualJournal(models.AbstractModel):
    """Entry of the general ledger that is nothing else → ManualJournal, and back (S5-20)."""

    _name = "xero.mapper.manual_journal"
    _inherit = "xero.mapper"
    _description = "Xero Mapper: Manual Journals"

    _xero_resource, _xero_id, _xero_number = "ManualJournals", "ManualJournalID", None
    _odoo_model, _rank, _modified_since = "account.move", 80, True
    _read_switch = "import_manual_journals"
    _deep_link_path = "/Journal/View.aspx?invoiceID=%s"

    # === TO XERO === #

    @api.model
    def _select(self, records):
        linked = self.env["xero.binding"].search(
            [("model", "=", "account.move"), ("res_id", "in", records.ids), ("resource", "=", self._xero_resource)]
        )
        entries = records.filtered(lambda move: move.move_type == "entry")
        return entries._xero_manual_journals() | entries.filtered(lambda move: move.id in linked.mapped("res_id"))

    @api.model
    def _prepare(self, connection, records, bindings):
        accounts = self.env["xero.account.mapping"]._for(connection)
        return {**super()._prepare(connection, records, bindings), "accounts": accounts}

    def _payload(self, move, prepared):
        connection, binding = prepared["connection"], prepared["bindings"].get(move.id)
        linked = bool(binding and binding.external_id)
        self._check_policy(move)
        if linked and binding.origin == "xero":
            raise Skip(self.env._("Made in Xero. Change it there: Odoo follows."))
        if move.state != "posted":
            return self._withdrawn(move, binding, linked)
        if linked and binding.state == "deleted":
            raise Hold("document_final", move)
        if not linked and not connection.sync_manual_journals:
            raise Skip(self.env._("Send Manual Journals is off."))
        if not linked:
            self._check_start(move, connection)
        payload = self._journal(move, prepared)
        self._check_period(move, connection, linked and binding.content_hash == codec.digest(self._content(payload)))
        if linked:
            return "update", {self._xero_id: binding.external_id, **payload}
        return "create", {**payload, **self._url(move)}

    @api.model
    def _check_period(self, move, connection, unchanged):
        if not unchanged and connection._is_locked(move.date):
            locks = filter(None, (connection.period_lock_date, connection.end_of_year_lock_date))
            raise Hold("period_locked", move, date=str(move.date), lock_date=str(max(locks)))

    def _withdrawn(self, move, binding, linked):
        if move.state == "cancel" and linked and binding.state != "deleted":
            return "delete", {self._xero_id: binding.external_id, "Status": "VOIDED"}
        raise Skip(self.env._("Not posted."))

    def _journal(self, move, prepared):
        lines = [self._journal_line(line, prepared) for line in move.line_ids.sorted("id") if line.account_id]
        return {
            "Narration": self._narration(move),
            "Date": move.date.isoformat(),
            "Status": "POSTED",
            "LineAmountTypes": "NoTax",
            "JournalLines": [line for line in lines if line["LineAmount"]],
        }

    @api.model
    def _narration(self, move):
        return (f"{move.name}: {move.ref}" if move.ref else move.name)[:DESCRIPTION_LENGTH]

    def _journal_line(self, line, prepared):
        account = prepared["accounts"].get(line.account_id.id)
        refused = line.account_id.account_type in REFUSED_HERE or (
            account and (account.type in REFUSED_TYPES or account.system_account in REFUSED_ROLES)
        )
        if refused:
            raise Hold(
                "journal_account_refused", line.move_id, entry=line.move_name, account=line.account_id.display_name
            )
        if not account:
            raise Hold("account_unmapped", line.account_id, account=line.account_id.display_name)
        return {
            "LineAmount": decimal(line.balance, 2),
            "Description": (line.name or line.move_name)[:DESCRIPTION_LENGTH],
            **({"AccountCode": account.code} if account.code else {"AccountID": account.external_id}),
        }

    @api.model
    def _url(self, move):
        return self.env["xero.mapper.invoice"]._url(move)

    @api.model
    def _content(self, payload):
        return {key: value for key, value in payload.items() if key not in (self._xero_id, "Url")}

    @api.model
    def _natural_key(self, data):
        return None

    @api.model
    def _code(self, data):
        return data.get("Narration") or self._external_id(data)

    @api.model
    def _lookups(self, payloads, facts):
        days = sorted({payload["Date"] for payload in payloads if payload.get("Date")})
        terms = [f"Date=={codec.filter_date(d)}" for d in days]
        return self._any_of("ManualJournals", terms, page=1, pageSize=1000)

    @api.model
    def _is_same(self, payload, candidate, facts):
        """By the link back to Odoo; where there is none by narration, date and lines (design.md section 1)."""
        if candidate.get("Status") in WITHDRAWN:
            return False
        if payload.get("Url"):
            return candidate.get("Url") == payload["Url"]
        same_day = codec.read_date(candidate, "Date").isoformat() == payload["Date"]
        return same_day and candidate.get("Narration") == payload["Narration"] and _sums(candidate) == _sums(payload)

    # === FROM XERO === #

    @api.model
    def _from_xero(self, connection, payloads):
        """Journals that were posted in Xero become entries in the miscellaneous journal."""
        if not connection.import_manual_journals:
            return {payload[self._xero_id]: None for payload in payloads}
        return {payload[self._xero_id]: self._import(connection, payload) for payload in payloads}

    def _import(self, connection, payload):
        day = codec.read_date(payload, "Date")
        if payload.get("Status") != "POSTED" or day < connection.sync_from_date:
            return None
        values = self._entry_values(connection, payload)
        move = self.env["account.move"].with_company(connection.company_id).create(values)
        move.action_post()
        return "created", move

    @api.model
    def _entry_values(self, connection, payload):
        company = connection.company_id
        journal = self.env["account.journal"].search(
            [("company_id", "parent_of", company.id), ("type", "=", "general")], order="sequence, id", limit=1
        )
        return {
            "move_type": "entry",
            "company_id": company.id,
            "journal_id": journal.id,
            "date": codec.read_date(payload, "Date"),
            "ref": payload.get("Narration"),
            "line_ids": [Command.create(line) for line in self._entry_lines(connection, payload)],
        }

    @api.model
    def _entry_lines(self, connection, payload):
        """The lines, and one for the tax of journals with tax, on the account that is mapped to Xero's tax account."""
        accounts = self.env["xero.mapper.invoice"]._reverse_maps(connection)["accounts"]
        inclusive = payload.get("LineAmountTypes") == "Inclusive"
        lines, taxes = [], Decimal(0)
        for line in payload["JournalLines"]:
            amount, tax = (decimal(float(line.get(key) or 0), 2) for key in ("LineAmount", "TaxAmount"))
            taxes += tax
            key = line.get("AccountCode") or line.get("AccountID")
            lines.append((key, line.get("Description"), amount - tax if inclusive else amount))
        if taxes:
            domain = [("connection_id", "=", connection.id), ("system_account", "=", "GST")]
            lines.append((self.env["xero.account"].search(domain, limit=1).code, self.env._("Tax"), taxes))
        return [self._entry_line(connection, payload, accounts, *line) for line in lines]

    @api.model
    def _entry_line(self, connection, payload, accounts, key, text, amount):
        if key not in accounts:
            raise Hold("account_unknown", connection, account=key or "?", number=self._code(payload))
        return {
            "account_id": accounts[key].id,
            "name": text or payload.get("Narration"),
            "balance": float(amount),
            "tax_ids": [],
        }

    # === CHANGED IN XERO === #

    @api.model
    def _is_news(self, binding, payload):
        """Journals that were born in Xero follow it; Odoo's own are Odoo's."""
        stamp = self._remote_updated_at(payload)
        older = stamp and binding.remote_updated_at and stamp <= binding.remote_updated_at
        return binding.origin == "xero" and binding.state != "deleted" and not older

    @api.model
    def _changed_in_xero(self, connection, changes):
        return {binding.external_id: self._change(connection, binding, payload) for binding, payload in changes.items()}

    def _change(self, connection, binding, payload):
        move = self.env["account.move"].browse(binding.res_id).exists().with_company(connection.company_id)
        if not move or move.xero_do_not_import:
            return None
        withdrawn = payload.get("Status") in WITHDRAWN
        values = {} if withdrawn else self._entry_values(connection, payload)
        if move.state == "posted":
            move.button_draft()
        if withdrawn:
            move.button_cancel()
            binding.state = "deleted"
            return "deleted"
        move.write({**values, "line_ids": [Command.clear(), *values["line_ids"]]})
        move.action_post()
        return "updated"


def _sums(journal):
    return sorted(Decimal(str(line.get("LineAmount", 0))) for line in journal.get("JournalLines") or [])
