from . import xero_chosen  # noqa: I001  (base first)
from . import (
    base_partner_merge,
    xero_issue_skip,
    xero_preview,
    xero_contact_preview,
    xero_exclude,
    xero_older,
    xero_personal_data,
    xero_template,
    xero_unlink,
)
