"""Translations: whole, and with everything in its place that the program fills in."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

CHECKOUT = Path(__file__).resolve().parents[2]
TRANSLATIONS = sorted(CHECKOUT.glob("i18n/*.po")) + sorted(CHECKOUT.glob("bridges/*/i18n/*.po"))
# %(name)s, %s, %%, {name}, elements with their names, and what QWeb fills in.
FILLED_IN = re.compile(r"""%\(\w+\)s|%s|%%|\{\w+\}|</?[a-z]+(?=[ />])|t-(?:out|esc)="[^"]*\"""")


def _catalog(path):
    with path.open("rb") as file:
        return {message.id: message.string for message in read_po(file) if message.id}


@pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda path: f"{path.parents[1].name}/{path.name}")
class TestTranslation:
    def test_whole(self, path):
        """Every text of the template is translated, and nothing else is."""
        [template] = path.parent.glob("*.pot")
        translated = _catalog(path)
        assert set(translated) == set(_catalog(template))
        assert not [text for text, words in translated.items() if not words]

    def test_what_is_filled_in(self, path):
        """What the program fills in stands in the translation as in the text."""
        wrong = {
            text: words
            for text, words in _catalog(path).items()
            if sorted(FILLED_IN.findall(text)) != sorted(FILLED_IN.findall(words))
        }
        assert not wrong
