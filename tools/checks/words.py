"""The text is about the project alone: no folder of somebody's machine, no address that is not the project's
business."""

from __future__ import annotations

import re
from pathlib import Path

from .files import text_files

# Folders that exist on every machine may be named; a developer's own may not.
PERSONAL = re.compile(r"(?<![\w.:/<>~$}\])-])/(?:home|root|work|mnt|media|Users)/\w")
ADDRESS = re.compile(r"https?://([\w.-]+)")
ALLOWED = re.compile(
    r"(^|\.)(xero\.com|odoo\.com|odoo-community\.org|github\.com|gnu\.org|w3\.org|python\.org|postgresql\.org|rfc-editor\.org|ietf\.org"
    r"|fsf\.org|keepachangelog\.com|semver\.org|editorconfig\.org|pre-commit\.com|example|example\.(com|org|net)|test|invalid|localhost)$"
)
LITERAL = re.compile(r"^(\d+(\.\d+){3}|localhost|\w+)$")  # an IP address, or a name without dots as tests make them up


def check(checkout: Path) -> list[str]:
    problems = []
    for path in text_files(checkout):
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            problems += [f"{path.relative_to(checkout)}:{number}: {text}" for text in complaints(line)]
    return problems


def complaints(line: str) -> list[str]:
    """What does not belong into that line."""
    found = [f"a path of one machine: {match[0]}…" for match in PERSONAL.finditer(line)]
    for match in ADDRESS.finditer(line):
        host = match[1].strip(".-")
        if host and not ALLOWED.search(host) and not LITERAL.match(host):
            found.append(f"the address {match[0]} is not in the list of tools/checks/words.py")
    return found
