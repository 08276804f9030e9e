from dataclasses import dataclass

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

from .xero_connection import LINKED_STATES

_lt = LazyTranslate(__name__)

DIRECTIONS = ("in", "out")


@dataclass(frozen=True)
class Always:
    """Shared without a switch of its own.

    :ivar words: when
    :ivar needs: a setting that it comes with; empty: shared whatever is set
    """

    words: str
    needs: str = ""


@dataclass(frozen=True)
class Switch:
    """A setting of the connection.

    :ivar resource: Xero's object whose schedule says when, where it is not only a part of another one
    :ivar on: what the field is set to
    :ivar off: what the field is where nothing is shared
    :ivar blocked_by: a setting that forbids it
    :ivar needs: a setting without which nothing is shared
    """

    field: str
    resource: str = ""
    on: object = True
    off: object = False
    blocked_by: str = ""
    needs: str = ""


@dataclass(frozen=True)
class Timed:
    """The schedule of an object; switched off, it goes only when somebody presses a button."""

    resource: str


@dataclass(frozen=True)
class Entity:
    """A row of the matrix.

    :ivar names: what it is in Odoo and in Xero
    :ivar ways: how it comes and how it goes; None where it does not
    :ivar seen: where it shows: texts and actions
    """

    key: str
    part: str
    names: tuple[str, str]
    ways: tuple
    seen: tuple = ()


DASHBOARD = "account_xero.xero_dashboard_action"
REFERENCE = Always(_lt("With Read Reference Data, and when connecting"))
SALES, BOOKS, PEOPLE = _lt("Customers and Sales"), _lt("Accounting"), _lt("People and Pay")
DOCUMENTS_IN = {"blocked_by": "documents_one_way"}
ENTITIES = (
    Entity("company", SALES, (_lt("Company"), _lt("Organisation")), (REFERENCE, None), ((_lt("Connection"), ""),)),
    Entity(
        "contacts",
        SALES,
        (_lt("Contacts"), _lt("Contacts")),
        (Switch("import_contacts", "Contacts", "all", "none"), Timed("Contacts")),
        ((_lt("Invoice List"), DASHBOARD),),
    ),
    Entity(
        "groups",
        SALES,
        (_lt("Tags of Contacts"), _lt("Contact Groups")),
        (Switch("import_contact_groups", "ContactGroups"), Switch("send_contact_groups", "ContactGroups")),
    ),
    Entity(
        "invoices",
        SALES,
        (_lt("Customer Invoices"), _lt("Sales Invoices")),
        (Switch("import_documents", "Invoices", **DOCUMENTS_IN), Timed("Invoices")),
        ((_lt("Customer Invoices"), DASHBOARD), (_lt("Aged Receivables"), DASHBOARD)),
    ),
    Entity(
        "products",
        SALES,
        (_lt("Products"), _lt("Items")),
        (Switch("import_items", "Items"), Switch("send_items", "Items")),
        ((_lt("Growth per Product"), DASHBOARD),),
    ),
    Entity(
        "purchase_orders",
        SALES,
        (_lt("Purchase Orders"), _lt("Purchase Orders")),
        (Switch("import_purchase_orders", "PurchaseOrders"), Switch("send_purchase_orders", "PurchaseOrders")),
    ),
    Entity(
        "accounts",
        BOOKS,
        (_lt("Accounts"), _lt("Chart of Accounts")),
        (REFERENCE, None),
        ((_lt("Account Balances"), DASHBOARD), (_lt("Xero Accounts"), "account_xero.xero_account_action")),
    ),
    Entity(
        "bills",
        BOOKS,
        (_lt("Bills"), _lt("Bills")),
        (Switch("import_documents", "Invoices", **DOCUMENTS_IN), Timed("Invoices")),
        ((_lt("Bills"), DASHBOARD), (_lt("Aged Payables"), DASHBOARD)),
    ),
    Entity(
        "credit_notes",
        BOOKS,
        (_lt("Credit Notes"), _lt("Credit Notes")),
        (Switch("import_documents", "CreditNotes", **DOCUMENTS_IN), Timed("CreditNotes")),
        ((_lt("Aged Receivables"), DASHBOARD),),
    ),
    Entity(
        "journals",
        BOOKS,
        (_lt("Journal Entries"), _lt("Manual Journals")),
        (Switch("import_manual_journals", "ManualJournals"), Switch("sync_manual_journals", "ManualJournals")),
        ((_lt("Balance Sheet"), DASHBOARD),),
    ),
    Entity(
        "payments",
        BOOKS,
        (_lt("Payments"), _lt("Payments")),
        (Timed("Payments"), Timed("Payments")),
        ((_lt("Balance Sheet"), DASHBOARD), (_lt("Aged Receivables"), DASHBOARD)),
    ),
    Entity(
        "advances",
        BOOKS,
        (_lt("Unmatched Payments"), _lt("Over- and Prepayments")),
        (Switch("import_advances"), Switch("unallocated_payments", "BankTransactions", "overpayment", "hold")),
        ((_lt("Aged Receivables"), DASHBOARD),),
    ),
    Entity(
        "taxes",
        BOOKS,
        (_lt("Taxes"), _lt("Tax Rates")),
        (REFERENCE, Switch("create_tax_rates", "TaxRates")),
        ((_lt("Xero Tax Rates"), "account_xero.xero_tax_rate_action"),),
    ),
    Entity(
        "tracking",
        BOOKS,
        (_lt("Analytic Accounts"), _lt("Tracking Options")),
        (REFERENCE, Switch("create_tracking_options", "TrackingOptions")),
    ),
    Entity(
        "transfers",
        BOOKS,
        (_lt("Internal Transfers"), _lt("Bank Transfers")),
        (None, Switch("sync_bank_transfers", "BankTransfers")),
        ((_lt("Account Balances"), DASHBOARD),),
    ),
    Entity(
        "stock",
        BOOKS,
        (_lt("Stock"), _lt("Inventory, Journals or Bills")),
        (None, Switch("sync_inventory", "StockMoves")),
        ((_lt("Balance Sheet"), DASHBOARD),),
    ),
    Entity("files", BOOKS, (_lt("Attachments"), _lt("Files")), (None, Switch("send_attachments", "Attachments"))),
)


class XeroSharing(models.AbstractModel):
    """What is shared with Xero, kind by kind, as the connection is set; and the switches for it (features.md S5-06)."""

    _name = "xero.sharing"
    _description = "Data Shared with Xero"

    @api.model
    def _entities(self):
        """The rows in order; a bridge adds its own."""
        return ENTITIES

    @api.model
    def read_page(self):
        """The matrix of each connection of the companies that are chosen.

        :return: ``{"connections": [{"id", "name", "lacking": […], "rows": […]}], "may_switch": bool}``
        :raises AccessError: for who may not see connections
        """
        model = self.env["xero.connection"]
        model.check_access("read")
        connections = model.search([("company_id", "in", self.env.companies.ids), ("state", "in", LINKED_STATES)])
        return {
            "connections": [
                {
                    "id": connection.id,
                    "name": connection.organisation_name or connection.display_name,
                    "lacking": connection._lacking_scopes(),
                    "rows": [self._row(connection, entity) for entity in self._entities()],
                }
                for connection in connections
            ],
            "may_switch": model.has_access("write"),
        }

    @api.model
    def switch(self, connection_id, key, direction, is_on):
        """Share a kind of record in one direction, or stop that; what is in Xero or Odoo already stays.

        :param key: of an `Entity`
        :param direction: "in" from Xero, "out" to it
        :raises AccessError: for who may not change the connection
        :raises UserError: there is nothing to switch there
        """
        connection = self.env["xero.connection"].browse(connection_id)
        connection.check_access("write")
        entity = next((entity for entity in self._entities() if entity.key == key), None)
        way = entity.ways[DIRECTIONS.index(direction)] if entity and direction in DIRECTIONS else None
        if not self._can_switch(connection, way):
            raise UserError(self.env._("Nothing can be switched there."))
        if isinstance(way, Switch):
            connection.write({way.field: way.on if is_on else way.off})
        else:
            modes = {"in": "scheduled", "out": "automatic"}
            self._schedule(connection, way, direction).write({"mode": modes[direction] if is_on else "manual"})

    # === ROWS === #

    def _row(self, connection, entity):
        name, xero_name = (self.env._(name) for name in entity.names)
        return {
            "key": entity.key,
            "part": self.env._(entity.part),
            "name": name,
            "xero_name": xero_name,
            "ways": [
                self._way(connection, way, direction) for way, direction in zip(entity.ways, DIRECTIONS, strict=True)
            ],
            "seen": [{"name": self.env._(text), "action": action} for text, action in entity.seen],
        }

    def _way(self, connection, way, direction):
        """``{"on", "can_switch", "words"}``, or False where this kind does not go that way."""
        if way is None:
            return False
        is_on = self._is_on(connection, way, direction)
        return {
            "on": is_on,
            "can_switch": self._can_switch(connection, way),
            "words": self._words(connection, way, direction, is_on),
            "setting": connection._fields[way.field]._description_string(self.env) if isinstance(way, Switch) else "",
        }

    def _is_on(self, connection, way, direction):
        if isinstance(way, Timed):
            return self._schedule(connection, way, direction).mode != "manual"
        return not self._stops(connection, way) and (isinstance(way, Always) or connection[way.field] != way.off)

    def _can_switch(self, connection, way):
        return isinstance(way, Timed) or isinstance(way, Switch) and not self._stops(connection, way)

    def _stops(self, connection, way):
        """Why nothing is shared whatever the switch says, or an empty text."""
        if way.needs and not connection[way.needs]:
            needed = connection._fields[way.needs]._description_string(self.env)
            return self.env._("Needs %(setting)s", setting=needed)
        if isinstance(way, Switch) and way.blocked_by and connection[way.blocked_by]:
            blocking = connection._fields[way.blocked_by]._description_string(self.env)
            return self.env._("Kept out by %(setting)s", setting=blocking)
        return ""

    def _words(self, connection, way, direction, is_on):
        if not isinstance(way, Timed) and (stops := self._stops(connection, way)):
            return stops
        if isinstance(way, Always):
            return self.env._(way.words)
        if isinstance(way, Switch) and not is_on:
            return self.env._("Not shared")
        row = self._schedule(connection, way, direction)
        return row.summary if row else self.env._("Shared")

    def _schedule(self, connection, way, direction):
        rows = self.env["xero.schedule"]._of(connection)
        return rows.filtered(lambda row: (row.resource, row.direction) == (way.resource, direction))
