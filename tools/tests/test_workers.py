"""Two real servers on one database and one connection, of which one is killed: the short run of a benchmark."""

from short_benchmarks import figures_of


def test_two_servers_one_connection(tmp_path):
    """S2-33: two servers share a connection, one dies: nothing is doubled or lost, and the tokens live on."""
    figures = figures_of("workers", tmp_path, 900)
    assert figures["kills"] == 1
    assert figures["lost_answers"] > 0
    assert not any(figures[name] for name in ("doubled", "lost", "wrong", "issues", "unauthorised", "broken"))
    assert figures["refused_renewals"] == 0
