"""Workers: many connections, two servers on one database, tokens that run out, and a server that dies.

20 companies, each connected to an organisation of its own, have 60 documents and their contacts waiting; one of them
has 3,000 contacts beside. Two real Odoo servers with one cron thread each take the work, at Xero's real limits and with
the time that Xero takes. Three times all access tokens run out, twice while Odoo believes that they are good, and each
time *Test Xero* is pressed on both servers at once for every connection. Once Xero's answer to some renewals is lost;
right then one of the servers dies by SIGKILL, and another takes its place. When the queue is empty the tokens run out
once more.

The bars: nothing doubled, lost or wrong; every connection's first record is in Xero after one round of turns, however
much another one has to send; two servers at least renew tokens and run jobs; no renewal is refused; no connection
renews more often than its tokens ran out or a server died; and in the end every connection works on both servers.
``--size 0`` is one connection on two servers, as the tests run it.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace

import requests

from simulator.steering import Steering
from tools.servers import odoo_process
from tools.trouble import Trouble

FULL = {"connections": 20, "documents": 60, "customers": 20, "heavy": 3000}
LEAST = {"connections": 1, "documents": 60, "customers": 20, "heavy": 300}
SCRIPT = "benchmarks/odoo_workers.py"
LATENCY = {"base": 0.5, "per_element": 0.05}
TOKEN_LIFE = 30 * 60 + 60  # seconds; as long as the token before the newest is taken, and a minute
# Where others wait a job lasts 10 seconds (engine/deadline.py); a connection has two, and two servers share them all.
# A server that takes the place of a dead one looks for jobs after a minute.
TURN, JOBS, SERVERS, UNTIL_IT_LOOKS = 10, 2, 2, 60
LOST_ANSWERS = 2
PATIENCE = 480  # seconds
FINDINGS = ("doubled", "lost", "wrong", "issues", "unauthorised", "broken")
WRITES = ("PUT", "POST")
FOUND_OUT, KNOWN = False, True


def main(context) -> int:
    """Returns 0 only where every bar holds."""
    size = context.options.get("size", 1)
    figures = measure(context, {name: max(LEAST[name], round(full * size)) for name, full in FULL.items()})
    if context.json_file:
        context.json_file.write_text(json.dumps(figures, indent=2) + "\n")
    return _report(figures)


def measure(context, scale: dict) -> dict:
    """The figures of one run."""
    xero = Steering(context.simulator["url"])
    organisations = _organisations(context, xero, scale["connections"])
    connections = context.odoo_shell(SCRIPT, action="prepare", organisations=organisations, **scale)
    before = {c["tenant_id"]: _ids(xero, c["tenant_id"]) for c in connections}
    xero.clear_journal()
    xero.limits(latency=LATENCY)
    with ExitStack() as stack:
        scene = Scene(context, xero, connections, stack)
        watch = Watch(xero, scale["connections"] * (scale["documents"] + scale["customers"]) + scale["heavy"])
        seconds = scene.play(watch)
        last = scene.last_renewal()
        figures = {**scene.figures(), **last, "seconds": round(seconds, 1)}
    looked = context.odoo_shell(SCRIPT, action="look")
    return {**scale, **figures, **watch.figures(), **_tokens(xero), **_compare(xero, looked, before)}


def _organisations(context, xero, count):
    tenants = [context.simulator["tenants"][0], *(xero.add_tenant(f"Works {n:02}") for n in range(1, count))]
    made = []
    for tenant in tenants:
        tokens = xero.token(tenant_id=tenant["tenant_id"])
        kept = {key: tokens[key] for key in ("access_token", "refresh_token", "expires_in", "scope")}
        made.append({"tenant_id": tenant["tenant_id"], "tokens": kept})
    return made


def _ids(xero, tenant_id):
    """``{resource: {id: record}}``."""
    keys = {"Invoices": "InvoiceID", "Contacts": "ContactID"}
    return {name: {record[key]: record for record in xero.state(name, tenant_id)} for name, key in keys.items()}


class Watch:
    """What the journal of the local Xero tells while the queue empties."""

    def __init__(self, xero, total):
        self._xero, self._total, self._seq = xero, total, 0
        self._start, self._first, self._made = time.monotonic(), {}, Counter()
        self._at_last_first = 0

    def look(self) -> float:
        """The share of the records that is in Xero."""
        calls = self._xero.journal(since=self._seq)
        for call in calls:
            self._seq = max(self._seq, call["seq"])
            created = sum(change["change"] == "created" for change in call["changes"])
            if call["method"] in WRITES and created and call["tenant_id"]:
                self._note(call["tenant_id"], created)
        return sum(self._made.values()) / self._total

    def _note(self, tenant_id, created):
        self._made[tenant_id] += created
        if tenant_id not in self._first:
            self._first[tenant_id] = time.monotonic() - self._start
            self._at_last_first = max(self._made.values())

    def figures(self):
        return {
            "started": len(self._first),
            "last_first": round(max(self._first.values(), default=0), 1),
            "most_by_then": self._at_last_first,
        }


class Scene:
    """Two servers, and what happens to them and to the tokens."""

    def __init__(self, context, xero, connections, stack):
        self._context, self._xero, self._connections, self._stack = context, xero, connections, stack
        self._servers, self._logs, self._ran_out, self._killed = [], [], 0, 0
        for _n in range(SERVERS):
            self._start()

    def _start(self):
        name = f"worker{len(self._logs)}"
        server = self._stack.enter_context(
            odoo_process(
                self._context.odoo, self._context.database, simulator=self._context.simulator, cron_threads=1, name=name
            )
        )
        self._servers.append(server)
        self._logs.append(server.log)

    def play(self, watch) -> float:
        """Seconds until nothing waits; in between, at shares of the work, what has to happen."""
        events = [(0.1, self._let_tokens_run_out), (0.4, self._kill_one), (0.7, self._make_tokens_expire)]
        self._context.odoo.cluster.sql(f"NOTIFY cron_trigger, '{self._context.database}'")
        start, happening = time.monotonic(), None
        with ThreadPoolExecutor(1) as stage:
            while time.monotonic() < start + PATIENCE:
                share = watch.look()
                if happening and happening.done():
                    happening = happening.result()
                if events and not happening and share >= events[0][0]:
                    happening = stage.submit(events.pop(0)[1])
                if not (events or happening or self.waiting()):
                    break
                time.sleep(0.5)
        return time.monotonic() - start

    def waiting(self) -> int:
        [count] = self._sql(
            "SELECT (SELECT count(*) FROM xero_outbox) + "
            "(SELECT count(*) FROM xero_request WHERE state IN ('sending', 'doubt'))"
        )
        return int(count)

    def last_renewal(self) -> dict:
        """Nobody works: the tokens run out once more, and every connection is tried on both servers."""
        left = self.waiting()
        self._run_out(FOUND_OUT)
        return {"waiting": left, "broken": self._press()}

    # -- what happens

    def _let_tokens_run_out(self) -> None:
        self._run_out(FOUND_OUT)
        self._press()

    def _make_tokens_expire(self):
        self._run_out(KNOWN)
        self._press()

    def _kill_one(self):
        """A server dies in the middle of it all; what it has not kept, the others have to settle."""
        self._xero.add_fault("reset", "POST", "connect/token", when="after", times=LOST_ANSWERS)
        self._run_out(FOUND_OUT)
        time.sleep(1.5)
        victim = self._servers.pop()
        victim.process.kill()
        victim.process.wait()
        self._killed += 1
        self._start()
        self._press()

    def _run_out(self, known):
        """Time passes at Xero. What Odoo has noted of keys moves along, and of tokens where that is to be known."""
        self._await_renewals()
        self._ran_out += 1
        [now] = self._sql("SELECT date_trunc('second', now() AT TIME ZONE 'utc')")
        self._xero.advance(TOKEN_LIFE)
        past = f"- interval '{TOKEN_LIFE} s'"
        self._sql(f"UPDATE xero_request SET sent_at = sent_at {past} WHERE state IN ('sending', 'doubt')")
        if known:
            self._sql(f"UPDATE xero_token SET expires_at = expires_at {past} WHERE renewed_at < '{now}'")

    def _await_renewals(self):
        """Half an hour after a renewal whose answer was lost, Xero takes neither token any more (xero-api.md 1.3)."""
        deadline = time.monotonic() + 2 * UNTIL_IT_LOOKS
        while time.monotonic() < deadline and self._sql("SELECT id FROM xero_token WHERE renewing_since IS NOT NULL"):
            time.sleep(0.5)

    def _press(self) -> list:
        """*Test Xero*, on both servers at once, connection by connection; what they say where it does not work."""
        contexts = [replace(self._context, odoo_url=server.url) for server in self._servers]
        for context in contexts:
            context.session  # noqa: B018 (signs in, before the threads share it)
        with ThreadPoolExecutor(2 * len(contexts)) as pool:
            told = [
                pool.submit(self._test, context, connection) for connection in self._connections for context in contexts
            ]
            return [text for text in (one.result() for one in told) if text]

    @staticmethod
    def _test(context, connection):
        try:
            shown = context.rpc(
                "xero.connection",
                "action_test",
                [connection["connection"]],
                context={"allowed_company_ids": [connection["company"]]},
            )["params"]
        except (Trouble, requests.RequestException) as error:
            return f"connection {connection['connection']}: {error}"
        return shown["type"] != "success" and f"connection {connection['connection']}: {shown['message']}"

    def _sql(self, statement):
        return self._context.odoo.cluster.sql(statement, self._context.database)

    def figures(self):
        texts = [log.read_text(errors="replace") for log in self._logs]
        return {
            "kills": self._killed,
            "ran_out": self._ran_out,
            "renewals_by": [len(re.findall("Renewed the access token", text)) for text in texts],
            "jobs_by": [len(re.findall(r"Job 'Xero: .* starting", text)) for text in texts],
        }


def _tokens(xero) -> dict:
    """What became of the calls that renew tokens: answered, refused, and answers that were lost."""
    statuses = Counter(call["status"] for call in xero.journal("POST", "connect/token"))
    return {
        "renewals": statuses[200],
        "lost_answers": statuses[None],
        "refused_renewals": sum(count for status, count in statuses.items() if status not in (200, None)),
        "limited": Counter(
            call["response_headers"].get("X-Rate-Limit-Problem") for call in xero.journal() if call["status"] == 429
        ),
    }


def _compare(xero, looked, before) -> dict:
    """What both sides hold; lists of texts."""
    found = {name: [] for name in ("doubled", "lost", "wrong", "issues", "unauthorised")}
    for one in looked:
        name, old = f"connection {one['connection']}", before[one["tenant_id"]]
        held = _ids(xero, one["tenant_id"])
        links = {"Invoices": [link for link, _total in one["documents"]], "Contacts": one["contacts"]}
        for resource, ours in links.items():
            new = held[resource].keys() - old[resource].keys()
            found["doubled"] += [f"{name}: {resource} {id_}" for id_ in new - set(ours)]
            found["lost"] += [f"{name}: {resource} {link}" for link in ours if link not in held[resource]]
        found["wrong"] += [
            f"{name}: {total} and {held['Invoices'][link]['Total']}"
            for link, total in one["documents"]
            if link in held["Invoices"] and round(float(held["Invoices"][link]["Total"]), 2) != round(total, 2)
        ]
        found["issues"] += [f"{name}: {issue}" for issue in one["issues"]]
        if one["state"] != "connected":
            found["unauthorised"].append(name)
    return found


def _longest_turn(connections: int) -> float:
    """Seconds after which every connection has had its turn, were each job as long as it may be."""
    return TURN * JOBS * connections / SERVERS + UNTIL_IT_LOOKS


def _bars(figures: dict) -> dict:
    allowed = figures["connections"] * figures["ran_out"] + figures["kills"]
    findings = ", ".join(f"{len(figures[name])} {name}" for name in FINDINGS)
    first, done, longest = figures["last_first"], figures["started"], _longest_turn(figures["connections"])
    return {
        f"{findings}, {figures['waiting']} waiting (bar: 0 each)": not (
            figures["waiting"] or any(figures[name] for name in FINDINGS)
        ),
        f"{done} of {figures['connections']} connections sent, the last of them its first record after {first} s (bar: "
        f"{longest:.0f} s), when one had sent {figures['most_by_then']:,}": done == figures["connections"]
        and first <= longest,
        f"{figures['renewals']} renewals and {figures['lost_answers']} lost answers, when the tokens of "
        f"{figures['connections']} connections ran out {figures['ran_out']} times (bar: {allowed} renewals), "
        f"{figures['refused_renewals']} refused (bar: 0)": figures["renewals"] <= allowed
        and not figures["refused_renewals"],
        # Who of the two takes the jobs of a single connection is chance.
        f"jobs by server: {figures['jobs_by']}, renewals by server: {figures['renewals_by']} (bar: some by two, "
        "where there are several connections)": figures["connections"] == 1
        or all(sum(count > 0 for count in figures[name]) >= 2 for name in ("jobs_by", "renewals_by")),
        f"{figures['kills']} server killed": figures["kills"] == 1,
    }


def holds(figures: dict) -> bool:
    """Whether every bar holds."""
    return all(_bars(figures).values())


def _report(figures: dict) -> int:
    for name in FINDINGS:
        for text in figures[name][:20]:
            print(f"{name}: {text}")
    for text, good in _bars(figures).items():
        print(f"{'holds' if good else 'FAILS'}: {text}")
    limited = ", ".join(f"{count} ({limit})" for limit, count in figures["limited"].items())
    print(f"Refused for a limit, buttons and the dead server's last calls beside the others: {limited or 0}")
    good = holds(figures)
    print(
        f"{figures['connections']} connections, {figures['connections'] * figures['documents']:,} documents and "
        f"{figures['heavy']:,} contacts on two servers in {figures['seconds']:.0f} s: "
        f"the bar {'holds' if good else 'does NOT hold'}"
    )
    return 0 if good else 1
