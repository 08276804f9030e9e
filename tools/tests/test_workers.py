"""Two real servers on one database and one connection, of which one is killed: the short run of a benchmark."""

import json
import subprocess
from pathlib import Path

RUN = Path(__file__).resolve().parents[2] / "run"


def test_two_servers_one_connection(tmp_path):
    """S2-33: two servers share a connection, one dies: nothing is doubled or lost, and the tokens live on."""
    file = tmp_path / "workers.json"
    done = subprocess.run(
        [str(RUN), "bench", "workers", "--size", "0", "--json", str(file)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout
    figures = json.loads(file.read_text())
    assert figures["kills"] == 1
    assert figures["lost_answers"] > 0
    assert not any(figures[name] for name in ("doubled", "lost", "wrong", "issues", "unauthorised", "broken"))
    assert figures["refused_renewals"] == 0
