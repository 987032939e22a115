"""One sentence and many fillers: what each makes of the hidden word."""

import dataclasses
import re
from typing import Any

import streamlit as st

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.masking.case import Case
from gallery.passage import Passage
from gallery.takeaway import TakeAway, snippet
from models import bert_masking as bert

__all__ = ["draw_fillers", "split_fillers"]

TEMPLATES = ("people", "places")
LONGEST_LIST = 600  # characters of fillers
MARKS = re.compile(r"[,，、;；\n]")


def draw_fillers(case: Case) -> TakeAway | None:
    """A template and what is put into it; both can be written over."""
    words, knobs = case.words, case.knobs
    preset = controls.choice(knobs.template, TEMPLATES)
    lines = {
        key: controls.word(
            dataclasses.replace(knobs[key], key=f"{key}_{preset}"),
            _opening(case, key, preset),
            LONGEST_LIST,
        )
        for key in ("sentence", "fillers", "follow")
    }
    template, fillers = lines["sentence"], lines["fillers"]
    if template is None or fillers is None:
        st.info(words.template_empty, icon=":material/edit:")
        return None
    asked = {
        "fillers": tuple(Passage(each) for each in split_fillers(fillers.text)),
        "words": tuple(Passage(each) for each in split_fillers(lines["follow"].text))
        if lines["follow"] is not None
        else (),
    }
    found = answer(bert.templates, template, model=case.model, **asked)
    shown = [row.filler for row in found.rows]
    show.drawing(
        figures.named_grid(
            found.chances,
            shown,
            found.words,
            words.template_title,
            words.template_alt,
            x=words.word,
            y=words.filler,
            value=words.probability,
        )
    )
    statistics: dict[str, list[Any]] = {
        words.word: list(found.words),
        words.mean: [f"{each:.2%}" for each in found.mean],
        words.spread: [f"{each:.2%}" for each in found.spread],
        words.favourite: list(found.favourites),
    }
    each_one: dict[str, list[Any]] = {
        words.filler: shown,
        words.first_answer: [row.gap.candidates[0].shown for row in found.rows],
        words.probability: [f"{row.gap.candidates[0].probability:.1%}" for row in found.rows],
        words.entropy: [round(row.gap.entropy, 2) for row in found.rows],
        words.from_mean: [round(row.divergence, 3) for row in found.rows],
    }
    for title, table in ((words.by_filler, each_one), (words.by_word, statistics)):
        st.markdown(f"**{title}**")
        show.table(table)
    return TakeAway(
        "bert_templates",
        snippet(bert.templates, template, model=case.model, **asked),
        picture=figures.attention_picture(shown, found.words, found.chances),
        table=each_one,
        data={"words": found.words, "fillers": shown, "probabilities": found.chances},
        spec=case.spec,
    )


def _opening(case: Case, key: str, preset: str) -> str:
    """What stands in a line at first; another network may not know the words to follow."""
    is_known = case.spec.is_embedded or key != "follow"
    return str(case.words[f"{key}_{preset}"]) if is_known else ""


def split_fillers(text: str) -> tuple[str, ...]:
    """The fillers of a line; commas of both languages part them."""
    return tuple(part.strip() for part in MARKS.split(text) if part.strip())
