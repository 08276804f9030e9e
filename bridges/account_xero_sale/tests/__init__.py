from . import test_down_payment, test_sale_order
