"""Talks to the accounting half directly, without HTTP: one organisation, one call a method."""

import json
from datetime import datetime, timezone
from decimal import Decimal

from werkzeug.datastructures import Headers, MultiDict

from simulator import seeding
from simulator.accounting import handle
from simulator.accounting.codec import dumps
from simulator.actions import ACTIONS
from simulator.calls import ApiCall
from simulator.clock import Clock
from simulator.ids import Ids

#: A day in the first half of the demo company's financial year, noon in New Zealand.
NOON = datetime(2026, 6, 15, 0, 0, tzinfo=timezone.utc)


class Books:
    """The first organisation of a seed, at a fixed time."""

    def __init__(self, seed="demo-nz"):
        self.clock, self.ids, self.events = Clock(), Ids(), []
        self.clock.set(NOON)
        self.seed = seeding.load(seed, self.clock, self.ids)
        self.organisation = self.seed.organisations[0]

    def call(self, method, path, body=None, *, raw=None, headers=None, **args):
        """Status and payload of the reply, parsed as a client would parse JSON, numbers as Decimal."""
        reply = self.reply(method, path, body, raw=raw, headers=headers, **args)
        if reply.payload is None or isinstance(reply.payload, bytes):
            return reply.status, reply.payload and reply.payload.decode()
        return reply.status, json.loads(dumps(reply.payload), parse_float=Decimal)

    def reply(self, method, path, body=None, *, raw=None, headers=None, **args):
        """The reply as the platform gets it."""
        sent = raw if raw is not None else b"" if body is None else dumps(body)
        call = ApiCall(
            method=method,
            path_segments=path.split("/"),
            args=MultiDict(args),
            headers=Headers(headers or {}),
            body=sent,
            organisation=self.organisation,
            clock=self.clock,
            ids=self.ids,
            emit=lambda *event: self.events.append(event),
        )
        return handle(call)

    def get(self, path, **args):
        """The elements of a GET that has to succeed."""
        status, payload = self.call("GET", path, **args)
        assert status == 200, payload
        return payload[elements_key(payload)]

    def put(self, path, body, **args):
        """The first element of a PUT that has to succeed."""
        return self._written("PUT", path, body, args)

    def post(self, path, body, **args):
        return self._written("POST", path, body, args)

    def refused(self, method, path, body, **args):
        """Messages of the one element that a call is refused for."""
        status, payload = self.call(method, path, body, **args)
        assert status == 400, payload
        assert payload["ErrorNumber"] == 10, payload
        return [error["Message"] for error in payload["Elements"][0]["ValidationErrors"]]

    def act(self, action, **params):
        return ACTIONS[action](self.organisation, params, self.clock, self.ids)

    def _written(self, method, path, body, args):
        status, payload = self.call(method, path, body, **args)
        assert status == 200, payload
        return payload[elements_key(payload)][0]

    # -- things that many tests need

    def invoice(self, *amounts, status="AUTHORISED", contact="Kauri Cafe", **more):
        """A saved sales invoice with a line for each amount."""
        return self.put("Invoices", document("ACCREC", amounts, status, contact, **more))

    def bill(self, *amounts, status="AUTHORISED", contact="Southern Power", **more):
        return self.put("Invoices", document("ACCPAY", amounts, status, contact, **more))

    def credit_note(self, *amounts, status="AUTHORISED", contact="Kauri Cafe", **more):
        return self.put("CreditNotes", document("ACCRECCREDIT", amounts, status, contact, **more))

    def pay(self, invoice, amount, account="090", **more):
        body = {"Invoice": {"InvoiceID": invoice["InvoiceID"]}, "Account": {"Code": account}, "Amount": amount}
        return self.put("Payments", {"Date": "2026-06-20", **body, **more})

    def allocate(self, credit_note, invoice, amount):
        body = {"Amount": amount, "Invoice": {"InvoiceID": invoice["InvoiceID"]}}
        return self.put(f"CreditNotes/{credit_note['CreditNoteID']}/Allocations", body)

    def read_invoice(self, invoice, **args):
        return self.get(f"Invoices/{invoice['InvoiceID']}", **args)[0]

    def read_credit_note(self, credit_note):
        return self.get(f"CreditNotes/{credit_note['CreditNoteID']}")[0]

    def balance(self, code):
        return self.organisation.ledger.balances().get(code, Decimal(0))


def document(kind, amounts, status="AUTHORISED", contact="Kauri Cafe", **more):
    """Body of an invoice, bill or credit note; an amount is a number or a whole line."""
    account = "200" if kind.startswith("ACCREC") else "429"
    lines = [amount if isinstance(amount, dict) else line(amount, account) for amount in amounts]
    body = {"Type": kind, "Status": status, "Contact": {"Name": contact}, "LineItems": lines}
    if not kind.endswith("CREDIT"):
        body["DueDate"] = "2026-07-20"
    return {"Date": "2026-06-10", **body, **more}


def line(amount, account="200", **more):
    return {"Description": "Goods", "Quantity": 1, "UnitAmount": amount, "AccountCode": account, **more}


def elements_key(payload):
    return next(key for key, value in payload.items() if isinstance(value, list))
