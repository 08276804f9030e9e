from . import outbox, planner, exporter, export_stops, export_answers, reconciler, importer  # noqa: I001
