"""The short chaos run: what the full benchmark proves, in a minute or two."""

from short_benchmarks import figures_of


def test_short_chaos(tmp_path):
    """S4-59, S4-63: faults and kills leave nothing doubled, lost or wrong, and no issue that nobody can explain."""
    figures = figures_of("chaos", tmp_path, 550)
    assert figures["kills"] == figures["wanted_kills"]
    assert figures["faults"] > 0
    assert not any(figures[name] for name in ("doubled", "lost", "wrong", "issues", "waiting"))
