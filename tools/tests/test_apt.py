import pytest

from tools import apt

DEB822 = """\
Types: deb
# a comment within the stanza
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb-src
URIs: http://sources.example/debian
Suites: bookworm
Components: main

Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main
Enabled: no
"""
ONE_LINE = """\
# deb http://old.example/debian bullseye main
deb [arch=amd64 signed-by=/etc/key.gpg] http://mirror.example/debian bookworm main contrib # note
deb-src http://mirror.example/debian bookworm main
deb http://mirror.example/debian-security bookworm-security main
"""
DEBIAN = {"ID": "debian", "VERSION_CODENAME": "bookworm"}


def test_deb822_leaves_out_disabled_and_source_stanzas():
    (source,) = apt.parse_deb822(DEB822)
    assert source.uri == "http://mirror.example/debian"
    assert source.suites == ("bookworm", "bookworm-updates")
    assert source.signed_by == "/usr/share/keyrings/debian-archive-keyring.gpg"


def test_one_line_entries_with_options_and_comments():
    main, security = apt.parse_one_line(ONE_LINE)
    assert main == apt.Source("http://mirror.example/debian", ("bookworm",), ("main", "contrib"), "/etc/key.gpg")
    assert security.uri.endswith("debian-security")


def test_both_kinds_are_read_from_the_machines_folder(tmp_path):
    (tmp_path / "sources.list").write_text(ONE_LINE)
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list.d" / "debian.sources").write_text(DEB822)
    (tmp_path / "sources.list.d" / "other.list.disabled").write_text("deb http://no.example/debian sid main")
    assert len(apt.read_sources(tmp_path)) == 3


@pytest.mark.parametrize(
    ("uri", "suite", "release", "expected"),
    [
        ("http://a.example/debian", "bookworm", DEBIAN, True),
        ("http://internal.example/deb", "bookworm", DEBIAN, True),
        ("http://internal.example/deb", "stable", DEBIAN, True),
        ("http://a.example/debian-security", "bookworm-security", DEBIAN, False),
        ("http://vendor.example/tool", "nodistro", DEBIAN, False),
        ("http://a.example/ubuntu", "noble", {"ID": "ubuntu", "VERSION_CODENAME": "noble"}, False),
    ],
)
def test_mirror_is_debians_main_archive(uri, suite, release, expected):
    source = apt.Source(uri, (suite,), ("main",))
    assert (apt.debian_mirror([source], release) is source) is expected


def test_os_release(tmp_path):
    path = tmp_path / "os-release"
    path.write_text('ID=debian\nVERSION_CODENAME="bookworm"\n')
    assert apt.os_release(path) == DEBIAN
    assert apt.os_release(tmp_path / "absent") == {}
