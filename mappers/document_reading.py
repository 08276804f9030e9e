"""Documents from Xero: how a payload becomes a document in Odoo, with equal totals or not at all."""

from decimal import Decimal

from odoo import api, models
from odoo.fields import Command
from odoo.tools import email_normalize
from odoo.tools.sql import escape_psql

from ..exceptions import Hold
from ..xero_api import codec
from .xero_mapper import decimal

CENT = Decimal("0.01")
# What Xero counts as a document; drafts are nobody's debt yet (xero-api.md 4.2).
APPROVED = ("AUTHORISED", "PAID")


def amount(payload, key, places=2):
    """An amount of the wire as an exact number; absent is zero."""
    return decimal(float(payload.get(key) or 0), places)


class XeroMapper(models.AbstractModel):
    _inherit = "xero.mapper"

    _reads_documents = False  # whether one-way invoices keep it from reading
    _read_switch = None  # the setting of the connection without which it is not read


class XeroMapperDocument(models.AbstractModel):
    """What was made in Xero becomes a document in Odoo where the connection says so."""

    _inherit = "xero.mapper.document"

    _reads_documents = True
    _date_keys = {"Date": "invoice_date"}

    @api.model
    def _from_xero(self, connection, payloads):
        """Import documents that were born in Xero.

        :param payloads: documents as read, none of them linked
        :return: ``{id: ("created", move) | Hold | None}``; None: none of our business
        """
        if not self._takes_documents(connection):
            return {self._external_id(payload): None for payload in payloads}
        maps = self._reverse_maps(connection)
        return {self._external_id(payload): self._import(connection, payload, maps) for payload in payloads}

    @api.model
    def _takes_documents(self, connection):
        return connection.import_documents

    @api.model
    def _is_taken(self, connection, payload):
        """Whether a document becomes one of Odoo's: approved, and not of the time before the start date."""
        day = self._day(payload, "Date")
        return payload.get("Status") in APPROVED and bool(day) and day >= connection.sync_from_date

    def _import(self, connection, payload, maps):
        if not self._is_taken(connection, payload):
            return None
        move = self._create_document(connection, payload, maps)
        if connection.imported_document_state == "posted":
            move.action_post()
        return "created", move

    @api.model
    def _day(self, payload, key):
        return codec.read_date(payload, key)

    # === REVERSE MAPPINGS === #

    @api.model
    def _reverse_maps(self, connection):
        """Xero's accounts and rates → ours; what is mapped by hand wins, then the same code."""
        return self._remembered(("maps", connection.id), lambda: self._read_reverse_maps(connection))

    @api.model
    def _read_reverse_maps(self, connection):
        accounts, taxes = {}, {}
        company = connection.company_id
        rows = self.env["xero.account.mapping"].search([("connection_id", "=", connection.id), ("mapped", "=", True)])
        for row in rows.sorted(lambda row: self._preference(row, company), reverse=True):
            for key in filter(None, (row.xero_account_id.code, row.xero_account_id.external_id)):
                accounts[key] = row.account_id
        for key, rate in self.env["xero.tax.mapping"]._for(connection).items():
            taxes.setdefault(rate.tax_type, []).append(self.env["account.tax"].browse(key))
        return {"accounts": accounts, "taxes": taxes}

    @api.model
    def _preference(self, row, company):
        """Smaller is better; several of our accounts may stand for one of Xero's."""
        account = row.account_id.with_company(company)
        return (row.origin != "manual", account.code != row.xero_account_id.code, account.code or "", account.id)

    # === VALUES === #

    @api.model
    def _create_document(self, connection, payload, maps):
        """A draft whose totals are Xero's.

        :raises Hold: a contact, an account or a tax is not known here, or the totals would differ
        """
        move_type = self._move_type(payload)
        moves = self.env["account.move"].with_company(connection.company_id)
        # With its lines at once: they cost as much again when they are written onto a document that is there.
        lines = [self._line_values(connection, line, payload, maps, flat=False) for line in payload["LineItems"]]
        header = self._header_values(connection, payload)
        commands = [Command.create(line) for line in lines]
        move = moves.create({"move_type": move_type, **header, "invoice_line_ids": commands})
        if not self._agrees(move, payload):
            self._write_lines(connection, move, payload, maps)
        return move

    @api.model
    def _move_type(self, payload):
        return next(move_type for move_type, type_ in self._types.items() if type_ == payload["Type"])

    @api.model
    def _header_values(self, connection, payload):
        values = {
            "partner_id": self._partner(connection, payload).id,
            "currency_id": self._currency(connection, payload).id,
            "company_id": connection.company_id.id,
            **self._reference_values(payload),
        }
        for key, column in self._date_keys.items():
            if day := self._day(payload, key):
                values[column] = day
        values["date"] = values["invoice_date"]
        if values.get("invoice_date_due"):
            values["invoice_payment_term_id"] = False
        currency = self.env["res.currency"].browse(values["currency_id"])
        if rate := self._rate_read(connection.company_id, currency, payload):
            values["invoice_currency_rate"] = float(rate)
        return values

    @api.model
    def _reference_values(self, payload):
        """Odoo keeps its own sequence; Xero's number is what the other side quotes."""
        number = payload.get(self._xero_number) or ""
        if payload["Type"].startswith("ACCPAY"):
            return {"ref": number or payload.get("Reference") or False}
        return {"payment_reference": number or False, "ref": payload.get("Reference") or number or False}

    @api.model
    def _currency(self, connection, payload):
        code = payload.get("CurrencyCode") or connection.company_id.currency_id.name
        currency = self.env["res.currency"].search([("name", "=", code)], limit=1)
        if not currency:
            raise Hold("currency_inactive", connection, currency=code, number=self._code(payload))
        return currency

    @api.model
    def _partner(self, connection, payload):
        contact = payload.get("Contact") or {}
        external_id = contact.get("ContactID")
        bindings = self.env["xero.binding"]
        binding = bindings._by_external(connection, "Contacts", [external_id]).get(external_id)
        partner = self.env["res.partner"].browse(binding.res_id).exists() if binding else None
        partner = partner or self._same_partner(connection, contact)
        if not partner:
            raise Hold("contact_unlinked", connection, contact=contact.get("Name") or "?", number=self._code(payload))
        if not binding:
            self._link_contact(connection, partner, contact)
        return partner

    @api.model
    def _same_partner(self, connection, contact):
        """The one unlinked partner with the same name and the same e-mail address, or nobody."""
        name, email = contact.get("Name"), email_normalize(contact.get("EmailAddress") or "")
        if not name or not email:
            return None
        partners = self.env["res.partner"].search(
            [
                ("name", "=ilike", escape_psql(name)),
                ("email_normalized", "=", email),
                ("company_id", "in", (False, connection.company_id.id)),
            ]
        )
        partners = partners.commercial_partner_id
        taken = self.env["xero.binding"]._for(connection, partners)
        return partners if len(partners) == 1 and not taken else None

    @api.model
    def _link_contact(self, connection, partner, contact):
        mapper = self.env["xero.mapper"]._for_resource("Contacts")
        self.env["xero.binding"]._record_many(
            connection,
            [
                {
                    "model": partner._name,
                    "res_id": partner.id,
                    "resource": "Contacts",
                    "external_id": contact["ContactID"],
                    "code": mapper._code(contact),
                    "natural_key": mapper._natural_key(contact),
                    "state": "synced",
                    "origin": "linked",
                }
            ],
        )

    # === LINES === #

    @api.model
    def _write_lines(self, connection, move, payload, maps):
        """Give a draft the lines of a payload: as they are written, else flat; a cent of tax is put right.

        :raises Hold: the totals still differ
        """
        for flat in (False, True):
            lines = [self._line_values(connection, line, payload, maps, flat) for line in payload["LineItems"]]
            move.write({"invoice_line_ids": [Command.clear(), *(Command.create(line) for line in lines)]})
            if self._agrees(move, payload):
                return
        self._mend_tax(move, payload)
        if not self._agrees(move, payload):
            raise Hold(
                "totals_differ_in",
                connection,
                number=self._code(payload),
                xero_total=str(amount(payload, "Total")),
                xero_tax=str(amount(payload, "TotalTax")),
                odoo_total=str(decimal(move.amount_total, 2)),
                odoo_tax=str(decimal(move.amount_tax, 2)),
            )

    @api.model
    def _agrees(self, move, payload):
        return self._totals(move) == (amount(payload, "SubTotal"), amount(payload, "TotalTax"))

    @api.model
    def _totals(self, move):
        return decimal(move.amount_untaxed, 2), decimal(move.amount_tax, 2)

    @api.model
    def _mend_tax(self, move, payload):
        """Xero rounds tax per line and Odoo per rate: the difference goes on the largest tax line, as people do it."""
        difference = amount(payload, "TotalTax") - decimal(move.amount_tax, 2)
        tax_line = move.line_ids.filtered("tax_line_id").sorted(lambda line: -abs(line.amount_currency))[:1]
        if not tax_line or abs(difference) > CENT * len(payload["LineItems"]):
            return
        changed = tax_line.amount_currency + move.direction_sign * float(difference)
        tax_line.write({"amount_currency": move.currency_id.round(changed)})

    @api.model
    def _line_values(self, connection, line, payload, maps, flat):
        if line.get("LineAmount") is None or not (line.get("AccountCode") or line.get("AccountID")):
            return {"display_type": "line_note", "name": line.get("Description") or "-"}
        inclusive = payload.get("LineAmountTypes") == "Inclusive"
        taxes = self._taxes(connection, line, payload, maps, inclusive)
        wants_gross = any(taxes.flatten_taxes_hierarchy().mapped("price_include"))
        values = {
            "name": line.get("Description") or "-",
            "account_id": self._own_account(connection, line, payload, maps).id,
            "tax_ids": [Command.set(taxes.ids)],
            "product_id": self._product(connection, line),
        }
        if not flat and wants_gross == (inclusive and bool(taxes)):
            return {
                **values,
                "quantity": float(line.get("Quantity", 1)),
                "price_unit": float(line.get("UnitAmount") or 0),
                "discount": float(line.get("DiscountRate") or 0),
            }
        gross = amount(line, "LineAmount") + (0 if inclusive else amount(line, "TaxAmount"))
        net = amount(line, "LineAmount") - (amount(line, "TaxAmount") if inclusive else 0)
        return {**values, "quantity": 1, "discount": 0, "price_unit": float(gross if wants_gross else net)}

    @api.model
    def _own_account(self, connection, line, payload, maps):
        key = line.get("AccountCode") or line.get("AccountID")
        account = maps["accounts"].get(key)
        if not account:
            raise Hold("account_unknown", connection, account=key, number=self._code(payload))
        return account

    @api.model
    def _taxes(self, connection, line, payload, maps, inclusive):
        """The taxes that are mapped to the line's rate; those of the document's side, written as the document is."""
        tax_type = line.get("TaxType")
        if not tax_type or payload.get("LineAmountTypes") == "NoTax":
            return self.env["account.tax"]
        use = "purchase" if payload["Type"].startswith("ACCPAY") else "sale"
        fitting = [
            taxes
            for taxes in maps["taxes"].get(tax_type, ())
            if not taxes or set(taxes.mapped("type_tax_use")) == {use}
        ]
        if not fitting:
            raise Hold("tax_unknown", connection, rate=tax_type, number=self._code(payload))
        return min(fitting, key=lambda taxes: (any(taxes.mapped("price_include")) != inclusive, len(taxes), taxes.ids))

    @api.model
    def _product(self, connection, line):
        code = line.get("ItemCode")
        if not code:
            return False
        domain = [("connection_id", "=", connection.id), ("resource", "=", "Items"), ("code", "=", code)]
        binding = self.env["xero.binding"].search([*domain, ("model", "=", "product.product")], limit=1)
        return self.env["product.product"].browse(binding.res_id).exists().id


class XeroMapperInvoice(models.AbstractModel):
    _inherit = "xero.mapper.invoice"

    _modified_since = True
    _events, _events_by_id = ("INVOICE",), True
    _date_keys = {"Date": "invoice_date", "DueDate": "invoice_date_due"}


class XeroMapperCreditNote(models.AbstractModel):
    _inherit = "xero.mapper.credit_note"

    _modified_since = True
    _events = ("CREDITNOTE",)
