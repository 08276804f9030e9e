"""The checks of ./run lint that are our own: each has `check(checkout) -> list of "path:line: what"`."""
