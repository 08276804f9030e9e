import sys
from pathlib import Path

import pytest

# The repository root, so that these tests run from anywhere, also without the project's pytest settings.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from visitor import ApiClient, Visitor

from simulator.server import XeroSimulator
from simulator.steering import Steering


@pytest.fixture(scope="session")
def running():
    with XeroSimulator("demo-nz") as simulator:
        yield simulator


@pytest.fixture
def xero(running):
    """A simulator as fresh as on its first day."""
    running.world.reset("demo-nz")
    return running


@pytest.fixture
def steering(xero):
    return Steering(xero.url)


@pytest.fixture
def visitor(xero):
    """A person with a browser, and the app that sent them."""
    return Visitor(xero)


@pytest.fixture
def api(xero, steering):
    """A client of the accounting API with a token for everything, connected to the first organisation."""
    return ApiClient(xero.url, steering.token())
