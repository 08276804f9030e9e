# In the order in which they are inherited.
from . import outbox  # noqa: I001
from . import planner
from . import exporter
from . import export_stops
from . import export_answers
from . import export_files
from . import reconciler
from . import importer
from . import import_changes
from . import import_batches
from . import import_records
from . import withdrawals
from . import first_load
from . import previewer
