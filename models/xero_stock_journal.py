"""Stock that Xero does not track: documents that bring Xero's stock accounts to Odoo's stock value, one a day.

A journal is what the stock is worth now, less what bills and earlier journals have posted, split by cause. So nothing
is sent twice whatever was late, and the balance of the account in Xero is the stock value after every run.
"""

from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import SQL, float_is_zero, format_date

from ..business_hours import local_day
from ..exceptions import Hold

OPENING = ("opening", False, False)
# Causes in the order in which their lines stand.
ORDER = (
    "opening",
    "receipt",
    "billed",
    "delivery",
    "adjustment",
    "production",
    "work",
    "landed_cost",
    "location",
    "transfer",
    "revaluation",
)


class Account:
    """One stock account of Xero, or one of Odoo that is not mapped yet, and what belongs on it.

    :ivar xero: the account in Xero, empty where none is mapped
    :ivar odoo: valuation accounts of Odoo
    :ivar amounts: ``{(cause, counterpart id, tracking option id): amount}`` that ought to be posted
    """

    def __init__(self, xero, odoo):
        self.xero, self.odoo, self.amounts = xero, odoo, defaultdict(float)


class XeroStockJournal(models.AbstractModel):
    _inherit = "xero.stock.ledger"

    @api.model
    def _settle(self, connection):
        """Make or change the stock journals so that Xero's stock accounts come to Odoo's stock value.

        :return: the documents that were made or changed; they are queued
        """
        self, connection = self._of(connection), connection.sudo()
        documents = self.env["xero.stock.document"]
        if not connection._counts_stock("untracked"):
            return documents
        company = connection.company_id.with_env(self.env)
        products = self._accounts(company)
        self._check_accounts(connection, products)
        touched = self._open(connection, company, products)
        today = local_day(company, fields.Datetime.now())
        for day in [*self._missed_days(connection, company, today), None]:
            touched |= self._settle_day(connection, company, products, day, today)
        return touched

    @api.model
    def _check_accounts(self, connection, products):
        """Odoo has to say on which account the stock is.

        :raises Hold: a product has no valuation account
        """
        for product, accounts in products.items():
            if not accounts["valuation"] and product.total_value:
                raise Hold("stock_valuation_missing", connection, product=product.display_name)

    # === DAYS === #

    @api.model
    def _since(self, connection):
        """The last day whose stock Xero had before the connection."""
        return connection.sync_from_date - timedelta(days=1)

    @api.model
    def _missed_days(self, connection, company, today):
        """Days after the last journal on which stock moved, and which Xero has not locked.

        What moved before the first journal goes with that one.
        """
        last = self.env["xero.stock.document"].search(
            [("connection_id", "=", connection.id), ("kind", "=", "value"), ("is_opening", "=", False)], limit=1
        )
        if not last:
            return []
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT date::date AS day FROM stock_move WHERE company_id = %s AND state = 'done'
                      AND (is_in OR is_out) AND date >= %s AND date < %s ORDER BY 1""",
                company.id,
                last.date + timedelta(days=1),
                today,
            )
        )
        return [day for (day,) in rows if not connection._is_locked(day)]

    @api.model
    def _posting_day(self, connection, day):
        return connection._first_open_day() if connection._is_locked(day) else day

    # === WHAT OUGHT TO BE POSTED === #

    @api.model
    def _open(self, connection, company, products):
        """Once: what was in stock before the start of the connection. Xero has it already, so it is not sent."""
        documents, since = self.env["xero.stock.document"], self._since(connection)
        known = documents.search_count([("connection_id", "=", connection.id), ("kind", "=", "value")], limit=1)
        moves = [("company_id", "=", company.id), ("state", "=", "done")]
        before = [*moves, ("date", "<", fields.Datetime.to_datetime(since + timedelta(days=1)))]
        if known or not self.env["stock.move"].search_count(before, limit=1):
            return documents
        values = self._values(company, products, since)
        mapping = self.env["xero.account.mapping"]._for(connection)
        return documents.create(
            [
                self._opening(connection, account, company.currency_id.round(value), since, mapping)
                for account, value in values.items()
                if account and not company.currency_id.is_zero(value)
            ]
        )

    @api.model
    def _opening(self, connection, account, value, since, mapping):
        day = format_date(self.env, since)
        return {
            "connection_id": connection.id,
            "kind": "value",
            "is_opening": True,
            "date": since,
            "account_id": account.id,
            "xero_account_id": mapping[account.id].id if account.id in mapping else False,
            "xero_do_not_export": True,
            "xero_do_not_export_reason": self.env._(
                "The stock that was there before the connection is in Xero already."
            ),
            "explanation": self.env._(
                "Odoo's stock was worth this much at the end of %(day)s. The account in Xero should stand at it. If it "
                "does not, untick Do Not Export to Xero and press Export Now.",
                day=day,
            ),
            "line_ids": [
                Command.create(
                    {
                        "cause": "opening",
                        "value": value,
                        "account_id": account.id,
                        "description": self.env._("Opening value"),
                    }
                )
            ],
        }

    @api.model
    def _wanted(self, connection, company, products, day, until):
        """``{key: Account}``: everything that should stand on the stock accounts at the end of ``day``, by cause."""
        mapping = self.env["xero.account.mapping"]._for(connection)
        found = {}

        def account_of(account):
            xero = mapping.get(account.id) or self.env["xero.account"]
            key = xero.id or -account.id
            found.setdefault(key, Account(xero, self.env["account.account"]))
            found[key].odoo |= account
            return found[key]

        for account, sums in self._causes(connection, products, self._since(connection), day).items():
            for key, amount in sums.items() if account else ():
                account_of(account).amounts[key] += amount
        values = defaultdict(float)
        for account, value in self._values_to_send(connection, products, day).items():
            if account:
                values[account_of(account)] += value
        for (account, place_account), value in self._elsewhere(connection, products, day).items():
            account_of(account).amounts["transfer", place_account.id, False] -= value
            values[account_of(account)] -= value
        for posted in self._posted(connection):
            own = mapping.get(posted.account_id.id)
            found.setdefault(
                self._key(posted, own),
                Account(posted.xero_account_id or own or self.env["xero.account"], posted.account_id),
            )
        for account in found.values():
            self._complete(connection, company, account, values[account], until)
        return found

    @api.model
    def _elsewhere(self, connection, products, day):
        """``{(valuation account, account of a place): value}`` of goods at places that have an account of their own.

        Xero has no locations: a transfer goes only where the accounts differ (features.md A6-8). Of days that are past,
        what is posted stands.
        """
        found = defaultdict(float)
        if day:
            for line in self._posted(connection).line_ids.filtered(lambda line: line.cause == "transfer"):
                found[line.account_id, line.counterpart_id] -= line.value
            return found
        places = [
            ("company_id", "=", connection.company_id.id),
            ("usage", "in", ("internal", "transit")),
            ("valuation_account_id", "!=", False),
        ]
        for place in self.env["stock.location"].search(places):
            for quant in self.env["stock.quant"].search([("location_id", "=", place.id)]):
                own = products.get(quant.product_id, {}).get("valuation")
                if own and own != place.valuation_account_id:
                    found[own, place.valuation_account_id] += quant.quantity * quant.product_id.avg_cost
        for move in self._left_out_moves(connection.company_id, self._since(connection)):
            own, quantity = products.get(move.product_id, {}).get("valuation"), move._xero_moved_quantity()
            for place, sign in ((move.location_dest_id, -1), (move.location_id, 1)):
                if own and place._xero_keeps_apart(own):
                    found[own, place.valuation_account_id] += sign * quantity * move.product_id.avg_cost
        return found

    @api.model
    def _complete(self, connection, company, account, value, until):
        """Take off what documents have posted, and account for the rest of the value."""
        opening = sum(
            line.value
            for line in self._posted(connection).line_ids.filtered(lambda line: line.cause == "opening")
            if line.document_id.account_id in account.odoo
        )
        moved = sum(account.amounts.values())
        account.amounts[OPENING] = opening
        account.amounts["revaluation", company.expense_account_id.id, False] += value - opening - moved
        if account.xero:
            bills, entries = self._coded(connection, account.xero, account.odoo, until)
            account.amounts["receipt", False, False] -= bills
            account.amounts["adjustment", False, False] -= entries

    # === WHAT IS POSTED === #

    @api.model
    def _posted(self, connection):
        """All journals but those that were deleted in Xero."""
        documents = self.env["xero.stock.document"].search(
            [("connection_id", "=", connection.id), ("kind", "=", "value")]
        )
        links = self.env["xero.binding"]._for(connection, documents)
        return documents.filtered(lambda one: one.id not in links or links[one.id].state != "deleted")

    @api.model
    def _key(self, document, mapped):
        """Which account a document is on: the one that it was sent to, else the one that is mapped now."""
        xero = document.xero_account_id or mapped
        return xero.id if xero else -document.account_id.id

    # === THE JOURNAL OF A DAY === #

    @api.model
    def _settle_day(self, connection, company, products, day, today):
        """:param day: a day that is past, or None for what is so far"""
        date = self._posting_day(connection, day or today)
        mapping = self.env["xero.account.mapping"]._for(connection)
        touched = self.env["xero.stock.document"]
        wanted = self._wanted(connection, company, products, day, date)
        posted = self._posted(connection).grouped(lambda one: self._key(one, mapping.get(one.account_id.id)))
        for key, account in wanted.items():
            documents = posted.get(key, touched.browse())
            own = documents.filtered(lambda one: one.date == date and not one.is_opening)[:1]
            missing = self._missing(company, account, documents - own)
            if own:
                touched |= self._renew(own, missing)
            elif missing:
                touched |= self._make(connection, account, date, missing)
        self._link_moves(connection, products, touched, date)
        return touched

    @api.model
    def _missing(self, company, account, documents):
        """``{(cause, counterpart id, option id): amount}`` that no other document carries; it adds up to the cent."""
        missing = defaultdict(float, account.amounts)
        for line in documents.line_ids:
            missing[line._key()] -= line.value
        total = company.currency_id.round(sum(missing.values()))
        rounded = {key: company.currency_id.round(amount) for key, amount in missing.items()}
        rest = ("revaluation", company.expense_account_id.id, False)
        rounded[rest] = rounded.get(rest, 0.0) + total - sum(rounded.values())
        return {key: round(amount, 2) for key, amount in rounded.items() if not float_is_zero(amount, 2)}

    @api.model
    def _make(self, connection, account, date, missing):
        return self.env["xero.stock.document"].create(
            {
                "connection_id": connection.id,
                "kind": "value",
                "date": date,
                "account_id": account.odoo.sorted("code")[:1].id,
                "xero_account_id": account.xero.id,
                "line_ids": self._lines(account.odoo.sorted("code")[:1], missing),
            }
        )

    @api.model
    def _renew(self, document, missing):
        """Give the journal of the day its new lines; nothing happens where they are the old ones."""
        now = {line._key(): round(line.value, 2) for line in document.line_ids}
        if now == missing:
            return document.browse()
        document.line_ids.unlink()
        document.line_ids = self._lines(document.account_id, missing)
        document._xero_again()
        return document

    @api.model
    def _lines(self, account, missing):
        labels = dict(self.env["xero.stock.line"]._fields["cause"]._description_selection(self.env))
        return [
            Command.create(
                {
                    "sequence": number,
                    "cause": cause,
                    "description": labels[cause],
                    "value": amount,
                    "account_id": account.id,
                    "counterpart_id": counterpart_id,
                    "tracking_option_id": option_id,
                }
            )
            for number, ((cause, counterpart_id, option_id), amount) in enumerate(
                sorted(missing.items(), key=lambda item: (ORDER.index(item[0][0]), item[0][1] or 0, item[0][2] or 0))
            )
        ]

    # === WHICH MOVES === #

    @api.model
    def _link_moves(self, connection, products, documents, date):
        """Show on the documents which moves they carry; those dated before their day are told."""
        if not documents:
            return
        rows = self.env.execute_query(
            SQL(
                """SELECT m.id FROM stock_move m
                     JOIN stock_location a ON a.id = m.location_id JOIN stock_location b ON b.id = m.location_dest_id
                    WHERE m.company_id = %s AND m.state = 'done' AND m.xero_do_not_export IS NOT TRUE
                      AND (m.is_in OR m.is_out OR a.valuation_account_id IS DISTINCT FROM b.valuation_account_id)
                      AND m.date >= %s AND m.date < %s AND NOT EXISTS (SELECT 1 FROM xero_stock_document_move_rel r
                          JOIN xero_stock_document d ON d.id = r.xero_stock_document_id AND d.connection_id = %s
                         WHERE r.stock_move_id = m.id)""",
                connection.company_id.id,
                connection.sync_from_date,
                date + timedelta(days=2),
                connection.id,
            )
        )
        moves = self.env["stock.move"].browse(id_ for (id_,) in rows)
        for document in documents:
            own = moves.filtered(
                lambda move, account=document.account_id: (
                    (products.get(move.product_id) or self._own_accounts(move.product_id))["valuation"] == account
                )
            )
            left_out = document.move_ids.filtered("xero_do_not_export")
            document.move_ids = [Command.unlink(move.id) for move in left_out] + [Command.link(one.id) for one in own]
            late = document.move_ids.filtered(lambda move: move.date.date() < date)
            said = [self._late_words(late)] if late else []
            said += self._left_out_words(connection.company_id, document)
            document.explanation = " ".join(said) or False

    @api.model
    def _late_words(self, late):
        names = ", ".join(dict.fromkeys(move.reference or move.display_name for move in late[:5]))
        more = self.env._(" and %(count)s more", count=len(late) - 5) if len(late) > 5 else ""
        return self.env._("With moves that are dated before: %(names)s%(more)s", names=names, more=more)
