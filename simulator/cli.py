"""The command line: python -m simulator serve --port 9000 --seed demo-nz"""

import argparse
import json
import logging
import signal
import sys
import threading

from .server import XeroSimulator

LAST_PORT = 65535
LARGEST_SEED = 1_000_000


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    return options.run(options)


def _parser():
    parser = argparse.ArgumentParser(prog="xero-simulator", description="A local Xero to test integrations against.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="serve until interrupted; the first line of output says where")
    serve.add_argument("--port", type=_port, default=0, help="port on 127.0.0.1; any free one if left out")
    serve.add_argument("--seed", default="demo-nz", help="the company to start with (default: demo-nz)")
    serve.add_argument("--contacts", type=_size, default=0, metavar="N", help="make up contacts until there are N")
    serve.add_argument("--invoices", type=_size, default=0, metavar="N", help="make up invoices until there are N")
    serve.add_argument("--db", metavar="FILE", help="keep everything in this SQLite file, and go on with what it holds")
    serve.set_defaults(run=_serve)
    return parser


def _port(text):
    # The system's own look-up takes 99999 as 99999 - 65536.
    if not text.isascii() or not text.isdigit() or int(text) > LAST_PORT:
        raise argparse.ArgumentTypeError(f"must be a number from 0 to {LAST_PORT}, not {text!r}")
    return int(text)


def _size(text):
    if not text.isascii() or not text.isdigit() or int(text) > LARGEST_SEED:
        raise argparse.ArgumentTypeError(f"must be a number from 0 to {LARGEST_SEED}, not {text!r}")
    return int(text)


def _serve(options):
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    try:
        simulator = XeroSimulator(
            options.seed, options.port, contacts=options.contacts, invoices=options.invoices, db=options.db
        )
    except OSError as error:
        return _complain(f"port {options.port} cannot be used: {error}. Name another one with --port.")
    except ValueError as error:
        return _complain(str(error))
    with simulator:
        print(json.dumps(simulator.introduction()), flush=True)
        print(f"A local Xero is at {simulator.url}; stop it with Ctrl-C.", file=sys.stderr)
        ended.wait()
    return 0


def _complain(text):
    print(f"xero-simulator: {text}", file=sys.stderr)
    return 2
