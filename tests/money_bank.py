"""The bank in both books: how much of each payment Xero has, and that Xero has nothing else.

Part of the proof after random steps (money_steps.py, whose ``Books`` are given).
"""

from collections import defaultdict
from decimal import Decimal


def differences(books):
    """What does not agree, in words."""
    in_xero, wrong = _in_xero(books), []
    payments = books._payments().filtered(lambda payment: payment.state in ("in_process", "paid"))
    for payment in payments:
        money, found = _exact(payment.amount), in_xero.get(payment, Decimal(0))
        left = _exact(abs(sum(books._debt(payment.move_id).mapped("amount_residual"))))
        if not money - left - _waits_with_another(books, payment) <= found <= money:
            wrong.append(f"{payment.name}: {money} on the bank, {left} of it unmatched, {found} of it in Xero")
    signed = sum(found if payment.payment_type == "inbound" else -found for payment, found in in_xero.items())
    movement = balance_in_xero(books) - books.bank_before
    if signed != movement:
        wrong.append(f"Bank: {signed} of payments, {movement} in Xero")
    return wrong


def _waits_with_another(books, payment):
    """What is matched with money that went back (or came back), while payments wait for a document on both sides."""
    if books.connection.unallocated_payments != "hold":
        return Decimal(0)
    between = books._partials(payment.move_id).filtered(
        lambda one: len((one.debit_move_id | one.credit_move_id).move_id.origin_payment_id) == 2
    )
    linked = set(_links(books, "account.partial.reconcile", between.ids).values())
    return _exact(sum(between.filtered(lambda one: one.id not in linked).mapped("amount")))


def waiting(books):
    """``{payment: money of it that Xero does not have}`` of those that are an over- or prepayment there.

    An advance that is used cannot grow: what is unmatched beside it waits for a document.
    """
    in_xero = _in_xero(books)
    advances = books._advance_links().values()
    return {one: more for one in advances if (more := _exact(one.amount) - in_xero.get(one, Decimal(0)))}


def balance_in_xero(books):
    return books._balances_in_xero().get(books._bank_account(), Decimal(0))


def to_write_off(books, payment):
    """What was booked with a payment to be written off, and is not in Xero yet."""
    booked = sum(map(abs, books._debt(payment.move_id).mapped("balance"))) - payment.amount
    if round(booked, 2) <= 0:
        return 0.0
    partials = books._partials(payment.move_id)
    rows = {row["PaymentID"]: row for row in books._state("Payments") if row["Status"] == "AUTHORISED"}
    links = _links(books, "xero.write.off", partials.ids)
    return round(booked - sum(float(rows[id_]["Amount"]) for id_ in links if id_ in rows), 2)


def _in_xero(books):
    """``{payment: money on Xero's bank account}``."""
    bank, found = books._bank_account(), defaultdict(Decimal)
    rows = {row["PaymentID"]: row for row in books._state("Payments") if row["Status"] == "AUTHORISED"}
    for external_id, partial_id in _links(books, "account.partial.reconcile").items():
        row = rows.get(external_id)
        if row and row["Account"]["AccountID"] == bank:
            found[_payer(books, partial_id, row)] += row["Amount"]
    rows = {row["BankTransactionID"]: row for row in books._state("BankTransactions") if row["Status"] == "AUTHORISED"}
    for external_id, payment_id in _links(books, "account.payment").items():
        if external_id in rows:
            found[books.env["account.payment"].browse(payment_id)] += rows[external_id]["Total"]
    return found


def _payer(books, partial_id, row):
    """The payment whose money a payment in Xero is: of a refund of another one, the one that gives back."""
    partial = books.env["account.partial.reconcile"].browse(partial_id).exists()
    payments = (partial.debit_move_id | partial.credit_move_id).move_id.origin_payment_id
    if len(payments) > 1:
        credit = (row.get("Overpayment") or {}).get("OverpaymentID") or row["Prepayment"]["PrepaymentID"]
        payments -= books._advance_links().get(credit, payments.browse())
    return payments


def _links(books, model, ids=None):
    """Xero's id → Odoo's id of what is linked and was not deleted."""
    domain = [("connection_id", "=", books.connection.id), ("model", "=", model), ("external_id", "!=", False)]
    if ids is not None:
        domain.append(("res_id", "in", ids))
    links = books.env["xero.binding"].search([*domain, ("state", "!=", "deleted")])
    return {link.external_id: link.res_id for link in links}


def _exact(amount):
    return Decimal(repr(round(amount, 2)))
