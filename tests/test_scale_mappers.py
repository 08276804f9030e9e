"""Making payloads: a batch costs as many queries as a single document."""

from odoo.tests import tagged

from .common import XeroCase


@tagged("post_install", "-at_install")
class TestScaleMappers(XeroCase):
    def _queries(self, moves):
        """How many queries it takes to make the payloads of ``moves``, with nothing read before."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        built = self.env["xero.mapper.invoice"]._build(self.connection, moves.ids)
        self.assertEqual(set(built.payloads), set(moves.ids), built.stops)
        return self.env.cr.sql_log_count - before

    def test_documents(self):
        """20 documents with lines, taxes and items take no more queries than two."""
        first = self._invoice(lines=((self.product, 1, 80.0), (None, 2, 33.33)))
        self._export()
        lines = ((self.product, 2, 80.0), (None, 1, 9.99))
        moves = self.env["account.move"].union(*(self._invoice(lines=lines) for _n in range(20)))
        self.assertTrue(self._binding(first))
        self._queries(moves)  # whatever is read once and kept
        few, many = self._queries(moves[:2]), self._queries(moves)
        self.assertLessEqual(many, few, "queries by document")
