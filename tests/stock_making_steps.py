"""What happens by chance in a workshop, and what freight adds to goods: steps for apps that may not be installed."""

from odoo.fields import Command

# Step -> (how often it is tried, the model that its app brings).
STEPS = {
    "produce": (9, "mrp.production"),
    "take_apart": (2, "mrp.unbuild"),
    "land": (4, "stock.landed.cost"),
}
SPLITS = ("equal", "by_quantity", "by_current_cost_price")
HOUR = 45.0


def steps(env):
    """Those whose app is installed, with how often each is tried."""
    return {name: often for name, (often, model) in STEPS.items() if model in env}


def often(env):
    """Names of steps that no walk of some length goes without."""
    return set(steps(env)) - {"take_apart"}


class Workshop:
    """For a warehouse: makes of its products other ones of them, takes them apart again, and pays freight.

    A product is made of products that stand before it in the list, so that nothing is a part of itself.
    """

    def _set_up_workshop(self):
        self.recipes = {}
        if "mrp.production" in self.env:
            self.orders_made = self.env["mrp.production"]
            self.bench = self.env["mrp.workcenter"].create(
                {"name": "Bench", "costs_hour": HOUR, "time_start": 0, "time_stop": 0, "company_id": self.company.id}
            )
        if "stock.landed.cost" in self.env:
            values = {"name": "Freight", "type": "service", "landed_cost_ok": True}
            self.freight = self.env["product.product"].create(values)
            general = [("company_id", "=", self.company.id), ("type", "=", "general")]
            journal = self.company.account_stock_journal_id or self.env["account.journal"].search(general, limit=1)
            self.freight_journal = journal

    # === MAKING === #

    def _produce(self, product):
        """One or more of a product, of what lies in stock; with work and by-products where its recipe has them."""
        recipe = self._recipe(product)
        possible = (
            [self._on_hand(line.product_id) // line.product_qty for line in recipe.bom_line_ids] if recipe else []
        )
        if not possible or min(possible) < 1:
            return False
        order = self._order_of(recipe, product, self._some(min(4, *possible)))
        self.orders_made |= order
        return True

    def _order_of(self, recipe, product, quantity):
        order = self.env["mrp.production"].create(
            {
                "product_id": product.id,
                "bom_id": recipe.id,
                "product_qty": quantity,
                "company_id": self.company.id,
                "picking_type_id": self.warehouse.manu_type_id.id,
            }
        )
        order.action_confirm()
        order.qty_producing = quantity
        order._set_qty_producing()
        for work in order.workorder_ids:
            work.duration = work.duration_expected
        order.move_raw_ids.picked = True
        order.button_mark_done()
        return order

    def _recipe(self, product):
        """Made by chance, of what lies in stock, when it is first asked for; None where nothing does."""
        earlier = list(self.products)[: list(self.products).index(product)]
        if product.id not in self.recipes:
            earlier = [one for one in earlier if self._on_hand(one) >= 1]
            if not earlier:
                return None
            parts = self.chance.sample(earlier, min(len(earlier), self._some(2)))
            rest = [one for one in earlier if one not in parts]
            self.recipes[product.id] = self._new_recipe(product, parts, rest)
        return self.recipes[product.id]

    def _new_recipe(self, product, parts, rest):
        by_products = [self.chance.choice(rest)] if rest and self.chance.random() < 0.4 else []
        beside = {"product_qty": 1, "cost_share": self.chance.choice((0, 7, 25))}
        work = {"name": "Assemble", "workcenter_id": self.bench.id, "time_mode": "manual"}
        works = [Command.create({**work, "time_cycle_manual": self._some(50)})] if self.chance.random() < 0.6 else []
        return self.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_qty": 1,
                "type": "normal",
                "company_id": self.company.id,
                "bom_line_ids": [Command.create({"product_id": one.id, "product_qty": self._some(2)}) for one in parts],
                "byproduct_ids": [Command.create({**beside, "product_id": one.id}) for one in by_products],
                "operation_ids": works,
            }
        )

    def _take_apart(self, product):
        """One of what was made, where it is in stock still with what was made beside it."""
        orders = self.orders_made.filtered(lambda order: order.product_id == product)
        if not orders or self._on_hand(product) < 1:
            return False
        order = self.chance.choice(orders)
        made_beside = order.move_finished_ids.product_id - product
        if any(self._on_hand(one) < 1 for one in made_beside):
            return False
        values = {"product_id": product.id, "mo_id": order.id, "product_qty": 1, "company_id": self.company.id}
        self.env["mrp.unbuild"].create(values).action_unbuild()
        return True

    # === FREIGHT === #

    def _land(self, _product):
        """Freight on what came from a supplier, or on what was made."""
        if self.chance.random() < 0.3 and self._land_on_made():
            return True
        pickings = self._orders().picking_ids.filtered(lambda one: one.state == "done")
        pickings = pickings.filtered(lambda one: self._takes_freight(one.move_ids))
        return bool(pickings) and self._pay_freight(picking_ids=[Command.set(self.chance.choice(pickings).ids)])

    def _land_on_made(self):
        if "mrp_production_ids" not in self.env["stock.landed.cost"]._fields:
            return False
        orders = self.orders_made.filtered(lambda order: self._takes_freight(order.move_finished_ids))
        if not orders:
            return False
        made = [Command.set(self.chance.choice(orders).ids)]
        return self._pay_freight(target_model="manufacturing", mrp_production_ids=made)

    def _takes_freight(self, moves):
        """Odoo adds it to goods at average cost and FIFO alone."""
        done = moves.filtered(lambda move: move.state == "done")
        return any(move.product_id.with_company(self.company).cost_method != "standard" for move in done)

    def _pay_freight(self, **values):
        cost = self.env["stock.landed.cost"].create(
            {
                "company_id": self.company.id,
                "account_journal_id": self.freight_journal.id,
                "cost_lines": [
                    Command.create(
                        {
                            "product_id": self.freight.id,
                            "name": "Freight",
                            "price_unit": self.chance.randint(50, 5000) / 100,
                            "split_method": self.chance.choice(SPLITS),
                            "account_id": self.freight.with_company(self.company)._get_product_accounts()["expense"].id,
                        }
                    )
                ],
                **values,
            }
        )
        cost.button_validate()
        return True
