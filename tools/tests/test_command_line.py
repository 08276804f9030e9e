"""The command line must work before anything is installed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


def bare(*arguments):
    """./run in an interpreter without any installed package."""
    return subprocess.run(
        [sys.executable, "-S", "-E", CHECKOUT / "run", *arguments], capture_output=True, text=True, timeout=60
    )


def test_help_needs_no_package():
    done = bare("--help")
    assert done.returncode == 0, done.stderr
    for command in ("demo", "test", "serve", "simulator", "bench", "lint", "features", "shell", "clean", "mutants"):
        assert re.search(rf"^\s+{command}\s", done.stdout, re.M)


@pytest.mark.parametrize("command", ["demo", "test", "serve", "bench", "lint", "mutants"])
def test_help_of_a_command(command):
    done = bare(command, "--help")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"usage: ./run {command}")


def test_unknown_command_is_named():
    done = bare("tset")
    assert done.returncode == 2
    assert "tset" in done.stderr
