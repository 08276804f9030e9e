from . import outbox, planner, exporter, reconciler, importer  # noqa: I001
