from . import sale_order, xero_connection
