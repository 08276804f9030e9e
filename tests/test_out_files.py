from .common import XeroCase


class TestOutFiles(XeroCase):
    """What follows a document: files, the PDF, a note in the history."""

    def _attach(self, move, name="scan.pdf", content=b"%PDF-1.4 scan", **values):
        return self.env["ir.attachment"].create(
            {"name": name, "raw": content, "res_model": "account.move", "res_id": move.id, **values}
        )

    def _files(self, move):
        binding = self._binding(move)
        answer = self.connection._with_client(
            lambda client: client.get(f"{binding.resource}/{binding.external_id}/Attachments")
        )
        return {one["FileName"]: one["ContentLength"] for one in answer.payload["Attachments"]}

    def test_files_stay_unless_switched_on(self):
        """S2-20: files stay in Odoo until the setting sends them; then those of sent documents follow, once each."""
        bill = self._invoice("in_invoice", ref="SUP-1", post=False)
        self._attach(bill)
        bill.action_post()
        self._export()
        self.assertFalse(self._files(bill))
        self.connection.send_attachments = True
        self._export()
        self.assertEqual(self._files(bill), {"scan.pdf": 13})
        self.xero.clear_journal()
        self.env["xero.outbox"]._mark(bill)
        self._export()
        self.assertFalse(self._writes())

    def test_names_and_sizes(self):
        """S2-20: names that Xero refuses are cleaned, equal names kept apart, and what is too large is explained."""
        self.connection.send_attachments = True
        bill = self._invoice("in_invoice", ref="SUP-2", post=False)
        self._attach(bill, "Angebot: 1/2 + [neu] é.pdf")
        twin = self._attach(bill, "scan.pdf"), self._attach(bill, "scan.pdf", b"%PDF other")
        bill.action_post()
        self._attach(bill, "film.mp4", b"0" * (10 * 1024 * 1024 + 1))
        self._export()
        names = {"Angebot- 1-2 - [neu] é.pdf", "scan.pdf", f"scan ({twin[1].id}).pdf"}
        self.assertEqual(set(self._files(bill)), names)
        self.assertEqual(self._issues().code, "attachment_too_large")
        self.assertIn("film.mp4", bill.xero_problem)
        self.assertSynced(bill)

    def test_changed_file_replaces_itself(self):
        """S2-20: another content of a file goes under the same name."""
        self.connection.send_attachments = True
        bill = self._invoice("in_invoice", ref="SUP-3")
        scan = self._attach(bill)
        self._export()
        scan.raw = b"%PDF-1.4 a better scan"
        self._export()
        self.assertEqual(self._files(bill), {"scan.pdf": 22})

    def test_invoice_pdf(self):
        """S2-46: the PDF that went to the customer is attached to the invoice in Xero, by a setting of its own."""
        self.connection.send_invoice_pdf = True
        invoice = self._invoice()
        self._attach(invoice, "note.txt", b"internal")
        self._attach(invoice, "INV.pdf", res_field="invoice_pdf_report_file")
        self._export()
        self.assertEqual(list(self._files(invoice)), ["INV.pdf"])

    def test_lost_answer_attaches_once(self):
        """S2-20: where the answer to a file is lost, it is looked for by its name before it is sent again."""
        self.connection.send_attachments = True
        bill = self._invoice("in_invoice", ref="SUP-4")
        self._export()
        self._attach(bill)
        self.xero.add_fault("reset", "PUT", "Attachments", times=2, when="after")
        self._export()
        doubtful = self.env["xero.request"].sudo().search([("state", "=", "doubt")])
        doubtful.write({"retry_at": False, "sent_at": "2020-01-01"})
        self._export()
        self.assertEqual(self._files(bill), {"scan.pdf": 13})
        puts = [call for call in self.xero.journal() if call["method"] == "PUT" and "Attachments" in call["path"]]
        self.assertEqual((len(doubtful), len(puts), len({call["idempotency_key"] for call in puts})), (1, 2, 1))

    def test_history_note(self):
        """S2-48: with the setting on, each document leaves one note in Xero's history that names Odoo; else none."""
        silent = self._invoice()
        self._export()
        self.connection.history_notes = True
        invoice = self._invoice()
        self._export()
        invoice.ref = "Changed"
        self._export()
        notes = [
            [one.get("Details", "") for one in self._history(move) if "comes from Odoo" in one.get("Details", "")]
            for move in (silent, invoice)
        ]
        self.assertEqual([len(found) for found in notes], [0, 1])
        self.assertIn(invoice.name, notes[1][0])

    def _history(self, move):
        path = f"Invoices/{self._binding(move).external_id}/History"
        return self.connection._with_client(lambda client: client.get(path)).payload["HistoryRecords"]
