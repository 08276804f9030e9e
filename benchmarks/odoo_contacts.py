"""Inside Odoo, for the benchmark of contacts: near-duplicates and merges. ``env`` and ``args`` are given."""

# ruff: noqa: F821
import random
import time
from uuid import uuid4

from odoo import Command

from odoo.addons.account_xero.simulator.steering import Steering
from odoo.addons.account_xero.xero_api import oauth

BATCH = 50
NEAR = 10  # one of so many contacts is nearly somebody else


def connect():
    """A company of New Zealand with a connection as the consent leaves it."""
    company = env["res.company"].create({"name": "Contacts Ltd", "country_id": env.ref("base.nz").id})
    (env.user | env.ref("base.user_admin")).write({"company_ids": [Command.link(company.id)]})
    env["account.chart.template"].try_loading("nz", company=company, install_demo=False)
    own = env(context={**env.context, "allowed_company_ids": company.ids, "tracking_disable": True})
    connection = own["xero.connection"].create(
        {"company_id": company.id, "environment": "simulator", "sync_from_date": "2020-01-01"}
    )
    tokens = oauth.TokenSet(**args["tokens"], id_token=None)
    remotes = oauth.list_connections(connection._endpoints(), tokens.access_token)
    connection._accept_consent(tokens, next(one for one in remotes if one["tenantId"] == args["tenant_id"]))
    (connection.export_cron_id | connection.import_cron_id).active = False
    own.cr.commit()
    return connection


def invented(number):
    return {
        "name": f"Customer {number:05} Limited",
        "email": f"office@customer{number:05}.example.nz",
        "phone": f"+64 9 {5_000_000 + number * 7}",
        "vat": f"{100_000_000 + number * 11}",
    }


def slot(phone):
    return {"PhoneType": "DEFAULT", "PhoneCountryCode": "64", "PhoneAreaCode": "9", "PhoneNumber": phone[6:]}


def contact_of(values):
    return {
        "Name": values["name"],
        "EmailAddress": values["email"],
        "TaxNumber": values["vat"],
        "Phones": [slot(values["phone"])],
    }


def made_alike(chance, contact, victim, number):
    """Somebody else who shares one thing with a partner, whose own contact is in Xero as well."""
    like = chance.choice(["name", "case", "EmailAddress", "Phones", "TaxNumber"])
    if like == "name":
        return {**contact, "Name": f"{victim['Name']} ({number})"}
    if like == "case":
        return {**contact, "Name": f"{victim['Name'].upper()} {number}"}
    return {**contact, like: victim[like]}


def type_into_xero(connection, contacts):
    """Somebody enters contacts in Xero; returns them as Xero keeps them."""
    # People have no budget of ours.
    client, found = connection._make_client(connection._access_token()), []
    for start in range(0, len(contacts), BATCH):
        answer = client.put("Contacts", {"Contacts": contacts[start : start + BATCH]}, key=str(uuid4()))
        found += [element.data for element in answer.elements if element.ok]
    return found


def sync(connection):
    connection.action_import_now()
    connection.env.cr.commit()
    connection.env["xero.exporter"]._run(connection)
    connection.env["xero.importer"]._run(connection)
    connection.env.cr.commit()
    connection.env.invalidate_all()


def duplicates(connection):
    """Half of the contacts are partners here, under one key less; a tenth of all is nearly one of those."""
    chance, size = random.Random(20261101), args["contacts"]
    known = size // 2
    partners = connection.env["res.partner"].create([invented(number) for number in range(known)])
    contacts, truth, near = [], {}, 0
    for number in range(size):
        contact = contact_of(invented(number))
        if number < known:
            contact.pop(chance.choice(["EmailAddress", "Phones", "TaxNumber"]))
            truth[contact["Name"]] = partners[number].id
        elif number % (NEAR // 2) == 0:
            contact = made_alike(chance, contact, contact_of(invented(chance.randrange(known))), number)
            near += 1
        contacts.append(contact)
    chance.shuffle(contacts)
    names = {contact["ContactID"]: contact["Name"] for contact in type_into_xero(connection, contacts)}
    connection.import_contacts = "all"
    connection.env.cr.commit()
    started = time.process_time()
    sync(connection)
    seconds = time.process_time() - started
    links = connection.env["xero.binding"].search(
        [("connection_id", "=", connection.id), ("resource", "=", "Contacts"), ("external_id", "in", list(names))]
    )
    own = set(partners.ids)
    right = [link for link in links if truth.get(names[link.external_id]) == link.res_id]
    wrong = [link for link in links if link.res_id in own and truth.get(names[link.external_id]) != link.res_id]
    linked = {names[link.external_id] for link in links}
    asked = connection.env["xero.issue"].search_count(
        [("connection_id", "=", connection.id), ("code", "=", "contact_ambiguous"), ("state", "=", "open")]
    )
    return {
        "contacts": len(names),
        "near": near,
        "right": len(right),
        "known": known,
        "wrong": [names[link.external_id] for link in wrong][:20],
        "wrongs": len(wrong),
        "made_again": sum(name in linked for name in truth) - len(right),
        "asked": asked,
        "ms_a_contact": round(1000 * seconds / max(1, len(names)), 1),
    }


def merges(connection):
    """Contacts with invoices, merged in Xero by twos: with one that Odoo does not know, or with one that it does."""
    own, xero = connection.env, Steering(args["url"])
    partners = own["res.partner"].create([{"name": f"Branch {number}"} for number in range(args["merges"])])
    invoices = [invoice(own, partner) for partner in partners]
    own.cr.commit()
    sync(connection)
    links = own["xero.binding"]._for(connection, partners)
    strangers = type_into_xero(connection, [{"Name": f"Head Office {n}"} for n in range(len(partners) // 2)])
    stayed = list(partners[: len(partners) // 2])
    for partner, stranger in zip(stayed, strangers, strict=True):
        xero.act("merge-contacts", tenant_id=args["tenant_id"], **merge(links[partner.id], stranger["ContactID"]))
    others = partners[len(partners) // 2 :]
    for loser, winner in zip(others[::2], others[1::2], strict=False):
        xero.act("merge-contacts", tenant_id=args["tenant_id"], **merge(links[loser.id], links[winner.id].external_id))
    # Documents made before anybody here knows of the merges, and after.
    invoices += [invoice(own, partner) for partner in partners]
    own.cr.commit()
    sync(connection)
    invoices += [invoice(own, partner) for partner in partners]
    own.cr.commit()
    for _time in range(3):
        sync(connection)
    moves = own["account.move"].union(*invoices)
    states = own["xero.binding"]._for(connection, moves)
    failing = moves.filtered(lambda move: move.id not in states or states[move.id].state != "synced")
    waiting = own["xero.outbox"].search([("connection_id", "=", connection.id)])
    issues = own["xero.issue"].search(
        [("connection_id", "=", connection.id), ("state", "=", "open"), ("code", "!=", "contact_ambiguous")]
    )
    return {
        "merged": len(stayed) + len(others) // 2,
        "documents": len(moves),
        "failing": len(failing),
        "waiting": len(waiting),
        "issues": issues.mapped("text")[:20],
    }


def merge(link, into):
    return {"from": link.external_id, "into": into}


def invoice(own, partner):
    move = own["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_date": "2026-11-02",
            "invoice_line_ids": [
                Command.create(
                    {"name": "Consulting", "price_unit": 100.0, "tax_ids": own.company.account_sale_tax_id.ids}
                )
            ],
        }
    )
    move.action_post()
    return move


linked_to = connect()
result = {"duplicates": duplicates(linked_to), "merges": merges(linked_to)}
