"""Over- and prepayments that were made, or deleted, in Xero, by its bank feed for the most part."""

from odoo import api, models
from odoo.tools import SQL

from ..exceptions import Hold
from ..xero_api import codec
from .advance import DIRECTIONS, IDS

TYPES = {f"{verb}-{kind}": sides for sides, verb in DIRECTIONS.items() for kind in ("OVERPAYMENT", "PREPAYMENT")}


class XeroMapperAdvance(models.AbstractModel):
    """An over- or prepayment made in Xero becomes a payment in Odoo that no document is matched with.

    It is read as the bank transaction that gave birth to it, for only that names the bank account.
    """

    _inherit = "xero.mapper.advance"

    _modified_since = True
    _events = ("OVERPAYMENT", "PREPAYMENT")
    _read_switch, _read_scope = "import_advances", "accounting.banktransactions"

    @api.model
    def _page_parameters(self, number, size):
        types = " OR ".join(f'Type=="{type_}"' for type_ in TYPES)
        return {**super()._page_parameters(number, size), "where": types}

    @api.model
    def _by_credit(self, connection, ids):
        """Return ``{OverpaymentID or PrepaymentID: binding of the payment}``."""
        if not ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT agreed->>'credit', id FROM xero_binding
                    WHERE connection_id = %s AND model = 'account.payment' AND agreed->>'credit' = ANY(%s)""",
                connection.id,
                list(ids),
            )
        )
        return {credit: self.env["xero.binding"].browse(id_) for credit, id_ in rows}

    # === MADE IN XERO === #

    @api.model
    def _from_xero(self, connection, payloads):
        """Book the money.

        :param payloads: bank transactions as read, none of them linked
        :return: ``{id: ("created" or "linked", payment) | Hold | None}``; None: none of our business
        """
        journals = self.env["xero.mapper.payment"]._journals_by_account(connection)
        return {self._external_id(payload): self._import(connection, payload, journals) for payload in payloads}

    def _import(self, connection, payload, journals):
        partner, day = self._partner(connection, payload), codec.read_date(payload, "Date")
        is_live = payload.get("Type") in TYPES and payload.get("Status") == "AUTHORISED"
        if not is_live or not partner or day < connection.sync_from_date:
            return None
        account = payload.get("BankAccount") or {}
        journal = journals.get(account.get("AccountID"))
        if not journal:
            return Hold("journal_unknown", connection, account=account.get("Code") or account.get("Name") or "?")
        return self._book(connection, partner, day, journal, payload)

    def _book(self, connection, partner, day, journal, payload):
        values, payments = self._values(connection, partner, payload), self.env["xero.mapper.payment"]
        if payment := self._same_money(connection, journal, day, payload, values):
            outcome = "linked", payment
        else:
            shown = self.env._("The over- or prepayment of %(partner)s", partner=partner.display_name)
            payments._check_open(connection, day, journal, connection.company_id, shown)
            outcome = (
                "created",
                payments._book_money(connection.company_id, journal, payload, payload["Total"], values),
            )
        self._read_allocations(connection, payload)
        return outcome

    @api.model
    def _partner(self, connection, payload):
        """Whoever the contact is here; money of strangers is none of our business."""
        contact = payload.get("Contact") or {}
        found = self.env["xero.binding"]._by_external(connection, "Contacts", [contact.get("ContactID")])
        binding = found.get(contact.get("ContactID"))
        return self.env["res.partner"].browse(binding.res_id).exists() if binding else self.env["res.partner"]

    def _values(self, connection, partner, payload):
        payment_type, partner_type = TYPES[payload["Type"]]
        company = connection.company_id
        partner = partner.with_company(company)
        code = payload.get("CurrencyCode") or company.currency_id.name
        currency = self.env["res.currency"].search([("name", "=", code)], limit=1)
        if not currency:
            raise Hold("currency_inactive", connection, currency=code, number=self._code(payload))
        debt = partner.property_account_receivable_id
        if partner_type == "supplier":
            debt = partner.property_account_payable_id
        return {
            "payment_type": payment_type,
            "partner_type": partner_type,
            "partner_id": partner.id,
            "currency_id": currency.id,
            "destination_account_id": debt.id,
            "memo": payload.get("Reference") or self._line_text(payload),
        }

    @api.model
    def _line_text(self, payload):
        return next((line["Description"] for line in payload.get("LineItems") or [] if line.get("Description")), False)

    def _same_money(self, connection, journal, day, payload, values):
        """The payment that somebody entered in Odoo as well, and of which Xero has nothing yet."""
        keys = ("payment_type", "partner_type", "partner_id", "currency_id")
        found = self.env["account.payment"].search(
            [
                *((key, "=", values[key]) for key in keys),
                ("company_id", "=", connection.company_id.id),
                ("journal_id", "=", journal.id),
                ("date", "=", day),
                ("amount", "=", float(payload["Total"])),
                ("state", "in", ("in_process", "paid")),
            ]
        )
        links = self.env["xero.binding"]._for(connection, found)
        return found.filtered(
            lambda payment: (
                not (payment.id in links and links[payment.id].external_id) and not self._is_sent(connection, payment)
            )
        )[:1]

    def _is_sent(self, connection, payment):
        """Whether Xero has a part of it, or a journal entry is missing that could be matched."""
        links = self.env["xero.binding"]._for(connection, self._partials(payment))
        return not payment.move_id or any(link.external_id for link in links.values())

    def _read_allocations(self, connection, payload):
        """What it was allocated to may have been read before it was booked, and passed over: it is read again."""
        id_key = next((key for key in IDS if payload.get(key)), None)
        stamp = self._remote_updated_at(payload)
        if id_key and stamp:
            self.env["xero.cursor"]._read_again(connection, IDS[id_key], stamp)

    # === DELETED IN XERO === #

    @api.model
    def _is_news(self, binding, payload):
        return payload.get("Status") in ("DELETED", "VOIDED") and binding.state != "deleted"

    @api.model
    def _changed_in_xero(self, connection, changes):
        return {binding.external_id: self._deleted(connection, binding) for binding in changes}

    def _deleted(self, connection, binding):
        """Undo what came from Xero; ask about what Odoo sent, unless the connection says to undo it as well."""
        payment = self.env["account.payment"].browse(binding.res_id).exists()
        if not payment or payment.state == "canceled":
            binding.state = "deleted"
            self.env["xero.issue"]._mended(binding.model, [binding.res_id], connections=connection)
            return "deleted"
        elsewhere = self._undo_parts(connection, binding, payment)
        # What stands in Xero beside it, or on a bank statement in Odoo, says that the money came.
        is_known = elsewhere or payment.reconciled_statement_line_ids
        if is_known or binding.origin != "xero" and connection.deleted_payments == "ask":
            binding.write({"state": "deleted", "agreed": {**(binding.agreed or {}), "given_up": True}})
            code = "advance_deleted_partly" if is_known else "advance_deleted"
            return Hold(code, payment, payment=payment.display_name)
        self.env["xero.mapper.payment"]._check_open(payment, payment.date, payment.journal_id)
        binding.state = "deleted"
        payment.action_draft()
        payment.action_cancel()
        return "deleted"

    def _undo_parts(self, connection, binding, payment):
        """Xero deletes nothing of which a part is allocated or given back: those parts went before, read or not.

        :return: the links of the payment's other parts, which stand in Xero
        """
        links = self.env["xero.binding"]._for(connection, self._partials(payment))
        elsewhere = self.env["xero.binding"]
        for link in links.values():
            if not link.external_id or link.state == "deleted":
                continue
            if not self._is_of(link, binding.agreed["credit"]):
                elsewhere |= link
                continue
            link.state = "deleted"
            if link.origin == "xero" or connection.deleted_payments != "ask":
                self.env["xero.mapper.payment"]._undo_part(connection, self.env[link.model].browse(link.res_id))
        return elsewhere

    @api.model
    def _is_of(self, link, credit):
        """Whether a link is an allocation or a refund of this over- or prepayment."""
        agreed = link.agreed or {}
        return credit in (agreed.get("credit_note"), *(agreed.get("identity") or [])[:1])
