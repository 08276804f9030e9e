"""Stock that Xero counts: a bill for what went up, a credit note for what went down (xero-api.md 4.7, A6-14)."""

from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from odoo import api, models

from ..exceptions import Hold, Skip, Wait
from .document_stock import moved_stock
from .xero_mapper import decimal

ONE, CENT, FOUR = Decimal(1), Decimal("0.01"), Decimal("0.0001")
DESCRIPTION_LENGTH = 4000


def in_lines(quantity, amount):
    """Write ``amount`` for ``quantity`` pieces so that Xero computes it to the cent.

    Xero knows a price to four decimals. Of many pieces one takes what the others' price cannot say.

    :return: ``[(quantity, unit amount)]``
    """
    unit = (amount / quantity).quantize(FOUR, ROUND_HALF_UP)
    if (quantity * unit).quantize(CENT, ROUND_HALF_UP) == amount:
        return [(quantity, unit)]
    unit = (amount / quantity).quantize(FOUR, ROUND_FLOOR)
    rest = amount - ((quantity - ONE) * unit).quantize(CENT, ROUND_HALF_UP)
    return [(quantity - ONE, unit), (ONE, rest)]


class XeroMapperStockBill(models.AbstractModel):
    """Stock document of the kind *bill* → ACCPAY."""

    _name = "xero.mapper.stock_bill"
    _inherit = "xero.mapper.stock_document"
    _description = "Xero Mapper: Stock Bills"

    _xero_resource, _xero_id, _xero_number = "Invoices", "InvoiceID", "InvoiceNumber"
    _rank, _stock_kind, _xero_type = 86, "bill", "ACCPAY"
    _deep_link_path = "/AccountsPayable/View.aspx?InvoiceID=%s"

    @api.model
    def _documents(self):
        """Contacts are those of documents, and lost answers are found like theirs."""
        return self.env["xero.mapper.invoice"]

    @api.model
    def _needs(self, connection, records):
        if not records:
            return []
        return [connection._stock_supplier(), records.line_ids.product_id]

    @api.model
    def _prepare(self, connection, records, bindings):
        links = self.env["xero.binding"]
        products = records.line_ids.product_id
        return {
            **super()._prepare(connection, records, bindings),
            "contacts": links._for(connection, connection._stock_supplier()),
            "items": links._for(connection, products),
            "levels": self.env["xero.stock.level"]._of(connection, products),
            "taken": self.env["xero.stock.level"]._in_the_air(connection),
        }

    def _payload(self, document, prepared):
        connection, binding = prepared["connection"], prepared["bindings"].get(document.id)
        if binding and binding.external_id:
            raise Skip(self.env._("In Xero already. What changes afterwards is corrected by another document."))
        self._check_policy(document)
        self._check_period(document, connection, False)
        payload = {
            "Type": self._xero_type,
            "Contact": {"ContactID": self._documents()._contact_of(connection._stock_supplier(), prepared)},
            "Date": document.date.isoformat(),
            **self._due(document),
            "Status": "AUTHORISED",
            "LineAmountTypes": "NoTax",
            self._xero_number: document.name,
            "LineItems": self._lines(document, prepared),
        }
        facts = {"date": document.date.isoformat(), "tax": "0.00", "total": str(self._total(document, connection))}
        return "create", payload, facts

    @api.model
    def _due(self, document):
        return {"DueDate": document.date.isoformat()}

    @api.model
    def _total(self, document, connection):
        """What is to be paid, or refunded, afterwards."""
        return abs(self._money(document.value)) if connection._settles_stock_in else Decimal("0.00")

    # === LINES === #

    def _lines(self, document, prepared):
        connection = prepared["connection"]
        lines = [one for line in document.line_ids for one in self._item_lines(line, prepared)]
        value = abs(self._money(document.value))
        account = connection._settles_stock_in.get(self._stock_kind) or connection.stock_adjustment_account_id
        if value and not account:
            field = {"bill": "supplier_payment_account_id", "credit_note": "supplier_refund_account_id"}
            named = field[self._stock_kind] if connection._settles_stock_in else "stock_adjustment_account_id"
            label = self.env["xero.mapper.item"]._setting_name(named)
            raise Hold("stock_account_missing", connection, setting=label)
        if value and not connection._settles_stock_in:
            lines.append(
                {
                    "Description": self.env._("Stock adjustment"),
                    "Quantity": ONE,
                    "UnitAmount": -value,
                    **self._account_keys(account, connection),
                }
            )
        return lines

    def _item_lines(self, line, prepared):
        binding = self._item_of(line.product_id, prepared)
        quantity, amount = decimal(abs(line.quantity)), abs(self._money(line.value))
        self._check_on_hand(line, prepared)
        text = "\n".join(filter(None, (line.description, line.explanation)))
        return [
            {
                "Description": (text or line.product_id.display_name)[:DESCRIPTION_LENGTH],
                "Quantity": part,
                "UnitAmount": unit,
                "ItemCode": binding.code,
                "AccountCode": prepared["connection"].stock_inventory_account_id.code,
            }
            for part, unit in in_lines(quantity, amount)
        ]

    def _item_of(self, product, prepared):
        """The link of an item that Xero counts."""
        binding = prepared["items"].get(product.id)
        if not binding or not binding.external_id:
            if product.with_company(prepared["connection"].company_id).xero_do_not_export:
                raise Hold("item_not_counted", product, product=product.display_name)
            raise Wait(product)
        if not (binding.agreed or {}).get("tracked"):
            raise Hold("item_not_counted", product, product=product.display_name)
        return binding

    def _check_on_hand(self, line, prepared):
        """What goes up is always taken."""

    # === ANSWERS AND LOOKUP === #

    @api.model
    def _moved_stock(self, data):
        return moved_stock(data)

    @api.model
    def _natural_key(self, data):
        return (data.get(self._xero_number) or "").lower() or None

    @api.model
    def _agreed(self, data, facts):
        return {"total": str(data.get("Total") or 0), "status": data.get("Status")}

    @api.model
    def _disagreement(self, data, facts):
        return self._documents()._disagreement(data, facts)

    @api.model
    def _lookups(self, payloads, facts):
        return self._documents()._lookups(payloads, facts)

    @api.model
    def _is_same(self, payload, candidate, facts):
        """By the number, which no two documents have in common."""
        return self._documents()._same_document(payload, candidate, facts)


class XeroMapperStockCreditNote(models.AbstractModel):
    """Stock document of the kind *credit note* → ACCPAYCREDIT."""

    _name = "xero.mapper.stock_credit_note"
    _inherit = "xero.mapper.stock_bill"
    _description = "Xero Mapper: Stock Credit Notes"

    _xero_resource, _xero_id, _xero_number = "CreditNotes", "CreditNoteID", "CreditNoteNumber"
    _rank, _stock_kind, _xero_type = 87, "credit_note", "ACCPAYCREDIT"
    _deep_link_path = "/AccountsPayable/ViewCreditNote.aspx?creditNoteID=%s"

    @api.model
    def _documents(self):
        return self.env["xero.mapper.credit_note"]

    @api.model
    def _due(self, document):
        return {}

    def _check_on_hand(self, line, prepared):
        """Xero takes nothing out of the stock that it does not have."""
        level = prepared["levels"].get(line.product_id.id)
        wanted = -sum(
            line.document_id.line_ids.filtered(lambda one: one.product_id == line.product_id).mapped("quantity")
        )
        left = level and level.xero_quantity - prepared["taken"][line.product_id.id]
        if level and level.read_at and round(wanted - left, 4) > 0:
            self._documents()._explain_short(prepared["connection"], level, wanted, left)

    def _payload(self, document, prepared):
        built = super()._payload(document, prepared)
        for line in document.line_ids:
            prepared["taken"][line.product_id.id] -= line.quantity
        return built


class XeroMapperInvoice(models.AbstractModel):
    _inherit = "xero.mapper.invoice"

    @api.model
    def _written_by(self):
        return [*super()._written_by(), "xero.mapper.stock_bill"]


class XeroMapperCreditNote(models.AbstractModel):
    _inherit = "xero.mapper.credit_note"

    @api.model
    def _written_by(self):
        return [*super()._written_by(), "xero.mapper.stock_credit_note"]


class XeroMapperDocument(models.AbstractModel):
    _inherit = "xero.mapper.document"

    @api.model
    def _is_news(self, binding, payload):
        """What somebody changes of a stock document in Xero is found by its quantities, and corrected."""
        return binding.model == self._odoo_model and super()._is_news(binding, payload)
