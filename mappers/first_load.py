"""What a first load takes: which records of each kind either side has, and which of them go.

A mapper reads for a load where its context names the load's line (``LINE``): all there is, by the line's filter.
"""

from dataclasses import dataclass

from odoo import api, models
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ..xero_api import codec
from .contact_matching import KEYS
from .document_reading import amount
from .xero_mapper import decimal

_lt = LazyTranslate(__name__)

MOST_DOUBLES = 20  # more partners with one e-mail address are no doubles
LINE = "xero_first_load_line"  # context key: id of the line that is read


@dataclass(frozen=True)
class Kind:
    """One kind of record that a load takes.

    :ivar types: of documents: those of Odoo, and Xero's
    :ivar dated: whether it belongs to a day, so that a load begins with one
    :ivar only_in: whether it comes from Xero and never goes there
    """

    name: object
    mapper: str
    types: tuple = ()
    xero_type: str = ""
    dated: bool = False
    only_in: bool = False


KINDS = {
    "contacts": Kind(_lt("Contacts"), "xero.mapper.contact"),
    "items": Kind(_lt("Products and Items"), "xero.mapper.item"),
    "invoices": Kind(_lt("Open Invoices"), "xero.mapper.invoice", ("out_invoice",), "ACCREC", True),
    "bills": Kind(_lt("Open Bills"), "xero.mapper.invoice", ("in_invoice",), "ACCPAY", True),
    "credits": Kind(_lt("Unpaid Credit Notes"), "xero.mapper.credit_note", ("out_refund", "in_refund"), "", True),
}

# Of a source (model, id): what is in Xero, or on its way there, goes no more.
NOT_LINKED = """NOT EXISTS (SELECT 1 FROM xero_binding b WHERE b.connection_id = c.id AND b.model = source.model
                    AND b.res_id = source.id AND (b.external_id IS NOT NULL OR b.state = 'sending'))"""
# What is left out, and what may be one of Xero's and nobody has decided.
NOT_SKIPPED = """NOT EXISTS (SELECT 1 FROM xero_first_load_match m WHERE m.load_id = %s AND m.model = source.model
                    AND (m.decision = 'skip' OR m.decision = 'ask' AND m.external_id IS NOT NULL)
                    AND m.candidate_ids @> to_jsonb(source.id))"""
NO_CANDIDATE = """NOT EXISTS (SELECT 1 FROM xero_first_load_match m WHERE m.load_id = %s AND m.model = source.model
                    AND m.candidate_ids @> to_jsonb(source.id))"""


class XeroMapper(models.AbstractModel):
    _inherit = "xero.mapper"

    # === XERO'S SIDE === #

    @api.model
    def _load_line(self):
        """The line of a first load that is read now; none in ordinary readings."""
        return self.env["xero.first.load.line"].browse(self.env.context.get(LINE))

    @api.model
    def _load_filter(self, line):
        """How Xero is asked for what a line takes, beside page and order."""
        return {}

    @api.model
    def _page_parameters(self, number, size):
        params = super()._page_parameters(number, size)
        line = self._load_line()
        return {**params, **self._load_filter(line)} if line else params

    @api.model
    def _load_count(self, client):
        """``(how many records Xero has of the line that is read, Xero's time)``; one call."""
        answer = client.get(self._xero_resource, self._page_parameters(1, 1))
        paging = answer.payload.get("pagination") or {}
        number = paging.get("itemCount")
        return len(self._candidates([answer])) if number is None else number, answer.server_time

    @api.model
    def _load_ready(self, line):
        """Settings of the connection that a load of this line needs; they stay, so that both sides go on in step."""
        return {}

    @api.model
    def _begin_ordinary(self, connection, since):
        """What changes from ``since`` on, Xero's time, the schedule reads; what was there before the load does."""
        cursors = self.env["xero.cursor"].sudo()
        if not cursors.search([*cursors._ordinary(connection), ("resource", "=", self._xero_resource)]):
            cursors._get(connection, self._xero_resource).modified_since = since

    @api.model
    def _load_ahead(self, line, payloads):
        """What of other lines, read and not booked yet, these need: list of (mapper, payloads)."""
        return []

    @api.model
    def _load_paid_from(self, payloads):
        """The day of the oldest of these that was paid in part already, or None."""
        return

    @api.model
    def _load_matches(self, connection, payloads):
        """Which of the records read may be one that Odoo has.

        :return: dicts with ``external_id``, ``xero_name``, ``known`` (what tells it apart), ``candidates`` (ids),
            ``by`` (what they have in common) and ``sure``
        """
        return []

    @api.model
    def _load_own_matches(self, line):
        """Odoo's own doubles among what goes: list of (ids, what they have in common)."""
        return []

    # === ODOO'S SIDE === #

    @api.model
    def _load_source(self, line):
        """SQL that selects (model, id) of what Odoo has of a line, from connection ``c``."""
        raise NotImplementedError

    @api.model
    def _load_query(self, line, all_=False, plain=False):
        """SQL that selects (connection_id, model, res_id) of what would go to Xero.

        :param all_: with what is linked already
        :param plain: without whatever may be one of Xero's
        """
        load = line.load_id
        condition = SQL("TRUE") if all_ else SQL("%s AND %s", SQL(NOT_LINKED), SQL(NOT_SKIPPED, load.id))
        if plain:
            condition = SQL("%s AND %s", condition, SQL(NO_CANDIDATE, load.id))
        return SQL(
            """SELECT c.id AS connection_id, source.model, source.id AS res_id FROM xero_connection c,
                      LATERAL (%s) AS source(model, id) WHERE c.id = %s AND %s""",
            self._load_source(line),
            load.connection_id.id,
            condition,
        )

    @api.model
    def _load_companions(self, line):
        """SQL like ``_load_query`` of what goes along with a line's records; None: nothing."""
        return


class XeroMapperContact(models.AbstractModel):
    _inherit = "xero.mapper.contact"

    @api.model
    def _page_parameters(self, number, size):
        params = super()._page_parameters(number, size)
        # Nobody begins with archived ones.
        return {**params, "includeArchived": None} if self._load_line() else params

    @api.model
    def _load_ready(self, line):
        load = line.load_id
        return {
            "import_contacts": "groups" if load.contact_group_ids else "all",
            "contact_group_ids": [(6, 0, load.contact_group_ids.ids)],
        }

    @api.model
    def _load_source(self, line):
        is_used = "(p.customer_rank > 0 OR p.supplier_rank > 0)"
        return SQL(
            """SELECT 'res.partner', p.id FROM res_partner p
                WHERE p.active AND p.commercial_partner_id = p.id AND %s
                  AND (p.company_id IS NULL OR p.company_id = c.company_id)
                  AND NOT EXISTS (SELECT 1 FROM res_company own WHERE own.partner_id = p.id)
                  AND NOT EXISTS (SELECT 1 FROM res_users u WHERE u.partner_id = p.id AND NOT u.share)""",
            SQL(is_used if line.load_id.contacts_are == "used" else "TRUE"),
        )

    # === DUPLICATES === #

    @api.model
    def _load_matches(self, connection, payloads):
        linked = self._links(connection, {payload["ContactID"] for payload in payloads})
        open_ = [payload for payload in payloads if payload["ContactID"] not in linked]
        keys = {payload["ContactID"]: self._keys_of(connection, payload) for payload in open_}
        known = self._known(connection, keys.values()) if keys else None
        matches = {id_: self._candidate(own, known) for id_, own in keys.items()}
        matches = self._settle_rivals(matches, keys, known)
        found = []
        for payload in open_:
            id_ = payload["ContactID"]
            if match := matches[id_]:
                candidates = match if isinstance(match, list) else [match]
                facts = [known.facts[one] for one in candidates]
                common = [key for key in KEYS if any(keys[id_][key] in one[key] for one in facts)]
                found.append(
                    {
                        "external_id": id_,
                        "xero_name": payload.get("Name"),
                        "known": self._described(payload),
                        "candidates": candidates,
                        "by": common,
                        "sure": not isinstance(match, list),
                    }
                )
        return found

    @api.model
    def _load_own_matches(self, line):
        """Odoo's own doubles among what goes: list of (ids, what they have in common)."""
        rows = self.env.execute_query(
            SQL(
                """WITH own AS (SELECT p.* FROM (%s) AS going JOIN res_partner p ON p.id = going.res_id)
                   SELECT key, array_agg(id ORDER BY id) FROM (
                          SELECT 'email', email_normalized, id FROM own
                           UNION ALL
                          SELECT 'tax', regexp_replace(upper(regexp_replace(vat, '[^0-9A-Za-z]', '', 'g')),
                                                       '^[A-Z]{2}', ''), id FROM own
                           UNION ALL
                          SELECT 'name', lower(btrim(regexp_replace(name, '\\s+', ' ', 'g'))), id FROM own
                          ) AS told(key, value, id)
                    WHERE value ~ '[0-9a-zA-Z]' GROUP BY key, value HAVING count(*) BETWEEN 2 AND %s""",
                self._load_query(line),
                MOST_DOUBLES,
            )
        )
        groups = {}
        for key, ids in rows:
            groups.setdefault(tuple(ids), []).append(key)
        return list(groups.items())

    # === WHAT A PERSON DECIDED BEFORE === #

    @api.model
    def _from_xero(self, connection, payloads):
        skipped = self.env["xero.first.load.match"]._skipped(connection, self._xero_resource)
        taken = [payload for payload in payloads if payload["ContactID"] not in skipped]
        outcomes = super()._from_xero(connection, taken) if taken else {}
        return {payload["ContactID"]: outcomes.get(payload["ContactID"]) for payload in payloads}

    @api.model
    def _chosen(self, connection, contact_ids):
        decided = self.env["xero.first.load.match"]._decided(connection, self._xero_resource, contact_ids)
        return {**decided, **super()._chosen(connection, contact_ids)}


class XeroMapperItem(models.AbstractModel):
    _inherit = "xero.mapper.item"

    @api.model
    def _load_ready(self, line):
        return {"import_items": True, "import_stock_levels": line.load_id.stock_levels}

    @api.model
    def _load_source(self, line):
        return SQL(
            """SELECT 'product.product', p.id FROM product_product p JOIN product_template t ON t.id = p.product_tmpl_id
                WHERE p.active AND t.active AND (t.sale_ok OR t.purchase_ok) AND t.type != 'combo'
                  AND (t.company_id IS NULL OR t.company_id = c.company_id)"""
        )

    @api.model
    def _load_matches(self, connection, payloads):
        linked = self._links(connection, {payload["ItemID"] for payload in payloads})
        found = []
        for payload in payloads:
            products = self._same_product(connection, payload) if payload["ItemID"] not in linked else None
            if products:
                found.append(
                    {
                        "external_id": payload["ItemID"],
                        "xero_name": " ".join(filter(None, (payload["Code"], payload.get("Name")))),
                        "known": payload["Code"],
                        "candidates": products[:MOST_DOUBLES].ids,
                        "by": [self._in_common(payload, products[:1])],
                        "sure": len(products) == 1,
                    }
                )
        return found

    @api.model
    def _in_common(self, payload, product):
        code = payload["Code"].lower()
        if (product.default_code or "").lower() == code:
            return "code"
        return "barcode" if (product.barcode or "").lower() == code else "name"

    @api.model
    def _from_xero(self, connection, payloads):
        skipped = self.env["xero.first.load.match"]._skipped(connection, self._xero_resource)
        taken = [payload for payload in payloads if payload["ItemID"] not in skipped]
        outcomes = super()._from_xero(connection, taken) if taken else {}
        return {payload["ItemID"]: outcomes.get(payload["ItemID"]) for payload in payloads}

    @api.model
    def _chosen(self, connection, payload):
        asked = super()._chosen(connection, payload)
        if asked is not None:
            return asked
        decided = self.env["xero.first.load.match"]._decided(connection, self._xero_resource, [payload["ItemID"]])
        if payload["ItemID"] not in decided:
            return None
        products = self.env["product.product"].with_company(connection.company_id)
        return self._unlinked(connection, products.browse(decided[payload["ItemID"]] or []).exists())


class XeroMapperDocument(models.AbstractModel):
    _inherit = "xero.mapper.document"

    # === XERO'S SIDE === #

    @api.model
    def _load_filter(self, line):
        """What is open: approved, and not settled yet (xero-api.md 4.2)."""
        kind, day = KINDS[line.kind], line.start_date
        terms = ['Status=="AUTHORISED"', *([f'Type=="{kind.xero_type}"'] if kind.xero_type else [])]
        if day:
            terms.append(f"Date>={codec.filter_date(day)}")
        return {"where": " AND ".join(terms)}

    @api.model
    def _load_ahead(self, line, payloads):
        """The contacts of documents."""
        wanted = {(payload.get("Contact") or {}).get("ContactID") for payload in payloads}
        contacts = line.load_id.line_ids.filtered(lambda one: one.kind == "contacts")
        found = [
            payload for page in contacts.page_ids for payload in page._payloads() if payload["ContactID"] in wanted
        ]
        return [(contacts._mapper().with_env(self.env(context=self._plain_context())), found)] if found else []

    def _plain_context(self):
        return {key: value for key, value in self.env.context.items() if key != LINE}

    @api.model
    def _load_paid_from(self, payloads):
        paid = [payload for payload in payloads if payload.get("AmountPaid")]
        return min(filter(None, (self._day(payload, "Date") for payload in paid)), default=None)

    @api.model
    def _takes_documents(self, connection):
        return bool(self._load_line()) or super()._takes_documents(connection)

    @api.model
    def _is_taken(self, connection, payload):
        if not self._load_line():
            return super()._is_taken(connection, payload)
        return payload.get("Status") == "AUTHORISED" and bool(self._day(payload, "Date"))

    def _import(self, connection, payload, maps):
        if self._load_line() and (known := self._entered_before(connection, payload)):
            return "linked", known
        return super()._import(connection, payload, maps)

    @api.model
    def _entered_before(self, connection, payload):
        """The one unlinked document in Odoo with the number, the contact, the day and the total of Xero's."""
        number = payload.get(self._xero_number)
        day = self._day(payload, "Date")
        if not number or not day:
            return None
        moves = self.env["account.move"].search(
            [
                ("company_id", "=", connection.company_id.id),
                ("state", "=", "posted"),
                ("move_type", "=", self._move_type(payload)),
                ("invoice_date", "=", day),
                "|",
                ("name", "=", number),
                ("ref", "=", number),
            ]
        )
        linked = self.env["xero.binding"]._for(connection, moves)
        partner = self._partner(connection, payload)
        found = moves.filtered(
            lambda move: (
                move.id not in linked
                and move.commercial_partner_id == partner.commercial_partner_id
                and decimal(move.amount_total, 2) == amount(payload, "Total")
            )
        )
        return found if len(found) == 1 else None

    # === ODOO'S SIDE === #

    @api.model
    def _load_source(self, line):
        return SQL(
            """SELECT 'account.move', m.id FROM account_move m
                WHERE m.company_id = c.company_id AND m.state = 'posted' AND m.move_type IN %s
                  AND m.payment_state IN ('not_paid', 'partial') AND m.amount_residual != 0
                  AND (%s::date IS NULL OR COALESCE(m.invoice_date, m.date) >= %s)""",
            KINDS[line.kind].types,
            line.start_date or None,
            line.start_date or None,
        )

    @api.model
    def _load_companions(self, line):
        """What was paid or credited of the documents already: in Xero they have to be open by as much."""
        return SQL(
            """SELECT DISTINCT own.connection_id, 'account.partial.reconcile', part.id
                 FROM (%s) AS own(connection_id, model, res_id)
                 JOIN account_move_line l ON l.move_id = own.res_id
                 JOIN account_partial_reconcile part ON l.id IN (part.debit_move_id, part.credit_move_id)
                WHERE NOT EXISTS (SELECT 1 FROM xero_binding b WHERE b.connection_id = own.connection_id
                                     AND b.model = 'account.partial.reconcile' AND b.res_id = part.id)""",
            self._load_query(line),
        )
