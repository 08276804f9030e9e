"""Reads the command line of ./run and hands over to the command's own room."""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys

from . import environment, python_packages
from .home import Home
from .progress import say
from .trouble import Trouble

# Order of the help text. Each is a module of tools/commands with HELP, add_arguments(parser) and run(home, options)
# -> status;
# a module with STANDALONE = True does without the Python environment.
COMMANDS = ("demo", "test", "serve", "simulator", "bench", "features", "lint", "mutants", "screens", "shell", "clean")


def parser() -> tuple[argparse.ArgumentParser, dict]:
    """The parser and the command modules that are there."""
    top = argparse.ArgumentParser(prog="./run", description="Set up, try, test and measure the Xero Connector.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    modules = {}
    for name in COMMANDS:
        module = _module(name)
        if module is None:
            continue
        modules[name] = module
        module.add_arguments(commands.add_parser(name, help=module.HELP, description=module.__doc__))
    return top, modules


def _module(name: str):
    try:
        return importlib.import_module(f"tools.commands.{name}")
    except ModuleNotFoundError as error:
        if error.name == f"tools.commands.{name}":
            return None
        raise


def main(arguments: list[str]) -> int:
    """Run one command; returns its exit status. Trouble is told in words, without a traceback."""
    top, modules = parser()
    options = top.parse_args(arguments)
    module = modules[options.command]
    home = Home.find()
    signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        if not getattr(module, "STANDALONE", False) and not python_packages.inside(home):
            environment.ensure_packages(home)
            sys.stdout.flush()
            python_packages.enter(home, arguments)
        return module.run(home, options)
    except Trouble as trouble:
        say(f"\n./run {options.command} could not go on: {trouble}")
        return 2
    except PermissionError as error:
        say(f"\n./run {options.command} may not use {error.filename}: {error.strerror}")
        say("  What to do: name a folder of your own in ACCOUNT_XERO_HOME and repeat.")
        return 2
    except KeyboardInterrupt:
        say("\nInterrupted; what was finished is kept, so the next run goes on from there.")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _as_interrupt(_number, _frame):
    """A polite kill takes the same way as Ctrl-C, so that servers are stopped and clones dropped."""
    raise KeyboardInterrupt
