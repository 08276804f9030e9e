"""The README's five minutes are what happens: its examples run as they are written, but for the port."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[1]
README = (FOLDER / "README.md").read_text()
ADDRESS = "http://127.0.0.1:9000"
TIMEOUT = 60


def example(language: str, heading: str) -> str:
    """The first block of code below a heading."""
    section = README[README.index(f"### {heading}") :]
    return re.search(rf"```{language}\n(.*?)```", section, re.DOTALL)[1]


def run(command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_python_example(xero, steering, tmp_path):
    out = run([sys.executable, "-c", example("python", "Python").replace(ADDRESS, xero.url)], tmp_path)
    made = steering.state("Invoices")[0]
    number, total = out.split()
    assert (number, float(total)) == (made["InvoiceNumber"], float(made["Total"])) == ("INV-0001", 391.0)


def test_the_curl_example(xero, tmp_path):
    if not shutil.which("curl"):
        pytest.skip("there is no curl on this machine")
    out = run(["sh", "-c", example("sh", "curl").replace(ADDRESS, xero.url)], tmp_path)
    made, found = (json.loads(line) for line in out.replace("}{", "}\n{").splitlines())
    assert made["Contacts"][0]["ContactID"] == found["Contacts"][0]["ContactID"]


def test_every_picture_is_there_and_light():
    """Pictures that a README loads: each exists, none has more than 150 kB, and none lies about unused."""
    named = set(re.findall(r"\(docs/([\w-]+\.png)\)", README))
    held = {path.name: path.stat().st_size for path in (FOLDER / "docs").iterdir()}
    assert named == set(held)
    assert max(held.values()) <= 150_000


@pytest.mark.parametrize("name", ["accounting/READINGS.md", "payroll/READINGS.md", "tests/clients/README.md"])
def test_what_it_refers_to_is_there(name):
    assert f"({name})" in README
    assert (FOLDER / name).is_file()
