"""The shortest run of a benchmark, as the tests use it."""

import json
import subprocess
from pathlib import Path

RUN = Path(__file__).resolve().parents[2] / "run"


def figures_of(name: str, folder: Path, seconds: int) -> dict:
    """What `./run bench NAME --size 0` measures; fails with all that it printed where its bar does not hold."""
    file = folder / f"{name}.json"
    done = subprocess.run(
        [str(RUN), "bench", name, "--size", "0", "--json", str(file)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=seconds,
    )
    assert done.returncode == 0, done.stdout
    return json.loads(file.read_text())
