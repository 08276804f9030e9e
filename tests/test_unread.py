"""What Xero refused, where the look at Xero that would settle it fails: that is no error of anybody's data."""

from .faults_common import FaultCase

FAULTS = {
    "offline": {"kind": "status", "status": 503},
    "cut off": {"kind": "reset"},
    "token refused": {"kind": "status", "status": 401},
    "busy": {"kind": "status", "status": 429, "headers": {"X-Rate-Limit-Problem": "minute", "Retry-After": "1"}},
}


class TestUnread(FaultCase):
    def test_withdrawal_of_what_is_gone(self):
        """S4-63: a payment that is gone in Xero already is settled, however often the look at it fails."""
        for name, fault in FAULTS.items():
            with self.subTest(name):
                invoice = self._paid_invoice()
                self._export()
                payment = self._live_payments(invoice)[0]["PaymentID"]
                self._somebody("post", f"Payments/{payment}", {"Status": "DELETED"})
                self._undo_payment(invoice)
                self.xero.clear_faults()
                self.xero.add_fault(method="GET", path=f"Payments/{payment}", times=1, **fault)
                self._work_off()
                self.assertTrue(self.xero.faults()[-1]["struck"])
                self.assertClean()
                self._check_unpaid(invoice)

    def test_create_of_what_is_there(self):
        """S4-63: an item that exists in Xero is linked, however often the look at it fails; its neighbours go."""
        for number, (name, fault) in enumerate(FAULTS.items()):
            with self.subTest(name):
                code = f"THERE{number}"
                self._somebody("put", "Items", {"Items": [{"Code": code, "Name": "There"}]})
                product, other = self.env["product.product"].create(
                    [
                        {"name": "There", "default_code": code, "taxes_id": self.tax_sale.ids},
                        {"name": "New", "default_code": f"NEW{number}", "taxes_id": self.tax_sale.ids},
                    ]
                )
                invoice = self._invoice(lines=[(product, 1, 80.0), (other, 1, 20.0)])
                self.xero.clear_faults()
                self.xero.add_fault(method="GET", path="Items", times=1, **fault)
                self._work_off()
                self.assertTrue(self.xero.faults()[-1]["struck"])
                self.assertClean()
                self._check_item(product)
                self._check_document(invoice)
                self.assertEqual(len(self._in_xero("Items", Code=f"NEW{number}")), 1)

    def _somebody(self, verb, path, body):
        """Somebody else does something in Xero."""
        self.connection._with_client(lambda client: getattr(client, verb)(path, body, self._unique("key")))
