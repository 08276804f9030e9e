"""Inside Odoo, for bench_lists.py: many contacts and invoices, and their lists as the web client reads them."""

# ruff: noqa: F821
import os
import time

from lxml import etree

from odoo import Command

from odoo.addons.account_xero.xero_api import oauth

COLUMNS = ("xero_code", "xero_last_import_date", "xero_last_export_date", "xero_do_not_export", "xero_do_not_import")
LISTS = {
    "Contacts": ("res.partner", "base.view_partner_tree", []),
    "Invoices": ("account.move", "account.view_out_invoice_tree", [("move_type", "=", "out_invoice")]),
}
PAGE, COUNT_LIMIT, TIMES = 80, 10001, 25


def prepare():
    """A connected company, a user who reads its books, and records of which nine of ten are in Xero."""
    company = env["res.company"].create({"name": "Lists Ltd", "country_id": env.ref("base.nz").id})
    env.user.write({"company_ids": [Command.link(company.id)], "company_id": company.id})
    env["account.chart.template"].try_loading("nz", company=company, install_demo=False)
    groups = ["base.group_user", "base.group_partner_manager", "account.group_account_invoice"]
    user = env["res.users"].create(
        {
            "name": "Reader",
            "login": "reader",
            "company_id": company.id,
            "company_ids": [Command.set(company.ids)],
            "group_ids": [Command.set([env.ref(name).id for name in [*groups, "account_xero.group_xero_user"]])],
        }
    )
    own = env(context={**env.context, "allowed_company_ids": company.ids})
    connection = own["xero.connection"].create({"company_id": company.id, "environment": "simulator"})
    tokens = oauth.TokenSet(**args["tokens"], id_token=None)
    remotes = oauth.list_connections(connection._endpoints(), tokens.access_token)
    connection._accept_consent(tokens, next(one for one in remotes if one["tenantId"] == args["tenant_id"]))
    (connection.export_cron_id | connection.import_cron_id).active = False
    partner = own["res.partner"].create({"name": "Contact", "email": "contact@example.nz"})
    line = Command.create({"name": "Work", "quantity": 1, "price_unit": 100.0})
    values = {"move_type": "out_invoice", "partner_id": partner.id, "invoice_line_ids": [line]}
    move = own["account.move"].create({**values, "company_id": company.id})
    move.action_post()
    env.flush_all()
    fill("res_partner", "res.partner", "Contacts", partner.id, connection.id, {"commercial_partner_id": "n"})
    fill("account_move", "account.move", "Invoices", move.id, connection.id, {})
    env.cr.commit()
    return {"company": company.id, "user": user.id, "records": args["records"]}


def fill(table, model, resource, pattern, connection_id, changed):
    """Copy one row so many times, and link nine of ten."""
    env.cr.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
    names = [name for (name,) in env.cr.fetchall() if name != "id"]
    changed = {"name": "p.name || '/' || n", "complete_name": "p.name || '/' || n", **changed}
    values = [changed.get(name) or f'p."{name}"' for name in names]
    columns = ", ".join(f'"{name}"' for name in names)
    env.cr.execute(f"SELECT max(id) + 1 FROM {table}")
    [first] = env.cr.fetchone()
    last = first + args["records"] - 1
    env.cr.execute(
        f"INSERT INTO {table} (id, {columns}) SELECT n, {', '.join(values)} FROM {table} p, generate_series(%s, %s) n "
        "WHERE p.id = %s",
        [first, last, pattern],
    )
    env.cr.execute(f"SELECT setval('{table}_id_seq', %s)", [last + 1])
    env.cr.execute(
        """INSERT INTO xero_binding (connection_id, model, res_id, resource, external_id, code, natural_key, state,
                                     origin, last_export_date, content_hash, create_date, write_date)
           SELECT %s, %s, n, %s, gen_random_uuid(), 'C' || n, 'c' || n, 'synced', 'odoo',
                  now() - (n %% 100000) * interval '1 minute', md5(n::text), now(), now()
             FROM generate_series(%s, %s) AS n WHERE n %% 10 != 0""",
        [connection_id, model, resource, first, last],
    )


def shown(model, view):
    """The specification that the web client asks for: what the list shows without further clicks."""
    records = reader(model)
    arch = etree.fromstring(records.get_view(env.ref(view).id, "list")["arch"])
    names = [
        node.get("name")
        for node in arch.iterfind("./field")
        if node.get("optional") != "hide" and node.get("column_invisible") not in ("True", "1")
    ]
    spec = {}
    for name in names:
        field = records._fields[name]
        spec[name] = {"fields": {"display_name": {}}} if field.relational else {}
    return spec


def reader(model):
    user, company = args["known"]["user"], args["known"]["company"]
    return env[model].with_user(user).with_context(allowed_company_ids=[company])


def backend_seconds():
    """CPU seconds of this session's PostgreSQL process; 0 where it runs elsewhere."""
    env.cr.execute("SELECT pg_backend_pid()")
    try:
        with open(f"/proc/{env.cr.fetchone()[0]}/stat") as stat:
            user, system = stat.read().rpartition(")")[2].split()[11:13]
    except OSError:
        return 0.0
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def page(records, domain, spec, order):
    env.invalidate_all()
    answer = records.web_search_read(domain, spec, limit=PAGE, order=order, count_limit=COUNT_LIMIT)
    assert len(answer["records"]) == PAGE, len(answer["records"])


def compared(model, domain, spec, order):
    """Milliseconds of CPU (Odoo's and PostgreSQL's) a page, without and with the columns; by turns, so that both meet
    the same machine."""
    records, spent = reader(model), {"without": 0.0, "with": 0.0}
    both = {"without": spec, "with": {**spec, **dict.fromkeys(COLUMNS, {})}}
    for times in range(TIMES + 3):
        for name, asked in both.items():
            before = backend_seconds() + time.process_time()
            page(records, domain, asked, order)
            if times >= 3:
                spent[name] += backend_seconds() + time.process_time() - before
    return {name: 1000 * seconds / TIMES for name, seconds in spent.items()}


def measure():
    figures = {}
    for title, (model, view, domain) in LISTS.items():
        spec = shown(model, view)
        synced = [*domain, ("xero_code", "!=", False)]
        figures[f"{title}, opened"] = {**compared(model, domain, spec, ""), "is_opening": True}
        by_date = "xero_last_export_date DESC"
        figures[f"{title}, sorted by export date"] = {**compared(model, domain, spec, by_date), "is_opening": False}
        figures[f"{title}, synced ones"] = {**compared(model, synced, spec, ""), "is_opening": False}
    return figures


result = globals()[args["action"]]()
