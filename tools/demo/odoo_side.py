"""What the demo does inside Odoo, and Odoo's figures. Runs in Odoo's shell, which gives ``env`` and ``args``.

The books are Odoo's own demo company of a country: ``args`` name it, and the rate of its usual tax. Drafts are posted,
and documents that a full picture needs are made: awkward cents, discounts, prices with tax, documents without tax,
bills, credit notes.
"""

# ruff: noqa: F821
from collections import defaultdict
from datetime import timedelta

from odoo import Command, fields

DOCUMENTS = ("out_invoice", "in_invoice", "out_refund", "in_refund")
COMPANY = env["res.company"].search([("name", "=", args["company"])], limit=1)
ENV = env(context={**env.context, "allowed_company_ids": COMPANY.ids, "tracking_disable": True})
TODAY = fields.Date.today()
CUSTOMERS = (
    "Ridgeway University",
    "City Limousines",
    "Bayside Club",
    "Hamilton Smith Ltd",
    "Marine Systems",
    "Rex Media Group",
)
CITIES = {"NZ": "Auckland", "AU": "Melbourne"}
SUPPLIERS = ("Young Bros Transport", "PowerDirect", "Net Connect", "Swanston Security")
# (quantity, price, discount): cents that only come right when each line is rounded as Xero does.
AWKWARD = ((1, 25.06, 0), (1, 25.61, 0), (1, 25.63, 0), (3, 33.335, 0), (7, 1.15, 12.5), (2.5, 19.99, 5), (11, 0.07, 0))


def prepare():
    """Post drafts, make what is missing, and a connection that is not connected yet."""
    admin = ENV.ref("base.user_admin")
    admin.write({"company_ids": [Command.link(COMPANY.id)], "company_id": COMPANY.id})
    drafts = ENV["account.move"].search(
        [("company_id", "=", COMPANY.id), ("state", "=", "draft"), ("move_type", "in", DOCUMENTS)]
    )
    drafts.filtered("invoice_line_ids").action_post()
    make_documents()
    connection = ENV["xero.connection"].create({"company_id": COMPANY.id, "environment": "simulator"})
    env.cr.commit()
    return {"connection_id": connection.id, "posted": len(documents())}


def make_documents():
    products = ENV["product.product"].search([("sale_ok", "=", True), ("type", "=", "consu")], limit=20)
    sale, purchase = tax("sale"), tax("purchase")
    included = sale.copy({"name": f"{args['tax']}% included", "price_include_override": "tax_included"})
    for number, name in enumerate(CUSTOMERS * 4):
        lines = [
            line(*AWKWARD[(number + n) % len(AWKWARD)], products[(number * 3 + n) % len(products)])
            for n in range(1 + number % 4)
        ]
        document("out_invoice", partner(name), lines, included if number % 5 == 4 else sale, days=number)
    for number, name in enumerate(SUPPLIERS * 3):
        lines = [
            line(*AWKWARD[(number + n) % len(AWKWARD)], products[(number * 5 + n) % len(products)])
            for n in range(1 + number % 3)
        ]
        document("in_invoice", partner(name), lines, purchase, days=number, ref=f"SUP-{number + 1:04}")
    for number, name in enumerate(CUSTOMERS[:3]):
        document("out_refund", partner(name), [line(1, 12.34 + number, 0, products[number])], sale, days=number)
    document("in_refund", partner(SUPPLIERS[0]), [line(2, 9.99, 0, products[0])], purchase, days=1, ref="SUP-C1")
    document("out_invoice", partner(CUSTOMERS[0]), [line(1, 250, 0, products[1])], ENV["account.tax"], days=2)


def tax(use):
    domain = [
        ("company_id", "=", COMPANY.id),
        ("type_tax_use", "=", use),
        ("amount", "=", args["tax"]),
        ("amount_type", "=", "percent"),
    ]
    return ENV["account.tax"].search([*domain, ("price_include", "=", False)], limit=1)


def partner(name):
    found = ENV["res.partner"].search([("name", "=", name)], limit=1)
    email = f"accounts@{name.split()[0].lower()}.example.{COMPANY.country_code.lower()}"
    values = {"name": name, "email": email, "is_company": True, "city": CITIES[COMPANY.country_code]}
    return found or ENV["res.partner"].create(values)


def line(quantity, price, discount, product):
    return {
        "product_id": product.id,
        "name": product.name,
        "quantity": quantity,
        "price_unit": price,
        "discount": discount,
    }


def document(move_type, customer, lines, taxes, days, **values):
    move = ENV["account.move"].create(
        {
            "move_type": move_type,
            "company_id": COMPANY.id,
            "partner_id": customer.id,
            "invoice_date": TODAY - timedelta(days=days),
            "invoice_line_ids": [Command.create({**one, "tax_ids": [Command.set(taxes.ids)]}) for one in lines],
            **values,
        }
    )
    move.action_post()


def documents():
    domain = [("company_id", "=", COMPANY.id), ("state", "=", "posted"), ("move_type", "in", DOCUMENTS)]
    return ENV["account.move"].search(domain, order="id")


def mapped():
    """How much of what the documents use is mapped."""
    result = {}
    for model, name in (
        ("xero.account.mapping", "accounts"),
        ("xero.tax.mapping", "taxes"),
        ("xero.journal.mapping", "journals"),
    ):
        rows = ENV[model].search([("connection_id.company_id", "=", COMPANY.id)])
        result[name] = f"{len(rows.filtered('mapped'))} of {len(rows)} mapped"
    return result


def exported():
    groups = ENV["xero.history"]._read_group(
        [("direction", "=", "out"), ("action", "in", ("created", "updated", "linked"))], ["resource"], ["__count"]
    )
    return {resource: count for resource, count in groups}


def pay():
    """Register payments as a bookkeeper would: whole, in part, and for a bill; and credit a customer."""
    sales = open_documents("out_invoice")
    bank = ENV["account.journal"].search([("company_id", "=", COMPANY.id), ("type", "=", "bank")], limit=1)
    paid = 0
    for number, move in enumerate([*sales[:6], *open_documents("in_invoice")[:3]]):
        amount = round(move.amount_residual / 2, 2) if number % 3 == 2 else move.amount_residual
        register(move, amount, bank)
        paid += 1
    credit_a_customer()
    env.cr.commit()
    return {"payments": paid}


def register(move, amount, bank):
    wizard = ENV["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
    wizard.create({"amount": amount, "journal_id": bank.id, "payment_date": TODAY})._create_payments()


def credit_a_customer():
    """Match a credit note with an invoice of the same customer."""
    for credit in open_documents("out_refund"):
        invoice = open_documents("out_invoice").filtered(
            lambda move, partner=credit.commercial_partner_id: move.commercial_partner_id == partner
        )[:1]
        if invoice:
            lines = (credit | invoice).line_ids.filtered(lambda line: line.account_type == "asset_receivable")
            lines.filtered(lambda line: not line.reconciled).reconcile()
            return


def open_documents(move_type):
    return documents().filtered(lambda move: move.move_type == move_type and move.payment_state == "not_paid")


def unpaid():
    """Documents for somebody to pay in Xero: external ids and amounts."""
    candidates = open_documents("out_invoice") | open_documents("in_invoice")
    bindings = ENV["xero.binding"]._for(ENV["xero.connection"].search([("company_id", "=", COMPANY.id)]), candidates)
    linked = candidates.filtered(lambda move: move.id in bindings and bindings[move.id].external_id)
    moves = (
        linked.filtered(lambda m: m.move_type == "out_invoice")[:4]
        | linked.filtered(lambda m: m.move_type == "in_invoice")[:2]
    )
    return [
        {
            "external_id": bindings[move.id].external_id,
            "amount": f"{move.amount_residual if n % 2 else move.amount_residual / 2:.2f}",
        }
        for n, move in enumerate(moves)
    ]


def figures():
    """Odoo's side of the comparison: totals of documents, and what each Xero account has to hold."""
    connection = ENV["xero.connection"].search([("company_id", "=", COMPANY.id)])
    moves = documents()
    bindings = ENV["xero.binding"]._for(connection, moves)
    linked = moves.filtered(lambda move: move.id in bindings and bindings[move.id].external_id)
    return {
        "posted": len(moves),
        "documents": [document_figures(move, bindings[move.id]) for move in linked],
        "accounts": account_figures(connection, linked),
        "today": TODAY.isoformat(),
        "aged": aged_figures(connection, linked),
        "taxes": tax_figures(connection, linked),
        "stock": stock_figures(connection),
        "contacts": count(connection, "Contacts"),
        "items": count(connection, "Items"),
        "payments_out": payments(connection, "odoo"),
        "payments_in": payments(connection, "xero"),
        "issues": [
            f"{issue.record_name}: {issue.text} {issue.advice}"
            for issue in connection.issue_ids.filtered(lambda i: i.state == "open")
        ],
        "waiting": len(connection.outbox_ids),
    }


def document_figures(move, binding):
    return {
        "id": binding.external_id,
        "resource": binding.resource,
        "number": move.name,
        "type": move.move_type,
        "untaxed": f"{move.amount_untaxed:.2f}",
        "tax": f"{move.amount_tax:.2f}",
        "total": f"{move.amount_total:.2f}",
        "residual": f"{move.amount_residual:.2f}",
    }


def aged_figures(connection, linked):
    """What is open: (receivable or payable, ContactID, due date, amount), credits below zero."""
    contacts = ENV["xero.binding"]._for(connection, linked.commercial_partner_id)
    return [
        (
            "receivable" if move.move_type.startswith("out") else "payable",
            contacts[move.commercial_partner_id.id].external_id,
            ((move.move_type.endswith("invoice") and move.invoice_date_due) or move.invoice_date).isoformat(),
            f"{-move.amount_residual if move.move_type.endswith('refund') else move.amount_residual:.2f}",
        )
        for move in linked
        if move.amount_residual
    ]


def tax_figures(connection, linked):
    """Tax by Xero's TaxType, in the company's currency; credits count against it."""
    rates = ENV["xero.tax.mapping"]._for(connection)
    sums = defaultdict(float)
    for one in linked.line_ids.filtered("tax_line_id"):
        tax = one.group_tax_id or one.tax_line_id
        sign = -1 if one.move_id.move_type.startswith("out") else 1
        sums[rates[frozenset(tax.ids)].tax_type] += sign * one.balance
    return {tax_type: f"{amount:.2f}" for tax_type, amount in sums.items()}


def count(connection, resource):
    return ENV["xero.binding"].search_count(
        [("connection_id", "=", connection.id), ("resource", "=", resource), ("external_id", "!=", False)]
    )


def payments(connection, origin):
    return ENV["xero.binding"].search_count(
        [("connection_id", "=", connection.id), ("resource", "=", "Payments"), ("origin", "=", origin)]
    )


def account_figures(connection, linked):
    """What the trial balance has to show, by Xero account code: the lines of linked documents and of their payments."""
    accounts = ENV["xero.account.mapping"]._for(connection)
    system = {
        account.system_account: account.code
        for account in ENV["xero.account"].search([("connection_id", "=", connection.id)])
    }
    control = {"asset_receivable": system["DEBTORS"], "liability_payable": system["CREDITORS"]}
    sums = defaultdict(float)
    for one in linked.line_ids.filtered(lambda line: line.display_type != "cogs"):  # the stock journal has those
        if one.tax_line_id:
            code = system["GST"]
        else:
            code = control.get(one.account_type) or accounts[one.account_id.id].code
        sums[code] += one.balance
    for code, amount in stock_journal_figures(connection):
        sums[code] += amount
    for code, amount in payment_figures(connection, control):
        sums[code] += amount
    return {code: f"{amount:.2f}" for code, amount in sums.items()}


def stock_figures(connection):
    """What Odoo says that the stock is worth, by Xero account code."""
    accounts = ENV["xero.account.mapping"]._for(connection)
    values = COMPANY.with_env(ENV).stock_value()
    return {accounts[account.id].code: f"{value:.2f}" for account, value in values.items() if account.id in accounts}


def stock_journal_figures(connection):
    """What stock journals have posted: each line on the stock account, and what stands against it."""
    accounts = ENV["xero.account.mapping"]._for(connection)
    chosen = {
        "receipt": connection.stock_received_account_id,
        "adjustment": connection.stock_adjustment_account_id,
        **dict.fromkeys(("billed", "delivery", "production", "revaluation"), connection.stock_cogs_account_id),
    }
    for one in ENV["xero.stock.document"].search([("connection_id", "=", connection.id)]).line_ids:
        other = chosen.get(one.cause) or accounts[one.counterpart_id.id]
        yield accounts[one.account_id.id].code, one.value
        yield other.code, -one.value


def payment_figures(connection, control):
    journals = ENV["xero.journal.mapping"]._for(connection)
    bindings = ENV["xero.binding"].search(
        [("connection_id", "=", connection.id), ("resource", "=", "Payments"), ("state", "=", "synced")]
    )
    for partial in ENV["account.partial.reconcile"].browse(bindings.mapped("res_id")).exists():
        debit = partial._xero_documents() & partial.debit_move_id.move_id
        own = partial.debit_move_id if debit else partial.credit_move_id
        other = partial.credit_move_id if debit else partial.debit_move_id
        bank = (journals.get(other.journal_id.id) or connection.default_bank_account_id).code
        sign = -1 if debit else 1
        yield control[own.account_type], sign * partial.amount
        yield bank, -sign * partial.amount


result = globals()[args["action"]]()
