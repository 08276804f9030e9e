"""What the pictures of the screens need besides the demo's books; in Odoo's shell, which gives ``env`` and ``args``."""

# ruff: noqa: F821
from odoo import fields

connection = env["xero.connection"].browse(args["connection"])
company = connection.company_id
env = env(context={**env.context, "allowed_company_ids": company.ids})
connection = connection.with_env(env)
connection.write({"compare_balance_sheet": True})

# One customer whose address Xero refuses, with an invoice that waits for it; and one that is to stay at home.
partner = env["res.partner"].create({"name": "Lakeside Boats", "email": "office@lakeside", "city": "Queenstown"})
product = env["product.product"].search([("default_code", "!=", False), ("sale_ok", "=", True)], limit=1)
tax = env["account.tax"].search([("company_id", "=", company.id), ("type_tax_use", "=", "sale"), ("amount", "=", 15)])
for reason in ("", "Sample for the trade fair"):
    move = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "company_id": company.id,
            "invoice_line_ids": [(0, 0, {"product_id": product.id, "price_unit": 480.0, "tax_ids": tax[:1].ids})],
            "xero_do_not_export": bool(reason),
            "xero_do_not_export_reason": reason,
        }
    )
    move.action_post()

# Fields that somebody mapped.
env["xero.field.mapping"].create(
    {
        "connection_id": connection.id,
        "resource": "Invoices",
        "xero_field": "Invoices.Reference",
        "transform": "format",
        "format": "{ref} / {invoice_user_id.name}",
    }
)
invoice = env["account.move"].search(
    [("company_id", "=", company.id), ("move_type", "=", "out_invoice"), ("xero_state", "=", "synced")], limit=1
)
mapping = env["xero.field.mapping"].create(
    {
        "connection_id": connection.id,
        "resource": "Contacts",
        "xero_field": "Contacts.AccountNumber",
        "transform": "field",
        "odoo_field": "ref",
    }
)
for number, customer in enumerate(env["account.move"].search([("company_id", "=", company.id)]).partner_id, 201):
    customer.ref = f"K-{number}"
env.cr.commit()
env["xero.exporter"]._run(connection)
env.cr.commit()

# One that is still in the queue, for the preview.
connection.export_cron_id.active = False
waiting = env["account.move"].create(
    {
        "move_type": "out_invoice",
        "partner_id": invoice.partner_id.id,
        "company_id": company.id,
        "ref": "PO 4471",
        "invoice_line_ids": [
            (0, 0, {"product_id": product.id, "quantity": 3, "price_unit": 480.0, "tax_ids": tax[:1].ids})
        ],
    }
)
waiting.action_post()

# One from before the day from which documents go.
connection.sync_from_date = fields.Date.start_of(fields.Date.today(), "month")
older = waiting.copy({"invoice_date": fields.Date.subtract(connection.sync_from_date, days=12), "ref": "PO 4460"})
older.action_post()

connection.action_first_load()
load = env["xero.first.load"].search([("connection_id", "=", connection.id)], limit=1)
load.action_count()

# A company that is not connected yet, for what is said to whoever is to connect it.
other = env["res.company"].search([("id", "not in", env["xero.connection"].search([]).company_id.ids)], limit=1)
draft = env["xero.connection"].create({"company_id": other.id, "environment": "live"})
env.cr.commit()

item = env["xero.binding"].search([("connection_id", "=", connection.id), ("model", "=", "product.product")], limit=1)
result = {
    "connection": connection.id,
    "issue": env["xero.issue"].search([("connection_id", "=", connection.id), ("state", "=", "open")], limit=1).id,
    "invoice": invoice.id,
    "waiting": waiting.id,
    "older": older.id,
    "mapping": mapping.id,
    "load": load.id,
    "draft": draft.id,
    "companies": "-".join(map(str, (company | other).ids)),
    "partner": invoice.partner_id.id,
    "product": env["product.product"].browse(item.res_id).product_tmpl_id.id,
}
