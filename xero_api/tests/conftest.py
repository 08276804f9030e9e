import pytest
from stub import Stub

from xero_api import hosts
from xero_api.client import XeroClient


@pytest.fixture
def stub():
    with Stub() as server:
        yield server


@pytest.fixture
def endpoints(stub):
    return hosts.simulator_endpoints(stub.url)


@pytest.fixture
def calls():
    """What the journal was told."""
    return []


@pytest.fixture
def client(endpoints, calls):
    with XeroClient(endpoints, "an-access-token", "a-tenant", timeout=0.5, on_answer=calls.append) as client:
        yield client
