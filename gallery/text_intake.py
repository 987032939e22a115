"""How a text comes in: an example, or the visitor's own, written over it.

What a visitor writes stays in this session's memory, is there on every page until it is forgotten,
and never enters the address.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

import streamlit as st

from gallery import address
from gallery.demos import Language
from gallery.frame import Frame, current
from gallery.language import NAMES
from gallery.passage import SECOND, Passage, TextSample, hidden_in, open_text, own_text, texts
from gallery.words import sentence
from models._errors import InputError
from models._reading import CHARACTERS

__all__ = ["Opening", "passages"]

OWN = "own"
SLOT = "{}"  # such an example is a template, offered where a page asks for it
KEPT = "_own_texts"  # what the visitor wrote last that can be used, by the name of the control
REFUSED = "_refused_texts"  # what was written last and cannot be used, and why
HEIGHT = 122  # pixels, four lines
Opening = str | Mapping[Language, str]
Written = tuple[str, ...]  # what stands in the boxes; two of them where a second text is taken
Taken = tuple[Passage | None, ...]


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
    def place(self) -> str:
        """Where it stands: what was refused here is not shown elsewhere."""
        return f"{self.page}.{self.name}"

    @property
    def widgets(self) -> tuple[str, ...]:
        """The widget of each box."""
        return tuple(f"{self.name}-box-{place}" for place in range(len(self.boxes)))

    def kept(self) -> Written | None:
        """What the visitor wrote, where it fills these boxes."""
        kept: Written | None = st.session_state.get(KEPT, {}).get(self.name)
        if kept is not None and len(kept) < len(self.boxes):
            kept = (*kept, "") if self.optional else None
        return kept[: len(self.boxes)] if kept is not None else None

    def refused(self) -> tuple[Written, InputError] | None:
        """What the visitor wrote last, where it cannot be used, and why."""
        refused: tuple[Written, InputError] | None
        refused = st.session_state.get(REFUSED, {}).get(self.place)
        return refused if refused is not None and len(refused[0]) == len(self.boxes) else None

    def let_go(self) -> None:
        """Forget what could not be used."""
        st.session_state.get(REFUSED, {}).pop(self.place, None)


def passages(
    sample: Opening, offered: Iterable[str], name: str, boxes: int = 1, optional: bool = False
) -> Taken:
    """Draw the intake and give the texts it holds; see ``controls.passage`` and ``controls.pair``.

    An optional second box that is empty gives ``None``.
    """
    frame = current()
    intake = _intake(frame, sample, tuple(offered), name, boxes, optional)
    with st.container(border=True, key=f"intake-{name}"):
        side, wide = st.columns([1, 2])
        with side:
            code, widget = _choose(frame, intake)
        with wide:
            _draw_boxes(frame, intake, code, widget)
        written = intake.kept() if code == OWN else None
        taken = _own(written) if written else _opened(intake, code)
        with side:
            _say(frame, intake, code, written)
            _describe(frame, taken, written)
            if intake.kept() is not None:
                st.button(
                    frame.shared.labels.text_remove,
                    icon=":material/delete:",
                    on_click=_forget,
                    args=(intake, widget),
                    key=f"{name}-forget",
                )
    return taken


def _intake(
    frame: Frame, sample: Opening, keys: tuple[str, ...], name: str, boxes: int, optional: bool
) -> _Intake:
    labels = frame.shared.labels
    second = labels.text_second_optional if optional else labels.text_second
    named = (labels.text_first, second) if boxes == 2 else (labels.text,)
    default = sample if isinstance(sample, str) else sample[frame.language]
    offered = [texts()[key] for key in keys]
    if not keys:
        fits = partial(_fits, boxes=boxes, optional=optional)
        offered = [each for each in texts().values() if fits(each)]
    offered.sort(key=lambda each: each.language != frame.language)
    return _Intake(
        frame.demo.name,
        name,
        default,
        tuple(each.key for each in offered),
        tuple(map(str, named)),
        optional,
    )


def _fits(entry: TextSample, boxes: int, optional: bool) -> bool:
    return SLOT not in entry.text and (optional or (entry.pair is not None) == (boxes == 2))


def _choose(frame: Frame, intake: _Intake) -> tuple[str, str]:
    """The key of an example, or ``OWN``; and the widget that holds it."""
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
        on_change=intake.let_go,
    )
    shown = intake.default if code == OWN else code
    address.hold(intake.page, intake.name, intake.default, shown)
    if code == opening:  # the other language opens with its own example
        address.forget(intake.page, intake.name)
    else:
        address.remember(intake.page, intake.name, code)
    return code, widget


def _title(language: Language, own: str, code: str) -> str:
    if code == OWN:
        return own
    entry = texts()[code]
    other = "" if entry.language == language else f" · {NAMES[entry.language]}"
    return entry.title[language] + other


def _draw_boxes(frame: Frame, intake: _Intake, code: str, widget: str) -> None:
    labels = frame.shared.labels
    for label, box, shown in zip(intake.boxes, intake.widgets, _shown(intake, code), strict=True):
        if st.session_state.get(box) != shown:
            st.session_state[box] = shown
        st.text_area(
            label,
            key=box,
            height=HEIGHT,
            placeholder=labels.text_placeholder,
            help=labels.text_box_help(most=f"{CHARACTERS:,}"),
            on_change=_take,
            args=(intake, widget),
        )


def _shown(intake: _Intake, code: str) -> Written:
    """What stands in the boxes: what was refused too, so that it can be mended."""
    if (refused := intake.refused()) is not None:
        return refused[0]
    if code == OWN:
        return intake.kept() or ("",) * len(intake.boxes)
    entry = texts()[code]
    return (entry.text, entry.pair or "")[: len(intake.boxes)]


def _take(intake: _Intake, widget: str) -> None:
    """Take up what the boxes say now; what cannot be used leaves the last good text in place."""
    written = tuple(str(st.session_state.get(box) or "") for box in intake.widgets)
    try:
        taken = _own(written)
        if None in taken and not intake.optional:
            raise InputError("text_empty")
    except InputError as error:
        st.session_state.setdefault(REFUSED, {})[intake.place] = (written, error)
        return
    intake.let_go()
    kept = st.session_state.setdefault(KEPT, {})
    kept[intake.name] = (*written, *kept.get(intake.name, ())[len(written) :])
    st.session_state[widget] = OWN


def _own(written: Written) -> Taken:
    first, *more = written
    return (own_text(first), *(own_text(each) if each.strip() else None for each in more))


def _opened(intake: _Intake, code: str) -> Taken:
    key = intake.default if code == OWN else code
    second = open_text(key + SECOND) if texts()[key].pair is not None else None
    return (open_text(key), second)[: len(intake.boxes)]


def _say(frame: Frame, intake: _Intake, code: str, written: Written | None) -> None:
    """Say what is used in place of what cannot be."""
    labels = frame.shared.labels
    if (refused := intake.refused()) is not None:
        said = sentence(refused[1], frame.language)
        st.warning(f"{said} {labels.text_kept}", icon=":material/edit_off:")
    elif code == OWN and written is None:
        st.caption(labels.text_none_yet)


def _describe(frame: Frame, taken: Taken, written: Written | None) -> None:
    """How long the text is, and what was done to it."""
    labels = frame.shared.labels
    counts = " + ".join(f"{len(each.text):,}" for each in taken if each is not None)
    parts = [labels.text_count(count=counts, most=f"{CHARACTERS:,}")]
    if written is None:
        parts.append(labels.text_ours)
    elif hidden := sum(map(hidden_in, written)):
        parts.append(labels.text_cleaned(count=hidden))
    st.caption(" · ".join(parts))


def _forget(intake: _Intake, widget: str) -> None:
    st.session_state.get(KEPT, {}).pop(intake.name, None)
    intake.let_go()
    for key in [key for key in st.session_state if str(key).startswith(("_answers", "_watch-"))]:
        del st.session_state[key]  # what was found out about it
    if st.session_state.get(widget) == OWN:
        st.session_state[widget] = intake.default
