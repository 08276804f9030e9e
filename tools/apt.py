"""Fetch Debian packages through the machine's own mirror without installing anything.

apt itself downloads and verifies the archive's signature; its lists, cache and status are private to the home, so the
system is not touched and an ordinary user can do it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .home import Home
from .processes import clean_environment, run_logged
from .trouble import Trouble

KEYRINGS = ("debian-archive-keyring.gpg", "debian-archive-keyring.pgp")
ROLLING = {"stable", "testing", "unstable", "sid", "oldstable"}


@dataclass(frozen=True)
class Source:
    """One archive named in the machine's apt sources."""

    uri: str
    suites: tuple[str, ...]
    components: tuple[str, ...]
    signed_by: str = ""


def parse_one_line(text: str) -> list[Source]:
    """Entries of a sources.list: `deb [options] URI SUITE COMPONENT…`."""
    found = []
    for line in text.splitlines():
        match = re.match(r"\s*deb\s+(?:\[(?P<options>[^\]]*)\]\s+)?(?P<rest>[^#]+)", line)
        if not match:
            continue
        uri, suite, *components = match["rest"].split()
        options = dict(part.split("=", 1) for part in (match["options"] or "").split() if "=" in part)
        found.append(Source(uri, (suite,), tuple(components), options.get("signed-by", "")))
    return found


def parse_deb822(text: str) -> list[Source]:
    """Stanzas of a .sources file; disabled ones and those for source packages are left out."""
    found = []
    text = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for stanza in re.split(r"\n\s*\n", text):
        fields = {
            name.lower(): value.split()
            for name, value in re.findall(r"^(\S+):[ \t]*((?:.*)(?:\n[ \t].*)*)", stanza, re.M)
        }
        if "deb" not in fields.get("types", []) or fields.get("enabled", ["yes"])[0].lower() == "no":
            continue
        signed_by = fields.get("signed-by", [""])[0]
        for uri in fields.get("uris", []):
            found.append(Source(uri, tuple(fields.get("suites", [])), tuple(fields.get("components", [])), signed_by))
    return found


def read_sources(etc: Path = Path("/etc/apt")) -> list[Source]:
    """All archives that apt would use on this machine."""
    parts = etc / "sources.list.d"
    found = []
    for path in [etc / "sources.list", *sorted(parts.glob("*.list"))]:
        if path.is_file():
            found += parse_one_line(path.read_text(errors="replace"))
    for path in sorted(parts.glob("*.sources")):
        found += parse_deb822(path.read_text(errors="replace"))
    return found


def os_release(path: Path = Path("/etc/os-release")) -> dict[str, str]:
    if not path.exists():
        return {}
    return {
        name: value.strip("\"'") for name, _, value in (line.partition("=") for line in path.read_text().splitlines())
    }


def debian_mirror(sources: list[Source], release: dict[str, str]) -> Source | None:
    """The first main archive of Debian; its security and add-on archives do not carry suite sid."""
    own_suites = ROLLING | {release.get("VERSION_CODENAME", "")} if release.get("ID") == "debian" else set()
    for source in sources:
        if "main" not in source.components or "security" in source.uri:
            continue
        if own_suites & set(source.suites) or re.search(r"/debian/?$", source.uri):
            return source
    return None


class PrivateApt:
    """apt with all its state in one folder of the home."""

    def __init__(self, home: Home, suite: str = "sid"):
        self.home = home
        self.suite = suite
        self.folder = home.folder("apt", suite)

    @staticmethod
    def missing() -> str:
        """Why apt cannot serve on this machine; empty when it can."""
        for program in ("apt-get", "dpkg-deb"):
            if not shutil.which(program):
                return f"{program} is not on this machine"
        mirror = debian_mirror(read_sources(), os_release())
        if mirror is None:
            return "no Debian mirror is named in /etc/apt"
        if not PrivateApt._keyring(mirror):
            return "Debian's archive keyring is not in /usr/share/keyrings"
        return ""

    @staticmethod
    def _keyring(mirror: Source) -> str:
        candidates = [Path("/usr/share/keyrings") / name for name in KEYRINGS] + [
            Path(mirror.signed_by or "/nonexistent")
        ]
        return next((str(path) for path in candidates if path.is_file()), "")

    def _options(self) -> list[str]:
        state = {
            "Dir::Etc::SourceList": "/dev/null",
            "Dir::Etc::SourceParts": self.folder / "etc",
            "Dir::State::Lists": self.folder / "lists",
            "Dir::Cache": self.folder / "cache",
            "Dir::State::status": "/dev/null",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
            # The home may lie where apt's own unprivileged user cannot write.
            "APT::Sandbox::User": "root",
        }
        return [part for name, value in state.items() for part in ("-o", f"{name}={value}")]

    def update(self) -> None:
        """Fetch and verify the list of packages of the suite."""
        mirror = debian_mirror(read_sources(), os_release())
        for part in ("etc", "lists/partial", "cache/archives/partial"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        (self.folder / "etc" / "mirror.sources").write_text(
            f"Types: deb\nURIs: {mirror.uri}\nSuites: {self.suite}\nComponents: main\n"
            f"Signed-By: {self._keyring(mirror)}\n"
        )
        self._run(["update"], self.folder)

    def unpack(self, packages: list[str], root: Path, downloads: Path) -> list[str]:
        """Download the packages and unpack them into `root`; returns their file names (name_version_arch.deb)."""
        downloads.mkdir(parents=True, exist_ok=True)
        self._run(["download", *packages], downloads)
        files = sorted(downloads.glob("*.deb"))
        if len(files) != len(packages):
            raise Trouble(
                f"apt downloaded {len(files)} of {len(packages)} packages into {downloads}", "repeat the command"
            )
        for file in files:
            subprocess.run(["dpkg-deb", "-x", file, root], check=True, env=clean_environment(self.home))
        return [file.name for file in files]

    def _run(self, arguments: list[str], folder: Path) -> None:
        run_logged(
            ["apt-get", *self._options(), *arguments],
            self.home.folder("logs") / f"apt-{arguments[0]}.log",
            cwd=folder,
            env=clean_environment(self.home, DEBIAN_FRONTEND="noninteractive", LC_ALL="C"),
            remedy="check that the mirror named in /etc/apt answers, then repeat the command; what was fetched is kept",
        )


def is_root() -> bool:
    return os.geteuid() == 0
