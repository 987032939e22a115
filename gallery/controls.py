"""The inputs of a page: limits from the function they feed, words from the page's ``.toml``."""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, cast

import streamlit as st

from gallery import address, intake, text_intake, word_line
from gallery.demos import Control
from gallery.frame import current
from gallery.passage import Passage
from gallery.photo import Photo
from models._ranges import Choices, Range, limits, parameter_default
from models._spec import ModelSpec

__all__ = [
    "choice",
    "entry",
    "model",
    "number",
    "pair",
    "pair_or_one",
    "passage",
    "photo",
    "switch",
    "word",
]

C = TypeVar("C", bound=str | int | float)
PILLS_UP_TO = 6  # options; more stand in a list
ROW_CHARACTERS = 60  # of titles that still stand side by side


def photo(sample: str, offered: Iterable[str] = (), words: Control | None = None) -> Photo:
    """The one way a picture comes in: a sample, a file, the clipboard or the camera.

    Args:
        sample: Key of the sample the page opens with (``gallery/samples/samples.toml``).
        offered: Keys of the samples to choose from, all photos by default.
        words: Label, help and name in the address of a page's second picture.
    """
    return intake.photo(sample, tuple(offered), words)


def passage(
    sample: text_intake.Opening, offered: Iterable[str] = (), name: str = "text"
) -> Passage:
    """The one way a text comes in: an example, or the visitor's own, written over it.

    Args:
        sample: Key of the example the page opens with (``gallery/samples/texts.toml``), or one
            for each language of the page: ``{"en": "capital", "zh": "taipei"}``.
        offered: Keys of the examples to choose from, all single texts by default; those in the
            language of the page stand first.
        name: Its name in the address, where only the key of an example is ever written.
    """
    return cast("Passage", text_intake.passages(sample, offered, name)[0])


def pair(
    sample: text_intake.Opening, offered: Iterable[str] = (), name: str = "pair"
) -> tuple[Passage, Passage]:
    """Two texts, one after the other, as examples or the visitor's own; see ``passage``.

    Args:
        sample: Key of an example with a second text, or one for each language.
        offered: Keys of the examples to choose from, all pairs by default.
        name: Its name in the address.
    """
    first, second = text_intake.passages(sample, offered, name, boxes=2)
    return cast("Passage", first), cast("Passage", second)


def pair_or_one(
    sample: text_intake.Opening, offered: Iterable[str] = (), name: str = "text"
) -> tuple[Passage, Passage | None]:
    """A text, and where the visitor wants one a second after it; see ``passage``.

    The first text is the one that ``passage`` of the same name gives.
    """
    first, second = text_intake.passages(sample, offered, name, boxes=2, optional=True)
    return cast("Passage", first), second


def word(words: Control, opening: str = "", most: int = 60) -> Passage | None:
    """A line for a word of the visitor's own; in no address, kept while the session lasts.

    Args:
        words: Its label and help.
        opening: What stands there at first, a sentence of the page's own words.
        most: Characters.

    Returns:
        What stands there, without a sample; ``None`` where nothing does.
    """
    return word_line.word(words, opening, most)


def choice(
    words: Control,
    options: Iterable[C] | Mapping[C, Any] | Callable[..., Any],
    default: C | None = None,
    parameter: str | None = None,
    listed: bool = False,
) -> C:
    """One of several: side by side where they are few, else a list.

    Args:
        words: Its label, help and option labels.
        options: The codes, or a function whose parameter of that name has a ``Literal``.
        default: The code chosen first; the function's default, else the first.
        parameter: Name of the function's parameter, the control's own key by default.
        listed: Whether they stand in a list however few they are.
    """
    codes, default = _codes(words, options, default, parameter)
    page = current().demo.name
    by_name = {str(code): code for code in codes}
    widget = address.settle(page, words.key, default, by_name.get)
    if st.session_state[widget] not in codes:
        st.session_state[widget] = default
    common: dict[str, Any] = {"format_func": words.option, "key": widget, "help": words.help}
    if len(codes) <= PILLS_UP_TO and not listed:
        chosen = st.segmented_control(words.label, codes, required=True, **common)
    else:
        chosen = st.selectbox(words.label, codes, **common)
    return cast("C", address.hold(page, words.key, default, chosen))


def number(
    words: Control,
    function: Callable[..., Any],
    parameter: str | None = None,
    default: float | None = None,
    most: float | None = None,
    least: float | None = None,
) -> Any:
    """A slider whose limits are those of the function's parameter; an ``int`` stays one.

    Args:
        words: Its label and help.
        function: The function it feeds.
        parameter: Name of the parameter, the control's own key by default.
        default: Value to open with, the function's own by default.
        most: A tighter upper end where the input allows no more (never above the function's).
        least: A tighter lower end.
    """
    parameter = parameter or words.key
    limit = limits(function)[parameter]
    if not isinstance(limit, Range):
        raise TypeError(f"{function.__name__}({parameter}) has no Range")
    value = parameter_default(function, parameter) if default is None else default
    return _slider(words, limit, value, most, least)


def _slider(
    words: Control, limit: Range, value: float, most: float | None, least: float | None
) -> Any:
    kind = int if limit.whole else float
    low = kind(max(limit.low, limit.low if least is None else least))
    high = kind(max(low, min(limit.high, limit.high if most is None else most)))
    default = kind(min(max(value, low), high))
    page = current().demo.name

    def parse(raw: str) -> float | int | None:
        try:
            parsed = kind(raw)
        except ValueError:
            return None
        return parsed if math.isfinite(parsed) and low <= parsed <= high else None

    if low == high:
        return low
    widget = address.settle(page, words.key, default, parse)
    within = kind(min(max(st.session_state[widget], low), high))
    if within != st.session_state[widget]:  # set it only then: the hand may have moved on already
        st.session_state[widget] = within
    step = limit.step or (1 if kind is int else (high - low) / 100)
    unit = f" ({limit.unit})" if limit.unit else ""
    moved = st.slider(words.label + unit, low, high, step=kind(step), key=widget, help=words.help)
    return address.hold(page, words.key, default, moved, lambda n: f"{n:g}")


def entry(
    words: Control,
    function: Callable[..., Any],
    parameter: str | None = None,
    default: int | None = None,
    most: int | None = None,
    least: int | None = None,
    width: int = 150,
) -> int:
    """A whole number to type, where a slider would be too coarse; limits as for ``number``.

    Args:
        words: Its label and help.
        function: The function it feeds.
        parameter: Name of the parameter, the control's own key by default.
        default: Value to open with, the function's own by default.
        most: A tighter upper end (never above the function's).
        least: A tighter lower end.
        width: Pixels.
    """
    parameter = parameter or words.key
    limit = limits(function)[parameter]
    if not isinstance(limit, Range) or not limit.whole:
        raise TypeError(f"{function.__name__}({parameter}) is no whole number")
    low = int(max(limit.low, limit.low if least is None else least))
    high = int(max(low, min(limit.high, limit.high if most is None else most)))
    value = parameter_default(function, parameter) if default is None else default
    default = min(max(int(value), low), high)

    def parse(raw: str) -> int | None:
        known = raw.isascii() and raw.isdecimal() and len(raw) < 10
        return int(raw) if known and low <= int(raw) <= high else None

    page = current().demo.name
    widget = address.settle(page, words.key, default, parse)
    st.session_state[widget] = min(max(int(st.session_state[widget]), low), high)
    unit = f" ({limit.unit})" if limit.unit else ""
    typed = st.number_input(
        words.label + unit, low, high, step=1, key=widget, help=words.help, width=width
    )
    return int(address.hold(page, words.key, default, typed))


def switch(words: Control, default: bool = False) -> bool:
    """On or off."""
    page = current().demo.name
    widget = address.settle(page, words.key, default, {"1": True, "0": False}.get)
    turned = st.toggle(words.label, key=widget, help=words.help)
    return address.hold(page, words.key, default, turned, lambda on: "1" if on else "0")


def model(offered: Iterable[ModelSpec], name: str = "model") -> ModelSpec:
    """Which network answers; the first is embedded and needs no other machine."""
    specs = {spec.name: spec for spec in offered}
    labels = current().shared.labels
    words = Control(
        name, labels.model, labels.model_help, {spec.name: spec.title for spec in specs.values()}
    )
    is_wide = sum(len(spec.title) for spec in specs.values()) > ROW_CHARACTERS
    return specs[choice(words, tuple(specs), listed=is_wide)]


def _codes(
    words: Control,
    options: Iterable[C] | Mapping[C, Any] | Callable[..., Any],
    default: C | None,
    parameter: str | None,
) -> tuple[tuple[C, ...], C]:
    if callable(options):
        parameter = parameter or words.key
        limit = limits(options)[parameter]
        if not isinstance(limit, Choices):
            raise TypeError(f"{options.__name__}({parameter}) is no choice")
        codes: tuple[Any, ...] = limit.values
        default = parameter_default(options, parameter) if default is None else default
    else:
        codes = tuple(options)
    return codes, codes[0] if default is None else default
