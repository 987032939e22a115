"""A text on a page: one of the gallery's examples, or the visitor's own.

The examples stand in ``samples/texts.toml``; every sentence of them was written for the gallery.
Knows no streamlit.
"""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field

from gallery.demos import Language
from gallery.photo import SAMPLES
from models._reading import HIDDEN, clean

__all__ = [
    "SECOND",
    "Passage",
    "TextSample",
    "hidden_in",
    "open_text",
    "own_text",
    "plain",
    "texts",
]

MEANING = frozenset("\\`*_{}[]()#+-.!|<>~$:^&")  # what Markdown would take as more than itself
SECOND = "/second"  # of a pair: open_text("bread/second")


@dataclass(frozen=True)
class TextSample:
    """A text, or a pair of texts, that the gallery offers."""

    key: str
    language: Language
    text: str
    pair: str | None  # a second text after the first
    title: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True)
class Passage:
    """The text a page works on; also a word that a visitor wrote.

    ``sample`` is what ``open_text`` opens it by. A text without it is the visitor's own: it is
    kept in that visitor's session alone and written into no address.
    """

    text: str
    sample: str | None = None

    def __post_init__(self) -> None:
        """Hold that nobody's own words go under the name of an example."""
        if self.sample is not None and self.text != _written(self.sample):
            raise ValueError(f"this is not the example {self.sample}")


@functools.cache
def texts() -> Mapping[str, TextSample]:
    """Every example by its key, in the order of ``texts.toml``."""
    table = tomllib.loads((SAMPLES / "texts.toml").read_text("utf-8"))
    return {
        key: TextSample(
            key,
            entry["language"],
            entry["text"],
            entry.get("pair"),
            {"en": entry["en"], "zh": entry["zh"]},
        )
        for key, entry in table.items()
    }


def open_text(key: str) -> Passage:
    """Open an example: ``open_text("bread")``; the text after it: ``open_text("bread/second")``."""
    return Passage(_written(key), key)


def own_text(raw: str) -> Passage:
    """Take what a visitor wrote.

    Raises:
        InputError: ``text_empty``, ``text_too_long``.
    """
    return Passage(clean(raw))


def hidden_in(raw: str) -> int:
    """How many characters that cannot be seen are taken out of a text."""
    return len(HIDDEN.findall(raw.replace("\r\n", "\n")))


def _written(key: str) -> str:
    sample = texts()[key.removesuffix(SECOND)]
    text = sample.pair if key.endswith(SECOND) else sample.text
    if text is None:
        raise KeyError(key)
    return text


def plain(text: str) -> str:
    """A text in Markdown as the characters that it is."""
    return "".join(f"\\{each}" if each in MEANING else each for each in text)
