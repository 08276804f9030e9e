from collections import defaultdict

from odoo import api, fields, models

from .xero_stock_expected import CENT, SIGNS, exact

# Problems that are over once Xero has more of a product.
WOKEN = ("stock_short", "out_of_stock")


class XeroStockLevel(models.Model):
    """What Xero and Odoo each say of one item, as it was last compared, and why they differ."""

    _name = "xero.stock.level"
    _description = "Stock in Xero and in Odoo"
    _order = "connection_id, is_equal, product_id"
    _rec_name = "product_id"

    connection_id = fields.Many2one("xero.connection", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="connection_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one("product.product", required=True, readonly=True, ondelete="cascade", index=True)
    is_tracked = fields.Boolean("Counted in Xero", readonly=True)
    on_hand = fields.Float("On Hand in Odoo", digits="Product Unit", readonly=True)
    delivered = fields.Float(
        "Delivered, Not Invoiced",
        digits="Product Unit",
        readonly=True,
        help="Below zero: invoiced and not delivered yet.",
    )
    received = fields.Float(
        "Received, Not Billed", digits="Product Unit", readonly=True, help="Below zero: billed and not received yet."
    )
    on_its_way = fields.Float(
        "On Its Way to Xero",
        digits="Product Unit",
        readonly=True,
        help="Of documents that wait to be sent or approved.",
    )
    expected = fields.Float(
        "Expected in Xero",
        digits="Product Unit",
        readonly=True,
        help="On hand in Odoo, plus delivered and not invoiced, less received and not billed. Xero moves stock on "
        "invoices and bills, Odoo on deliveries and receipts.",
    )
    xero_quantity = fields.Float("Quantity in Xero", digits="Product Unit", readonly=True)
    odoo_value = fields.Monetary("Value in Odoo", readonly=True)
    expected_value = fields.Monetary("Value Expected in Xero", readonly=True)
    xero_value = fields.Monetary("Value in Xero", readonly=True)
    is_equal = fields.Boolean("Agree", readonly=True)
    explanation = fields.Text(readonly=True)
    read_at = fields.Datetime("Read From Xero", readonly=True)

    _once = models.UniqueIndex("(connection_id, product_id)", "A product has one level per connection.")

    @api.model
    def _of(self, connection, products):
        """Return ``{product id: level}``."""
        domain = [("connection_id", "=", connection.id), ("product_id", "in", products.ids)]
        return {level.product_id.id: level for level in self.sudo().search(domain)}

    @api.model
    def _keep(self, connection, read):
        """Keep what Xero says; products that are gone are left out.

        :param read: ``{product id: {is_tracked, xero_quantity, xero_value}}``
        :return: the levels
        """
        known = self._of(connection, self.env["product.product"].browse(read))
        now = fields.Datetime.now()
        for id_, values in read.items():
            if id_ in known:
                known[id_].write({**values, "read_at": now})
        fresh = self.sudo().create(
            [
                {"connection_id": connection.id, "product_id": id_, "read_at": now, **values}
                for id_, values in read.items()
                if id_ not in known
            ]
        )
        return fresh | self.sudo().concat(*known.values())

    def _compare(self):
        """Put Odoo's figures beside Xero's; returns ``{product id: Figures}``."""
        figures = self.env["xero.stock.expected"]._figures(self.connection_id, self.product_id)
        for level in self:
            level.write(level._compared(figures[level.product_id.id]))
        return figures

    def _compared(self, figures):
        off, off_value = self._differences(figures)
        return {
            "on_hand": float(figures.on_hand),
            "delivered": float(figures.delivered),
            "received": float(figures.received),
            "on_its_way": float(figures.on_its_way),
            "expected": float(figures.expected),
            "odoo_value": float(figures.value),
            "expected_value": float(figures.expected_value),
            "is_equal": self.is_tracked and not off and (not off_value or bool(figures.on_its_way)),
            "explanation": self._explained(figures),
        }

    def _differences(self, figures):
        """``(quantity, value)`` by which Xero lies below what it should show now."""
        quantity = max(figures.expected_now, 0) - exact(self.xero_quantity)
        return quantity, figures.expected_value - exact(self.xero_value, CENT)

    # === WORDS === #

    def _explained(self, figures):
        """Why the figures are what they are, a sentence each."""
        if not self.is_tracked:
            return self.env._(
                "Xero does not count this item: it was used there before its stock was counted, and Xero does not let "
                "that be switched on afterwards. Rename its code in Xero, and Odoo makes a new item that is counted."
            )
        off, off_value = self._differences(figures)
        said = [self._sum_in_words(figures)]
        if figures.left_out:
            said.append(
                self.env._(
                    "%(quantity)s of it are left out: their moves are set not to be exported to Xero.",
                    quantity=plain(figures.left_out),
                )
            )
        if figures.on_its_way:
            said.append(
                self.env._("%(quantity)s of it are still on their way to Xero.", quantity=plain(figures.on_its_way))
            )
        if figures.expected_now < 0:
            said.append(self.env._("Xero cannot show less than none: it waits for the bill of what was received."))
        if off:
            shown = {"shown": plain(exact(self.xero_quantity)), "off": plain(abs(off))}
            too_few = self.env._("Xero shows %(shown)s: %(off)s too few.", **shown)
            said.append(too_few if off > 0 else self.env._("Xero shows %(shown)s: %(off)s too many.", **shown))
        if off_value and figures.method != "average":
            said.append(self._method_in_words(figures, off_value))
        return " ".join(said)

    def _sum_in_words(self, figures):
        return self.env._(
            "%(on_hand)s on hand in Odoo, plus %(delivered)s delivered and not invoiced, less %(received)s received "
            "and not billed, make %(expected)s.",
            on_hand=plain(figures.on_hand),
            delivered=plain(figures.delivered),
            received=plain(figures.received),
            expected=plain(figures.expected),
        )

    def _method_in_words(self, figures, off_value):
        methods = dict(self.env["product.template"]._fields["cost_method"]._description_selection(self.env))
        return self.env._(
            "Odoo values it by %(method)s and Xero always at average cost, so the values are %(amount)s apart. That is "
            "not corrected.",
            method=methods.get(figures.method, figures.method),
            amount=self.currency_id.format(float(abs(off_value))),
        )

    # === WHAT HAS MOVED SINCE === #

    @api.model
    def _heed(self, connection, mapper, done):
        """Documents have gone: what Xero counts has moved by their lines.

        :param done: ``[(element, answer's data)]``
        """
        if not connection._counts_stock("tracked"):
            return
        self._keep_answered(connection, mapper, done)
        moved = [one for spec, data in done if spec["action"] == "create" for one in mapper._moved_stock(data)]
        if moved or any(spec["action"] != "create" for spec, _data in done):
            connection._note_stock_moved()
        rising = self._move(connection, moved)
        if rising:
            self.env["xero.issue"]._mended(rising._name, rising.ids, codes=WOKEN, connections=connection)
            self.env["xero.issue"]._mended_code(WOKEN, connection, model="account.move")

    @api.model
    def _keep_answered(self, connection, mapper, done):
        """Items have gone: Xero's answer says what it counts of them."""
        said = {spec["res_id"]: level for spec, data in done if (level := mapper._level_of(data))}
        storable = self.env["product.product"].browse(said).exists().filtered("is_storable")
        if said:
            self._keep(connection, {id_: said[id_] for id_ in storable.ids})

    @api.model
    def _in_the_air(self, connection):
        """``{product id: quantity}`` that calls without an answer are taking out of what Xero counts."""
        taken = defaultdict(float)
        if not connection._counts_stock("tracked"):
            return taken
        expected = self.env["xero.stock.expected"]
        moves = self.env["account.move"].browse(expected._queued(connection, "account.move", in_flight=True)).exists()
        for line in (moves - self._linked(connection, moves)).invoice_line_ids.filtered("product_id"):
            taken[line.product_id.id] -= min(SIGNS.get(line.move_type, 0) * line.quantity, 0)
        ids = expected._queued(connection, "xero.stock.document", in_flight=True)
        documents = self.env["xero.stock.document"].sudo().browse(ids).exists()
        for line in (documents - self._linked(connection, documents)).line_ids.filtered("product_id"):
            taken[line.product_id.id] -= min(line.quantity, 0)
        return taken

    @api.model
    def _linked(self, connection, records):
        """Those that Xero has already, so that its count says so."""
        links = self.env["xero.binding"]._for(connection, records)
        return records.filtered(lambda record: record.id in links and links[record.id].external_id)

    @api.model
    def _move(self, connection, moved):
        """Add to the levels what documents have moved; returns the products of which Xero has more now.

        :param moved: ``[(code of an item, quantity)]``
        """
        items = self.env["xero.binding"].search(
            [
                ("connection_id", "=", connection.id),
                ("model", "=", "product.product"),
                ("natural_key", "in", list({code for code, _quantity in moved})),
            ]
        )
        by_code = {item.natural_key: item.res_id for item in items}
        levels = self._of(connection, self.env["product.product"].browse(by_code.values()))
        rising = self.env["product.product"]
        for code, quantity in moved:
            if level := levels.get(by_code.get(code)):
                level.xero_quantity += quantity
                rising |= level.product_id if quantity > 0 else rising
        return rising


def plain(number):
    """12 rather than 12.0000."""
    return f"{number.normalize():f}"


class XeroExporter(models.AbstractModel):
    _inherit = "xero.exporter"

    def _finish(self, connection, mapper, request, done, action=None, note=None):
        super()._finish(connection, mapper, request, done, action=action, note=note)
        if done:
            self.env["xero.stock.level"]._heed(connection, mapper, done)
