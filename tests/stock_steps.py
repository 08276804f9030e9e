"""A warehouse in which things happen by chance, and what Xero should show of it afterwards.

The warehouse keeps its own books of what was delivered, invoiced, received and billed, and asks none of the connector's
code what to expect.
"""

from collections import Counter, defaultdict
from decimal import Decimal
from random import Random

from odoo import fields
from odoo.fields import Command

from . import stock_making_steps

CENT = Decimal("0.01")
SIGNS = {"in_invoice": 1, "in_refund": -1, "out_invoice": -1, "out_refund": 1}
# Step -> how often it is tried, of all tries.
STEPS = {
    "buy": 12,
    "receive": 14,
    "bill": 12,
    "deliver": 14,
    "invoice": 12,
    "count": 10,
    "scrap": 5,
    "transfer": 4,
    "give_back": 3,
    "take_back": 3,
    "credit": 2,
    "refund": 2,
    "reprice": 2,
}


class Warehouse(stock_making_steps.Workshop):
    """Random steps of buying, selling, counting, making and returning.

    :param sync: called without arguments; carries everything to Xero
    :param products: storable products; the steps touch no others
    """

    def __init__(self, env, connection, xero, sync, supplier, customer, products, seed):
        self.env, self.connection, self.xero, self.sync = env, connection, xero, sync
        self.company, self.supplier, self.customer, self.products = connection.company_id, supplier, customer, products
        self.chance = Random(seed)
        self.warehouse = env["stock.warehouse"].search([("company_id", "=", self.company.id)], limit=1)
        self.stock = self.warehouse.lot_stock_id
        self.shelf = env["stock.location"].create(
            {"name": f"Shelf {seed}", "location_id": self.stock.id, "usage": "internal", "company_id": self.company.id}
        )
        self.suppliers = env.ref("stock.stock_location_suppliers")
        self.customers = env.ref("stock.stock_location_customers")
        self.delivered, self.received = defaultdict(float), defaultdict(float)  # and not invoiced or billed
        self.documents = env["account.move"]
        self.made = Counter()
        self._set_up_workshop()

    # === RUNNING === #

    def run(self, number, sync_every=10, check=None):
        """Take ``number`` steps; returns how often each was done. ``check()`` is called after every sync."""
        steps = {**STEPS, **stock_making_steps.steps(self.env)}
        names, weights = list(steps), list(steps.values())
        for count in range(1, number + 1):
            step = self.chance.choices(names, weights)[0]
            if getattr(self, f"_{step}")(self.chance.choice(self.products)):
                self.made[step] += 1
            if count % sync_every == 0 or count == number:
                self.sync()
                if check:
                    check()
        return self.made

    def _some(self, most=9):
        return self.chance.randint(1, max(1, int(most)))

    def _on_hand(self, product):
        quants = self.env["stock.quant"].search([("product_id", "=", product.id), ("location_id", "=", self.stock.id)])
        return sum(quants.mapped("quantity"))

    # === BUYING === #

    def _buy(self, product):
        line = {
            "product_id": product.id,
            "product_qty": self._some(),
            "price_unit": self.chance.randint(100, 9999) / 100,
            "tax_ids": [Command.clear()],
        }
        values = {"partner_id": self.supplier.id, "company_id": self.company.id}
        self.env["purchase.order"].create({**values, "order_line": [Command.create(line)]}).button_confirm()
        return True

    def _orders(self):
        ids = [product.id for product in self.products]
        domain = [("order_line.product_id", "in", ids), ("state", "=", "purchase")]
        return self.env["purchase.order"].search(domain, order="id")

    def _receive(self, _product):
        pickings = self._orders().picking_ids.filtered(
            lambda one: one.state == "assigned" and one.picking_type_code == "incoming"
        )
        if not pickings:
            return False
        move = self.chance.choice(pickings).move_ids[:1]
        quantity = self._some(move.product_uom_qty)
        self._done(move, quantity)
        self.received[move.product_id.id] += quantity
        return True

    def _bill(self, _product):
        orders = self._orders().filtered(lambda one: one.invoice_status == "to invoice")
        if not orders:
            return False
        order = self.chance.choice(orders)
        bill = self.env["account.move"].browse(order.action_create_invoice()["res_id"])
        if bill.move_type != "in_invoice":
            bill.unlink()
            return False
        bill.write({"invoice_date": fields.Date.today(), "ref": f"SUP-{bill.id}"})
        if self.chance.random() < 0.2:
            bill.invoice_line_ids.price_unit += self.chance.randint(-50, 50) / 100
        return self._post(bill)

    # === SELLING === #

    def _deliver(self, product):
        on_hand = self._on_hand(product)
        if on_hand < 1:
            return False
        quantity = self._some(on_hand)
        self._move(product, quantity, self.stock, self.customers)
        self.delivered[product.id] += quantity
        return True

    def _invoice(self, product):
        """Mostly what was delivered, sometimes ahead of it."""
        open_ = self.delivered[product.id]
        ahead = self.chance.random() < 0.15
        if open_ < 1 and not ahead:
            return False
        return self._document("out_invoice", product, self._some(3 if ahead else open_), 120.0)

    def _credit(self, product):
        sold = [
            one
            for one in self.documents
            if one.move_type == "out_invoice" and one.invoice_line_ids.product_id == product
        ]
        return bool(sold) and self._document("out_refund", product, 1, 120.0)

    def _refund(self, product):
        """The supplier's credit note for goods that stay."""
        bought = [
            one
            for one in self.documents
            if one.move_type == "in_invoice" and one.invoice_line_ids.product_id == product
        ]
        return bool(bought) and self._document("in_refund", product, 1, self._cost(product))

    def _document(self, kind, product, quantity, price):
        values = {
            "move_type": kind,
            "partner_id": (self.supplier if kind.startswith("in") else self.customer).id,
            "company_id": self.company.id,
            "invoice_date": fields.Date.today(),
            "invoice_line_ids": [
                Command.create(
                    {
                        "product_id": product.id,
                        "quantity": quantity,
                        "price_unit": price,
                        "tax_ids": [Command.clear()],
                    }
                )
            ],
        }
        return self._post(self.env["account.move"].create(values))

    def _post(self, document):
        document.action_post()
        self.documents |= document
        for line in document.invoice_line_ids:
            side = self.received if document.move_type.startswith("in") else self.delivered
            side[line.product_id.id] += line.quantity if document.move_type.endswith("refund") else -line.quantity
        return True

    # === IN THE WAREHOUSE === #

    def _count(self, product):
        counted = max(0, self._on_hand(product) + self.chance.randint(-3, 4))
        quants = self.env["stock.quant"].with_context(inventory_mode=True)
        values = {"product_id": product.id, "location_id": self.stock.id, "inventory_quantity": counted}
        quants.create(values).action_apply_inventory()
        return True

    def _scrap(self, product):
        if self._on_hand(product) < 1:
            return False
        values = {"product_id": product.id, "scrap_qty": 1, "location_id": self.stock.id, "company_id": self.company.id}
        self.env["stock.scrap"].create(values).do_scrap()
        return True

    def _transfer(self, product):
        if self._on_hand(product) < 1:
            return False
        self._move(product, 1, self.stock, self.shelf)
        return True

    def _give_back(self, product):
        """To the supplier."""
        if self._on_hand(product) < 1 or self.received[product.id] < 1:
            return False
        self._move(product, 1, self.stock, self.suppliers)
        self.received[product.id] -= 1
        return True

    def _take_back(self, product):
        """From a customer."""
        if self.delivered[product.id] < 1:
            return False
        self._move(product, 1, self.customers, self.stock)
        self.delivered[product.id] -= 1
        return True

    def _reprice(self, product):
        if self._on_hand(product) < 1:
            return False
        product.with_company(self.company).standard_price = self.chance.randint(100, 9999) / 100
        return True

    def _move(self, product, quantity, source, target):
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "product_uom": product.uom_id.id,
                "location_id": source.id,
                "location_dest_id": target.id,
                "company_id": self.company.id,
            }
        )
        move._action_confirm()
        self._done(move, quantity)

    def _done(self, move, quantity):
        move.quantity = quantity
        move.picked = True
        move._action_done()

    # === WHAT XERO SHOULD SHOW === #

    def _cost(self, product):
        return product.with_company(self.company).standard_price

    def differences(self):
        """What Xero shows otherwise than it should where it counts the stock: list of words, empty if nothing."""
        self.env.invalidate_all()
        items = {item["ItemID"]: item for item in self.xero.state("Items", self.connection.tenant_id)}
        issues = self.env["xero.issue"].search([("connection_id", "=", self.connection.id), ("state", "=", "open")])
        found = [issue.text for issue in issues if issue.code != "stock_short"]
        for product in self.products:
            item = items.get(self._link(product).external_id)
            if item:
                found += self._differs(product.with_company(self.company), item)
        return found

    def _differs(self, product, item):
        waiting = self._waiting(product)
        expected = product.qty_available + self.delivered[product.id] - self.received[product.id]
        shown, value = Decimal(str(item["QuantityOnHand"])), Decimal(str(item["TotalCostPool"]))
        wanted = max(expected - sum(waiting), 0)
        if shown != round(Decimal(wanted), 4):
            return [f"{product.display_name}: {shown} pieces in Xero, {wanted} expected"]
        worth = product.total_value + (self.delivered[product.id] - self.received[product.id]) * product.standard_price
        wanted = round(Decimal(repr(worth if expected > 0 else 0.0)), 2)
        if not waiting and product.cost_method == "average" and abs(value - wanted) > CENT:
            return [f"{product.display_name}: worth {value} in Xero, {wanted} expected"]
        return []

    def _waiting(self, product):
        """The quantities of what has not gone to Xero, a list."""
        lines = self.documents.invoice_line_ids.filtered(lambda line: line.product_id == product)
        unsent = [line for line in lines if not self._link(line.move_id).external_id]
        documents = self.env["xero.stock.document"].search([("connection_id", "=", self.connection.id)])
        unsent_stock = documents.filtered(lambda one: not self._link(one).external_id)
        return [SIGNS[line.move_id.move_type] * line.quantity for line in unsent] + [
            line.quantity for line in unsent_stock.line_ids if line.product_id == product
        ]

    def _link(self, record):
        domain = [("connection_id", "=", self.connection.id), ("model", "=", record._name), ("res_id", "=", record.id)]
        return self.env["xero.binding"].search(domain, limit=1)
