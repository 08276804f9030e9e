{
    "name": "Xero Connector: Sales",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "summary": "Show on a sales order whether its invoices are in Xero; take quotes over once",
    "author": "The Xero Connector developers",
    "license": "LGPL-3",
    "icon": "/account_xero/static/description/icon.png",
    "depends": ["account_xero", "sale"],
    "data": ["views/sale_order_views.xml", "views/xero_connection_views.xml"],
    "auto_install": True,
}
