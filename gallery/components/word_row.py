"""A text whose words can be pressed: to hide some of them, or to open one. Pointer, touch, keys."""

import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import streamlit as st

from gallery import address
from gallery.components import parts
from gallery.components.hand import heard, sent
from gallery.frame import current

__all__ = ["Kind", "Pressed", "Word", "choose_words", "show_words"]

HTML = '<div class="text" role="group"></div><div class="hint"></div>'
MASK = "[MASK]"
Kind = Literal["plain", "mask", "special", "answer", "spoilt"]

CSS, SCRIPT = parts("hand", "word_row")
_component = st.components.v2.component("gallery_word_row", html=HTML, css=CSS, js=SCRIPT)


@dataclass(frozen=True)
class Word:
    """One word of the text as it is drawn."""

    text: str
    number: int = -1  # what it is called when it is pressed; below 0 it cannot be
    before: str = ""  # the characters between the word before and this one
    kind: Kind = "plain"
    under: tuple[str, ...] = ()  # small lines under it
    told: str = ""  # shown on hovering, read out
    bar: tuple[float, str] | None = None  # height -1..1, colour


@dataclass(frozen=True)
class Pressed:
    """Which words are pressed: known before they are drawn, so that what is drawn may say more."""

    numbers: tuple[int, ...]  # sorted
    name: str  # in the address
    widget: str
    first: str  # as it is left out of the address
    allowed: frozenset[int]
    many: bool

    def draw(self, label: str, words: Sequence[Word], hint: str = "", after: str = "") -> None:
        """Draw the words.

        Args:
            label: What is chosen here.
            words: The text.
            hint: How to use it, in a line under the text.
            after: What follows the last word.
        """
        data = _data(words, label, hint, after)
        _component(
            data={
                **data,
                "chosen": list(self.numbers),
                "heard": heard(f"{self.widget}-words"),
                "presses": True,
                "many": self.many,
            },
            key=f"{self.widget}-words",
            on_pressed_change=lambda: _take(self.widget, self.allowed),
        )
        address.hold(current().demo.name, self.name, self.first, _write(self.numbers))

    def offer_chance(self, label: str, among: Iterable[int]) -> None:
        """A button that presses one word by chance, and only that.

        Args:
            label: What it says.
            among: Numbers of the words that may come up.
        """
        st.button(
            label,
            icon=":material/casino:",
            key=f"{self.widget}-chance",
            on_click=_press_by_chance,
            args=(self.widget, self.allowed & set(among), self.numbers),
        )


def choose_words(
    name: str, numbers: Iterable[int], default: Collection[int], of: str = "", many: bool = True
) -> Pressed:
    """Say which words are pressed; ``draw`` draws them.

    Args:
        name: Their name in the address.
        numbers: Words that can be pressed.
        default: Those that are pressed to begin with.
        of: The text they are words of; another text begins with its own default again.
        many: Whether several can be pressed, which are then hidden; else one is always open.
    """
    page, allowed = current().demo.name, frozenset(numbers)
    first = _write(allowed & set(default))

    def parse(raw: str) -> str | None:
        found = _parse(raw)
        return None if found is None or (len(found) != 1 and not many) else _write(found)

    widget = address.settle(page, name, first, parse)
    if address.FOLLOWED not in st.session_state and st.session_state.get(f"{widget}-of", of) != of:
        st.session_state[widget] = first
    st.session_state[f"{widget}-of"] = of
    chosen = (_parse(st.session_state[widget]) or set()) & allowed
    if not chosen and not many:
        chosen = _parse(first) or set()
    return Pressed(tuple(sorted(chosen)), name, widget, first, allowed, many)


def show_words(key: str, label: str, words: Sequence[Word], hint: str = "") -> None:
    """Draw the words; nothing can be pressed."""
    data = _data(words, label, hint, "")
    _component(
        data={**data, "chosen": [], "heard": 0, "presses": False, "many": False},
        key=f"{current().demo.name}-{key}-words",
    )


def _take(widget: str, allowed: frozenset[int]) -> None:
    """Believe what the browser sent only where it names words that are there."""
    chosen = sent(f"{widget}-words", "pressed")
    if isinstance(chosen, list):
        st.session_state[widget] = _write({each for each in allowed if each in chosen})


def _press_by_chance(widget: str, among: frozenset[int], now: Collection[int]) -> None:
    others = sorted(among - set(now))
    if others:
        st.session_state[widget] = _write([secrets.choice(others)])


def _data(words: Sequence[Word], label: str, hint: str, after: str) -> dict[str, Any]:
    return {
        "label": label,
        "hint": hint,
        "after": after,
        "mask": MASK,
        "signed": any(word.bar and word.bar[0] < 0 for word in words),
        "words": [asdict(word) for word in words],
    }


def _parse(raw: object) -> set[int] | None:
    """``"3.7"`` is words 3 and 7, ``"none"`` is no word."""
    text = str(raw)
    if text == "none":
        return set()
    parts = text.split(".")
    if not all(part.isascii() and part.isdecimal() and len(part) < 5 for part in parts):
        return None
    return {int(part) for part in parts}


def _write(numbers: Collection[int]) -> str:
    return ".".join(map(str, sorted(numbers))) or "none"
