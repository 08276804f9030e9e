{
    "name": "Xero Connector: Manufacturing",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "summary": "Work orders, by-products and unbuilds in Xero: inputs down, outputs up",
    "author": "The Xero Connector developers",
    "license": "LGPL-3",
    "icon": "/account_xero/static/description/icon.png",
    "depends": ["account_xero", "mrp_account"],
    "data": ["views/mrp_production_views.xml"],
    "auto_install": True,
}
