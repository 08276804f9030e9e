"""The double entry behind the documents: one per organisation, in base currency, debits positive.

Journals are only ever added. What is voided, deleted or changed is reversed by a journal of opposite signs on the
same date. Each posting on a control account names its document, so that what a document is still worth in base
currency is the sum of its postings.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from ..store import Index, Store
from . import stock
from .arithmetic import rounded, to_base
from .resources import documents, journals

ZERO = Decimal("0.00")
CONTROL = {"ACCREC": "DEBTORS", "ACCRECCREDIT": "DEBTORS", "ACCPAY": "CREDITORS", "ACCPAYCREDIT": "CREDITORS"}
TABLE = "Journals"


@dataclass(frozen=True, slots=True)
class Posting:
    """One amount on one account.

    :ivar amount: base currency, debit positive
    :ivar document: id of the invoice or credit note whose open amount it changes
    :ivar tax: what the line bears of tax, with the amount's sign; posted on the tax account by another posting
    :ivar line: the document's line that it comes from, as it was then
    """

    account_id: str
    amount: Decimal
    document: str | None = None
    tax: Decimal = ZERO
    line: dict | None = None

    def negated(self) -> "Posting":
        return replace(self, amount=-self.amount, tax=-self.tax)


class Ledger:
    """Journals of one organisation."""

    def __init__(self, store: Store, accounts):
        self._accounts = accounts
        stock.add_table(store)
        self._journals = store.add(
            TABLE,
            id_key="JournalID",
            order_key=lambda row: (row["JournalNumber"],),
            indexes=(
                Index("live", lambda row: row["Source"] if not row["Reversed"] else None),
                Index("document", _documents_of, many=True),
                *journals.SPEC.indexes,
            ),
        )

    # --- posting -----------------------------------------------------------------------------------------------------

    def post_document(self, context, kind, row: dict) -> None:
        """Total on the control account, net amounts on the lines' accounts, tax on the tax account."""
        sign = kind.sides[row["Type"]]
        lines = self._lines(row, sign)
        if row.get("RoundingAmount"):
            lines.append(Posting(self._system("ROUNDING"), -sign * to_base(row["RoundingAmount"], row["CurrencyRate"])))
        control = Posting(self._control(row), -_total(lines), row[kind.id_key])
        moved = _plain(stock.move(context, row, row[kind.id_key]))
        self._add(context, row[kind.id_key], row["Type"], row["Date"], [control, *lines, *moved])

    def post_bank_transaction(self, context, row: dict, sign: int, advance: str | None = None) -> None:
        """Total on the bank account, net amounts on the lines' accounts, tax on the tax account.

        :param sign: 1 for money received, -1 for money spent
        :param advance: id of the over- or prepayment that the transaction gives birth to
        """
        lines = self._lines(row, sign, advance)
        bank = Posting(row["BankAccountID"], -_total(lines))
        moved = _plain(stock.move(context, row, row["BankTransactionID"]))
        self._add(context, row["BankTransactionID"], row["Type"], row["Date"], [bank, *lines, *moved])

    def post_manual_journal(self, context, row: dict) -> None:
        """The lines as they are, and their tax on the tax account."""
        as_document = {**row, "LineItems": row["JournalLines"], "CurrencyRate": Decimal(1)}
        self._add(context, row["ManualJournalID"], "MANJOURNAL", row["Date"], self._lines(as_document, -1))

    def post(self, context, source: str, source_type: str, day: date, amounts: list[tuple[str, Decimal]]) -> None:
        """Amounts in base currency, debit positive, as they are: transfers."""
        self._add(context, source, source_type, day, _plain(amounts))

    def post_payment(self, context, kind, payment: dict, document: dict) -> None:
        """Money on the bank side, the settled part on the control account, the rest is currency gain or loss."""
        sign = kind.sides[document["Type"]]
        settled = self._settled(kind, document, payment["Amount"])
        received = sign * to_base(payment["Amount"], payment["CurrencyRate"])
        gain = received + sum(posting.amount for posting in settled)
        postings = [
            Posting(payment["AccountID"], received),
            *settled,
            Posting(self._system("REALISEDCURRENCYGAIN"), -gain),
        ]
        self._add(context, payment["PaymentID"], payment["PaymentType"], payment["Date"], postings)

    def post_allocation(self, context, allocation: dict, kind, credit: dict, invoice: dict) -> None:
        """The credit leaves its own open amount and lowers the invoice's."""
        postings = [
            *self._settled(kind, credit, allocation["Amount"]),
            *self._settled(documents.INVOICES, invoice, allocation["Amount"]),
        ]
        gain = sum(posting.amount for posting in postings)
        postings.append(Posting(self._system("REALISEDCURRENCYGAIN"), -gain))
        self._add(context, allocation["AllocationID"], credit["Type"], allocation["Date"], postings)

    def reverse(self, context, source: str) -> None:
        """Undo what is posted of `source`, by a journal of opposite signs on the same date."""
        corrections = _plain(stock.reverse(context, source))
        for journal in self._journals.by("live", source):
            self._journals.put({**journal, "Reversed": True})
            opposite = [posting.negated() for posting in journal["Postings"]]
            self._add(context, source, journal["SourceType"], journal["Date"], opposite, is_reversal=True)
        self._add(context, source, "ACCPAY", context.today, corrections, is_reversal=True)

    # --- reading -----------------------------------------------------------------------------------------------------

    def balances(self, until: date | None = None) -> dict[str, Decimal]:
        """Account code (id where there is none) → balance in base currency, debit positive.

        :param until: postings after this date are left out
        """
        sums = self.movements(until=until)
        named = ((self._accounts.get(account_id), amount) for account_id, amount in sums.items())
        return {account.get("Code") or account["AccountID"]: amount for account, amount in named}

    def movements(self, *, since: date | None = None, until: date | None = None) -> dict[str, Decimal]:
        """Account id → sum of what was posted from `since` to `until`, both days included."""
        sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
        for day, posting in self.postings():
            if (since is None or day >= since) and (until is None or day <= until):
                sums[posting.account_id] += posting.amount
        return dict(sums)

    def postings(self, *, live: bool = False) -> Iterator[tuple[date, Posting]]:
        """Every posting with its date, oldest journal first.

        :param live: leave out what has been reversed, and its reversals
        """
        for journal in self._journals.walk():
            if live and journal["Reversed"]:
                continue
            for posting in journal["Postings"]:
                yield journal["Date"], posting

    def has_postings(self, account_id: str) -> bool:
        return any(posting.account_id == account_id for _, posting in self.postings())

    def open_amount(self, document_id: str) -> Decimal:
        """What an invoice or credit note still stands for on its control account, in base currency, debit positive."""
        return sum(self._open_by_account(document_id).values(), ZERO)

    # --- helpers -----------------------------------------------------------------------------------------------------

    def _lines(self, row: dict, sign: int, document: str | None = None) -> list[Posting]:
        """A posting for each line's net amount, and one for their tax, in base currency; `sign` is the other side's."""
        rate, postings = row["CurrencyRate"], []
        for line in row["LineItems"]:
            if "LineAmount" not in line:
                continue
            net = line["LineAmount"] - (line["TaxAmount"] if row["LineAmountTypes"] == "Inclusive" else 0)
            amounts = (-sign * to_base(part, rate) for part in (net, line["TaxAmount"]))
            postings.append(Posting(line["AccountID"], next(amounts), document, next(amounts), line))
        tax = sum((posting.tax for posting in postings), ZERO)
        return [*postings, Posting(self._system("GST"), tax, document)]

    def _open_by_account(self, document_id: str) -> dict[str, Decimal]:
        """Account id → what a document still stands for on it; a prepayment stands on its lines' accounts."""
        sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
        for journal in self._journals.by("document", document_id):
            for posting in journal["Postings"]:
                if posting.document == document_id:
                    sums[posting.account_id] += posting.amount
        return sums

    def _settled(self, kind, document: dict, amount: Decimal) -> list[Posting]:
        """Postings that take `amount` of a document off the books, in base currency; the last part takes all."""
        document_id = document[kind.id_key]
        open_by_account = {account: value for account, value in self._open_by_account(document_id).items() if value}
        due = document["AmountDue"]
        rest = rounded(sum(open_by_account.values(), ZERO) * amount / due)
        postings = []
        for left, (account_id, value) in zip(range(len(open_by_account), 0, -1), open_by_account.items(), strict=True):
            share = rest if left == 1 else rounded(value * amount / due)
            rest -= share
            postings.append(Posting(account_id, -share, document_id))
        return postings

    def _control(self, document: dict) -> str:
        return self._system(CONTROL[document["Type"]])

    def _system(self, role: str) -> str:
        return self._accounts.one("system", role)["AccountID"]

    def _add(self, context, source, source_type, day, postings, *, is_reversal=False) -> None:
        postings = [posting for posting in postings if posting.amount or posting.tax]
        if not postings:
            return
        assert not sum(posting.amount for posting in postings), "debits and credits differ"
        self._journals.put(
            {
                "JournalID": context.ids.new(),
                "JournalNumber": len(self._journals) + 1,
                "Source": source,
                "SourceType": source_type,
                "Date": day,
                "Postings": tuple(postings),
                "Reversed": is_reversal,
                "UpdatedDateUTC": context.now,
            }
        )


def _total(postings: list[Posting]) -> Decimal:
    return sum((posting.amount for posting in postings), ZERO)


def _plain(amounts: list[tuple[str, Decimal]]) -> list[Posting]:
    return [Posting(account, amount) for account, amount in amounts]


def _documents_of(journal: dict) -> set[str]:
    """The documents whose control postings a journal holds."""
    return {posting.document for posting in journal["Postings"] if posting.document}
