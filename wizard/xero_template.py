from dataclasses import dataclass

from odoo import api, fields, models

# Mappings by what they belong to; each fills its own empty rows only.
DOCUMENT_MAPPINGS = ("xero.account.mapping", "xero.tax.mapping", "xero.tracking.mapping")
PAYMENT_MAPPINGS = ("xero.journal.mapping",)
# Counts and the value of the stock go as journals, or as bills, credit notes and payments of them (features.md A6-9).
STOCK_OBJECTS = ("Contacts", "Items", "PurchaseOrders", "Invoices", "CreditNotes", "Payments", "ManualJournals")
STOCK_TICKS = ("sync_inventory", "send_purchase_orders")  # recommended on (S4-51)


@dataclass(frozen=True)
class Template:
    """What a template sets: the schedules of these objects, the proposals of these mappings, ticks these boxes, and
    fills these fields of Xero from fields of Odoo.
    """

    resources: tuple
    mappings: tuple = ()
    ticks: tuple = ()
    fields: tuple = ()


TEMPLATES = {
    # What people call a customer by is the account number there.
    "contacts": Template(("Contacts",), fields=(("Contacts.AccountNumber", "ref"),)),
    "invoices": Template(
        ("Contacts", "Items", "Invoices", "CreditNotes", "Currencies", "TaxRates", "TrackingOptions"), DOCUMENT_MAPPINGS
    ),
    "payments": Template(("Payments", "Allocations", "BankTransactions"), PAYMENT_MAPPINGS),
    "stock": Template(STOCK_OBJECTS, DOCUMENT_MAPPINGS, STOCK_TICKS),
    "everything": Template((), DOCUMENT_MAPPINGS + PAYMENT_MAPPINGS, STOCK_TICKS),  # no names: all objects
}
SET = ("mode", "timing", "interval_number", "interval_unit", "within_business_hours")


class XeroTemplate(models.TransientModel):
    """Set mapping and schedule of a usual task in one go (S2-16 to S2-18)."""

    _name = "xero.template"
    _description = "Xero Template"

    connection_id = fields.Many2one("xero.connection", required=True)
    template = fields.Selection(
        [
            ("contacts", "Contacts"),
            ("invoices", "Invoices, Bills and Credit Notes"),
            ("payments", "Payments"),
            ("stock", "Stock and Purchase Orders"),
            ("everything", "Everything"),
        ],
        required=True,
        default="invoices",
    )
    changes = fields.Text(compute="_compute_changes", string="What It Sets")

    @api.depends("template", "connection_id")
    def _compute_changes(self):
        for wizard in self:
            rows, wanted = wizard._rows(), wizard._wanted()
            lines = [self._line(row, wanted[row.resource, row.direction]) for row in rows]
            names = [self.env[name]._description.removeprefix("Xero ") for name in TEMPLATES[wizard.template].mappings]
            if names:
                lines.append(self.env._("Proposals for what is not mapped yet: %(names)s", names=", ".join(names)))
            lines += [self._tick_line(wizard.connection_id, name) for name in TEMPLATES[wizard.template].ticks]
            lines += [wizard._field_line(*pair) for pair in TEMPLATES[wizard.template].fields]
            wizard.changes = "\n".join(lines)

    def _field_line(self, xero_field, path):
        row = self._mapped(xero_field)
        resource = xero_field.partition(".")[0]
        fresh = self.env["xero.field.mapping"].new({"resource": resource, "xero_field": xero_field, "odoo_field": path})
        words = {"field": fresh.display_name, "then": fresh._field_at(path)._description_string(self.env)}
        if row:
            return self.env._("%(field)s in Xero: filled from %(now)s, as it is", **words, now=row.source)
        return self.env._("%(field)s in Xero: filled from %(then)s", **words)

    def _mapped(self, xero_field):
        domain = [("connection_id", "=", self.connection_id.id), ("xero_field", "=", xero_field)]
        return self.env["xero.field.mapping"].search(domain, limit=1)

    @api.model
    def _tick_line(self, connection, name):
        label = connection._fields[name]._description_string(self.env)
        if connection[name]:
            return self.env._("%(setting)s: ticked, as it is", setting=label)
        return self.env._("%(setting)s: ticked", setting=label)

    def _rows(self):
        """The schedules that the template speaks of, those to Xero first."""
        resources = TEMPLATES[self.template].resources
        rows = self.env["xero.schedule"]._of(self.connection_id)
        wanted = self._wanted()
        mine = rows.filtered(
            lambda row: (row.resource, row.direction) in wanted and (not resources or row.resource in resources)
        )
        return mine.sorted(lambda row: (row.direction == "in", row.sequence, row.id))

    @api.model
    def _wanted(self):
        """``{(resource, direction): values}`` that schedules start with."""
        fresh = self.env["xero.schedule"].default_get(list(SET))
        return {
            (values["resource"], values["direction"]): {
                **fresh,
                **{name: values[name] for name in SET if name in values},
            }
            for values in self.env["xero.schedule"]._defaults()
        }

    @api.model
    def _line(self, row, wanted):
        directions = dict(row._fields["direction"]._description_selection(self.env))
        label = f"{row.object_name} ({directions[row.direction]})"
        then = row.new({"company_id": row.company_id.id, **wanted})._described()
        if all(row[name] == value for name, value in wanted.items()):
            return self.env._("%(object)s: %(then)s, as it is", object=label, then=then)
        return self.env._("%(object)s: %(then)s, instead of %(now)s", object=label, then=then, now=row.summary)

    def action_apply(self):
        """Set the schedules, propose the mappings, and say what is still to be mapped by hand.

        :return: the mapping that lacks something, else a message
        """
        self.ensure_one()
        connection = self.connection_id
        connection.check_access("write")
        connection.write({name: True for name in TEMPLATES[self.template].ticks if not connection[name]})
        wanted = self._wanted()
        for row in self._rows():
            row.write(wanted[row.resource, row.direction])
        for name in TEMPLATES[self.template].mappings:
            self.env[name]._propose(connection)
        self._map_fields()
        connection._wake_export()
        return self._gaps() or connection._notify(
            "success", self.env._("The template is applied"), self.env._("Nothing is left to be mapped.")
        )

    def _map_fields(self):
        """Map the fields that nobody has mapped."""
        self.env["xero.field.mapping"].create(
            [
                {
                    "connection_id": self.connection_id.id,
                    "resource": xero_field.partition(".")[0],
                    "xero_field": xero_field,
                    "odoo_field": path,
                }
                for xero_field, path in TEMPLATES[self.template].fields
                if not self._mapped(xero_field)
            ]
        )

    def _gaps(self):
        for name in TEMPLATES[self.template].mappings:
            domain = [("connection_id", "=", self.connection_id.id), ("mapped", "=", False)]
            if "left_out" in self.env[name]._fields:
                domain.append(("left_out", "=", False))
            if self.env[name].search_count(domain, limit=1):
                action = name.replace(".", "_")
                found = self.env["ir.actions.act_window"]._for_xml_id(f"account_xero.{action}_action")
                return {**found, "domain": domain, "target": "current"}
        return None
