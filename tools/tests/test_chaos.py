"""The short chaos run: what the full benchmark proves, in a minute or two."""

import json
import subprocess
from pathlib import Path

RUN = Path(__file__).resolve().parents[2] / "run"


def test_short_chaos(tmp_path):
    """S4-59, S4-63: faults and kills leave nothing doubled, lost or wrong, and no issue that nobody can explain."""
    file = tmp_path / "chaos.json"
    done = subprocess.run(
        [str(RUN), "bench", "chaos", "--size", "0", "--json", str(file)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=550,
    )
    assert done.returncode == 0, done.stdout
    figures = json.loads(file.read_text())
    assert figures["kills"] == figures["wanted_kills"]
    assert figures["faults"] > 0
    assert not any(figures[name] for name in ("doubled", "lost", "wrong", "issues", "waiting"))
