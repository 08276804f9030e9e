"""Every error message, problem and warning that xero-api.md knows: provoked, and held up to its text, status and shape.

The entries stand in evidence/messages.json with a recipe and a source each (see evidence/player.py).
"""

import json
import re

import pytest
from evidence.player import Player, load

DATA = load("messages.json")
MESSAGES = DATA["messages"]
NOTHING = "00000000-0000-0000-0000-000000000000"
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def provoke(running, entry):
    player = Player(running, entry.get("seed", "demo-nz"), DATA["given"])
    try:
        reply = player.play(entry)
    finally:
        running.world.faults.clear()
    return player, reply


def texts_of(player, entry):
    """What an entry says; texts that move with the moment are patterns."""
    texts = entry["text"] if isinstance(entry["text"], list) else [entry["text"]]
    return [player.fill(text) for text in texts]


def assert_says(entry, said, texts):
    if entry.get("is_pattern"):
        assert len(said) == len(texts) and all(map(re.fullmatch, texts, said)), (said, texts)
    elif entry.get("is_beginning"):
        assert all(one.startswith(text) for one, text in zip(said, texts, strict=True)), (said, texts)
    else:
        assert said == texts


# -- the shapes that xero-api.md tells apart


def elements(entry, reply, texts):
    """400 with every refused element and what is wrong with it (xero-api.md 3.9)."""
    body = reply.json()
    assert [body["ErrorNumber"], body["Type"], body["Message"]] == [
        10,
        "ValidationException",
        "A validation exception occurred",
    ]
    assert set(body) == {"ErrorNumber", "Type", "Message", "Elements"}
    assert_says(entry, [one["Message"] for one in body["Elements"][0]["ValidationErrors"]], texts)


def element(entry, reply, texts):
    """200 with an element that has failed, where errors are not summarised (xero-api.md 3.6)."""
    body = reply.json()
    failed = next(value for value in body.values() if isinstance(value, list))[-1]
    assert failed["StatusAttributeString"] == "ERROR"
    assert failed.get(entry["expect"].get("zero_id"), NOTHING) == NOTHING
    assert_says(entry, [one["Message"] for one in failed["ValidationErrors"]], texts)


def warning(entry, reply, texts):
    """200 with a remark on an element that has been saved (xero-api.md 3.9)."""
    saved = next(value for value in reply.json().values() if isinstance(value, list))[0]
    assert not saved.get("ValidationErrors")
    assert_says(entry, [one["Message"] for one in saved["Warnings"]], texts)


def call(entry, reply, texts):
    """400 of a call as a whole (xero-api.md 3.9)."""
    body = reply.json()
    assert set(body) == {"ErrorNumber", "Type", "Message"}
    assert [body["ErrorNumber"], body["Type"]] == [entry["expect"]["number"], entry["expect"]["type"]]
    assert_says(entry, [body["Message"]], texts)


def problem(entry, reply, texts):
    """401 and 403 (xero-api.md 3.9)."""
    body = reply.json()
    assert set(body) == {"Type", "Title", "Status", "Detail", "Instance", "Extensions"}
    assert [body["Type"], body["Title"], body["Status"]] == [None, entry["expect"]["title"], reply.status_code]
    assert GUID.fullmatch(body["Instance"])
    assert body["Extensions"] == {}
    assert_says(entry, [body["Detail"]], texts)


def empty(entry, reply, texts):
    """A status without a word: 404, and 429 whose headers speak (xero-api.md 2.1, 3.9)."""
    assert reply.content == b""
    assert texts == [""]


def plain(entry, reply, texts):
    """Text and nothing else."""
    assert_says(entry, [reply.text], texts)
    assert reply.headers["Content-Type"].startswith("text/")


def oauth(entry, reply, texts):
    """The token endpoint (xero-api.md 1.2)."""
    assert_says(entry, [reply.json()["error"]], texts)
    assert set(reply.json()) == {"error"}


def page(entry, reply, texts):
    """A page of Xero's own instead of a way back to the app (xero-api.md 1.2)."""
    assert reply.headers["Content-Type"].startswith("text/html")
    assert all(text in reply.text for text in texts)


def redirect(entry, reply, texts):
    assert all(text in reply.headers["Location"] for text in texts)


def message(entry, reply, texts):
    """Payroll, where there is no more to say (xero-api.md 4.13)."""
    assert set(reply.json()) == {"message"}
    assert_says(entry, [reply.json()["message"]], texts)


def verb(entry, reply, texts):
    """405 of the accounting API."""
    assert set(reply.json()) == {"Message"}
    assert_says(entry, [reply.json()["Message"]], texts)


def payroll(entry, reply, texts):
    """Payroll 2.0 (xero-api.md 4.13)."""
    body = reply.json()
    assert {"id", "providerName", "dateTimeUTC", "httpStatusCode", "pagination", "problem"} <= set(body)
    found = body["problem"]
    assert {"type", "title", "status", "detail", "instance", "invalidFields"} == set(found)
    assert [found["title"], found["status"]] == [entry["expect"]["title"], reply.status_code]
    said = [one["reason"] for one in found["invalidFields"]] if found["invalidFields"] else [found["detail"]]
    assert_says(entry, said, texts)


SHAPES = {
    one.__name__: one
    for one in (elements, element, warning, call, problem, empty, plain, oauth, page, redirect, message, verb, payroll)
}


@pytest.mark.parametrize("entry", MESSAGES, ids=lambda entry: entry["id"])
def test_message(running, entry):
    """What Xero is known to say can be provoked, word for word."""
    player, reply = provoke(running, entry)
    assert reply.status_code == entry["expect"]["status"], reply.text
    for name, value in entry["expect"].get("headers", {}).items():
        assert re.fullmatch(value, reply.headers.get(name, "")), (name, reply.headers)
    SHAPES[entry["expect"]["shape"]](entry, reply, texts_of(player, entry))


def test_every_message_is_provoked_once_and_cites_its_source():
    ids = [entry["id"] for entry in MESSAGES]
    assert len(set(ids)) == len(ids)
    for entry in MESSAGES:
        assert entry["recipe"], entry["id"]
        assert entry["source"].startswith("xero-api.md "), entry["id"]
        assert entry["expect"]["shape"] in SHAPES, entry["id"]
        assert set(entry.get("given", ())) <= set(DATA["given"]), entry["id"]
        json.dumps(entry["text"])
