"""Manufacturing, as a foreman does it."""

from odoo.fields import Command


class Making:
    """For test cases whose class has a company and an ``env``."""

    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.quick_ref("mrp.group_mrp_manager")

    def _bill_of_material(self, product, components, byproducts=(), minutes=0, kind="normal", **values):
        """For one piece.

        :param components: ``[(product, quantity)]``
        :param byproducts: ``[(product, quantity, share of the cost in per cent)]``
        :param minutes: of work at 60 an hour
        """
        operations = [
            Command.create(
                {
                    "name": "Assemble",
                    "workcenter_id": self._work_center().id,
                    "time_mode": "manual",
                    "time_cycle_manual": minutes,
                }
            )
        ]
        return self.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_qty": 1,
                "type": kind,
                "company_id": self.company.id,
                "bom_line_ids": [
                    Command.create({"product_id": component.id, "product_qty": quantity})
                    for component, quantity in components
                ],
                "byproduct_ids": [
                    Command.create({"product_id": byproduct.id, "product_qty": quantity, "cost_share": share})
                    for byproduct, quantity, share in byproducts
                ],
                "operation_ids": operations if minutes else [],
                **values,
            }
        )

    def _work_center(self):
        account = self.env["account.account"].create(
            {
                "name": "Labour",
                "code": "600777",
                "account_type": "expense",
                "company_ids": [Command.set(self.company.ids)],
            }
        )
        self.labour = account
        return self.env["mrp.workcenter"].create(
            {
                "name": "Bench",
                "costs_hour": 60,
                "time_start": 0,
                "time_stop": 0,
                "company_id": self.company.id,
                "expense_account_id": account.id,
            }
        )

    def _make(self, bom, quantity):
        """A manufacturing order from its confirmation to its end."""
        order = self.env["mrp.production"].create(
            {
                "product_id": bom.product_tmpl_id.product_variant_id.id,
                "bom_id": bom.id,
                "product_qty": quantity,
                "company_id": self.company.id,
            }
        )
        order.action_confirm()
        order.qty_producing = quantity
        order._set_qty_producing()
        for work in order.workorder_ids:
            work.duration = work.duration_expected
        order.move_raw_ids.picked = True
        order.button_mark_done()
        self.assertEqual(order.state, "done")
        return order

    def _unbuild(self, order, quantity):
        unbuild = self.env["mrp.unbuild"].create(
            {
                "product_id": order.product_id.id,
                "mo_id": order.id,
                "product_qty": quantity,
                "company_id": self.company.id,
            }
        )
        unbuild.action_unbuild()
        return unbuild
