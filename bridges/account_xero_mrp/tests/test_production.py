from odoo.addons.account_xero.tests.test_stock_tracked import TrackedCase

from .making import Making


class TestProduction(Making, TrackedCase):
    """Manufacturing where Xero counts the stock: inputs down, outputs up."""

    def setUp(self):
        super().setUp()
        self.leg, self.board, self.table = (
            self._goods(name, default_code=name.upper()) for name in ("Leg", "Board", "Table")
        )
        self._bought(self.leg, 20, 5)
        self._bought(self.board, 5, 30)
        self._sync()

    def test_inputs_fall_and_outputs_rise(self):
        """S4-15, S4-42, S4-80, S4-81, S4-88: a done order credits its inputs and bills its output."""
        bom = self._bill_of_material(self.table, [(self.leg, 4), (self.board, 1)], minutes=30)
        order = self._make(bom, 2)
        self._sync()
        self.assertEqual(self._stock_in_xero(self.leg), (12, 60))
        self.assertEqual(self._stock_in_xero(self.board), (3, 90))
        self.assertEqual(self._stock_in_xero(self.table), (2, 160))  # 40 + 60 of inputs, 60 of work
        up, down = self._documents()
        self.assertEqual((up.kind, down.kind), ("bill", "credit_note"))
        self.assertEqual(set((up | down).line_ids.mapped("cause")), {"production"})
        self.assertIn(order.name, up.line_ids.description)
        self.assertEqual(order.xero_document_count, 2)
        shown = self.env["xero.stock.document"].search(order.action_view_xero_documents()["domain"])
        self.assertEqual(shown, up | down)
        self.assertFalse(self._issues())

    def test_by_products(self):
        """S4-42, S4-81: a by-product rises with its share of the cost."""
        dust = self._goods("Sawdust", default_code="DUST")
        bom = self._bill_of_material(self.table, [(self.board, 1)], byproducts=[(dust, 3, 20)])
        self._make(bom, 2)
        self._sync()
        self.assertEqual(self._stock_in_xero(self.board), (3, 90))
        self.assertEqual(self._stock_in_xero(dust), (6, 12))
        self.assertEqual(self._stock_in_xero(self.table), (2, 48))

    def test_taken_apart(self):
        """S4-42, S4-88: what is taken apart goes down, and its parts come back."""
        order = self._make(self._bill_of_material(self.table, [(self.leg, 4), (self.board, 1)]), 2)
        self._sync()
        self._unbuild(order, 1)
        self._sync()
        self.assertEqual(self._stock_in_xero(self.table), (1, 50))
        self.assertEqual(self._stock_in_xero(self.leg), (16, 80))
        self.assertEqual(self._stock_in_xero(self.board), (4, 120))
        self.assertFalse(self._queue())

    def test_a_kit(self):
        """S4-85: the components of a kit stand on no invoice; they leave Xero's stock when they are delivered."""
        kit = self._goods("Kit", default_code="KIT")
        self._bill_of_material(kit, [(self.leg, 2)], kind="phantom")
        delivery = self.stock.warehouse_id.out_type_id
        customers = self.env.ref("stock.stock_location_customers")
        moves = self._move(kit, 3, self.stock, customers, picking_type_id=delivery.id)
        self.assertEqual(moves.product_id, self.leg)
        self._invoice(lines=[(kit, 3, 50.0)])
        self._sync()
        self.assertEqual(self._stock_in_xero(self.leg), (14, 70))
        self.assertFalse(self._item(kit)["IsTrackedAsInventory"])
        self.assertFalse(self._issues())
