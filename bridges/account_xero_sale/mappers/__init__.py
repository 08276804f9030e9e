from . import quote_in, quote_first_load  # isort: skip
