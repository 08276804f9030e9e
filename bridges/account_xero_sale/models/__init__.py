from . import sale_order, xero_connection, xero_first_load
