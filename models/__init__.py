from . import xero_reference, xero_mapping  # noqa: I001  (bases first)
from . import (
    res_company,
    res_config_settings,
    xero_account,
    xero_account_mapping,
    xero_budget,
    xero_connection,
    xero_connection_call,
    xero_connection_consent,
    xero_currency,
    xero_journal_mapping,
    xero_tax_mapping,
    xero_tax_rate,
    xero_token,
)
