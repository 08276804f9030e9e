"""A day in the warehouse of Odoo's demo company: ordered, received, billed, counted, scrapped, delivered, and made.

Runs in Odoo's shell, which gives ``env`` and ``args``.
"""

# ruff: noqa: F821
import time

from odoo import Command, fields

COMPANY = env["res.company"].search([("name", "=", "NZ Company")], limit=1)
ENV = env(context={**env.context, "allowed_company_ids": COMPANY.ids, "tracking_disable": True})
CONNECTION = ENV["xero.connection"].search([("company_id", "=", COMPANY.id)], limit=1)
MINE = [("connection_id", "=", CONNECTION.id)]
# (name, bought, price, counted afterwards): cents that only come right when they are added up before they are rounded.
GOODS = (("Oak Shelf", 12, 33.37, 11), ("Steel Bracket", 90, 1.13, 94), ("Wall Hook", 7, 4.99, 7))
# What a piece of furniture is made of, and how many of it are made.
PARTS, MADE = (("Oak Shelf", 3), ("Steel Bracket", 7)), 2


def work():
    settings()
    warehouse = ENV["stock.warehouse"].search([("company_id", "=", COMPANY.id)], limit=1)
    warehouse = warehouse or ENV["stock.warehouse"].create(
        {"company_id": COMPANY.id, "name": "Auckland", "code": "AKL"}
    )
    goods = products()
    order = buy(goods)
    for (_name, _bought, _price, counted), product in zip(GOODS, goods, strict=True):
        count(product, counted, warehouse.lot_stock_id)
    deliver(goods[0], 4, warehouse)
    scrap(goods[1], 3, warehouse.lot_stock_id)
    env.cr.commit()
    return {"purchase_orders": len(order), "products": len(goods)}


def make():
    """A piece of furniture out of goods that were bought, an hour of work on each."""
    parts = [(ENV["product.product"].search([("name", "=", name)], limit=1), each) for name, each in PARTS]
    warehouse = ENV["stock.warehouse"].search([("company_id", "=", COMPANY.id)], limit=1)
    order = ENV["mrp.production"].create(
        {
            "product_id": wall_unit(parts).id,
            "product_qty": MADE,
            "company_id": COMPANY.id,
            "picking_type_id": warehouse.manu_type_id.id,
        }
    )
    order.action_confirm()
    order.qty_producing = MADE
    order._set_qty_producing()
    for work in order.workorder_ids:
        work.duration = work.duration_expected
    order.move_raw_ids.picked = True
    order.button_mark_done()
    env.cr.commit()
    worth = order.move_finished_ids.value
    return {"state": order.state, "made": int(order.qty_produced), "worth": f"{worth:.2f}"}


def wall_unit(parts):
    """The product with its bill of materials and its work, whose wages have an account of their own."""
    product = ENV["product.product"].create(
        {"name": "Wall Unit", "type": "consu", "is_storable": True, "categ_id": parts[0][0].categ_id.id}
    )
    wages = ENV["account.account"].create(
        {"name": "Wages of the Workshop", "code": "500477", "account_type": "expense"}
    )
    xero = ENV["xero.account"].search([*MINE, ("code", "=", args["wages"])])
    ENV["xero.account.mapping"].create(
        {"connection_id": CONNECTION.id, "account_id": wages.id, "xero_account_id": xero.id}
    )
    bench = ENV["mrp.workcenter"].create(
        {"name": "Workshop", "company_id": COMPANY.id, "costs_hour": 48.5, "expense_account_id": wages.id}
    )
    work = {"name": "Assemble", "workcenter_id": bench.id, "time_mode": "manual", "time_cycle_manual": 60}
    ENV["mrp.bom"].create(
        {
            "product_tmpl_id": product.product_tmpl_id.id,
            "company_id": COMPANY.id,
            "bom_line_ids": [Command.create({"product_id": part.id, "product_qty": each}) for part, each in parts],
            "operation_ids": [Command.create(work)],
        }
    )
    return product


def read_reference_data():
    """Press the button, and again where the minute's calls are used up."""
    for _press in range(10):
        told = CONNECTION.action_read_reference_data()["params"]
        ENV.cr.commit()
        if told["type"] == "success":
            return
        time.sleep(10)
    raise AssertionError(told["message"])


def settings():
    """The stock accounts on both sides, and the tick box."""
    company = COMPANY.with_env(ENV)
    if not company.account_stock_valuation_id:
        values = {"name": "Stock on Hand", "code": "110632", "account_type": "asset_current"}
        company.account_stock_valuation_id = ENV["account.account"].create(values)
    read_reference_data()
    accounts = {account.code: account for account in ENV["xero.account"].search(MINE)}
    mapping = ENV["xero.account.mapping"]
    row = mapping.search([*MINE, ("account_id", "=", company.account_stock_valuation_id.id)])
    row = row or mapping.create({"connection_id": CONNECTION.id, "account_id": company.account_stock_valuation_id.id})
    row.xero_account_id = accounts[args["on_hand"]]
    CONNECTION.write(
        {
            "sync_inventory": True,
            "stock_adjustment_account_id": accounts["429"].id,
            "stock_received_account_id": accounts[args["received"]].id,
            "stock_cogs_account_id": accounts["310"].id,
        }
    )


def products():
    category = ENV["product.category"].create(
        {
            "name": "Counted Goods",
            "property_valuation": "real_time",
            "property_cost_method": "average",
            "property_stock_valuation_account_id": COMPANY.with_env(ENV).account_stock_valuation_id.id,
        }
    )
    shared = {"type": "consu", "is_storable": True, "categ_id": category.id}
    return ENV["product.product"].create(
        [{**shared, "name": name, "standard_price": price} for name, _bought, price, _counted in GOODS]
    )


def buy(goods):
    """An order that has come and is billed, but for the last line, which waits for its bill."""
    supplier = ENV["res.partner"].search([("name", "=", "Young Bros Transport")], limit=1)
    lines = [
        Command.create({"product_id": product.id, "product_qty": bought, "price_unit": price})
        for (_name, bought, price, _counted), product in zip(GOODS, goods, strict=True)
    ]
    order = ENV["purchase.order"].create({"partner_id": supplier.id, "company_id": COMPANY.id, "order_line": lines})
    order.button_confirm()
    for move in order.picking_ids.move_ids:
        move.write({"quantity": move.product_uom_qty, "picked": True})
    order.picking_ids.button_validate()
    bill = ENV["account.move"].browse(order.action_create_invoice()["res_id"])
    bill.invoice_line_ids[-1:].unlink()
    bill.write({"invoice_date": fields.Date.today(), "ref": "SUP-STOCK"})
    bill.action_post()
    return order


def count(product, quantity, location):
    quants = ENV["stock.quant"].with_context(inventory_mode=True)
    values = {"product_id": product.id, "location_id": location.id, "inventory_quantity": quantity}
    quants.create(values).action_apply_inventory()


def deliver(product, quantity, warehouse):
    customers = ENV.ref("stock.stock_location_customers")
    move = ENV["stock.move"].create(
        {
            "product_id": product.id,
            "product_uom_qty": quantity,
            "location_id": warehouse.lot_stock_id.id,
            "location_dest_id": customers.id,
            "company_id": COMPANY.id,
        }
    )
    move._action_confirm()
    move.write({"quantity": quantity, "picked": True})
    move._action_done()


def scrap(product, quantity, location):
    values = {"product_id": product.id, "scrap_qty": quantity, "location_id": location.id, "company_id": COMPANY.id}
    ENV["stock.scrap"].create(values).do_scrap()


result = globals()[args["action"]]()
