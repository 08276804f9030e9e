"""The simulator itself: calls a second beside an empty answer, lists that do not grow dearer, and a large seed.

The bar: a page of 100 out of 100,000 invoices takes at most 1.5 times one out of 1,000; 50,000 invoices are there in
under 60 seconds and hold under 1 GB. Calls a second stand beside what the same server answers when it does nothing.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

SERVER = False
ROOT = Path(__file__).resolve().parents[1]
SMALL, LARGE, SEEDED, CONTACTS, BATCH, PAGE = 1_000, 100_000, 50_000, 20_000, 50, 100
LISTING, SECONDS, MEGABYTES = 1.5, 60, 1000
UNLIMITED = {"minute": 10**9, "day": 10**9, "app_minute": 10**9}
EMPTY = """
import json
from waitress.server import create_server
from simulator.server import HOST, THREADS

def answer(environ, start_response):
    environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", "0")])
    return [b""]

server = create_server(answer, host=HOST, port=0, threads=THREADS, channel_request_lookahead=1)
print(json.dumps({"url": f"http://{HOST}:{server.effective_port}"}), flush=True)
server.run()
"""


def main(context) -> int:
    """Measure; returns 0 only where the bar holds."""
    figures = _speed() | _listing() | _seed()
    if context.json_file:
        context.json_file.write_text(json.dumps(figures, indent=2) + "\n")
    return _report(figures)


class Client:
    """One connection that stays open, with a token where a simulator is at the other end."""

    def __init__(self, url: str):
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=120)
        self.headers = {"Accept": "application/json", "Content-Type": "application/json"}

    def sign_in(self) -> Client:
        self.call("PUT", "/_sim/limits", UNLIMITED)
        tokens = self.call("POST", "/_sim/token", {})
        self.headers |= {"Authorization": f"Bearer {tokens['access_token']}", "Xero-Tenant-Id": tokens["tenant_id"]}
        return self

    def call(self, method: str, path: str, body=None):
        """The answer's JSON, None where it is empty.

        :raises RuntimeError: the answer is not 200
        """
        self._connection.request(method, path, None if body is None else json.dumps(body), self.headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{method} {path} was answered with {answer.status}: {content[:300]!r}")
        return json.loads(content) if content else None


@contextlib.contextmanager
def _started(*arguments: str):
    """What a process says in its first line, how long that took, and the process; it ends on the way out."""
    start = time.perf_counter()
    with subprocess.Popen([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield json.loads(process.stdout.readline())["url"], time.perf_counter() - start, process
        finally:
            process.terminate()


def _simulator(*arguments: str):
    return _started("-m", "simulator", "serve", "--seed", "demo-nz", *arguments)


def _speed() -> dict:
    """Calls a second: an empty answer, one invoice read, fifty written."""
    with _started("-c", EMPTY) as (empty, *_), _simulator("--invoices", str(SMALL)) as (url, *_):
        nothing, xero = Client(empty), Client(url).sign_in()
        one = xero.call("GET", "/api.xro/2.0/Invoices?page=1")["Invoices"][0]["InvoiceID"]
        written = iter(range(10**6))
        return {
            "empty_per_second": _rate(lambda: nothing.call("GET", "/"), 1500),
            "get_per_second": _rate(lambda: xero.call("GET", f"/api.xro/2.0/Invoices/{one}"), 600),
            "put_per_second": _rate(lambda: xero.call("PUT", "/api.xro/2.0/Invoices", _invoices(next(written))), 30),
        }


def _rate(call, times: int) -> float:
    call()
    start = time.perf_counter()
    for _ in range(times):
        call()
    return round(times / (time.perf_counter() - start), 1)


def _invoices(number: int) -> dict:
    line = {"Description": "Goods", "Quantity": 2, "UnitAmount": 49.95, "AccountCode": "200"}
    common = {
        "Type": "ACCREC",
        "Status": "AUTHORISED",
        "Contact": {"Name": "Kauri Cafe"},
        "DueDate": "2030-01-31",
        "LineItems": [line, line],
    }
    return {"Invoices": [common | {"InvoiceNumber": f"SPEED-{number}-{position}"} for position in range(BATCH)]}


def _listing() -> dict:
    """Milliseconds of a page out of few and out of many invoices, taken in turns so that both meet the same machine."""
    path = f"/api.xro/2.0/Invoices?page=5&pageSize={PAGE}"
    sizes = {"small": SMALL, "large": LARGE}
    with contextlib.ExitStack() as stack:
        # A connection that waits for the larger one to be seeded would be closed meanwhile.
        urls = {name: stack.enter_context(_simulator("--invoices", str(size)))[0] for name, size in sizes.items()}
        clients = {name: Client(url).sign_in() for name, url in urls.items()}
        for name, size in sizes.items():
            page = clients[name].call("GET", path)
            if (page["pagination"]["itemCount"], len(page["Invoices"])) != (size, PAGE):
                raise RuntimeError(f"the list of {size} invoices is not what it should be: {page['pagination']}")
        times: dict[str, list[float]] = {name: [] for name in sizes}
        for _ in range(60):
            for name, client in clients.items():
                start = time.perf_counter()
                client.call("GET", path)
                times[name].append(1000 * (time.perf_counter() - start))
    figures = {f"page_of_{name}_ms": round(statistics.median(taken), 2) for name, taken in times.items()}
    return figures | {"listing": round(figures["page_of_large_ms"] / figures["page_of_small_ms"], 2)}


def _seed() -> dict:
    """Seconds until 50,000 invoices are served, and the most memory that took (of the process, in megabytes)."""
    with _simulator("--contacts", str(CONTACTS), "--invoices", str(SEEDED)) as (_url, seconds, process):
        status = Path(f"/proc/{process.pid}/status").read_text()
    peak = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return {"seed_seconds": round(seconds, 1), "seed_megabytes": round(int(peak) / 1000)}


def _report(figures: dict) -> int:
    empty = figures["empty_per_second"]
    print(f"{'':34} {'a second':>10} {'of empty':>10}")
    names = {"Empty answer": empty, "GET one invoice": figures["get_per_second"]}
    for name, rate in (names | {f"PUT {BATCH} invoices": figures["put_per_second"]}).items():
        print(f"{name:34} {rate:>10,.1f} {rate / empty:>10.1%}")
    print(f"{'PUT, invoices':34} {figures['put_per_second'] * BATCH:>10,.0f}")
    few, many = figures["page_of_small_ms"], figures["page_of_large_ms"]
    print(f"A page of {PAGE}: {few} ms of {SMALL:,}, {many} ms of {LARGE:,}")
    holds = (
        figures["listing"] <= LISTING and figures["seed_seconds"] < SECONDS and figures["seed_megabytes"] < MEGABYTES
    )
    print(
        f"{figures['get_per_second']:,.0f} GET and {figures['put_per_second']:,.1f} PUT a second beside {empty:,.0f} "
        f"empty answers; a page of {LARGE:,} costs {figures['listing']} of one of {SMALL:,} (bar: {LISTING}); "
        f"{SEEDED:,} invoices in {figures['seed_seconds']} s (bar: {SECONDS}) and {figures['seed_megabytes']} MB "
        f"(bar: {MEGABYTES}): the bar {'holds' if holds else 'does NOT hold'}"
    )
    return 0 if holds else 1
