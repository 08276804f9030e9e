from . import stock_move, stock_tracked, stock_ledger, mrp_production
