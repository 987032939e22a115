"""A line for a word of the visitor's own: in no address, and in this session's memory alone."""

import streamlit as st

from gallery.demos import Control
from gallery.frame import current
from gallery.passage import Passage, own_text
from gallery.words import sentence
from models._errors import InputError

__all__ = ["word"]

KEPT = "_own_words"  # what stands in each line
REFUSED = "_refused_words"  # what was written last and cannot be used, and why


def word(words: Control, opening: str, most: int) -> Passage | None:
    """Draw the line and give what stands there; see ``controls.word``."""
    frame = current()
    name = f"{frame.demo.name}.{words.key}"
    kept: str = st.session_state.get(KEPT, {}).get(name, opening)
    refused = st.session_state.get(REFUSED, {}).get(name)
    shown = kept if refused is None else refused[0]
    line = f"{name}.line"
    st.text_input(
        words.label,
        shown,
        key=line,
        help=words.help,
        autocomplete="off",
        on_change=_take,
        args=(name, line, most),
    )
    if refused is not None:
        st.warning(sentence(refused[1], frame.language), icon=":material/edit_off:")
    return own_text(kept) if kept.strip() else None


def _take(name: str, line: str, most: int) -> None:
    """Take up what the line says now; what cannot be used leaves the last good word in place."""
    written = str(st.session_state.get(line) or "")
    refused = st.session_state.setdefault(REFUSED, {})
    try:
        _check(written, most)
    except InputError as error:
        refused[name] = (written, error)
        return
    refused.pop(name, None)
    st.session_state.setdefault(KEPT, {})[name] = written


def _check(written: str, most: int) -> None:
    if len(written) > most:
        raise InputError("text_too_long", characters=len(written), most=most)
    if written.strip():
        own_text(written)
