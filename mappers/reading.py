from odoo import api, fields, models

from ..xero_api import outcomes

PAGE = "xero_page"  # context key: what is remembered while one page is booked
# What Xero gives by a list of ids, and what it gives by its own id (xero-api.md 3.8).
TAKES_IDS = ("Contacts", "Invoices")
READ_ALONE = (
    *TAKES_IDS,
    "BankTransactions",
    "BankTransfers",
    "CreditNotes",
    "Items",
    "ManualJournals",
    "Payments",
    "PurchaseOrders",
)


class XeroMapper(models.AbstractModel):
    """What the importer asks of a mapper that reads (``_modified_since``)."""

    _inherit = "xero.mapper"

    # Oldest change first, so that a page's last record says where the next one goes on (engine/importer.py).
    _change_order = "UpdatedDateUTC ASC"
    # Webhook categories after which this resource may have changed (xero-api.md section 5).
    _events = ()
    # Whether those events name this resource's own records, to be read by id; else it is read since the watermark.
    _events_by_id = False
    # Whether it books many fresh records at once (engine/import_batches.py).
    _books_many = False
    # Whether Xero answers in pages; else one answer holds everything (items: xero-api.md 2.2).
    _is_paged = True
    # Whether the list shows less than the record, so that each is read by its id.
    _reads_each = False
    # Whether, all the same, only what changed is listed.
    _lists_changes = False
    # Whether it is read only when somebody asks for it.
    _by_hand = False
    # The largest page that Xero gives of it, where that is less than usual.
    _page_size = None
    # Hours between two readings, as a connection starts with.
    _read_every = 2
    # The right without which it is not read, where that is none of those that every consent has.
    _read_scope = None

    @api.model
    def _reads_from(self, connection):
        """The moment, on Xero's clock, from which on changes are read for the first time."""
        return fields.Datetime.to_datetime(connection.sync_from_date)

    @api.model
    def _refused_reading(self, connection, error):
        """The code of the problem where Xero refuses to show this resource."""
        return "missing_right" if isinstance(error, outcomes.MissingScope) else "refused"

    @api.model
    def _owned_fields(self):
        """``{field: its words}`` of what has an owner of its own; shown under *Who Owns What*."""
        return {}

    @api.model
    def _before_page(self, connection, payloads):
        """What has to be followed before anything of a page is booked, such as merges."""
        return

    @api.model
    def _link_values(self, payload, action):
        """What the link of a record that was read keeps besides."""
        return {}

    @api.model
    def _linked_from_xero(self, connection, booked):
        """Links of what was read have been made: list of (action, record)."""
        return

    @api.model
    def _links(self, connection, external_ids):
        """Return ``{external id: binding}`` of what is linked."""
        return self.env["xero.binding"]._by_external(connection, self._xero_resource, external_ids)

    @api.model
    def _written_by(self):
        """Names of the mappers whose calls in flight may make what is read."""
        return [self._name]

    @api.model
    def _page_parameters(self, number, size):
        """How Xero is asked for one page of what changed."""
        return {"page": number, "pageSize": size, "order": self._change_order}

    @api.model
    def _ids_params(self, ids):
        """How records are asked for by id; unpaged answers hold documents without their lines (xero-api.md 3.8)."""
        return {"IDs": ids, "page": 1}

    @api.model
    def _takes_ids(self):
        """Whether several records can be asked for by their ids."""
        return self._xero_resource in TAKES_IDS

    @api.model
    def _is_read_alone(self):
        """Whether Xero shows a record of this resource by itself, not only as a part of another one."""
        return self._xero_resource in READ_ALONE

    @api.model
    def _is_news(self, binding, payload):
        """Whether a linked record, read from Xero, says something that both sides have not agreed on."""
        return False

    @api.model
    def _changed_in_xero(self, connection, changes):
        """Follow, or ask about, what was changed in Xero; see engine/import_changes.py.

        :param changes: ``{binding: payload}`` for which ``_is_news``
        :return: ``{external id: "updated", "deleted" or another action of the history | Hold | None}``
        """
        return {}

    def _remembered(self, key, read):
        """What is the same for everything of a page, read once a page; the importer opens one."""
        page = self.env.context.get(PAGE)
        if page is None:
            return read()
        if key not in page:
            page[key] = read()
        return page[key]
