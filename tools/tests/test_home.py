from pathlib import Path

import pytest

from tools import addons, locks, postgres
from tools.home import Home, short_hash
from tools.postgres import SOCKET_LIMIT, SOCKET_NAME, Owner
from tools.trouble import Trouble


def test_two_checkouts_share_the_home_but_no_state(tmp_path):
    one, two = Home(tmp_path, Path("/a/x y")), Home(tmp_path, Path("/b/x y"))
    assert one.database("serve") != two.database("serve")
    assert one.links != two.links
    assert one.data == two.data


def test_names_fit_a_database(tmp_path):
    assert len(Home(tmp_path, Path("/" + "long/" * 60)).database("run_bench_something_1234567_building")) <= 63


def test_home_is_named_by_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("ACCOUNT_XERO_HOME", str(tmp_path / "h"))
    assert Home.find().root == tmp_path / "h"
    monkeypatch.delenv("ACCOUNT_XERO_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Home.find().root == tmp_path / ".cache" / "account_xero"


def test_hash_is_stable():
    assert short_hash("x") == "2d711642"


@pytest.mark.parametrize("depth", [1, 30])
def test_socket_path_always_fits(depth):
    base = Path("/" + "/".join(["folder"] * depth))
    assert len(str(postgres.socket_folder(base) / SOCKET_NAME).encode()) <= SOCKET_LIMIT


def test_cluster_leaves_a_home_that_the_servers_user_cannot_enter(tmp_path, monkeypatch):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    home = Home(closed / "home", tmp_path)
    assert postgres.cluster_folder(home, None) == home.root / "postgres"
    outside = postgres.cluster_folder(home, Owner(65534, 65534))
    assert closed not in outside.parents


def test_a_folder_laid_by_somebody_else_is_refused(tmp_path):
    target = tmp_path / "target"
    target.mkdir()
    (tmp_path / "link").symlink_to(target)
    with pytest.raises(Trouble, match="somebody else"):
        postgres.private_folder(tmp_path / "link", None)


def test_lock_is_free_again(tmp_path):
    home = Home(tmp_path, tmp_path)
    for _ in range(2):
        with locks.lock(home, "name"):
            pass


def addon(folder, name, depends):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "__manifest__.py").write_text(repr({"name": name, "depends": depends}))


def test_links_follow_the_bridges(tmp_path):
    checkout = tmp_path / "x y"
    addon(checkout, "main", ["account"])
    addon(checkout / "bridges" / "account_xero_sale", "sale", ["account_xero", "sale"])
    home = Home(tmp_path / "home", checkout)
    links = addons.link(home)
    assert {path.name: path.resolve() for path in links.iterdir()} == {
        "account_xero": checkout,
        "account_xero_sale": checkout / "bridges" / "account_xero_sale",
    }
    (checkout / "bridges" / "account_xero_sale" / "__manifest__.py").unlink()
    assert [path.name for path in addons.link(home).iterdir()] == ["account_xero"]
    assert addons.dependencies(checkout) == {"account"}


@pytest.mark.parametrize(
    ("path", "counts"),
    [
        ("models/x.py", True),
        ("views/x.xml", True),
        ("bridges/b/tools/x.py", True),
        ("tests/x.py", False),
        ("bridges/b/tests/x.py", False),
        ("simulator/x.py", False),
        ("tools/x.py", False),
        (".git/x.py", False),
        ("README.md", False),
    ],
)
def test_fingerprint_sees_what_installing_reads(tmp_path, path, counts):
    before = addons.fingerprint(tmp_path)
    file = tmp_path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("x")
    assert (addons.fingerprint(tmp_path) != before) is counts
