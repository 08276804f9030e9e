from . import outbox, planner, exporter, export_stops, export_answers, export_files, reconciler, importer, import_changes, withdrawals  # noqa: I001
