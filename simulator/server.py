"""A simulator that runs: as many side by side as one likes, each on a port of its own."""

import threading

from waitress import wasyncore
from waitress.server import create_server

from .app import LARGEST_BODY, XeroApp
from .keeping import Keeper
from .world import World

HOST = "127.0.0.1"
#: Many times the five calls that may be in flight per organisation: the sixth is refused at once instead of queueing,
#: and waiting answers (latency, faults) of many organisations do not hold each other up.
THREADS = 64


class XeroSimulator:
    """A local Xero.

    ``with XeroSimulator() as xero:`` serves it on a free port of 127.0.0.1 from a thread of its own until the block
    ends.

    :param seed: name of the company to start with, e.g. "demo-nz"
    :param port: 0 for any free one
    :param contacts: make up contacts until the first organisation has this many; likewise `invoices`
    :param db: path of the SQLite file that keeps everything; where it holds something already, that is gone on with
    :raises OSError: the port is taken
    :raises ValueError: there is no such seed, or the file cannot be used
    :ivar url: e.g. "http://127.0.0.1:9000", without a slash at the end
    :ivar world: what the simulator holds, for tests within the same process
    """

    def __init__(self, seed: str = "demo-nz", port: int = 0, *, contacts: int = 0, invoices: int = 0, db=None):
        self.world = World(seed, contacts=contacts, invoices=invoices, keeper=Keeper(db) if db else None)
        self._channels = {}
        self._server = create_server(
            XeroApp(self.world),
            map=self._channels,
            host=HOST,
            port=port,
            threads=THREADS,
            # Without looking ahead, waitress does not notice that a client has given up waiting.
            channel_request_lookahead=1,
            # Above the ten megabytes that the application refuses in Xero's words, the server refuses in its own.
            max_request_body_size=4 * LARGEST_BODY,
            ident="xero-simulator",
            clear_untrusted_proxy_headers=False,
        )
        self.url = f"http://{HOST}:{self._server.effective_port}"
        self._thread = threading.Thread(target=self._serve, name=f"xero-simulator {self.url}", daemon=True)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_exc_info):
        self.stop()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End all waiting, answer nothing more and free the port."""
        self.world.stopping.set()
        self._server.pull_trigger()
        self._thread.join()

    def introduction(self) -> dict:
        """Address, app and organisations, as the command prints them."""
        return self.world.introduction(self.url)

    @property
    def client_id(self) -> str:
        return self.world.app.client_id

    @property
    def client_secret(self) -> str:
        return self.world.app.client_secret

    @property
    def webhook_key(self) -> str:
        return self.world.app.webhook_key

    @property
    def tenants(self) -> list[dict]:
        """The organisations: tenant_id, name and country of each."""
        return self.introduction()["tenants"]

    def _serve(self):
        try:
            while not self.world.stopping.is_set():
                wasyncore.loop(timeout=1, use_poll=True, map=self._channels, count=1)
        finally:
            self._server.task_dispatcher.shutdown()
            wasyncore.close_all(self._channels)
            if self.world.keeper:
                self.world.keep()
                self.world.keeper.close()
