from . import test_down_payment, test_quotes_in, test_sale_order
