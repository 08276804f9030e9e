from . import base_partner_merge, xero_issue_skip, xero_item_choice, xero_template
