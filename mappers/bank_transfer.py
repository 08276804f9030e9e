from decimal import Decimal

from odoo import api, models

from ..exceptions import Hold, Skip
from ..xero_api import codec
from .xero_mapper import decimal

REFERENCE_LENGTH = 255
SIDES = ("FromBankAccount", "ToBankAccount")


class XeroMapperReconciliation(models.AbstractModel):
    _inherit = "xero.mapper.reconciliation"

    @api.model
    def _kind(self, partial):
        if partial._xero_is_transfer():
            return "transfer"
        return super()._kind(partial)


class XeroMapperBankTransfer(models.AbstractModel):
    """Internal transfer between two mapped bank journals → BankTransfer (features.md A6-11).

    Its two sides in Odoo are two payments or statement lines; what makes them one is that they are matched.
    """

    _name = "xero.mapper.bank_transfer"
    _inherit = "xero.mapper.reconciliation"
    _description = "Xero Mapper: Bank Transfers"

    _xero_resource, _xero_id, _xero_number = "BankTransfers", "BankTransferID", None
    _rank, _urgency = 70, "normal"
    _kinds = ("transfer",)

    @api.model
    def _needs(self, connection, records):
        return []

    @api.model
    def _prepare(self, connection, records, bindings):
        journals = self.env["xero.journal.mapping"]._for(connection)
        return {**super()._prepare(connection, records, bindings), "journals": journals}

    def _payload(self, partial, prepared):
        connection, own = prepared["connection"], prepared["bindings"].get(partial.id)
        sent, received = partial.debit_move_id.move_id, partial.credit_move_id.move_id
        if own and own.external_id:
            return "none", {}  # a transfer never changes in Xero (xero-api.md 4.11)
        if not connection.sync_bank_transfers or sent.date < connection.sync_from_date:
            raise Skip(self.env._("Bank transfers are not sent, or it is dated before the start date."))
        accounts = [self._bank(move.journal_id, prepared) for move in (sent, received)]
        if accounts[0] == accounts[1]:
            raise Skip(self.env._("Both journals are the same bank account in Xero."))
        if connection._is_locked(sent.date):
            lock = str(connection._first_open_day())
            raise Hold("transfer_locked", partial, date=str(sent.date), open_day=lock)
        currencies = [move.journal_id.currency_id or move.company_currency_id for move in (sent, received)]
        if currencies[0] != currencies[1]:
            raise Hold("transfer_currency", partial, transfer=partial._xero_label())
        amount = decimal(partial.debit_amount_currency, 2)
        payload = {side: {"AccountID": account.external_id} for side, account in zip(SIDES, accounts, strict=True)}
        payload.update(Amount=amount, Date=sent.date.isoformat(), Reference=self._reference(sent, received))
        identity = [*(account.external_id for account in accounts), str(amount), sent.date.isoformat()]
        return "create", payload, {"date": sent.date.isoformat(), "amount": str(amount), "identity": identity}

    @api.model
    def _bank(self, journal, prepared):
        account = prepared["journals"].get(journal.id)
        if not account:
            raise Hold("journal_unmapped", journal, journal=journal.display_name)
        if account.type != "BANK":
            raise Skip(self.env._("%(account)s is no bank account in Xero.", account=account.display_name))
        return account

    @api.model
    def _reference(self, *moves):
        texts = [move.origin_payment_id.memo or move.statement_line_id.payment_ref or move.ref for move in moves]
        return next(filter(None, texts), moves[0].name)[:REFERENCE_LENGTH]

    def _withdrawal(self, facts):
        gone = {"BankTransferID": facts["external_id"], "Status": "DELETED"}
        return "POST", "BankTransfers", {"BankTransfers": [gone]}

    @api.model
    def _agreed(self, data, facts):
        return {"identity": facts["identity"]} if facts.get("identity") else {}

    @api.model
    def _natural_key(self, data):
        return None

    @api.model
    def _code(self, data):
        return data.get("Reference") or self._external_id(data)

    # === LOOKUP === #

    @api.model
    def _lookups(self, payloads, facts):
        days = sorted({payload["Date"] for payload in payloads})
        return self._any_of("BankTransfers", [f"Date=={codec.filter_date(d)}" for d in days])

    @api.model
    def _is_same(self, payload, candidate, facts):
        """Reference, accounts, date and amount (design.md section 1)."""
        return (
            candidate.get("Status") != "DELETED"
            and all(candidate[side]["AccountID"] == payload[side]["AccountID"] for side in SIDES)
            and Decimal(str(candidate["Amount"])) == Decimal(str(payload["Amount"]))
            and codec.read_date(candidate, "Date").isoformat() == payload["Date"]
            and (candidate.get("Reference") or "") == payload["Reference"]
        )
