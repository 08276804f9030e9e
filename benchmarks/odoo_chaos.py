"""Inside Odoo, for bench_chaos.py: users work while worker processes export, fail and are killed. Then both sides are
compared. ``env`` and ``args`` are given.

This process is the users. Workers are forked from it, as Odoo's own server forks its workers, each with database
connections of its own, and die by SIGKILL at a named checkpoint or at a random moment. Time passes on both sides
between them: the simulator's clock goes on, and what our side has noted of the past moves back.
"""

# ruff: noqa: F821
import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress

import odoo.sql_db
from odoo import SUPERUSER_ID, Command, api, fields

from odoo.addons.account_xero.engine.deadline import Deadline
from odoo.addons.account_xero.simulator.steering import Steering
from odoo.addons.account_xero.transactions import CONCURRENCY
from odoo.addons.account_xero.xero_api import oauth, ratelimit

rng = random.Random(args["seed"])
xero = Steering(args["simulator"])
# Where a worker dies: model, step, and whether before or after it.
CHECKPOINTS = [
    (model, step, when)
    for model, steps in {
        "xero.outbox": ("_claim",),
        "xero.planner": ("_plan",),
        "xero.exporter": ("_build_calls", "_store", "_checkpoint", "_send", "_land", "_apply", "_finish", "_release"),
        "xero.reconciler": ("_settle_request", "_apply_found"),
        "xero.binding": ("_record_many",),
    }.items()
    for step in steps
    for when in ("before", "after")
]
IMPORT_CHECKPOINTS = [
    (model, step, when)
    for model, steps in {
        "xero.importer": ("_import_mapper", "_read_mapper", "_keep", "_checkpoint"),
        "xero.binding": ("_record_many", "_by_external"),
        "xero.history": ("_record_many",),
    }.items()
    for step in steps
    for when in ("before", "after")
]
CALL_FAULTS = [
    {"kind": "status", "status": 429, "headers": {"X-Rate-Limit-Problem": "minute", "Retry-After": "0"}},
    {"kind": "status", "status": 429, "headers": {"X-Rate-Limit-Problem": "concurrent", "Retry-After": "0"}},
    {"kind": "status", "status": 429, "headers": {"X-Rate-Limit-Problem": "day", "Retry-After": "0"}},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 500, "when": "after"},
    {"kind": "status", "status": 503},
    {"kind": "status", "status": 503, "body": "", "when": "after"},
    {"kind": "status", "status": 401},
    {"kind": "reset"},
    {"kind": "reset", "when": "after"},
    {"kind": "timeout", "seconds": 0, "when": "after"},
    {"kind": "garbage"},
    {"kind": "garbage", "when": "after"},
]


# --- the company ---


def company():
    """A company of New Zealand with its chart of accounts."""
    made = env["res.company"].create({"name": "Chaos Ltd", "country_id": env.ref("base.nz").id})
    env.user.write({"company_ids": [Command.link(made.id)]})
    env["account.chart.template"].try_loading("nz", company=made, install_demo=False)
    return made


def connect(own, company_):
    """A connection as the consent leaves it."""
    connection = own["xero.connection"].create({"company_id": company_.id, "environment": "simulator"})
    authorise(connection)
    return connection


def authorise(connection):
    """What a user's consent leaves."""
    granted = xero.token(tenant_id=args["tenant_id"])
    kept = {key: granted[key] for key in ("access_token", "refresh_token", "expires_in", "scope")}
    tokens = oauth.TokenSet(**kept, id_token=None)
    remotes = oauth.list_connections(connection._endpoints(), tokens.access_token)
    connection._accept_consent(tokens, next(r for r in remotes if r["tenantId"] == args["tenant_id"]))


class Office:
    """The users: they make and change documents, one transaction each, again where PostgreSQL asks for it."""

    def __init__(self, own, connection, total):
        self.env, self.connection, self.left = own, connection, total
        self.made, self.refused = [], Counter()
        self.customers = own["res.partner"].create(
            [{"name": f"Chaos Customer {n}", "email": f"c{n}@chaos.example.nz"} for n in range(12)]
        )
        self.suppliers = own["res.partner"].create([{"name": f"Chaos Supplier {n}"} for n in range(8)])
        self.products = own["product.product"].create(
            [{"name": f"Chaos Product {n}", "default_code": f"CH{n:03}", "lst_price": 5 + n} for n in range(10)]
        )
        self.bank = own["account.journal"].search([("company_id", "=", own.company.id), ("type", "=", "bank")], limit=1)

    def do(self, work, *arguments):
        """Call work in a transaction of its own."""
        for _attempt in range(10):
            try:
                work(*arguments)
                self.env.cr.commit()
                return
            except CONCURRENCY:
                self.env.cr.rollback()
            except Exception as error:
                # Odoo refuses some of what a careless user tries; nothing of it is kept.
                self.env.cr.rollback()
                self.refused[f"{work.__name__}: {type(error).__name__}: {str(error)[:80]}"] += 1
                return
        raise RuntimeError(f"{work.__name__} lost ten times against the workers")

    def work(self, count):
        """Make some documents, and do something to as many of those that are there."""
        count = min(count, self.left)
        if count:
            self.do(self.create, count)
            self.left -= count
        for _n in range(max(2, count)):
            self.do(rng.choice(ACTIONS), self)

    def create(self, count):
        self.made += self.env["account.move"].create([self.document() for _n in range(count)]).ids
        moves = self.env["account.move"].browse(self.made[-count:])
        try:
            moves.action_post()
            self.env.cr.flush()
        except BaseException:
            del self.made[-count:]
            raise

    def document(self):
        kind = rng.choices(("out_invoice", "in_invoice", "out_refund", "in_refund"), (45, 25, 20, 10))[0]
        partner = rng.choice(self.customers if kind.startswith("out") else self.suppliers)
        number = len(self.made) + rng.randrange(10**6)
        return {
            "move_type": kind,
            "partner_id": partner.id,
            "invoice_date": fields.Date.today(),
            "ref": f"R{number}" if kind.startswith("in") else False,
            "invoice_line_ids": [
                Command.create(
                    {
                        "product_id": rng.choice(self.products).id,
                        "quantity": rng.randint(1, 5),
                        "price_unit": rng.randint(100, 20000) / 100,
                    }
                )
                for _n in range(rng.randint(1, 3))
            ],
        }

    # -- what users do to a document

    def pick(self, *types, paid=None):
        moves = self.env["account.move"].browse(rng.sample(self.made, min(40, len(self.made)))).exists()
        wanted = moves.filtered(
            lambda m: (
                m.state == "posted"
                and (not types or m.move_type in types)
                and (paid is None or (m.payment_state != "not_paid") == paid)
            )
        )
        return wanted[:1]

    def pay(self):
        move = self.pick().filtered("amount_residual")
        if not move:
            return
        share = rng.choice((1, 1, 0.5, 0.25))
        amount = round(move.amount_residual * share, 2)
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
        wizard.create(
            {"journal_id": self.bank.id, "payment_date": fields.Date.today(), "amount": amount}
        )._create_payments()

    def unpay(self):
        payments = self.pick(paid=True)._get_reconciled_payments()[:1]
        if payments:
            payments.action_draft()
            payments.action_cancel()

    def allocate(self):
        kind, other = rng.choice((("out_invoice", "out_refund"), ("in_invoice", "in_refund")))
        invoice = self.pick(kind).filtered("amount_residual")
        credits_ = (
            self.env["account.move"]
            .browse(self.made)
            .filtered(
                lambda m: (
                    m.state == "posted"
                    and m.move_type == other
                    and m.partner_id == invoice.partner_id
                    and m.amount_residual
                )
            )
        )
        if invoice and credits_:
            lines = (invoice | credits_[0]).line_ids
            lines.filtered(lambda line: line.account_type in ("asset_receivable", "liability_payable")).reconcile()

    def unallocate(self):
        credit = self.pick("out_refund", "in_refund", paid=True)
        lines = credit.line_ids.filtered(lambda line: line.account_type in ("asset_receivable", "liability_payable"))
        partials = lines.matched_debit_ids | lines.matched_credit_ids
        partials.filtered(lambda p: len(p._xero_documents()) > 1)[:1].unlink()

    def edit(self):
        move = self.pick(paid=False)
        if move:
            move.button_draft()
            move.invoice_line_ids[:1].price_unit = rng.randint(100, 20000) / 100
            move.action_post()

    def cancel(self):
        move = self.pick(paid=False)
        if move:
            move.button_draft()
            move.button_cancel()

    def rename(self):
        rng.choice(self.customers | self.suppliers).phone = f"+64 4 {rng.randrange(10**6):06}"


# --- workers ---


def fork(work):
    """Call work(env, connection) in a worker process; returns its id."""
    pid = os.fork()
    if pid:
        return pid
    try:
        # The parent's connections stay the parent's.
        odoo.sql_db._Pool = odoo.sql_db._Pool_readonly = None
        registry = env.registry
        registry._db = odoo.sql_db.db_connect(env.cr.dbname)
        registry._db_readonly = None
        with registry.cursor() as cr:
            fresh = api.Environment(cr, SUPERUSER_ID, {})
            work(fresh, fresh["xero.connection"].browse(CONNECTION_ID))
            cr.commit()
        os._exit(0)
    except BaseException as error:
        print(f"worker: {type(error).__name__}: {error}", flush=True)
        os._exit(1)


def dying(work, checkpoint, nth):
    """work, in a process that dies when it comes to a checkpoint for the nth time."""

    def run(fresh, connection):
        model, step, when = checkpoint
        cls = fresh.registry[model]
        original, met = getattr(cls, step), [0]

        def die_here(self, *arguments, **named):
            met[0] += 1
            last = met[0] >= nth
            if last and when == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            result_ = original(self, *arguments, **named)
            if last:
                os.kill(os.getpid(), signal.SIGKILL)
            return result_

        setattr(cls, step, die_here)
        work(fresh, connection)

    return run


def export(fresh, connection):
    fresh["xero.exporter"]._run(connection)


def read(fresh, connection):
    fresh["xero.importer"]._run(connection)


def wait(pid, limit):
    """Whether the process was killed; after ``limit`` seconds it is killed now."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.WIFSIGNALED(status)
        time.sleep(0.005)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return True


def pass_time(own, seconds):
    """Let time pass on both sides; waits for Xero are over, as they would be by then."""
    xero.advance(seconds)
    for _attempt in range(10):
        try:
            for query in (
                "UPDATE xero_request SET sent_at = sent_at - %s * interval '1 s', "
                "retry_at = retry_at - %s * interval '1 s' "
                "WHERE state IN ('sending', 'doubt')",
                "UPDATE xero_token SET expires_at = expires_at - %s * interval '1 s', "
                "renewed_at = renewed_at - %s * interval '1 s'",
            ):
                own.cr.execute(query, (seconds, seconds))
            own.cr.execute("UPDATE xero_budget SET retry_at = NULL, told_for = 0, sent = '[]'")
            own.cr.commit()
            break
        except CONCURRENCY:
            own.cr.rollback()
    own.invalidate_all()


def set_faults(share):
    """Let that share of the calls fail, all kinds alike."""
    xero.clear_faults()
    if share:
        each = share / len(CALL_FAULTS)
        for fault in CALL_FAULTS:
            xero.add_fault(path="api.xro", probability=each, **fault)


# --- the comparison ---

RESOURCES = {"Invoices": "InvoiceID", "CreditNotes": "CreditNoteID", "Payments": "PaymentID"}
RESOURCES |= {"Contacts": "ContactID", "Items": "ItemID"}
GONE = ("VOIDED", "DELETED")


def in_xero():
    """``{resource: {id: record}}`` of what counts."""
    held = {
        resource: {
            record[key]: record
            for record in xero.state(resource, args["tenant_id"])
            if record.get("Status") not in GONE
        }
        for resource, key in RESOURCES.items()
    }
    held["Allocations"] = {
        allocation["AllocationID"]: allocation | {"credit": note["CreditNoteID"]}
        for note in held["CreditNotes"].values()
        for allocation in note.get("Allocations") or []
    }
    return held


def compare(own, before, moves):
    """What is doubled, lost and wrong; lists of texts."""
    held = in_xero()
    links = own["xero.binding"].search([("connection_id", "=", CONNECTION_ID), ("external_id", "!=", False)])
    alive = links.filtered(lambda link: link.state != "deleted")
    bound = {(link.resource, link.external_id) for link in alive}
    doubled = [
        f"{resource} {record.get('InvoiceNumber') or record.get('CreditNoteNumber') or record.get('Name') or id_}"
        for resource, records in held.items()
        for id_, record in records.items()
        if id_ not in before[resource] and (resource, id_) not in bound
    ]
    by_record = {(link.model, link.res_id): link for link in alive}
    lost, wrong = [], []
    for move in moves.exists():
        link = by_record.get((move._name, move.id))
        record = link and held[link.resource].get(link.external_id)
        if move.state != "posted":
            if record:
                wrong.append(f"{move.name} is {move.state} in Odoo and {record['Status']} in Xero")
        elif not record:
            lost.append(f"{move.name} {move.move_type}")
        elif (theirs := facts_of(record)) != (ours := facts(move, by_record)):
            wrong.append(f"{move.name}: Odoo {ours}, Xero {theirs}")
    partials = moves.line_ids.matched_debit_ids | moves.line_ids.matched_credit_ids
    for link in alive.filtered(lambda link: link.model == partials._name and link.res_id not in partials._ids):
        wrong.append(f"{link.resource} {link.code} is undone in Odoo and stands in Xero")
    for partial in partials:
        link = by_record.get((partial._name, partial.id))
        record = link and held[link.resource].get(link.external_id)
        if not record:
            lost.append(f"reconciliation {partial.id} of {partial._xero_documents().mapped('name')}")
        elif round(float(record["Amount"]), 2) != round(partial.debit_amount_currency, 2):
            wrong.append(f"reconciliation {partial.id}: {partial.debit_amount_currency} and {record['Amount']}")
    return doubled, lost, wrong


def facts(move, by_record):
    """Type, number, contact, total, tax, status and what is due, as Odoo has them."""
    types = {"out_invoice": "ACCREC", "in_invoice": "ACCPAY", "out_refund": "ACCRECCREDIT", "in_refund": "ACCPAYCREDIT"}
    due = round(move.amount_residual, 2)
    return (
        types[move.move_type],
        move.name if move.move_type.startswith("out") else move.ref,
        by_record["res.partner", move.commercial_partner_id.id].external_id,
        round(move.amount_total, 2),
        round(move.amount_tax, 2),
        "AUTHORISED" if due else "PAID",
        due,
    )


def facts_of(record):
    """The same, as Xero has them."""
    due = record.get("AmountDue") if "AmountDue" in record else record.get("RemainingCredit")
    return (
        record["Type"],
        record.get("InvoiceNumber") or record.get("CreditNoteNumber"),
        record["Contact"]["ContactID"],
        round(float(record["Total"]), 2),
        round(float(record["TotalTax"]), 2),
        record["Status"],
        round(float(due or 0), 2),
    )


def balances(own, moves, before):
    """``{receivable, payable}`` of both sides, from the documents."""
    held = in_xero()
    sides = {"out": ("ACCREC", "ACCRECCREDIT"), "in": ("ACCPAY", "ACCPAYCREDIT")}
    ours = {
        side: round(
            sum(
                m.amount_residual * (-1 if m.move_type.endswith("refund") else 1)
                for m in moves
                if m.state == "posted" and m.move_type.startswith(side)
            ),
            2,
        )
        for side in sides
    }
    theirs = {}
    for side, (invoice, credit) in sides.items():
        open_ = sum(
            r["AmountDue"] for i, r in held["Invoices"].items() if r["Type"] == invoice and i not in before["Invoices"]
        )
        credit_ = sum(
            r["RemainingCredit"]
            for i, r in held["CreditNotes"].items()
            if r["Type"] == credit and i not in before["CreditNotes"]
        )
        theirs[side] = round(float(open_ - credit_), 2)
    return {"odoo": ours, "xero": theirs}


# --- the run ---


def waiting(own):
    own.cr.rollback()
    own.invalidate_all()
    return own["xero.outbox"].search_count([]) + own["xero.request"].search_count(
        [("state", "in", ("sending", "doubt"))]
    )


def next_worker(is_import, dies):
    """``(work, seconds)`` of the next worker; one that dies does so at a checkpoint, or when the seconds are over."""
    work, points = (read, IMPORT_CHECKPOINTS) if is_import else (export, CHECKPOINTS)
    if dies and rng.random() < 0.3:
        return work, rng.uniform(0.05, 1.5)
    return (dying(work, rng.choice(points), rng.randint(1, 4)) if dies else work), 60.0


def run():
    """Rounds of a worker and of users beside it, until all is made, all kills are spent and nothing waits."""
    global CONNECTION_ID
    ratelimit.MINUTE_LIMIT = 10**6
    Deadline.may_rest = lambda deadline, seconds: False
    own_company = company()
    own = env(context={**env.context, "allowed_company_ids": own_company.ids, "tracking_disable": True})
    connection = connect(own, own_company)
    CONNECTION_ID = connection.id
    connection._get_client()
    before = in_xero()
    office = Office(own, connection, args["documents"])
    env.cr.commit()
    kills, named, jumps, rounds, reconnects = 0, Counter(), 0, 0, 0
    step = max(10, args["documents"] // 60)
    set_faults(0.2)
    end = time.monotonic() + args["seconds"]
    while time.monotonic() < end and (office.left or kills < args["kills"] or waiting(own)):
        rounds += 1
        is_import = rounds % 6 == 0
        work, limit = next_worker(is_import, dies=kills < args["kills"])
        env.cr.commit()
        pid = fork(work)
        office.work(step)
        killed = wait(pid, limit)
        if killed:
            kills += 1
            named["import" if is_import else "export"] += 1
        jump = rng.random() < 0.15
        jumps += jump
        pass_time(own, rng.uniform(600, 1500) if jump else rng.uniform(20, 90))
        if connection.state == "reconnect":
            # The bar does not hold, but what else is wrong has to be seen as well.
            reconnects += 1
            authorise(connection)
            env.cr.commit()
    counts = {
        "kills": kills,
        "killed": dict(named),
        "jumps": jumps,
        "rounds": rounds,
        "reconnects": reconnects,
        "seconds": round(args["seconds"] - (end - time.monotonic()), 1),
    }
    return counts | figures(own, connection, office, before)


def figures(own, connection, office, before):
    """What there is in the end, on both sides."""
    left = waiting(own)
    own.invalidate_all()
    moves = own["account.move"].browse(office.made).exists()
    doubled, lost, wrong = compare(own, before, moves)
    issues = own["xero.issue"].search([("connection_id", "=", CONNECTION_ID), ("state", "=", "open")])
    partials = moves.line_ids.matched_debit_ids | moves.line_ids.matched_credit_ids
    return {
        "documents": len(moves),
        "cancelled": len(moves.filtered(lambda m: m.state == "cancel")),
        "reconciliations": len(partials),
        "calls": len([c for c in xero.journal() if "/api.xro/" in c["path"]]),
        "faults": sum(fault["struck"] for fault in xero.faults()),
        "waiting": left,
        "doubled": doubled,
        "lost": lost,
        "wrong": wrong,
        "issues": [f"{i.code} {i.record_name}: {i.text} {i.raw or ''}" for i in issues],
        "balances": balances(own, moves, before),
        "refused_by_odoo": dict(office.refused),
        "state": connection.state,
    }


ACTIONS = [
    *(Office.pay,) * 4,
    Office.unpay,
    *(Office.allocate,) * 2,
    Office.unallocate,
    *(Office.edit,) * 2,
    Office.cancel,
    Office.rename,
]
CONNECTION_ID = 0
with suppress(KeyboardInterrupt):
    result = run()
