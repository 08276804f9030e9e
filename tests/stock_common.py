"""A warehouse beside the simulator: what storekeepers do, and the balances on both sides."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from odoo import fields
from odoo.fields import Command

from .common import XeroCase

ON_HAND, RECEIVED = "632", "802"


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
        self.valuation, variation = self.env["account.account"].create(
            [
                {"name": "Stock Valuation", "code": "110100", "account_type": "asset_current"},
                {"name": "Stock Variation", "code": "500100", "account_type": "expense_direct_cost"},
            ]
        )
        self.valuation.account_stock_variation_id = variation
        self.company.write(
            {
                "account_stock_valuation_id": self.valuation.id,
                "account_stock_journal_id": self.company.account_stock_journal_id.id or self._stock_journal().id,
            }
        )
        self._settle_accounts()
        self.perpetual = self._category("Perpetual", "real_time")
        self.periodic = self._category("Periodic", "periodic")
        self.xero.clear_journal()

    def _stock_journal(self):
        domain = [("company_id", "=", self.company.id), ("code", "=", "STJ")]
        return self.env["account.journal"].search(domain, limit=1)

    def _settle_accounts(self):
        """Accounts that a bookkeeper has in Xero where Odoo keeps the stock, and the settings that name them."""
        for code, name, kind in ((ON_HAND, "Stock on Hand", "CURRENT"), (RECEIVED, "Received, Not Billed", "CURRLIAB")):
            self._account_in_xero(code, name, kind)
        self.connection.action_read_reference_data()
        rows = self.env["xero.account.mapping"].search([("connection_id", "=", self.connection.id)])
        row = rows.filtered(lambda row: row.account_id == self.valuation)
        values = {"connection_id": self.connection.id, "account_id": self.valuation.id}
        (row or row.create(values)).xero_account_id = self._xero_account(ON_HAND)
        self.connection.write(
            {
                "sync_inventory": True,
                "stock_mode": "untracked",
                "stock_adjustment_account_id": self._xero_account("429").id,
                "stock_received_account_id": self._xero_account(RECEIVED).id,
                "stock_cogs_account_id": self._xero_account("310").id,
            }
        )

    def _account_in_xero(self, code, name, kind):
        account = {"Code": code, "Name": name, "Type": kind}
        answer = self.connection._get_client().put("Accounts", account, key=str(uuid4()))
        self.assertEqual(answer.status, 200)

    def _xero_account(self, code):
        account = self.env["xero.account"].search([("connection_id", "=", self.connection.id), ("code", "=", code)])
        self.assertTrue(account, code)
        return account

    def _category(self, name, valuation, cost_method="average", **values):
        return self.env["product.category"].create(
            {
                "name": name,
                "property_valuation": valuation,
                "property_cost_method": cost_method,
                "property_stock_valuation_account_id": self.valuation.id,
                **values,
            }
        )

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
        company = self.company.with_company(self.company)
        return Decimal(str(round(company.stock_value().get(account or self.valuation, 0.0), 2)))

    def _balance(self, code):
        """What Xero's trial balance says, debits above zero; until tomorrow, for Xero may be a day ahead."""
        until = (fields.Date.today() + timedelta(days=1)).isoformat()
        [account] = self._in_xero("Accounts", Code=code)
        answer = self.connection._with_client(lambda client: client.get("Reports/TrialBalance", params={"date": until}))
        for section in answer.payload["Reports"][0]["Rows"]:
            for row in section.get("Rows") or []:
                cells = row.get("Cells") or []
                if cells and (cells[0].get("Attributes") or [{}])[0].get("Value") == account["AccountID"]:
                    debit, credit = (Decimal(cell.get("Value") or 0) for cell in cells[-2:])
                    return debit - credit
        return Decimal("0.00")

    def assertStockAgrees(self):
        self.assertEqual(self._balance(ON_HAND), self._stock_value())

    def _documents(self):
        return self.env["xero.stock.document"].search([("connection_id", "=", self.connection.id)], order="id")

    def _journals(self):
        return [one for one in self._in_xero("ManualJournals") if one["Status"] == "POSTED"]
