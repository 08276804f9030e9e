"""What `pip install ./simulator` installs: all of the simulator, and nothing of its tests."""

import importlib
import re
import sys
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[1]
#: Folders beside the package's own: not installed.
BESIDE = frozenset({"tests", "docs", "build", "__pycache__"})
#: Names of what is imported → names that pip knows, where they differ.
DISTRIBUTIONS = {"xero_python": "xero-python"}


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def _files():
    """Paths of all files that belong to the package, from its folder on."""
    for path in ROOT.rglob("*"):
        relative = path.relative_to(ROOT)
        if path.is_file() and not BESIDE.intersection(relative.parts) and ".egg-info" not in str(relative):
            yield relative


def test_every_folder_with_code_is_installed(project):
    """A new room is forgotten easily: the list has to name each, and none of the tests."""
    folders = {path.parent for path in _files() if path.suffix == ".py"}
    names = {".".join(("xero_simulator", *folder.parts)) for folder in folders}
    assert set(project["tool"]["setuptools"]["packages"]) == names


def test_every_page_and_seed_is_installed(project):
    """Templates, stylesheet, seeds and charts are data, which setuptools takes only where a pattern says so."""
    patterns = project["tool"]["setuptools"]["package-data"]["xero_simulator"]
    installed = {path.relative_to(ROOT) for pattern in patterns for path in ROOT.glob(pattern)}
    data = {path for path in _files() if path.suffix not in (".py", ".md", ".toml", ".pyc")}
    assert len(data) > 20
    assert data == installed


def test_every_import_is_a_dependency(project):
    """What the code imports from elsewhere is what pip is told to bring along."""
    code = [(ROOT / path).read_text() for path in _files() if path.suffix == ".py" and path.name != "pytest_dirs.py"]
    tops = {top for text in code for top in re.findall(r"^(?:from|import) ([a-z]\w*)", text, re.MULTILINE)}
    foreign = {DISTRIBUTIONS.get(top, top) for top in tops - set(sys.stdlib_module_names)}
    told = {re.split(r"[<>=; ]", line)[0].lower() for line in project["project"]["dependencies"]} - {"tzdata"}
    assert foreign == told


def test_the_command_is_there(project):
    """`xero-simulator` is the same command line as `python -m simulator`."""
    module, name = project["project"]["scripts"]["xero-simulator"].split(":")
    assert module == "xero_simulator.cli"
    assert callable(getattr(importlib.import_module(module.replace("xero_simulator", "simulator")), name))
