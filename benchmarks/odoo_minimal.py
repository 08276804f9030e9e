"""Inside Odoo, for bench_minimal.py: edits by chance on both sides. ``env`` and ``args`` are given."""

# ruff: noqa: F821
import random
import time
from collections import Counter
from uuid import uuid4

from odoo import Command

from odoo.addons.account_xero.simulator.steering import Steering
from odoo.addons.account_xero.xero_api import oauth

ALLOWED = {"ContactID", "Name", "EmailAddress", "ContactNumber"}
BATCH, ROUNDS = 50, 4
COLUMNS = ("name", "email", "phone", "vat", "street", "street2", "city", "zip", "website", "comment", "ref")
seen = Counter()
facts = Counter()


def connect():
    """A company of New Zealand whose connection is in Xero Minimal Data Mode."""
    company = env["res.company"].create({"name": "Minimal Ltd", "country_id": env.ref("base.nz").id})
    env.user.write({"company_ids": [Command.link(company.id)]})
    env["account.chart.template"].try_loading("nz", company=company, install_demo=False)
    own = env(context={**env.context, "allowed_company_ids": company.ids, "tracking_disable": True})
    connection = own["xero.connection"].create(
        {"company_id": company.id, "environment": "simulator", "sync_from_date": "2020-01-01", "minimal_data_mode": "1"}
    )
    tokens = oauth.TokenSet(**args["tokens"], id_token=None)
    remotes = oauth.list_connections(connection._endpoints(), tokens.access_token)
    connection._accept_consent(tokens, next(one for one in remotes if one["tenantId"] == args["tenant_id"]))
    connection.write({"send_contact_groups": True, "import_contacts": "all", "contact_changes": "send"})
    (connection.export_cron_id | connection.import_cron_id).active = False
    own.cr.commit()
    return connection


def details(chance, number):
    """What a partner may be told, by chance."""
    values = {column: f"{column}{number}" for column in chance.sample(COLUMNS, chance.randint(1, 5))}
    if "email" in values:
        values["email"] = f"m{number}@example.nz"
    if "name" in values:
        values["name"] = f"Contact {number} {chance.choice(['Ltd', 'Trust', 'Ōtaki', 'O’Hara & Söhne'])}"
    return values


def edit(chance, partners, tags, step):
    """One edit: of the contact, of one of its people, or of its tags."""
    partner, kind = chance.choice(partners), chance.random()
    if kind < 0.75:
        partner.write(details(chance, step))
    elif kind < 0.9:
        partner.write({"child_ids": [Command.create({"name": f"Person {step}", "email": f"p{step}@example.nz"})]})
    else:
        partner.category_id = chance.choice(tags)


def typed_by_hand(chance, number):
    slots = [{"PhoneType": "MOBILE", "PhoneNumber": f"021 {number:07}"}]
    address = {"AddressType": "STREET", "AddressLine1": f"{number} Typed Road", "City": "Whangārei"}
    choices = {"Phones": slots, "TaxNumber": f"T-{number}", "Addresses": [address], "FirstName": f"Typed{number}"}
    return dict(chance.sample(sorted(choices.items(), key=lambda one: one[0]), chance.randint(1, 3)))


def type_into_xero(connection, chance, contacts):
    """Somebody adds details in Xero; returns them by contact."""
    typed = {contact["ContactID"]: typed_by_hand(chance, number) for number, contact in enumerate(contacts)}
    client, rows = connection._make_client(connection._access_token()), list(typed.items())
    for start in range(0, len(rows), BATCH):
        body = {"Contacts": [{"ContactID": id_, **values} for id_, values in rows[start : start + BATCH]]}
        answer = client.post("Contacts", body, key=f"typed-{uuid4()}")
        refused = [element.messages for element in answer.elements if not element.ok]
        assert not refused, refused[:3]
    return typed


def sync(connection):
    """Export and import, and look at everything that left."""
    xero.clear_journal()
    connection.env.cr.commit()
    connection.env["xero.exporter"]._run(connection)
    connection.action_import_now()
    connection.env.cr.commit()
    connection.env["xero.importer"]._run(connection)
    connection.env["xero.exporter"]._run(connection)
    connection.env.cr.commit()
    for call in xero.journal():
        if "/api.xro/" in call["path"] and call["method"] != "GET":
            look_at(call)
    connection.env.invalidate_all()


def look_at(call):
    body = call.get("request_body") or {}
    for contact in body.get("Contacts") or []:
        facts["sent"] += 1
        facts["updates"] += "ContactID" in contact
        seen.update(contact.keys())
    for resource in ("Invoices", "CreditNotes"):
        for document in body.get(resource) or []:
            facts["documents"] += 1
            facts["forbidden"] += set(document["Contact"]) != {"ContactID"}
    if "Groups" in call["path"]:
        facts["forbidden"] += 1


def lost(typed):
    """How many details that were typed by hand Xero has no more."""
    held = {contact["ContactID"]: contact for contact in xero.state("Contacts", args["tenant_id"])}
    return sum(not is_kept(held[id_], key, value) for id_, values in typed.items() for key, value in values.items())


def is_kept(contact, key, value):
    if not isinstance(value, list):
        return contact.get(key) == value
    [wanted] = value
    return any(wanted.items() <= {name: part for name, part in slot.items() if part}.items() for slot in contact[key])


def differing(partners):
    """How many contacts have another name or e-mail address in Xero than in Odoo."""
    held = {contact.get("ContactNumber"): contact for contact in xero.state("Contacts", args["tenant_id"])}
    return sum(not is_alike(partner, held[f"ODOO-{partner.id}"]) for partner in partners)


def is_alike(partner, contact):
    """A company without an e-mail address has that of one of its people (mappers/contact_people.py)."""
    addresses = {partner.email} if partner.email else {*partner.child_ids.mapped("email"), None}
    name = " ".join(partner.name.split())
    return (contact.get("EmailAddress") or None) in addresses and contact["Name"].startswith(name)


def main():
    started, chance = time.monotonic(), random.Random(args["seed"])
    connection = connect()
    own = connection.env
    partners = own["res.partner"].create(
        [
            {"name": f"Partner {n}", "is_company": True, **details(chance, n), "vat": False}
            for n in range(args["contacts"])
        ]
    )
    tags = own["res.partner.category"].create([{"name": f"Tag {n}"} for n in range(5)])
    partners.action_xero_export()
    sync(connection)
    line = Command.create({"name": "Work", "quantity": 1, "price_unit": 100.0})
    values = {"move_type": "out_invoice", "company_id": connection.company_id.id, "invoice_line_ids": [line]}
    moves = own["account.move"].create([{**values, "partner_id": partner.id} for partner in partners[::BATCH]])
    moves.action_post()
    mine = [
        one for one in xero.state("Contacts", args["tenant_id"]) if (one.get("ContactNumber") or "").startswith("ODOO-")
    ]
    typed = type_into_xero(connection, chance, chance.sample(mine, len(mine) // 3))
    edits = 0
    for _round in range(ROUNDS):
        for _edit in range(len(partners) // ROUNDS):
            edits += 1
            edit(chance, partners, tags, edits)
        sync(connection)
    return {
        "contacts": len(partners),
        "edits": edits,
        "seed": args["seed"],
        **{name: facts[name] for name in ("sent", "updates", "documents")},
        "keys": sorted(seen),
        "forbidden": facts["forbidden"] + sum(seen[key] for key in set(seen) - ALLOWED),
        "typed": sum(len(values) for values in typed.values()),
        "lost": lost(typed),
        "differing": differing(partners),
        "issues": own["xero.issue"].search_count([("connection_id", "=", connection.id), ("state", "=", "open")]),
        "seconds": round(time.monotonic() - started),
    }


xero = Steering(args["url"])
result = main()
