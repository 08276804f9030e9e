from . import test_production, test_production_value
