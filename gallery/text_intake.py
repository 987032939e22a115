"""How a text comes in: an example, or the visitor's own, written over it.

What a visitor writes stays in this session's memory, is there on every page until it is forgotten,
and never enters the address.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

import streamlit as st

from gallery import address
from gallery.demos import Control, Language
from gallery.frame import current
from gallery.language import NAMES
from gallery.passage import Passage, hidden_in, open_text, own_text, texts
from gallery.words import sentence
from models._errors import InputError
from models._reading import CHARACTERS

__all__ = ["Opening", "passage", "word"]

OWN = "own"
SECOND = "/second"
KEPT = "_own_texts"  # what the visitor wrote last that can be used, by the name of the control
REFUSED = "_refused_texts"  # what was written last and cannot be used, and why
HEIGHT = 122  # pixels, four lines
Opening = str | Mapping[Language, str]
Written = tuple[str, ...]  # what stands in the boxes; two of them where a second text is taken


@dataclass(frozen=True)
class _Intake:
    """One way in for a text, or for two of them."""

    page: str
    name: str
    default: str  # key of an example
    offered: tuple[str, ...]
    boxes: tuple[str, ...]  # their labels
    optional: bool  # whether the second box may stay empty

    @property
    def places(self) -> range:
        """The number of each box."""
        return range(len(self.boxes))

    def sample(self, code: str) -> Written:
        """What an example puts into the boxes."""
        entry = texts()[code]
        return (entry.text, entry.pair or "")[: len(self.boxes)]

    def kept(self) -> Written | None:
        """What the visitor wrote, where it fills these boxes."""
        kept: Written | None = st.session_state.get(KEPT, {}).get(self.name)
        if kept is not None and len(kept) < len(self.boxes):
            kept = (*kept, "") if self.optional else None
        return kept[: len(self.boxes)] if kept is not None else None

    def box(self, place: int) -> str:
        """The widget of a box."""
        return f"{self.name}-box-{place}"


def passage(
    sample: Opening, offered: Iterable[str], name: str, boxes: int = 1, optional: bool = False
) -> tuple[Passage | None, ...]:
    """Draw the intake and give the texts it holds; see ``controls.passage`` and ``controls.pair``.

    An optional second box that is empty gives ``None``.
    """
    intake = _intake(sample, tuple(offered), name, boxes, optional)
    with st.container(border=True, key=f"intake-{name}"):
        side, wide = st.columns([1, 2])
        with side:
            code = _choose(intake)
        shown = _shown(intake, code)
        with wide:
            for place in intake.places:
                _draw_box(intake, place, shown[place], code)
        written = intake.kept() if code == OWN else None
        taken = _own(written) if written else _samples(intake, code)
        with side:
            _describe(intake, code, taken, written)
    return taken


def _intake(
    sample: Opening, offered: tuple[str, ...], name: str, boxes: int, optional: bool
) -> _Intake:
    frame = current()
    labels = frame.shared.labels
    second = labels.text_second_optional if optional else labels.text_second
    named = (labels.text_first, second) if boxes == 2 else (labels.text,)
    default = sample if isinstance(sample, str) else sample[frame.language]
    known = [texts()[key] for key in offered] or [
        entry
        for entry in texts().values()
        if (optional or (entry.pair is not None) == (boxes == 2))
    ]
    known.sort(key=lambda entry: entry.language != frame.language)
    keys = tuple(entry.key for entry in known)
    return _Intake(
        frame.demo.name, name, default, keys, tuple(str(each) for each in named), optional
    )


def _choose(intake: _Intake) -> str:
    frame = current()
    labels = frame.shared.labels
    opening = OWN if intake.kept() else intake.default
    codes = (OWN, *intake.offered)
    widget = address.settle(
        intake.page, intake.name, opening, {key: key for key in intake.offered}.get
    )
    if st.session_state[widget] not in codes:
        st.session_state[widget] = opening
    code: str = st.selectbox(
        labels.text_example,
        codes,
        format_func=partial(_title, frame.language, str(labels.text_own)),
        key=widget,
        help=labels.text_help,
        on_change=_let_go,
        args=(intake.name,),
    )
    address.hold(intake.page, intake.name, intake.default, intake.default if code == OWN else code)
    if code == opening:  # the other language opens with its own example
        address.forget(intake.page, intake.name)
    else:
        address.remember(intake.page, intake.name, code)
    return code


def _title(language: Language, own: str, code: str) -> str:
    if code == OWN:
        return own
    entry = texts()[code]
    other = "" if entry.language == language else f" · {NAMES[entry.language]}"
    return entry.title[language] + other


def _shown(intake: _Intake, code: str) -> Written:
    """What stands in the boxes: what was refused too, so that it can be mended."""
    refused = st.session_state.get(REFUSED, {}).get(intake.name)
    if refused is not None and len(refused[0]) == len(intake.boxes):
        shown: Written = refused[0]
        return shown
    if code != OWN:
        return intake.sample(code)
    return intake.kept() or ("",) * len(intake.boxes)


def _draw_box(intake: _Intake, place: int, shown: str, code: str) -> None:
    labels = current().shared.labels
    box = intake.box(place)
    if st.session_state.get(box) != shown:
        st.session_state[box] = shown
    st.text_area(
        intake.boxes[place],
        key=box,
        height=HEIGHT,
        placeholder=labels.text_placeholder,
        help=labels.text_box_help(most=f"{CHARACTERS:,}"),
        on_change=_take,
        args=(intake, _widget(intake)),
    )


def _widget(intake: _Intake) -> str:
    """The widget of the choice, as ``address.settle`` names it."""
    return f"{intake.page}.{intake.name}.{current().language}"


def _take(intake: _Intake, widget: str) -> None:
    """Take up what a box says now; what cannot be used leaves the last good text in place."""
    written = tuple(str(st.session_state.get(intake.box(place)) or "") for place in intake.places)
    try:
        _own(written) if intake.optional else [own_text(each) for each in written]
    except InputError as error:
        st.session_state.setdefault(REFUSED, {})[intake.name] = (written, error)
        return
    _let_go(intake.name)
    kept = st.session_state.setdefault(KEPT, {})
    kept[intake.name] = (*written, *kept.get(intake.name, ())[len(written) :])
    st.session_state[widget] = OWN


def _let_go(name: str) -> None:
    st.session_state.get(REFUSED, {}).pop(name, None)


def _own(written: Written) -> tuple[Passage | None, ...]:
    first, *more = written
    return (own_text(first), *(own_text(each) if each.strip() else None for each in more))


def _samples(intake: _Intake, code: str) -> tuple[Passage | None, ...]:
    key = intake.default if code == OWN else code
    second = open_text(key + SECOND) if texts()[key].pair is not None else None
    return (open_text(key), second)[: len(intake.boxes)]


def _describe(
    intake: _Intake, code: str, taken: tuple[Passage | None, ...], written: Written | None
) -> None:
    frame = current()
    labels = frame.shared.labels
    refused = st.session_state.get(REFUSED, {}).get(intake.name)
    if refused is not None:
        said = sentence(refused[1], frame.language)
        st.warning(f"{said} {labels.text_kept}", icon=":material/edit_off:")
    elif code == OWN and written is None:
        st.caption(labels.text_none_yet)
    counts = " + ".join(f"{len(each.text):,}" for each in taken if each is not None)
    parts = [labels.text_count(count=counts, most=f"{CHARACTERS:,}")]
    if written is None:
        parts.append(labels.text_ours)
    elif hidden := sum(map(hidden_in, written)):
        parts.append(labels.text_cleaned(count=hidden))
    st.caption(" · ".join(parts))
    if intake.kept() is not None:
        st.button(
            labels.text_remove,
            icon=":material/delete:",
            on_click=_forget,
            args=(intake, _widget(intake)),
            key=f"{intake.name}-forget",
        )


def _forget(intake: _Intake, widget: str) -> None:
    st.session_state.get(KEPT, {}).pop(intake.name, None)
    _let_go(intake.name)
    st.session_state.pop("_answers", None)
    if st.session_state.get(widget) == OWN:
        st.session_state[widget] = intake.default


def word(words: Control, opening: str, most: int) -> Passage | None:
    """Draw a line to write into and give what stands there; see ``controls.word``."""
    frame = current()
    name = f"{frame.demo.name}.{words.key}"
    refused = st.session_state.get(REFUSED, {}).get(name)
    kept: str = st.session_state.get(KEPT, {}).get(name, opening)
    shown = kept if refused is None else refused[0]
    box = f"{name}.line"
    if st.session_state.get(box) != shown:
        st.session_state[box] = shown
    st.text_input(
        words.label,
        key=box,
        help=words.help,
        autocomplete="off",
        on_change=_take_word,
        args=(name, box, most),
    )
    if refused is not None:
        st.warning(sentence(refused[1], frame.language), icon=":material/edit_off:")
    return own_text(kept) if kept.strip() else None


def _take_word(name: str, box: str, most: int) -> None:
    written = str(st.session_state.get(box) or "")
    check: Callable[[str], object] = own_text if written.strip() else str
    try:
        if len(written) > most:
            raise InputError("text_too_long", characters=len(written), most=most)
        check(written)
    except InputError as error:
        st.session_state.setdefault(REFUSED, {})[name] = (written, error)
        return
    _let_go(name)
    st.session_state.setdefault(KEPT, {})[name] = written
