"""The landing page: every demo as a card, found by word, in an order a beginner can follow."""

import streamlit as st

from gallery.demos import LANGUAGES, Demo, Language, demos
from gallery.language import current_language
from gallery.words import SharedWords, shared

__all__ = ["draw", "find"]

COLUMNS = 3


def draw() -> None:
    """Draw the landing page."""
    language = current_language()
    words = shared(language)
    labels = words.labels
    st.title(labels.gallery, anchor=False)
    st.markdown(f"#### {labels.tagline}")
    st.markdown(labels.promise)
    query = st.text_input(
        labels.search,
        placeholder=labels.search_hint,
        max_chars=60,
        icon=":material/search:",
        key="search",
        width=420,
    )
    found = find(query or "")
    if not found:
        st.info(labels.search_nothing(query=query))
    for section in dict.fromkeys(demo.section for demo in found):
        st.subheader(words.sections[section], anchor=False)
        _cards([demo for demo in found if demo.section == section], language, words)
    _path(language, words)


def find(query: str) -> tuple[Demo, ...]:
    """The demos that say every word of the query, in either language."""
    wanted = query.casefold().split()
    return tuple(demo for demo in demos() if all(word in _said(demo) for word in wanted))


def _said(demo: Demo) -> str:
    parts: list[str] = []
    for language in LANGUAGES:
        words = demo.worded(language)
        parts += [words.title, words.summary, words.notes]
        parts += [f"{section.title} {section.lead}" for section in words.sections.values()]
        parts += [words.controls[key].label for key in words.controls]
    return " ".join(parts).casefold()


def _cards(shown: list[Demo], language: Language, words: SharedWords) -> None:
    for start in range(0, len(shown), COLUMNS):
        for column, demo in zip(st.columns(COLUMNS), shown[start : start + COLUMNS], strict=False):
            with column, st.container(border=True, height="stretch", key=f"card-{demo.name}"):
                _card(demo, language, words)


def _card(demo: Demo, language: Language, words: SharedWords) -> None:
    worded = demo.worded(language)
    st.image(str(demo.picture), alt=worded.title, width="stretch")
    st.page_link(demo.page, label=f"**{worded.title}**", icon=demo.icon)
    st.markdown(worded.summary)
    st.caption(" · ".join(words.labels[f"bring_{what}"] for what in demo.bring))


def _path(language: Language, words: SharedWords) -> None:
    with st.container(border=True, key="path"):
        st.markdown(f"**:material/route: {words.labels.path}**")
        st.caption(words.labels.path_lead)
        with st.container(horizontal=True):
            for step, demo in enumerate(demos(), 1):
                st.page_link(demo.page, label=f"{step}. {demo.worded(language).title}")
