"""A person's browser: Chromium without a window, driven over its DevTools protocol."""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import os
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import websocket

PATIENCE = 30  # seconds for the browser to start, a page to load, a thing to appear
GLANCE = 0.05


class Page:
    """One tab, and the few things that a person does in it."""

    def __init__(self, address: str):
        self._socket = websocket.create_connection(address, timeout=PATIENCE, suppress_origin=True)
        self._numbers = itertools.count(1)
        self._call("Page.enable")

    def open(self, url: str) -> None:
        """Go to `url` and wait until it is there."""
        self._act(lambda: self._call("Page.navigate", url=url))

    def click(self, selector: str) -> None:
        """Click the first such element, which has to be one that leads to another page."""
        self._act(lambda: self._evaluate(f"document.querySelector({json.dumps(selector)}).click()"))

    def click_text(self, text: str, within: str = "a") -> None:
        """Click the first link (or other element) that says exactly `text`."""
        find = (
            f"[...document.querySelectorAll({json.dumps(within)})].find(e => e.innerText.trim() === {json.dumps(text)})"
        )
        self._act(lambda: self._evaluate(f"{find}.click()"))

    def choose(self, selector: str) -> None:
        """Tick a box or a radio button; the page stays."""
        self._evaluate(f"document.querySelector({json.dumps(selector)}).click()")

    def text(self) -> str:
        """What can be read on the page."""
        return self._evaluate("document.body.innerText")

    def address(self) -> str:
        return self._evaluate("location.href")

    def count(self, selector: str) -> int:
        return self._evaluate(f"document.querySelectorAll({json.dumps(selector)}).length")

    def width(self) -> int:
        """How wide the page is, in pixels, with what does not fit."""
        return self._evaluate("document.documentElement.scrollWidth")

    def resize(self, width: int, height: int) -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._call("Emulation.setDeviceMetricsOverride", **metrics)

    def script(self, expression: str):
        """The value of some JavaScript."""
        return self._evaluate(expression)

    def wait(self, selector: str) -> None:
        """Wait for such an element to be seen, on a page that builds itself."""
        find = f"[...document.querySelectorAll({json.dumps(selector)})].some(e => e.checkVisibility())"
        deadline = time.monotonic() + PATIENCE * 2
        while time.monotonic() < deadline:
            with contextlib.suppress(BrowserError):
                if self._evaluate(find):
                    return
            time.sleep(GLANCE)
        raise BrowserError(f"no {selector} came at {self.address()}:\n{self.text()[:2000]}")

    def picture(self) -> bytes:
        """What is seen of the page, as PNG."""
        return base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"])

    def close(self) -> None:
        self._socket.close()

    def _act(self, act) -> None:
        """Do what leaves the page, and wait for the next one."""
        self._evaluate("window.isOld = true")
        act()
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with contextlib.suppress(BrowserError):  # between two pages there is nothing to ask
                if self._evaluate("!window.isOld && document.readyState === 'complete'"):
                    return
            time.sleep(GLANCE)
        raise BrowserError(f"no other page came after {self.address()}:\n{self.text()}")

    def _evaluate(self, expression: str):
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            said = answer["exceptionDetails"].get("exception", {}).get("description", "")
            raise BrowserError(f"{expression}: {said}")
        return answer["result"].get("value")

    def _call(self, method: str, **params) -> dict:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == number:
                if "error" in answer:
                    raise BrowserError(f"{method}: {answer['error'].get('message')}")
                return answer["result"]


class BrowserError(Exception):
    """The browser did not do what it was asked for; the text says what it said."""


@contextlib.contextmanager
def browsing(chromium: str) -> Iterator[Page]:
    """A fresh browser with one tab, ended on the way out.

    :param chromium: path of the program
    :raises BrowserError: it does not start
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        command = [chromium, "--headless=new", "--remote-debugging-port=0", f"--user-data-dir={folder}"]
        command += ["--no-first-run", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--lang=en"]
        command += [
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-proxy-server",
        ]
        if os.geteuid() == 0:
            command.append("--no-sandbox")  # Chromium refuses to run as root within one
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            page = Page(_tab(process, Path(folder) / "DevToolsActivePort"))
            page.resize(1280, 860)
            yield page
            page.close()
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _tab(process: subprocess.Popen, told: Path) -> str:
    """Address of a tab's DevTools, once the browser has written down where it listens."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        if told.exists() and (port := told.read_text().partition("\n")[0]):
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            request = urllib.request.Request(f"http://127.0.0.1:{port}/json/new?about:blank", method="PUT")
            with opener.open(request, timeout=PATIENCE) as answer:
                return json.load(answer)["webSocketDebuggerUrl"]
        time.sleep(GLANCE)
    raise BrowserError(f"{process.args[0]} did not start (status {process.poll()})")
