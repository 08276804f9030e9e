from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

ODOO, XERO = "odoo", "xero"
# What is always so: (kind of record, its owner, what that means).
FIXED = [
    (_lt("Leads and sales pipeline"), ODOO, _lt("Never synced.")),
    (_lt("Quotes and sales orders"), ODOO, _lt("Never synced. Open quotes of Xero can be taken over once.")),
    (
        _lt("Stocktakes, adjustments, manufacturing"),
        ODOO,
        _lt("Odoo counts, Xero gets the value."),
    ),
    (_lt("Customer payments"), "both", _lt("Recorded on either side, and on both afterwards.")),
    (
        _lt("Payments and credits on bills, bank feed"),
        XERO,
        _lt("What Xero matches comes to Odoo; what Odoo pays goes to Xero."),
    ),
    (_lt("Chart of accounts"), XERO, _lt("Read and mapped. Odoo makes no account in Xero.")),
    (
        _lt("Tax rates, currencies, tracking categories"),
        XERO,
        _lt("Read and mapped; made there only by setting."),
    ),
    (_lt("Payroll"), XERO, _lt("Neither read nor sent.")),
]


class XeroConnection(models.Model):
    """Who owns what: whose value counts for each kind of record, as the settings stand (features.md S4-03 to 22)."""

    _inherit = "xero.connection"

    owners = fields.Html(compute="_compute_owners", sanitize=False, string="Ownership")

    @api.depends_context("lang")
    @api.depends(
        "field_owner_ids.owner",
        "items_owner",
        "import_documents",
        "changes_in_xero",
        "send_purchase_orders",
        "sync_manual_journals",
        "import_manual_journals",
    )
    def _compute_owners(self):
        for connection in self:
            connection.owners = connection._owners_table()

    def _owners(self):
        """List of (kind of record, owner: odoo, xero or both, what that means)."""
        fixed = [(self.env._(kind), owner, self.env._(words)) for kind, owner, words in FIXED]
        return [
            self._owner_of_contacts(),
            self._owner_of_items(),
            self._owner_of_documents(),
            self._owner_of_orders(),
            *fixed,
            self._owner_of_journals(),
        ]

    def _owner_of_contacts(self):
        theirs = [row.label for row in self.field_owner_ids if row.resource == "Contacts" and row.owner == XERO]
        words = self.env._("Every field. What somebody edits in Xero does not change Odoo.")
        if theirs:
            words = self.env._("All fields but these, which Xero owns: %(fields)s.", fields=", ".join(theirs))
        return self.env._("Contacts"), "both" if theirs else ODOO, words

    def _owner_of_items(self):
        words = {
            ODOO: self.env._("Names, prices, taxes and accounts are Odoo's; changes in Xero stay there."),
            XERO: self.env._("Names, prices, taxes and accounts that are changed in Xero change the product."),
        }
        return self.env._("Products and items"), self.items_owner, words[self.items_owner]

    def _owner_of_documents(self):
        choices = dict(self._fields["changes_in_xero"]._description_selection(self.env))
        words = self.env._(
            "Made in Odoo, sent to Xero. Where somebody changes one there: %(rule)s.",
            rule=choices[self.changes_in_xero],
        )
        if self.import_documents:
            words += " " + self.env._("Those made in Xero are Xero's: they come, and follow it.")
        owner = "both" if self.import_documents else ODOO
        return self.env._("Invoices, bills and credit notes"), owner, words

    def _owner_of_orders(self):
        sent = self.env._("Made in Odoo, sent to Xero.") if self.send_purchase_orders else self.env._("Not sent.")
        return self.env._("Purchase orders"), ODOO, sent

    def _owner_of_journals(self):
        words = [self.env._("The general ledger is kept in Xero.")]
        if self.sync_manual_journals:
            words.append(self.env._("Odoo's entries go there as manual journals."))
        if self.import_manual_journals:
            words.append(self.env._("Manual journals of Xero come to Odoo."))
        return self.env._("General accounting, manual journals"), XERO, " ".join(words)

    def _owners_table(self):
        names = {ODOO: self.env._("Odoo"), XERO: self.env._("Xero"), "both": self.env._("Both")}
        rows = Markup().join(
            Markup("<tr><td>%s</td><td><b>%s</b></td><td>%s</td></tr>") % (kind, names[owner], words)
            for kind, owner, words in self._owners()
        )
        head = Markup("<tr><th>%s</th><th>%s</th><th>%s</th></tr>") % (
            self.env._("What"),
            self.env._("Owner"),
            self.env._("What That Means"),
        )
        return Markup('<table class="table table-sm"><thead>%s</thead><tbody>%s</tbody></table>') % (head, rows)
