from . import test_export
from . import test_bridges
from . import test_connect
from . import test_mapping
from . import test_tours
