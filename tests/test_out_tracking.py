from .common import XeroCase


class TestOutTracking(XeroCase):
    """Analytic distribution becomes tracking."""

    def setUp(self):
        super().setUp()
        self.region = self.env["account.analytic.plan"].create({"name": "Region"})
        self.north, self.south, self.west = self.env["account.analytic.account"].create(
            [{"name": name, "plan_id": self.region.id} for name in ("North", "South", "West")]
        )
        self.connection.action_read_reference_data()
        self.xero.clear_journal()

    def _tracked(self, distribution, **values):
        invoice = self._invoice(post=False, **values)
        invoice.invoice_line_ids.analytic_distribution = distribution
        invoice.action_post()
        self._export()
        return invoice

    def _tracking(self, invoice):
        [sent] = self._in_xero("Invoices", InvoiceNumber=invoice.name)
        return [(one["Name"], one["Option"]) for one in sent["LineItems"][0]["Tracking"]]

    def test_plan_and_category_of_one_name(self):
        """S2-20, S2-48: the analytic account of a line is the option of the same name, and a change of it follows."""
        mapping = self.env["xero.tracking.mapping"].search([("plan_id", "=", self.region.id)])
        self.assertEqual(mapping.tracking_category_id.name, "Region")
        invoice = self._tracked({str(self.north.id): 100})
        self.assertEqual(self._tracking(invoice), [("Region", "North")])
        invoice.invoice_line_ids.analytic_distribution = {str(self.south.id): 100}
        self._export()
        self.assertEqual(self._tracking(invoice), [("Region", "South")])
        invoice.invoice_line_ids.analytic_distribution = False
        self._export()
        self.assertEqual(self._tracking(invoice), [])

    def test_missing_option_waits_or_is_created(self):
        """S2-20: an option that Xero does not know holds the invoice, until the setting lets it be created, once."""
        first = self._tracked({str(self.west.id): 100})
        self.assertEqual(self._issues().code, "tracking_option_missing")
        self.assertIn("West", self._issues().text)
        self.assertFalse(self._in_xero("Invoices", InvoiceNumber=first.name))
        self.connection.create_tracking_options = True
        second = self._tracked({str(self.west.id): 100})
        self.assertEqual([self._tracking(first), self._tracking(second)], [[("Region", "West")]] * 2)
        [region] = self._in_xero("TrackingCategories", Name="Region")
        self.assertEqual(sorted(option["Name"] for option in region["Options"]), ["North", "South", "West"])
        self.assertFalse(self._issues())
        self.west.name = "Far West"
        self._export()
        self.assertEqual(self._tracking(first), [("Region", "Far West")])

    def test_shared_line_is_explained(self):
        """S2-20: a line shared between two accounts goes without the option, and an error explains why."""
        invoice = self._tracked({str(self.north.id): 40, str(self.south.id): 60})
        self.assertEqual(self._tracking(invoice), [])
        self.assertEqual(self._issues().code, "tracking_split")
        self.assertIn("Split the line", self._issues().advice)
        self.assertSynced(invoice)

    def test_two_categories_at_most(self):
        """S2-20: with both categories taken, a third plan holds the invoice until somebody leaves the plan out."""
        plans = self.env["account.analytic.plan"].create([{"name": "Team"}, {"name": "Project"}])
        team, project = self.env["account.analytic.account"].create(
            [{"name": "Sales", "plan_id": plans[0].id}, {"name": "Harbour", "plan_id": plans[1].id}]
        )
        self.connection._with_client(
            lambda client: client.put("TrackingCategories", {"Name": "Team", "Options": [{"Name": "Sales"}]}, "team-1")
        )
        self.connection.action_read_reference_data()
        invoice = self._tracked({f"{self.north.id},{team.id},{project.id}": 100})
        issue = self._issues()
        self.assertEqual((issue.code, issue.record_name), ("tracking_too_many", "Project"))
        mapping = self.env["xero.tracking.mapping"].search([("plan_id", "=", plans[1].id)])
        mapping.left_out = True
        self._export()
        self.assertEqual(sorted(self._tracking(invoice)), [("Region", "North"), ("Team", "Sales")])
        self.assertFalse(self._issues())
