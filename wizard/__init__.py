from . import (
    base_partner_merge,
    xero_issue_skip,
    xero_preview,
    xero_contact_preview,
    xero_exclude,
    xero_personal_data,
    xero_template,
    xero_unlink,
)
