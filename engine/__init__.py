from . import outbox, planner, exporter, export_stops, export_answers, reconciler, importer, import_changes  # noqa: I001
