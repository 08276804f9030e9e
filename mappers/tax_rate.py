from odoo import api, models

from ..exceptions import Hold
from ..xero_api import codec
from .xero_mapper import Call, decimal

NAME_LENGTH = 50
# What an organisation's return has to know of a rate (xero-api.md 4.9): use → (of a percentage, of 0 %).
REPORT_TYPES = {
    "AU": {"sale": ("OUTPUT", "EXEMPTOUTPUT"), "purchase": ("INPUT", "EXEMPTEXPENSES")},
    "NZ": {"sale": ("OUTPUT", "EXEMPTOUTPUT"), "purchase": ("INPUT", "EXEMPTINPUT")},
    "GB": {"sale": ("OUTPUT", "EXEMPTOUTPUT"), "purchase": ("INPUT", "EXEMPTINPUT")},
}


class XeroMapperTaxRate(models.AbstractModel):
    """Unmapped taxes → TaxRate, ahead of the documents that need it, where the connection allows that (A6-18)."""

    _name = "xero.mapper.tax_rate"
    _inherit = "xero.mapper"
    _description = "Xero Mapper: Tax Rates"

    _xero_resource, _xero_id, _xero_number = "TaxRates", "TaxType", "Name"
    _odoo_model, _rank, _only_when_needed, _batch_size = "xero.tax.mapping", 6, True, 1

    def _payload(self, row, prepared):
        components = row._xero_components()
        if not components:
            raise Hold("tax_unmapped", row.tax_ids[:1], tax=row.display_name, tax_ids=row.tax_ids.ids)
        payload = {
            "Name": row.display_name[:NAME_LENGTH],
            "TaxComponents": [
                {"Name": name[:NAME_LENGTH], "Rate": decimal(rate), "IsCompound": compound}
                for name, rate, compound in components
            ],
        }
        report_types = REPORT_TYPES.get(prepared["connection"].country_code)
        if report_types:
            nothing = not any(rate for _name, rate, _compound in components)
            payload["ReportTaxType"] = report_types[row.tax_ids[:1].type_tax_use][nothing]
        return "create", payload

    def _group(self, built, action, ids, rows):
        """One a request (xero-api.md 4.9)."""
        return [
            Call(
                "PUT",
                self._xero_resource,
                {self._xero_resource: [built.payloads[id_]]},
                [self._element(built, id_, rows)],
            )
            for id_ in ids
        ]

    @api.model
    def _agreed(self, data, facts):
        """The whole rate: it is mapped from here before the reference data is read again."""
        return {"rate": codec.dumps(data)}

    @api.model
    def _lookups(self, payloads, facts):
        return [(self._xero_resource, {})]

    @api.model
    def _is_same(self, payload, candidate, facts):
        parts = [
            [(part["Name"], decimal(float(part["Rate"]))) for part in one.get("TaxComponents") or []]
            for one in (payload, candidate)
        ]
        return self._natural_key(candidate) == self._natural_key(payload) and parts[0] == parts[1]
