from . import base_partner_merge, xero_issue_skip, xero_template
