import pytest

from tools import odoo_source
from tools.trouble import Trouble


def lay(root, release, script, addons, version="(19, 0, 0, FINAL, 0, '')"):
    for path in (root / release, root / script):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (root / release).write_text(f"version_info = {version}\n")
    (root / addons / "account").mkdir(parents=True)


DEBIAN = "usr/lib/python3/dist-packages/"


@pytest.mark.parametrize(
    ("release", "script", "addons"),
    [
        (f"{DEBIAN}odoo/release.py", f"{DEBIAN}setup/odoo", f"{DEBIAN}odoo/addons"),
        ("odoo/release.py", "setup/odoo", "odoo/addons"),
        ("odoo/release.py", "odoo-bin", "addons"),
    ],
)
def test_layouts(tmp_path, release, script, addons):
    lay(tmp_path, release, script, addons)
    source = odoo_source.recognise(tmp_path)
    assert source.script == tmp_path / script
    assert tmp_path / addons in source.addons_paths
    assert source.identity == "19,0,0,,0,"


def test_a_folder_without_odoo_is_not_taken(tmp_path):
    assert odoo_source.recognise(tmp_path) is None


def test_another_version_is_refused_with_what_to_do(tmp_path):
    lay(tmp_path, "odoo/release.py", "odoo-bin", "addons", version="(18, 0, 0, FINAL, 0, '')")
    with pytest.raises(Trouble, match="Odoo 19.0") as caught:
        odoo_source.recognise(tmp_path)
    assert "ODOO_SRC" in caught.value.remedy
