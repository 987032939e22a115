"""Which prediction is looked at: at a word that the visitor hides, or of the next token."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from gallery import controls
from gallery.answers import answer
from gallery.attention.case import Case
from gallery.components.word_row import Word, choose_words
from gallery.demos import Control
from gallery.passage import Passage, plain
from models import attention_heatmaps as att
from models._reading import MASK, Reading

__all__ = ["Asked", "ask"]

USUAL = {"tired": "it", "zh_tired": "物"}  # by the example


@dataclass(frozen=True, eq=False)
class Asked:
    """A text with something to predict, and what the model's functions are given with it."""

    text: Passage
    settings: dict[str, Any]  # model, pair, which

    def say(self, case: Case, first: att.Candidate) -> str:
        """What the network answers, in a sentence."""
        words = case.words
        said = words.predicts_next if case.attention.causal else words.predicts
        return said(word=plain(first.shown), probability=100 * first.probability)

    @property
    def plain(self) -> dict[str, Any]:
        """The same for functions that answer every hidden word."""
        return {name: value for name, value in self.settings.items() if name != "which"}


def ask(case: Case) -> Asked:
    """Have a word hidden, unless the text hides one itself or the network only goes on."""
    words = case.words
    case.say_cut()
    if case.attention.causal:
        st.caption(words.goes_on)
        return Asked(case.text, case.settings)
    if case.attention.reading.masks:
        which = _choose_mask(case, len(case.attention.reading.masks))
        return Asked(case.text, {**case.settings, "which": which})
    text = Passage(_hide(case, answer(att.attend, case.text, model=case.model).reading))
    return Asked(text, {**case.settings, "which": 0})


def _hide(case: Case, reading: Reading) -> str:
    """Draw the first text's words, one of them hidden, and give the text without that one."""
    spans = _spans(reading)
    texts = {number: reading.text[start:end] for number, (start, end) in spans.items()}
    chosen = choose_words("hidden", spans, [_usual(case, texts)], case.tag, many=False)
    row, last = [], 0
    for number, (start, end) in spans.items():
        text, before = reading.text[start:end], reading.text[last:start]
        is_hidden = number in chosen.numbers
        row.append(
            Word(MASK if is_hidden else text, number, before, under=(text,) if is_hidden else ())
        )
        last = end
    chosen.draw(case.words.hidden, row, case.words.hidden_hint, reading.text[last:])
    start, end = spans[chosen.numbers[0]]
    return reading.text[:start] + MASK + reading.text[end:]


def _spans(reading: Reading) -> dict[int, tuple[int, int]]:
    """Every word of the text, by its number: its first and after-last character."""
    found: dict[int, tuple[int, int]] = {}
    for number, (start, end) in zip(reading.words.tolist(), reading.spans.tolist(), strict=True):
        if number >= 0:
            found[number] = (found.get(number, (start, end))[0], end)
    return found


def _usual(case: Case, texts: Mapping[int, str]) -> int:
    """The word hidden to begin with: one that MiniBERT has an idea of, else the last word."""
    wanted = USUAL.get(case.text.sample or "")
    found = [number for number, text in texts.items() if text == wanted]
    words = [number for number, text in texts.items() if any(map(str.isalnum, text))]
    return (found or words or list(texts))[-1]


def _choose_mask(case: Case, count: int) -> int:
    """Which of several hidden words; the second text's come after the first's."""
    if count == 1:
        return 0
    knob = case.knobs.which
    named = {str(at): case.words.nth(number=at + 1) for at in range(count)}
    listed = Control(knob.key, knob.label, knob.help, named)
    return int(controls.choice(listed, list(named)))
