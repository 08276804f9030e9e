"""A warehouse beside the simulator: what storekeepers do, and the balances on both sides."""

from odoo import fields
from odoo.fields import Command

from . import stock_value_steps
from .common import XeroCase
from .stock_value_steps import ON_HAND


class StockCase(XeroCase):
    @classmethod
    def get_default_groups(cls):
        return (
            super().get_default_groups()
            | cls.quick_ref("purchase.group_purchase_manager")
            | cls.quick_ref("stock.group_stock_manager")
        )

    def setUp(self):
        super().setUp()
        self.warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)], limit=1)
        self.stock = self.warehouse.lot_stock_id
        self.suppliers, self.customers = (
            self.env.ref(f"stock.stock_location_{name}") for name in ("suppliers", "customers")
        )
        self.valuation = stock_value_steps.prepare_odoo(self.env, self.company)
        stock_value_steps.prepare_xero(self.connection, self.valuation)
        self.perpetual = self._category("Perpetual", "real_time")
        self.periodic = self._category("Periodic", "periodic")
        self.xero.clear_journal()

    def _xero_account(self, code):
        account = self.env["xero.account"].search([("connection_id", "=", self.connection.id), ("code", "=", code)])
        self.assertTrue(account, code)
        return account

    def _category(self, name, valuation, cost_method="average", **values):
        return stock_value_steps.category(self.env, self.valuation, cost_method, valuation, **{"name": name, **values})

    def _goods(self, name="Floor Lamp", category=None, **values):
        return self.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "lst_price": 120.0,
                "categ_id": (category or self.perpetual).id,
                "taxes_id": [Command.set(self.tax_sale.ids)],
                "supplier_taxes_id": [Command.set(self.tax_purchase.ids)],
                **values,
            }
        )

    # === IN THE WAREHOUSE === #

    def _order(self, product, quantity, price):
        line = {"product_id": product.id, "product_qty": quantity, "price_unit": price}
        order = self.env["purchase.order"].create(
            {"partner_id": self.supplier.id, "company_id": self.company.id, "order_line": [Command.create(line)]}
        )
        order.button_confirm()
        return order

    def _receive(self, order, quantity=None):
        picking = order.picking_ids.filtered(lambda one: one.state not in ("done", "cancel"))[:1]
        self._validate(picking, quantity)
        return picking

    def _validate(self, picking, quantity=None):
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty if quantity is None else quantity
            move.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(picking.state, "done")

    def _bill(self, order, price=None, quantity=None):
        bill = self.env["account.move"].browse(order.action_create_invoice()["res_id"])
        bill.invoice_date = fields.Date.today()
        bill.ref = f"SUP-{bill.id}"
        if price is not None:
            bill.invoice_line_ids.price_unit = price
        if quantity is not None:
            bill.invoice_line_ids.quantity = quantity
        bill.action_post()
        return bill

    def _move(self, product, quantity, source, target, **values):
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self._picking_type(source, target).id,
                "location_id": source.id,
                "location_dest_id": target.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "location_id": source.id,
                            "location_dest_id": target.id,
                            **values,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        self._validate(picking)
        return picking

    def _picking_type(self, source, target):
        if source.usage == target.usage:
            return self.warehouse.int_type_id
        return self.warehouse.out_type_id if source.usage == "internal" else self.warehouse.in_type_id

    def _deliver(self, product, quantity):
        return self._move(product, quantity, self.stock, self.customers)

    def _return(self, picking, quantity=None):
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_ids=picking.ids, active_model="stock.picking")
            .create({"picking_id": picking.id})
        )
        for line in wizard.product_return_moves:
            line.quantity = line.move_id.quantity if quantity is None else quantity
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        self._validate(back)
        return back

    def _count(self, product, quantity, location=None):
        location = location or self.stock
        quants = self.env["stock.quant"].with_context(inventory_mode=True)
        quant = quants.search([("product_id", "=", product.id), ("location_id", "=", location.id)], limit=1)
        if not quant:
            quant = quants.create(
                {"product_id": product.id, "location_id": location.id, "inventory_quantity": quantity}
            )
        quant.inventory_quantity = quantity
        quant.action_apply_inventory()

    def _scrap(self, product, quantity):
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": product.id,
                "scrap_qty": quantity,
                "location_id": self.stock.id,
                "company_id": self.company.id,
            }
        )
        scrap.do_scrap()
        return scrap

    def _shelf(self, name="Second Shelf", **values):
        return self.env["stock.location"].create(
            {"name": name, "location_id": self.stock.id, "usage": "internal", **values}
        )

    # === BOTH SIDES === #

    def _stock_value(self, account=None):
        """What Odoo says that the stock on an account is worth."""
        return stock_value_steps.stock_value(self.company, account or self.valuation)

    def _balance(self, code):
        """What Xero's ledger says, debits above zero."""
        return stock_value_steps.balance(self.connection, code)

    def assertStockAgrees(self):
        self.assertEqual(self._balance(ON_HAND), self._stock_value())

    def _documents(self):
        return self.env["xero.stock.document"].search([("connection_id", "=", self.connection.id)], order="id")

    def _journals(self):
        return [one for one in self._in_xero("ManualJournals") if one["Status"] == "POSTED"]
