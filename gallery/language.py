"""Which language this session speaks: the address says it, else the browser, else English."""

import streamlit as st

from gallery import address
from gallery.demos import LANGUAGES, Language
from gallery.words import shared

__all__ = ["choose_language", "current_language"]

KEY = "lang"
EVERYWHERE = ""  # the language is one value for all pages
NAMES: dict[Language, str] = {"en": "English", "zh": "中文"}


def current_language() -> Language:
    """The language of this run, before or after the switch was drawn."""
    chosen = st.session_state.get("_language")
    return chosen if chosen in LANGUAGES else _guess()


def choose_language() -> Language:
    """Draw the switch, once a run, and settle the language of everything after it."""
    guess = _guess()
    widget = address.settle(EVERYWHERE, KEY, guess, _parse)
    words = shared(st.session_state[widget])
    with st.container(key="language", horizontal=True, horizontal_alignment="right"):
        chosen = st.segmented_control(
            words.labels.language,
            LANGUAGES,
            format_func=lambda code: NAMES[code],
            key=widget,
            required=True,
            label_visibility="collapsed",
        )
    st.session_state["_language"] = address.hold(EVERYWHERE, KEY, guess, chosen)
    return current_language()


def _parse(raw: str) -> Language | None:
    return next((code for code in LANGUAGES if code == raw), None)


def _guess() -> Language:
    locale = st.context.locale or "en"
    return "zh" if locale.lower().startswith("zh") else "en"
