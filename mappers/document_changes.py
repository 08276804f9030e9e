"""Changes that somebody made in Xero to a document that both sides have.

Noticed by content, not by time: payments and e-mails move Xero's stamp as well (xero-api.md 3.5). What is noticed is
kept on the link until it is settled: by the rule of the connection, or by a click on the record.
"""

from decimal import Decimal, InvalidOperation

from odoo import api, models
from odoo.exceptions import UserError

from ..engine.outbox import SUPPRESS
from ..exceptions import Hold, Skip, Wait
from ..xero_api import codec
from .document_reading import amount
from .xero_mapper import decimal

WITHDRAWN = ("VOIDED", "DELETED")
# What of a document both sides have to agree on; status, payments and what was e-mailed are not part of it.
HEADER_KEYS = ("Type", "Reference", "CurrencyCode", "SubTotal", "TotalTax", "Total")
LINE_KEYS = (
    *("Description", "Quantity", "UnitAmount", "DiscountRate", "AccountCode", "TaxType"),
    *("TaxAmount", "LineAmount", "ItemCode"),
)
SHOWN_LINE_KEYS = ("Description", "Quantity", "UnitAmount", "DiscountRate", "AccountCode", "TaxType")


def plain(value):
    """A value as it compares: 1, 1.0 and "1.0000" are the same number."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        try:
            return format(Decimal(str(value)).normalize(), "f")
        except InvalidOperation:
            return str(value)
    return value or ""


class XeroMapperDocument(models.AbstractModel):
    _inherit = "xero.mapper.document"

    # === TO XERO === #

    def _payload(self, move, prepared):
        binding = prepared["bindings"].get(move.id)
        if binding and binding.origin == "xero" and binding.external_id:
            raise Skip(self.env._("Made in Xero. Change it there: Odoo follows."))
        conflict = binding and (binding.agreed or {}).get("conflict")
        if conflict:
            raise Hold(conflict["code"], move, **conflict["values"])
        action, payload, *facts = super()._payload(move, prepared)
        renumbered = self._renumbered(move, prepared)
        return action, payload, *([{**facts[0], "renumbered": renumbered}] if facts and renumbered else facts)

    def _header(self, move, prepared):
        header, renumbered = super()._header(move, prepared), self._renumbered(move, prepared)
        return {**header, self._xero_number: renumbered} if renumbered else header

    @api.model
    def _renumbered(self, move, prepared):
        """The number in Xero of a sale that was voided there and made again: Xero keeps the first one taken."""
        binding = prepared["bindings"].get(move.id)
        return (binding.agreed or {}).get("renumbered") if binding else None

    @api.model
    def _agreed(self, data, facts):
        renumbered = {"renumbered": facts["renumbered"]} if facts.get("renumbered") else {}
        return {**super()._agreed(data, facts), **renumbered, "seen": self._seen(data)}

    # === FROM XERO === #

    @api.model
    def _seen(self, data):
        """Digest of what Xero holds."""
        content = {key: plain(data.get(key)) for key in (*HEADER_KEYS, self._xero_number)}
        content["Contact"] = (data.get("Contact") or {}).get("ContactID")
        for key in self._date_keys:
            content[key] = str(self._day(data, key))
        content["Lines"] = [{key: plain(line.get(key)) for key in LINE_KEYS} for line in data.get("LineItems") or []]
        return codec.digest(content)

    @api.model
    def _is_news(self, binding, payload):
        agreed = binding.agreed or {}
        if agreed.get("choice"):
            return True
        if payload.get("Status") in WITHDRAWN:
            return binding.state != "deleted"
        seen = self._seen(payload)
        if seen in (agreed.get("seen"), agreed.get("overruled"), (agreed.get("conflict") or {}).get("seen")):
            return payload.get("Status") != agreed.get("status")
        # Older than our last answer: read before it was kept.
        stamp = self._remote_updated_at(payload)
        return not (stamp and binding.remote_updated_at and stamp < binding.remote_updated_at)

    @api.model
    def _changed_in_xero(self, connection, changes):
        found = {binding: binding.external_id for binding in changes}
        return {found[binding]: self._change(connection, binding, payload) for binding, payload in changes.items()}

    def _change(self, connection, binding, payload):
        move = self.env["account.move"].browse(binding.res_id).exists().with_company(connection.company_id)
        if not move or move.xero_do_not_import:
            return None
        withdrawn = payload.get("Status") in WITHDRAWN
        if withdrawn and move.state == "cancel":
            binding.state = "deleted"
            return None
        lines = [] if withdrawn else self._differences(connection, binding, move, payload)
        if not withdrawn and self._seen(payload) == (binding.agreed or {}).get("seen"):
            self._agree(binding, payload, binding.agreed)
            return None
        if not withdrawn and not lines:
            self._agree(binding, payload, self._own(connection, binding, move)[1])
            return None
        return self._settle(connection, binding, move, payload, withdrawn, lines)

    def _settle(self, connection, binding, move, payload, withdrawn, lines):
        choice = (binding.agreed or {}).get("choice") or self._rule(connection, binding)
        if choice == "ask":
            self._ask(connection, binding, move, payload, withdrawn, lines)
            return None
        if choice == "odoo":
            self._send_odoos(connection, binding, move, payload)
            return None
        try:
            with self.env.cr.savepoint():
                settled = self._follow(connection, binding, move, payload, choice)
        except (Hold, UserError) as refusal:
            self._ask(connection, binding, move, payload, withdrawn, lines)
            binding.agreed = {**binding.agreed, "choice": choice}  # tried again when somebody presses Retry
            return refusal if isinstance(refusal, Hold) else Hold("import_refused", connection, detail=str(refusal))
        binding.agreed = {"renumbered": (binding.agreed or {}).get("renumbered")}
        digest, facts = self._own(connection, binding, settled)
        self._agree(binding, payload, facts)
        binding.write({"state": "deleted" if withdrawn else "synced", "content_hash": digest})
        self._close_issues(connection, binding, move)
        return "updated"

    def _follow(self, connection, binding, move, payload, choice):
        if choice == "reissue":
            return self._reissue(connection, binding, move, payload)
        self._take_xeros(connection, move, payload)
        return move

    @api.model
    def _close_issues(self, connection, binding, move):
        """What was open about the document, on either side, is settled."""
        domain = [("connection_id", "=", connection.id), ("state", "in", ("open", "retry"))]
        about = [("external_id", "=", binding.external_id), ("resource", "=", self._xero_resource)]
        self.env["xero.issue"].search([*domain, *about]).state = "resolved"
        self.env["xero.issue"]._mended(move._name, move.ids, connections=connection)

    @api.model
    def _rule(self, connection, binding):
        """Documents that were born in Xero follow it; of ours, the connection says what to do."""
        return "xero" if binding.origin == "xero" else connection.changes_in_xero

    @api.model
    def _agree(self, binding, payload, facts):
        """What Xero holds is what both sides have; a conflict is over."""
        binding.write(
            {
                "agreed": self._agreed(payload, facts),
                "remote_updated_at": self._remote_updated_at(payload),
                "code": self._code(payload),
            }
        )

    @api.model
    def _own(self, connection, binding, move):
        """Digest and facts of what we would send now, so that following Xero is not sent back; or nothing."""
        if move.state != "posted":
            return False, {}
        try:
            prepared = self._prepare(connection, move, {move.id: binding})
            _action, payload, *facts = self._payload(move, prepared)
        except (Hold, Wait, Skip):
            return False, {}
        return codec.digest(self._content(payload)), facts[0] if facts else {}

    # === BOTH VERSIONS === #

    @api.model
    def _ask(self, connection, binding, move, payload, withdrawn, lines):
        """Hold the document and show both versions; nothing of it leaves until somebody has chosen."""
        code = "withdrawn_in_xero" if withdrawn else "changed_in_xero"
        values = {
            "document": move.display_name,
            "status": payload.get("Status"),
            "total": str(decimal(move.amount_total, 2)),
            "differences": "\n".join(lines),
        }
        agreed = {key: value for key, value in (binding.agreed or {}).items() if key != "choice"}
        conflict = {"code": code, "values": values, "seen": self._seen(payload)}
        binding.write(
            {
                "agreed": {**agreed, "conflict": conflict, "status": payload.get("Status")},
                "state": "deleted" if withdrawn else "failed",
            }
        )
        problem = {"code": code, "values": values, "model": move._name, "res_id": move.id, "direction": "out"}
        self.env["xero.issue"]._raise_many(connection, [{**problem, "resource": self._xero_resource}])

    @api.model
    def _differences(self, connection, binding, move, payload):
        """What differs, one line each: Odoo's words, then Xero's."""
        ours, theirs = self._odoo_version(connection, binding, move), self._xero_version(connection, payload)
        names = {
            "contact": self.env._("Contact"),
            "number": self.env._("Number"),
            "Date": self.env._("Date"),
            "DueDate": self.env._("Due date"),
            "CurrencyCode": self.env._("Currency"),
            "Reference": self.env._("Reference"),
            "total": self.env._("Total"),
            "tax": self.env._("Tax"),
        }
        pairs = [(name, ours[key], theirs[key]) for key, name in names.items() if key in ours]
        shown = {id_: name for side in (ours, theirs) for id_, name in side["names"].items()}
        count = max(len(ours["lines"]), len(theirs["lines"])) if ours["lines"] else 0
        for index in range(count):
            name = self.env._("Line %(number)s", number=index + 1)
            pairs.append((name, *("".join(side["lines"][index : index + 1]) for side in (ours, theirs))))
        return [
            self.env._(
                "%(name)s: in Odoo %(ours)s; in Xero %(theirs)s",
                name=name,
                ours=shown.get(here, here) or "-",
                theirs=shown.get(there, there) or "-",
            )
            for name, here, there in pairs
            if here != there
        ]

    @api.model
    def _odoo_version(self, connection, binding, move):
        partner = move.commercial_partner_id
        contact = self.env["xero.binding"]._for(connection, partner).get(partner.id)
        contact_id = ((contact.agreed or {}).get("merged_to") or contact.external_id or "") if contact else ""
        version = {
            "contact": contact_id,
            "names": {contact_id: partner.display_name},
            "total": str(decimal(move.amount_total, 2)),
            "tax": str(decimal(move.amount_tax, 2)),
            "lines": [],
        }
        try:
            sent = self._header(move, self._prepare(connection, move, {move.id: binding}))
        except (Hold, Wait, Skip):
            return version
        keys = [key for key in (*self._date_keys, "Reference", "CurrencyCode") if key in sent]
        sent_values = {key: plain(sent[key]) for key in keys}
        number = plain(sent.get(self._xero_number))
        return {**version, **sent_values, "number": number, "lines": self._sent_lines(connection, move)}

    @api.model
    def _sent_lines(self, connection, move):
        """The lines as they would be sent; none for a draft, which is somebody's work."""
        if move.state != "posted":
            return []
        try:
            _action, payload, *_facts = self._payload(move, self._prepare(connection, move, {}))
        except (Hold, Wait, Skip):
            return []
        return self._line_versions(connection, payload)

    @api.model
    def _line_versions(self, connection, payload):
        """Each line in one text: description, quantity × price, discount, account and rate by their names in Xero."""
        mine = [("connection_id", "=", connection.id)]
        accounts = {account.code: account.display_name for account in self.env["xero.account"].search(mine)}
        rates = {rate.tax_type: rate.name for rate in self.env["xero.tax.rate"].search(mine)}
        return [self._line_version(line, accounts, rates) for line in payload.get("LineItems") or []]

    @api.model
    def _line_version(self, line, accounts, rates):
        quantity, price, discount, account, rate = (plain(line.get(key)) for key in SHOWN_LINE_KEYS[1:])
        amount = f"{quantity} × {price}" if price else ""
        discount = f"-{discount}%" if discount and discount != "0" else ""
        shown = (
            plain(line.get("Description")),
            amount,
            discount,
            accounts.get(account, account),
            rates.get(rate, rate),
        )
        return ", ".join(filter(None, shown))

    @api.model
    def _xero_version(self, connection, payload):
        contact = payload.get("Contact") or {}
        return {
            "contact": contact.get("ContactID") or "",
            "names": {contact.get("ContactID") or "": contact.get("Name") or ""},
            "number": plain(payload.get(self._xero_number)),
            **{key: str(self._day(payload, key) or "") for key in ("Date", "DueDate")},
            "Reference": plain(payload.get("Reference")),
            "CurrencyCode": plain(payload.get("CurrencyCode")),
            "total": str(amount(payload, "Total")),
            "tax": str(amount(payload, "TotalTax")),
            "lines": self._line_versions(connection, payload),
        }

    # === WAYS OUT === #

    def _take_xeros(self, connection, move, payload):
        """Make the document in Odoo what Xero has.

        :raises Hold: what Xero has cannot be booked here to the cent
        :raises UserError: Odoo's own rules forbid it (lock dates, secured entries)
        """
        if payload.get("Status") in WITHDRAWN:
            if move.state == "posted":
                move.button_draft()
            move.button_cancel()
            return
        was_posted = move.state == "posted"
        values = self._header_values(connection, payload)
        if was_posted:
            move.button_draft()
        move.write({key: value for key, value in values.items() if self._stands_differently(move, key, value)})
        self._write_lines(connection, move, payload, self._reverse_maps(connection))
        if was_posted:
            move.action_post()

    @api.model
    def _stands_differently(self, move, key, value):
        """Odoo's own number and reference stay where the link's number is Odoo's."""
        if key in ("payment_reference", "ref", "company_id"):
            return False
        current = move[key]
        return (current.id if isinstance(current, models.BaseModel) else current) != value

    def _send_odoos(self, connection, binding, move, payload):
        """Put Odoo's version into Xero; what was withdrawn there is made anew, under the same number."""
        self._close_issues(connection, binding, move)
        if payload.get("Status") in WITHDRAWN:
            self._give_up_link(binding, payload)
        else:
            agreed = {key: value for key, value in (binding.agreed or {}).items() if key not in ("choice", "conflict")}
            agreed["overruled"] = self._seen(payload)  # read once more before ours arrives, it is no change
            binding.write({"agreed": agreed, "content_hash": False, "state": "synced"})
        self.env["xero.outbox"].with_context(**{SUPPRESS: False})._mark(move)

    @api.model
    def _give_up_link(self, binding, payload):
        number = payload.get(self._xero_number)
        if payload.get("Status") == "VOIDED" and number and not payload["Type"].startswith("ACCPAY"):
            base, _dash, again = (
                number.rpartition("-") if (binding.agreed or {}).get("renumbered") else (number, "", "1")
            )
            binding._give_up({"renumbered": f"{base}-{int(again) + 1}"})
        else:
            binding.unlink()

    def _reissue(self, connection, binding, move, payload):
        """Credit what Odoo has and issue what Xero has, for a document that cannot be changed any more.

        Xero holds one document, so the new one takes over its link, and the credited pair stays in Odoo: it is zero.
        """
        if move.state != "posted" or move.payment_state not in ("not_paid", "partial"):
            raise Hold("reissue_impossible", move, document=move.display_name)
        note = self.env._("Credited and issued again as it is in Xero.")
        credit = move._reverse_moves([{"invoice_date": self._day(payload, "Date"), "ref": note}], cancel=True)
        (move | credit).write({"xero_do_not_export": True, "xero_do_not_export_reason": note})
        renewed = self._create_document(connection, payload, self._reverse_maps(connection))
        renewed.write({"invoice_origin": move.name})
        renewed.action_post()
        binding.write({"res_id": renewed.id, "origin": "xero"})
        return renewed
