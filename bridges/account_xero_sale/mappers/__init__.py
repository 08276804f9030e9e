from . import quote_in
