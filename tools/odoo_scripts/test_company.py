# Runs in Odoo's shell. Makes the company that the tests work in: loading its chart of accounts takes two seconds, and
# there are some two hundred classes of tests. tests/common.py takes it where it is there.
country = env.ref("base.nz")  # noqa: F821
values = {"name": "Company of the Tests", "country_id": country.id, "currency_id": country.currency_id.id}
company = env["res.company"].with_context(tracking_disable=True).create(values)  # noqa: F821
env["account.chart.template"].try_loading("nz", company=company, install_demo=False)  # noqa: F821
company.currency_id = country.currency_id
env["stock.warehouse"].create({"company_id": company.id})  # noqa: F821  as Odoo does for each company of a test
env.cr.commit()  # noqa: F821
