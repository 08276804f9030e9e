"""One file per resource: its row of the declared table and its own rules."""
