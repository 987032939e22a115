"""How a text comes in: an example, or the visitor's own, written over it.

What a visitor writes stays in this session's memory, is there on every page until it is forgotten,
and never enters the address.
"""

from collections.abc import Iterable, Mapping
from functools import partial

import streamlit as st

from gallery import address
from gallery.demos import Language
from gallery.frame import Frame, current
from gallery.language import NAMES
from gallery.passage import TextSample, hidden_in, texts
from gallery.text_memory import OWN, Intake, Taken
from gallery.words import sentence
from models._reading import CHARACTERS

__all__ = ["Opening", "passages"]

SLOT = "{}"  # such an example is a template, offered where a page asks for it
HEIGHTS = {1: 122, 2: 98}  # pixels, by the number of boxes: three lines, or two each
Opening = str | Mapping[Language, str]


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
            code, choice = _choose(frame, intake)
        with wide:
            _draw_boxes(frame, intake, code, choice)
        taken = intake.taken(code)
        with side:
            _say(frame, intake, code)
            _describe(frame, intake, code, taken)
            if intake.kept() is not None:
                st.button(
                    frame.shared.labels.text_remove,
                    icon=":material/delete:",
                    on_click=intake.forget,
                    args=(choice,),
                    key=f"{name}-forget",
                )
    return taken


def _intake(
    frame: Frame, sample: Opening, keys: tuple[str, ...], name: str, boxes: int, optional: bool
) -> Intake:
    labels = frame.shared.labels
    second = labels.text_second_optional if optional else labels.text_second
    named = (labels.text_first, second) if boxes == 2 else (labels.text,)
    default = sample if isinstance(sample, str) else sample[frame.language]
    offered = [texts()[key] for key in keys]
    if not keys:
        fits = partial(_fits, boxes=boxes, optional=optional)
        offered = [each for each in texts().values() if fits(each)]
    offered.sort(key=lambda each: each.language != frame.language)
    ordered = tuple(each.key for each in offered)
    return Intake(frame.demo.name, name, default, ordered, tuple(map(str, named)), optional)


def _fits(entry: TextSample, boxes: int, optional: bool) -> bool:
    return SLOT not in entry.text and (optional or (entry.pair is not None) == (boxes == 2))


def _choose(frame: Frame, intake: Intake) -> tuple[str, str]:
    """The key of an example, or ``OWN``; and the widget that holds it."""
    labels = frame.shared.labels
    opening = OWN if intake.kept() else intake.default
    by_name = {key: key for key in intake.offered}
    widget = address.settle(intake.page, intake.name, opening, by_name.get)
    if st.session_state[widget] not in (OWN, *intake.offered):
        st.session_state[widget] = opening
    code: str = st.selectbox(
        labels.text_example,
        (OWN, *intake.offered),
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


def _draw_boxes(frame: Frame, intake: Intake, code: str, choice: str) -> None:
    labels = frame.shared.labels
    shown = intake.shown(code)
    widgets = intake.widgets(shown)
    for label, widget, text in zip(intake.boxes, widgets, shown, strict=True):
        st.text_area(
            label,
            text,
            HEIGHTS[len(shown)],
            key=widget,
            placeholder=labels.text_placeholder,
            help=labels.text_box_help(most=f"{CHARACTERS:,}"),
            on_change=intake.take,
            args=(widgets, choice),
        )


def _say(frame: Frame, intake: Intake, code: str) -> None:
    """Say what is used in place of what cannot be."""
    labels = frame.shared.labels
    if (refused := intake.refused()) is not None:
        said = sentence(refused[1], frame.language)
        st.warning(f"{said} {labels.text_kept}", icon=":material/edit_off:")
    elif code == OWN and intake.kept() is None:
        st.caption(labels.text_none_yet)


def _describe(frame: Frame, intake: Intake, code: str, taken: Taken) -> None:
    """How long the text is, and what was done to it."""
    labels = frame.shared.labels
    counts = " + ".join(f"{len(each.text):,}" for each in taken if each is not None)
    parts = [labels.text_count(count=counts, most=f"{CHARACTERS:,}")]
    written = intake.kept() if code == OWN else None
    if written is None:
        parts.append(labels.text_ours)
    elif hidden := sum(map(hidden_in, written)):
        parts.append(labels.text_cleaned(count=hidden))
    st.caption(" · ".join(parts))
