"""How journal filters and faults name the calls they mean."""

from fnmatch import fnmatchcase


def matches(path: str, pattern: str | None) -> bool:
    """Whether `pattern` means the call to `path`.

    The parts of the pattern have to stand side by side somewhere in the path, whatever the case: "Invoices" means all
    calls to invoices and what lies below them, "Invoices/*/Attachments" their attachments, "connect/token" the token
    endpoint. A "$" at the end closes the path: "Invoices$" means the collection alone.
    """
    if not pattern:
        return True
    closed = pattern.endswith("$")
    wanted, parts = _parts(pattern.rstrip("$")), _parts(path)
    starts = range(len(parts) - len(wanted) + 1)
    return any(_fits(parts[start:] if closed else parts[start : start + len(wanted)], wanted) for start in starts)


def _parts(path):
    return [part for part in path.lower().split("/") if part]


def _fits(parts, wanted):
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))
