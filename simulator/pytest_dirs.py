"""Lets pytest run below a repository root that is itself an Odoo addon.

Otherwise each parent folder with an ``__init__.py`` is collected as a package and imported, which needs Odoo.
"""

import pytest


def pytest_collect_directory(path, parent):
    return pytest.Dir.from_parent(parent, path=path)
