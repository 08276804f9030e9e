from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tools import float_compare

from .xero_tax_rate import RATE_DIGITS

PLACES = RATE_DIGITS[1]

APPLIES = {"sale": "can_apply_to_revenue", "purchase": "can_apply_to_expenses"}
# Regional default rates first (xero-api.md 4.9); the same word means other percentages elsewhere, so a
# preference only ever chooses among rates of the right percentage.
USUAL = {
    "sale": ("OUTPUT2", "OUTPUT3", "OUTPUTY24", "OUTPUT"),
    "purchase": ("INPUT2", "INPUT3", "INPUTY24", "INPUT"),
}
# 0 %: a word in the Odoo tax's name → what Xero calls it; the first word that is found decides, then the first type
# that the organisation has.
ZERO = {
    "sale": (
        ("reverse charge", ("DRCHARGESUPPLY20", "ZERORATEDOUTPUT", "ZERORATED")),
        ("exempt", ("EXEMPTOUTPUT", "NONE")),
        ("no tax", ("NONE", "BASEXCLUDED")),
        ("input tax", ("INPUTTAXED", "EXEMPTOUTPUT")),
        ("export", ("EXEMPTEXPORT", "ZERORATEDOUTPUT", "ZERORATED", "EXEMPTOUTPUT")),
        ("free", ("EXEMPTOUTPUT", "ZERORATEDOUTPUT", "ZERORATED")),
        ("", ("ZERORATEDOUTPUT", "ZERORATED", "EXEMPTEXPORT", "EXEMPTOUTPUT", "NONE", "BASEXCLUDED")),
    ),
    "purchase": (
        ("exempt", ("EXEMPTINPUT", "EXEMPTEXPENSES", "NONE")),
        ("no tax", ("NONE", "BASEXCLUDED")),
        ("", ("ZERORATEDINPUT", "ZERORATED", "EXEMPTEXPENSES", "EXEMPTINPUT", "NONE", "BASEXCLUDED")),
    ),
}
# Reverse charge on purchases: Xero names the percentage that it books on both sides, and adds nothing to the bill
# (xero-api.md 4.9, UK). A word of the tax's name decides between them.
REVERSE = (("domestic", ("DRCHARGE20", "DRCHARGE5")), ("", ("REVERSECHARGES", "DRCHARGE5")))
REVERSE_TYPES = ("REVERSECHARGES", "ECACQUISITIONS", "DRCHARGE20", "DRCHARGE5")
# Lines without any tax.
NO_TAX = ("NONE", "BASEXCLUDED")


class XeroTaxMapping(models.Model):
    """A set of taxes as it stands on a line, and the one Xero rate that says the same.

    Usually the set is one tax. A group of taxes is one tax too; several taxes on one line are a set of several,
    and map to a rate with the same components.
    """

    _name = "xero.tax.mapping"
    _description = "Xero Tax Mapping"
    _inherit = ["xero.mapping"]
    _order = "tax_key, id"

    _source, _target = "tax_ids", "xero_tax_rate_id"

    tax_ids = fields.Many2many(
        "account.tax",
        string="Odoo Taxes",
        required=True,
        domain="[('company_id', 'parent_of', company_id), ('type_tax_use', '!=', 'none')]",
        context={"active_test": False},  # a row of an archived tax is not one of no tax; older documents have it
        help="The taxes of a line; several taxes on one line map to a Xero rate with the same components.",
    )
    tax_key = fields.Char(compute="_compute_tax_key", store=True, readonly=True)
    type_tax_use = fields.Selection(related="tax_ids.type_tax_use", string="Used On")
    percentage = fields.Char(compute="_compute_percentage", string="Odoo Rate")
    xero_tax_rate_id = fields.Many2one(
        "xero.tax.rate",
        ondelete="set null",
        index="btree_not_null",
        domain="[('connection_id', '=', connection_id)]",
        help="Lines with these taxes go to Xero under this rate; its percentage and components are theirs.",
    )
    effective_rate = fields.Float(related="xero_tax_rate_id.effective_rate", string="Xero Rate (%)")

    _taxes_once = models.UniqueIndex("(connection_id, tax_key)", "These taxes are mapped already.")

    @api.depends("tax_ids")
    def _compute_display_name(self):
        for mapping in self:
            mapping.display_name = " + ".join(mapping.tax_ids.mapped("display_name"))

    @api.depends("tax_ids")
    def _compute_tax_key(self):
        for mapping in self:
            mapping.tax_key = ",".join(map(str, sorted(mapping.tax_ids.ids)))

    @api.depends("tax_ids.amount", "tax_ids.amount_type", "tax_ids.children_tax_ids")
    def _compute_percentage(self):
        for mapping in self:
            components = _components(mapping.tax_ids)
            mapping.percentage = self.env._("no percentage") if components is None else _in_words(components)

    @api.constrains("tax_ids", "connection_id", "xero_tax_rate_id")
    def _check_same_percentage(self):
        """A tax maps only to a rate of the same percentage; where both sides have components, to the same ones."""
        for mapping in self.filtered("xero_tax_rate_id"):
            rate = mapping.xero_tax_rate_id
            if rate.connection_id != mapping.connection_id:
                raise ValidationError(self.env._("%(name)s belongs to another connection.", name=rate.display_name))
            ours = _components(mapping.tax_ids)
            if ours is None:
                raise ValidationError(
                    self.env._(
                        "%(tax)s is not a percentage of the price, and Xero's tax rates are. It cannot be mapped.",
                        tax=mapping.display_name,
                    )
                )
            if not (_same(ours, rate) or _same_reverse_charge(mapping.tax_ids, rate)):
                raise ValidationError(
                    self.env._(
                        "%(tax)s is %(ours)s, but %(rate)s in Xero is %(theirs)s. The tax in Xero would differ from "
                        "the tax in Odoo: choose a rate of the same percentage, or add one in Xero and press "
                        "Read Reference Data.",
                        tax=mapping.display_name,
                        ours=_in_words(ours),
                        rate=rate.display_name,
                        theirs=_in_words(_rate_components(rate)),
                    )
                )

    def _holds(self):
        components, rate = _components(self.tax_ids), self.xero_tax_rate_id
        if not super()._holds() or components is None:
            return False
        return _same(components, rate) or _same_reverse_charge(self.tax_ids, rate)

    def _key(self):
        return frozenset(self.tax_ids.ids)

    @api.model
    def _values_of(self, key):
        return {"tax_ids": [Command.set(sorted(key))]}

    @api.model
    def _for(self, connection):
        """Return {frozenset of tax ids: Xero rate}; the empty set is Xero's rate for lines without tax."""
        domain = [("connection_id", "=", connection.id), ("tax_type", "in", NO_TAX)]
        untaxed = self.env["xero.tax.rate"].sudo().search(domain)
        without = min(untaxed, key=lambda rate: NO_TAX.index(rate.tax_type), default=None)
        return ({frozenset(): without} if without else {}) | super()._for(connection)

    @api.model
    def _proposals(self, connection):
        domain = [("company_id", "parent_of", connection.company_id.id), ("type_tax_use", "in", list(APPLIES))]
        taxes = self.env["account.tax"].search([*domain, ("active", "=", True)])
        rates = self.env["xero.tax.rate"].search([("connection_id", "=", connection.id)])
        return {frozenset(tax.ids): self._counterpart(tax, rates) for tax in taxes}

    @api.model
    def _counterpart(self, tax, rates):
        """Return the rate of the same percentage and components that applies to the tax's use, the usual one first."""
        components = _components(tax)
        if components is None:
            return None
        usable = rates.filtered(APPLIES[tax.type_tax_use])
        if _is_reverse_charge(tax):
            usual = next(types for word, types in REVERSE if word in _words(tax))
            fitting = usable.filtered(lambda rate: rate.tax_type in usual and _same_reverse_charge(tax, rate))
            if fitting:
                return fitting[0]
        fitting = usable.filtered(lambda rate: _same(components, rate))
        usual = _usual_types(tax)
        if not float_compare(_total(components), 0, PLACES):
            fitting = fitting.filtered(lambda rate: rate.tax_type in usual)
        return min(fitting, key=lambda rate: _distance(rate, components, usual), default=None)


def _usual_types(tax):
    if float_compare(tax.amount, 0, PLACES) or tax.amount_type == "group":
        return USUAL[tax.type_tax_use]
    return next(types for word, types in ZERO[tax.type_tax_use] if word in _words(tax))


def _words(tax):
    return f"{tax.name} {tax.description or ''} {tax.invoice_label or ''}".casefold()


def _distance(rate, components, usual):
    """Sort key: as many components first, then the region's usual rate, then the tax type."""
    place = usual.index(rate.tax_type) if rate.tax_type in usual else len(usual)
    return len(_rate_components(rate)) != len(components), place, rate.tax_type


# -- components: [(rate in percent, whether computed on top of the others)] ------------------------------------


def _components(taxes):
    """Return the components of a set of Odoo taxes, groups opened; None where one is not a percentage of the base."""
    flat = taxes.flatten_taxes_hierarchy()
    if any(tax.amount_type != "percent" for tax in flat):
        return None
    components, base_grows = [], False
    for tax in flat:
        components.append((_factor(tax) * tax.amount, base_grows and tax.is_base_affected))
        base_grows = base_grows or tax.include_base_amount
    return components


def _factor(tax):
    """Return how much of the tax ends up on the document: a reverse charge repartition of +100 and -100 is 0."""
    lines = tax.invoice_repartition_line_ids.filtered(lambda line: line.repartition_type == "tax")
    return sum(lines.mapped("factor_percent")) / 100


def _is_reverse_charge(tax):
    """Whether the tax is booked on both sides, so that nothing of it is on the document."""
    return bool(tax.amount_type == "percent" and tax.amount and not float_compare(_factor(tax), 0, PLACES))


def _same_reverse_charge(taxes, rate):
    """Whether a reverse charge in Odoo is the one in Xero: Xero's rate is the percentage on both sides."""
    return (
        len(taxes) == 1
        and rate.tax_type in REVERSE_TYPES
        and _is_reverse_charge(taxes)
        and not float_compare(taxes.amount, rate.effective_rate, PLACES)
    )


def _rate_components(rate):
    parts = [(part.rate, part.is_compound) for part in rate.component_ids]
    return parts or [(rate.effective_rate, False)]


def _total(components):
    """Return the percentage of several components as Xero adds them: compound ones on the base plus the others."""
    simple = sum(rate for rate, compound in components if not compound)
    compound = sum(rate * (1 + simple / 100) for rate, compound in components if compound)
    return simple + compound


def _same(components, rate):
    """Whether the components say the same as a Xero rate; a side with one component matches by the total."""
    if float_compare(_total(components), rate.effective_rate, PLACES):
        return False
    theirs = _rate_components(rate)
    return len(components) == 1 or len(theirs) == 1 or _counted(components) == _counted(theirs)


def _counted(components):
    return Counter((round(rate, PLACES), bool(compound)) for rate, compound in components)


def _in_words(components):
    total = f"{_total(components):.{PLACES}f}".rstrip("0").rstrip(".")
    if len(components) < 2:
        return f"{total}%"
    parts = " + ".join(f"{rate:.{PLACES}f}".rstrip("0").rstrip(".") + "%" for rate, _compound in components)
    return f"{total}% ({parts})"
