from . import (
    test_bad_input,
    test_bridges,
    test_connect,
    test_deletion,
    test_export,
    test_in_doubt,
    test_joined_fields,
    test_journey,
    test_mapping,
    test_payments,
    test_tours,
    test_views,
)
