"""What the pictures of the screens need besides the demo's books; in Odoo's shell, which gives ``env`` and ``args``."""

# ruff: noqa: F821
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
env.cr.commit()
env["xero.exporter"]._run(connection)
env.cr.commit()

synced = env["xero.binding"].search(
    [("connection_id", "=", connection.id), ("model", "=", "account.move"), ("state", "=", "synced")], limit=1
)
invoice = env["account.move"].browse(synced.res_id)
item = env["xero.binding"].search([("connection_id", "=", connection.id), ("model", "=", "product.product")], limit=1)
result = {
    "connection": connection.id,
    "issue": env["xero.issue"].search([("connection_id", "=", connection.id), ("state", "=", "open")], limit=1).id,
    "invoice": invoice.id,
    "partner": invoice.partner_id.id,
    "product": env["product.product"].browse(item.res_id).product_tmpl_id.id,
}
