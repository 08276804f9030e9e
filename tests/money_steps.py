"""Random work on both sides at once, and the proof that the books agree afterwards.

A step is what a bookkeeper does in Odoo or in Xero. Sides are synced at random moments. In the end every document has
the same amount due on both sides, and so have the control accounts. Used by tests and by the benchmark *money*.
"""

import logging
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError

from ..simulator.steering import SteeringRefused
from ..xero_api import outcomes, ratelimit
from . import money_bank

_logger = logging.getLogger(__name__)

DEBT_TYPES = ("asset_receivable", "liability_payable")
CONTROLS = {"asset_receivable": "DEBTORS", "liability_payable": "CREDITORS"}
RESOURCES = {"Invoices": "InvoiceID", "CreditNotes": "CreditNoteID"}
ADVANCES = {"Overpayments": "OverpaymentID", "Prepayments": "PrepaymentID"}
CREDITS = {"CreditNotes": "CreditNoteID", **ADVANCES}
# Kind of the credit in Xero → kind of the invoices that it can be allocated to.
ALLOCATED_TO = {"ACCRECCREDIT": "ACCREC", "ACCPAYCREDIT": "ACCPAY"}
ALLOCATED_TO |= {f"RECEIVE-{kind}": "ACCREC" for kind in ("OVERPAYMENT", "PREPAYMENT")}
ALLOCATED_TO |= {f"SPEND-{kind}": "ACCPAY" for kind in ("OVERPAYMENT", "PREPAYMENT")}
GONE = ("VOIDED", "DELETED")
# Rounds of reading and sending after which nothing may be left to do.
ROUNDS = 6
MANY = 10**6


def unhurried(xero):
    """Patcher under which neither side counts calls: books are what is looked at here (test_pace looks at the pace)."""
    xero.limits(minute=MANY, day=MANY, app_minute=MANY)
    return patch.object(ratelimit, "MINUTE_LIMIT", MANY)


@dataclass
class Books:
    """What the steps work with.

    :ivar sync: calls an export, then an import, as the crons do
    :ivar tenant_id: the organisation in the simulator that `xero` steers
    """

    env: object
    connection: object
    xero: object
    sync: object
    journal: object
    write_off_account: object
    partners: list
    suppliers: list
    seed: int = 1
    done: Counter = field(default_factory=Counter)

    def __post_init__(self):
        self.is_synced = False
        self.random = random.Random(self.seed)
        self.moves = self.env["account.move"]
        self.before = self._controls_in_xero()
        self.bank_before = money_bank.balance_in_xero(self)
        self.number = 0

    # === STEPS === #

    ODOO_STEPS = ("post", "post", "pay", "pay", "pay_many", "write_off", "unmatch", "cancel_payment")
    ODOO_STEPS += ("credit", "allocate", "allocate", "refund", "void", "rewrite", "receive", "give_back")
    XERO_STEPS = ("xero_pay", "xero_pay", "xero_delete", "xero_allocate", "xero_allocate", "xero_unallocate")
    XERO_STEPS += ("xero_edit", "xero_void", "xero_receive", "xero_give_back", "xero_take_back")

    def run(self, steps):
        """Make so many steps; returns how often each was made."""
        for _n in range(steps):
            name = self.random.choice(self.ODOO_STEPS + self.XERO_STEPS)
            if name.startswith("xero") and not self.is_synced:
                self._sync()
            try:
                with self.env.cr.savepoint():
                    made = getattr(self, name)()
            except (UserError, SteeringRefused, outcomes.Refused) as refusal:
                _logger.debug("%s was refused: %s", name, refusal)
                made = False
            self.done[name] += bool(made)
            self.is_synced = self.is_synced and not made
            if not self.is_synced and (name.startswith("xero") or self.random.random() < 0.25):
                self._sync()
        return self.done

    def post(self):
        self._document(self.random.choice(("out_invoice", "out_invoice", "in_invoice")))
        return True

    def pay(self):
        """All or a part of a document."""
        move = self._pick(lambda m: m.amount_residual and m.move_type in ("out_invoice", "in_invoice"))
        return move and self._register(move, amount=self._part(move.amount_residual))

    def pay_many(self):
        move = self._pick(lambda m: m.amount_residual and m.move_type in ("out_invoice", "in_invoice"))
        moves = self._open(lambda m: (m.partner_id, m.move_type) == (move.partner_id, move.move_type))[:3]
        return len(moves) > 1 and self._register(moves, group_payment=True)

    def write_off(self):
        move = self._pick(lambda m: m.amount_residual > 5 and m.move_type in ("out_invoice", "in_invoice"))
        return move and self._register(
            move,
            amount=move.amount_residual - 1.5,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.write_off_account.id,
        )

    def unmatch(self):
        """What was made in Xero is undone there: Odoo asks about it (test_payments_in)."""
        partials = self._matched(lambda origin: origin != "xero")
        if not partials:
            return False
        self.random.choice(partials).unlink()
        return True

    def cancel_payment(self):
        """What was made, allocated or given back in Xero is undone there: Odoo asks about it (test_advances_in)."""
        of_xero = self._matched(lambda origin: origin == "xero")
        payments = self._payments().filtered(
            lambda one: one.state in ("in_process", "paid") and not self._partials(one.move_id) & of_xero
        )
        payments -= self._of_xero(payments)
        if not payments:
            return False
        payment = self.random.choice(payments)
        payment.action_draft()
        payment.action_cancel()
        return True

    def credit(self):
        """A credit note, sometimes of a document, which Odoo matches with it."""
        if self.random.random() < 0.5:
            self._document(self.random.choice(("out_refund", "in_refund")))
            return True
        move = self._pick(
            lambda m: m.amount_residual == m.amount_total and m.move_type in ("out_invoice", "in_invoice")
        )
        if not move:
            return False
        self.number += 1
        wizard = self.env["account.move.reversal"].create(
            {"move_ids": [Command.set(move.ids)], "journal_id": move.journal_id.id, "date": fields.Date.today()}
        )
        wizard.refund_moves()
        wizard.new_move_ids.ref = f"R-{self.number}"
        wizard.new_move_ids.action_post()
        self.moves |= wizard.new_move_ids
        return True

    def allocate(self):
        """A credit note, or what is left of an unmatched payment, goes to whatever is open."""
        move = self._pick(lambda m: m.amount_residual and m.move_type in ("out_invoice", "in_invoice"))
        if not move:
            return False
        credits = self._open(
            lambda m: (m.partner_id, m.move_type) == (move.partner_id, move.move_type.replace("invoice", "refund"))
        )
        payments = self.env["account.move.line"].search(
            [
                ("account_id", "=", self._debt(move).account_id.id),
                ("partner_id", "=", move.partner_id.id),
                ("reconciled", "=", False),
                ("parent_state", "=", "posted"),
                ("move_id.origin_payment_id", "!=", False),
            ]
        )
        others = self._debt(credits).filtered(lambda line: not line.reconciled) | payments
        if not others:
            return False
        (self._debt(move) | self.random.choice(others)).reconcile()
        return True

    def refund(self):
        """Money back for a credit note."""
        move = self._pick(lambda m: m.amount_residual and m.move_type in ("out_refund", "in_refund"))
        return move and self._register(move, amount=self._part(move.amount_residual))

    def receive(self):
        """Money that no document is named for, from a customer or to a supplier."""
        sale = self.random.random() < 0.7
        partner = self.random.choice(self.partners if sale else self.suppliers)
        self._money(partner, "inbound" if sale else "outbound", "customer" if sale else "supplier", self._price())
        return True

    def give_back(self):
        """Some of what is left of an unmatched payment."""
        first = self._one(self._payments().filtered(lambda one: one.state == "in_process" and self._left(one)))
        if not first or (first.payment_type == "inbound") != (first.partner_type == "customer"):
            return False
        back = "outbound" if first.payment_type == "inbound" else "inbound"
        second = self._money(first.partner_id, back, first.partner_type, self._part(self._left(first)))
        self._debt((first | second).move_id).filtered(lambda line: not line.reconciled).reconcile()
        return True

    def void(self):
        move = self._pick(lambda m: not self._partials(m))
        if not move:
            return False
        move.button_draft()
        move.button_cancel()
        return True

    def rewrite(self):
        """Reset to draft, another price, post again."""
        move = self._pick(lambda m: not self._partials(m))
        if not move:
            return False
        move.button_draft()
        move.invoice_line_ids[:1].price_unit = self._price()
        move.action_post()
        return True

    # --- in Xero

    def xero_pay(self):
        resource = self.random.choice(list(RESOURCES))
        found = [row for row in self._held(resource) if row["Status"] == "AUTHORISED" and self._due(row)]
        if not found:
            return False
        row = self.random.choice(found)
        key = {"Invoices": "invoice", "CreditNotes": "credit_note"}[resource]
        self.xero.act(
            "bank-payment",
            tenant_id=self.connection.tenant_id,
            amount=str(self._part(self._due(row))),
            **{key: row[RESOURCES[resource]]},
        )
        return True

    def xero_delete(self):
        payments = [row for row in self._state("Payments") if row["Status"] == "AUTHORISED" and self._is_ours(row)]
        return payments and self._post(f"Payments/{self.random.choice(payments)['PaymentID']}", {"Status": "DELETED"})

    def xero_allocate(self):
        """A credit note or an advance."""
        credits = [(resource, row) for resource in CREDITS for row in self._credits(resource)]
        resource, credit = self._one([one for one in credits if one[1]["Status"] == "AUTHORISED"]) or (None, None)
        found = [
            row
            for row in self._held("Invoices")
            if credit
            and row["Type"] == ALLOCATED_TO[credit["Type"]]
            and row["Status"] == "AUTHORISED"
            and row["Contact"]["ContactID"] == credit["Contact"]["ContactID"]
        ]
        if not found:
            return False
        invoice = self.random.choice(found)
        amount = self._part(min(self._due(invoice), self._due(credit)))
        body = {"Allocations": [{"Amount": amount, "Invoice": {"InvoiceID": invoice["InvoiceID"]}}]}
        return self._call("put", f"{resource}/{credit[CREDITS[resource]]}/Allocations", body)

    def xero_unallocate(self):
        found = [
            f"{resource}/{row[id_key]}/Allocations/{one['AllocationID']}"
            for resource, id_key in CREDITS.items()
            for row in self._credits(resource)
            for one in row.get("Allocations") or []
        ]
        path = self._one(found)
        if path:
            self.connection._with_client(lambda client: client.delete(path))
        return bool(path)

    def xero_void(self):
        row = self._one(
            [row for row in self._held("Invoices") if row["Status"] == "AUTHORISED" and self._untouched(row)]
        )
        if row:
            self.xero.act("void-invoice", tenant_id=self.connection.tenant_id, invoice=row["InvoiceID"])
        return bool(row)

    def xero_receive(self):
        """An over- or prepayment on the bank account."""
        sale = self.random.random() < 0.7
        partner = self.random.choice(self.partners if sale else self.suppliers)
        contact = self.env["xero.binding"]._for(self.connection, partner).get(partner.id)
        if not contact or not contact.external_id:
            return False
        kind = self.random.choice(("OVERPAYMENT", "PREPAYMENT"))
        self.number += 1
        payload = {
            "Type": f"{'RECEIVE' if sale else 'SPEND'}-{kind}",
            "Contact": {"ContactID": contact.external_id},
            "BankAccount": {"AccountID": self._bank_account()},
            "Date": fields.Date.today().isoformat(),
            "Reference": f"X-{self.seed}-{self.number}",
            "LineAmountTypes": "NoTax",
            "LineItems": [
                {
                    "Description": "Deposit",
                    "Quantity": 1,
                    "UnitAmount": Decimal(str(self._price())),
                    **({"AccountCode": self._liability()} if kind == "PREPAYMENT" else {}),
                }
            ],
        }
        return self._call("put", "BankTransactions", {"BankTransactions": [payload]})

    def xero_give_back(self):
        """A refund of an over- or prepayment."""
        found = [
            (key, row)
            for key in ADVANCES
            for row in self._credits(key)
            if row["Status"] == "AUTHORISED" and self._due(row)
        ]
        resource, row = self._one(found) or (None, None)
        if not row:
            return False
        payment = {
            resource[:-1]: {ADVANCES[resource]: row[ADVANCES[resource]]},
            "Account": {"AccountID": self._bank_account()},
            "Date": fields.Date.today().isoformat(),
            "Amount": self._part(self._due(row)),
        }
        return self._call("put", "Payments", {"Payments": [payment]})

    def xero_take_back(self):
        """An over- or prepayment that nothing stands against is deleted."""
        ours = {row[key] for name, key in ADVANCES.items() for row in self._credits(name) if self._is_whole(row)}
        found = [
            row
            for row in self._state("BankTransactions")
            if row["Status"] == "AUTHORISED" and ours & {row.get(key) for key in ADVANCES.values()}
        ]
        row = self._one(found)
        return row and self._post(f"BankTransactions/{row['BankTransactionID']}", {"Status": "DELETED"})

    def xero_edit(self):
        found = [row for row in self._held("Invoices") if row["Status"] == "AUTHORISED" and self._untouched(row)]
        row = self._one(found)
        if row:
            self.xero.act(
                "edit-invoice-line",
                tenant_id=self.connection.tenant_id,
                invoice=row["InvoiceID"],
                line=1,
                values={"UnitAmount": str(self._price())},
            )
        return bool(row)

    # === HOW === #

    def _sync(self):
        """Whatever the schedule says."""
        self.connection._request_run("out")
        self.connection._request_run("in")
        self.sync()
        if self._answer():
            self.sync()
        self.is_synced = True

    def _answer(self):
        """Odoo asks where only a part of a payment was deleted in Xero: the money came, and the part is sent again.

        It asks where a matching takes more than is beside an overpayment in use: the matching is undone again.
        """
        mine = [("connection_id", "=", self.connection.id), ("state", "=", "open")]
        asked = self.env["xero.issue"].search([*mine, ("code", "=", "advance_deleted_partly")])
        payments = self.env["account.payment"].browse(asked.mapped("res_id"))
        for payment in payments:
            payment.action_xero_export()
        short = self.env["xero.issue"].search([*mine, ("code", "=", "advance_short")])
        for payment in self.env["account.payment"].browse(short.mapped("res_id")):
            partials = self._partials(payment.move_id)
            links = self.env["xero.binding"]._for(self.connection, partials)
            partials.filtered(lambda one, links=links: one.id not in links or not links[one.id].external_id).unlink()
        short.action_retry()
        return bool(payments or short)

    def _document(self, move_type):
        self.number += 1
        sale = move_type.startswith("out")
        journal = self.env["account.journal"].search(
            [("company_id", "=", self.connection.company_id.id), ("type", "=", "sale" if sale else "purchase")], limit=1
        )
        move = self.env["account.move"].create(
            {
                "move_type": move_type,
                "journal_id": journal.id,
                "partner_id": self.random.choice(self.partners if sale else self.suppliers).id,
                "invoice_date": fields.Date.today(),
                "ref": f"D-{self.seed}-{self.number}",
                "invoice_line_ids": [
                    Command.create({"name": "Work", "quantity": self.random.randint(1, 3), "price_unit": self._price()})
                    for _n in range(self.random.randint(1, 2))
                ],
            }
        )
        move.action_post()
        self.moves |= move
        return move

    def _money(self, partner, payment_type, partner_type, amount):
        payment = self.env["account.payment"].create(
            {
                "payment_type": payment_type,
                "partner_type": partner_type,
                "partner_id": partner.id,
                "amount": amount,
                "journal_id": self.journal.id,
            }
        )
        payment.action_post()
        return payment

    def _payments(self):
        """The payments of these partners that have an entry."""
        partners = [partner.id for partner in (*self.partners, *self.suppliers)]
        return self.env["account.payment"].search([("partner_id", "in", partners), ("move_id", "!=", False)])

    def _left(self, payment):
        """What no document is matched with, without what is to be written off with it."""
        left = abs(sum(self._debt(payment.move_id).mapped("amount_residual")))
        return max(round(left - money_bank.to_write_off(self, payment), 2), 0.0)

    def _of_xero(self, payments):
        """Those that were made in Xero."""
        links = self.env["xero.binding"]._for(self.connection, payments)
        return payments.filtered(lambda one: one.id in links and links[one.id].origin == "xero")

    def _price(self):
        return self.random.randint(1000, 50000) / 100

    def _part(self, amount):
        """All of an amount, or some of it, to the cent."""
        cents = round(Decimal(str(amount)) * 100)
        part = cents if self.random.random() < 0.4 else self.random.randint(1, int(cents))
        return float(part) / 100 if isinstance(amount, float) else Decimal(part) / 100

    def _register(self, moves, **values):
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=moves.ids)
            .create({"journal_id": self.journal.id, "payment_date": fields.Date.today(), **values})
        )
        return bool(wizard._create_payments())

    def _open(self, condition=lambda move: True):
        return self.moves.filtered(lambda m: m.state == "posted" and m.amount_residual and condition(m))

    def _pick(self, condition):
        found = self.moves.filtered(lambda move: move.state == "posted" and condition(move))
        return self.random.choice(found) if found else found

    def _one(self, found):
        return self.random.choice(found) if found else None

    def _debt(self, moves):
        return moves.line_ids.filtered(lambda line: line.account_type in DEBT_TYPES)

    def _partials(self, moves):
        lines = self._debt(moves)
        return lines.matched_debit_ids | lines.matched_credit_ids

    def _matched(self, wanted):
        partials = self._partials(self.moves | self._payments().move_id)
        origins = {
            binding.res_id: binding.origin
            for binding in self.env["xero.binding"].search(
                [("model", "=", partials._name), ("res_id", "in", partials.ids)]
            )
        }
        return partials.filtered(lambda partial: wanted(origins.get(partial.id, "odoo")))

    def _state(self, resource):
        return self.xero.state(resource, self.connection.tenant_id)

    def _held(self, resource):
        """What Xero holds of the documents of these steps."""
        ours = set(self._links().values())
        return [row for row in self._state(resource) if row[RESOURCES[resource]] in ours]

    def _credits(self, resource):
        """What Xero holds of credit that concerns these steps."""
        if resource in RESOURCES:
            return self._held(resource)
        partners = self.env["res.partner"].union(*self.partners, *self.suppliers)
        contacts = {link.external_id for link in self.env["xero.binding"]._for(self.connection, partners).values()}
        return [row for row in self._state(resource) if row["Contact"]["ContactID"] in contacts]

    def _is_whole(self, row):
        """Whether nothing of an advance was allocated or given back."""
        return row["Status"] == "AUTHORISED" and self._due(row) == row["Total"]

    def _bank_account(self):
        mapped = self.env["xero.journal.mapping"]._for(self.connection)
        return self.connection._payment_account(self.journal, mapped).external_id

    def _liability(self):
        mine = [("connection_id", "=", self.connection.id), ("type", "=", "CURRLIAB"), ("system_account", "=", False)]
        return self.env["xero.account"].search(mine, limit=1).code

    def _links(self):
        """Document id → Xero's id."""
        bindings = self.env["xero.binding"].search(
            [("connection_id", "=", self.connection.id), ("model", "=", "account.move"), ("external_id", "!=", False)]
        )
        return {binding.res_id: binding.external_id for binding in bindings}

    def _is_ours(self, payment):
        ours = set(self._links().values())
        ours |= {row[id_key] for resource, id_key in ADVANCES.items() for row in self._credits(resource)}
        keys = ("Invoice", "CreditNote", "Overpayment", "Prepayment")
        return any((payment.get(key) or {}).get(f"{key}ID") in ours for key in keys)

    def _untouched(self, row):
        return not (row.get("AmountPaid") or row.get("AmountCredited"))

    def _due(self, row):
        return row["AmountDue"] if "AmountDue" in row else row.get("RemainingCredit", Decimal(0))

    def _post(self, path, body):
        return self._call("post", path, body)

    def _call(self, verb, path, body):
        key = f"{self.seed}-{self.random.random()}"
        self.connection._with_client(lambda client: getattr(client, verb)(path, body, key))
        return True

    # === THE PROOF === #

    def settle(self):
        """Sync until nothing is left to do; returns what does not agree, in words."""
        for _n in range(ROUNDS):
            self._sync()
        return self._differences()

    def _differences(self):
        held = {row[key]: row for resource, key in RESOURCES.items() for row in self._state(resource)}
        links, wrong = self._links(), []
        self.env.invalidate_all()
        for move in self.moves:
            row = held.get(links.get(move.id))
            if not row and move.state == "posted":
                wrong.append(f"{move.name} is not in Xero")
            elif row and move.state == "cancel" and row["Status"] not in GONE:
                wrong.append(f"{move.name} is cancelled in Odoo and {row['Status']} in Xero")
            elif row and move.state == "posted":
                due = Decimal(repr(round(move.amount_residual, 2)))
                total = Decimal(repr(round(move.amount_total, 2)))
                if (due, total) != (self._due(row), row["Total"]):
                    wrong.append(
                        f"{move.name}: {due} of {total} due in Odoo, {self._due(row)} of {row['Total']} in Xero"
                    )
        wrong += self._differing_advances() + money_bank.differences(self)
        ours, theirs = self._controls_in_odoo(), self._controls_in_xero()
        for role in CONTROLS.values():
            if ours[role] != theirs[role] - self.before[role]:
                wrong.append(f"{role}: {ours[role]} in Odoo, {theirs[role] - self.before[role]} in Xero")
        issues = self.env["xero.issue"].search([("connection_id", "=", self.connection.id), ("state", "=", "open")])
        return wrong + [f"{issue.code}: {issue.text}" for issue in issues]

    def _differing_advances(self):
        """Over- and prepayments of which not the same is left."""
        links, wrong, waiting = self._advance_links(), [], money_bank.waiting(self)
        for resource, id_key in ADVANCES.items():
            for row in self._credits(resource):
                payment = links.get(row[id_key])
                if row["Status"] == "VOIDED":
                    continue
                name = payment.display_name if payment else row[id_key]
                more = waiting.get(payment, Decimal(0))
                if more and self._is_whole(row):
                    wrong.append(f"{resource} {name}: {more} waits though none of {row['Total']} is used")
                left = Decimal(repr(round(self._left(payment), 2))) - more if payment else None
                if left != self._due(row):
                    wrong.append(f"{resource} {name}: {left} left in Odoo, {self._due(row)} in Xero")
        return wrong

    def _advance_links(self, resource=None):
        """Xero's id of an over- or prepayment → payment."""
        bindings = self.env["xero.binding"].search(
            [("connection_id", "=", self.connection.id), ("model", "=", "account.payment"), ("state", "!=", "deleted")]
        )
        return {
            link.agreed["credit"]: self.env["account.payment"].browse(link.res_id)
            for link in bindings
            if (link.agreed or {}).get("credit") and resource in (None, link.agreed["resource"])
        }

    def _controls_in_odoo(self):
        """Balance of the control accounts, without what waits: money that no document is matched with (S4-36), and
        what is to be written off with it; prepayments, which Xero keeps on an account of their own. Overpayments are on
        the control account on both sides.
        """
        waits = money_bank.waiting(self)
        overpaid = {
            payment: self._left(payment) - float(waits.get(payment, 0))
            for payment in self._advance_links("Overpayments").values()
        }
        figures = {}
        for account_type, role in CONTROLS.items():
            domain = [
                ("company_id", "=", self.connection.company_id.id),
                ("account_type", "=", account_type),
                ("parent_state", "=", "posted"),
            ]
            lines = self.env["account.move.line"].search(domain)
            waiting = sum(
                line.amount_residual - (1 if line.amount_residual > 0 else -1) * overpaid.get(payment, 0)
                for line in lines
                if line.amount_residual and (payment := line.move_id.origin_payment_id)
            )
            figures[role] = Decimal(repr(round(sum(lines.mapped("balance")) - waiting, 2)))
        return figures

    def _controls_in_xero(self):
        balances = self._balances_in_xero()
        return {
            row["SystemAccount"]: balances.get(row["AccountID"], Decimal(0))
            for row in self._state("Accounts")
            if row.get("SystemAccount") in CONTROLS.values()
        }

    def _balances_in_xero(self):
        """AccountID → balance."""
        # What is paid in Xero bears the organisation's date, which may be tomorrow's here.
        until = (fields.Date.today() + timedelta(days=1)).isoformat()
        answer = self.connection._with_client(lambda client: client.get("Reports/TrialBalance", params={"date": until}))
        cells = [row["Cells"] for part in answer.payload["Reports"][0]["Rows"] for row in part.get("Rows") or []]
        balances = {}
        for row in cells:
            debit, credit = (Decimal(cell.get("Value") or 0) for cell in row[-2:])
            balances[(row[0].get("Attributes") or [{}])[0].get("Value")] = debit - credit
        return balances
