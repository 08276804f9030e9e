from . import test_production, test_production_by_hand, test_production_value
