"""Every word hidden in turn: how little the network expected it."""

import numpy as np
import streamlit as st

from gallery import figures, show
from gallery.answers import answer
from gallery.components.word_row import Word, choose_words, show_words
from gallery.masking.case import Case, coded
from gallery.masking.subject import ask_whole
from gallery.passage import Passage
from gallery.patience import Long, follow
from gallery.takeaway import TakeAway, snippet
from models import bert_masking as bert
from models._reading import MASK
from models._surprise import surprise_effort, surprise_so_far

__all__ = ["draw_surprise"]

FULL = 20.0  # bits of the highest bar: one in a million
MOST = 12  # words of the list
ANSWERS = 8
REST = 240  # characters of what was not read that are still shown
SURPRISE: Long[bert.Surprise] = (bert.surprise, surprise_so_far, surprise_effort)


def draw_surprise(case: Case) -> TakeAway | None:
    """Bars under the text; a word opened; the most surprising ones."""
    words = case.words
    whole = ask_whole(case, {"en": "wrong_words", "zh": "zh_wrong_words"})
    found = follow(SURPRISE, words.asking, lambda each: _preview(case, each), whole, case.model)
    if found is None or not found.words:
        return None
    show.cut(len(found.reading.tokens), found.reading.cut)
    order = np.argsort([-word.bits for word in found.words], kind="stable").tolist()
    numbers = range(len(found.words))
    of = f"{case.model} {whole.text}"
    pressed = choose_words("open", numbers, order[:1], of, many=False)
    pressed.draw(words.text_label, _row(case, found), words.open_hint, _rest(found))
    perplexity = {"mean": found.mean, "perplexity": found.pseudo_perplexity}
    st.markdown(words.perplexity_line(**perplexity, count=int(found.asked.sum())))
    opened = pressed.numbers[0]
    with show.cards(words.opened_title(word=found.words[opened].text)):
        _open_word(case, whole, found.words[opened])
    most = order[:MOST]
    show.drawing(
        figures.bars(
            [found.words[each].text for each in most],
            [found.words[each].bits for each in most],
            words.most_title,
            words.most_alt,
            x=words.surprise_bits,
            name=words.word,
            form=".1f",
            highlight=[place for place, each in enumerate(most) if each == opened],
        )
    )
    bars, title = [(each.text, each.bits, False) for each in found.words], case.title
    return TakeAway(
        "bert_surprise",
        snippet(bert.surprise, whole, model=case.model),
        table={
            words.word: [word.text for word in found.words],
            words.surprise_bits: [round(word.bits, 3) for word in found.words],
            words.list_place: [word.rank for word in found.words],
            words.expected: [word.expected.shown for word in found.words],
        },
        data={"words": found.words, **perplexity},
        picture=figures.bars_picture(bars, title, ".1f"),
        files={"bert_surprise.svg": figures.bars_svg({words.surprise_bits: bars}, title, ".1f")},
        spec=case.spec,
    )


def _preview(case: Case, found: bert.Surprise) -> None:
    """The words known so far."""
    words = case.words
    show_words("known", words.text_label, [*_row(case, found), Word(_rest(found))], words.open_hint)


def _rest(found: bert.Surprise) -> str:
    """What follows the last word that is known."""
    return found.reading.text[max((word.span[1] for word in found.words), default=0) :][:REST]


def _row(case: Case, found: bert.Surprise) -> list[Word]:
    shares = np.clip([word.bits / FULL for word in found.words], 0.02, 1)
    colours = figures.coloured(shares[None], limit=1.0)[0].tolist()
    row, end = [], 0
    for number, word in enumerate(found.words):
        row.append(
            Word(
                word.text,
                number,
                found.reading.text[end : word.span[0]],
                told=case.words.surprised(bits=word.bits, expected=word.expected.shown),
                bar=(float(shares[number]), "rgb({}, {}, {})".format(*colours[number])),
            )
        )
        end = word.span[1]
    return row


def _open_word(case: Case, whole: Passage, word: bert.WordSurprise) -> None:
    """What the network expected in its place."""
    words = case.words
    start, end = word.span
    hidden = Passage(whole.text[:start] + MASK + whole.text[end:])
    gap = next(
        (
            each
            for each in answer(bert.fill, hidden, case.model, top=ANSWERS).gaps
            if each.span[0] == start
        ),
        None,
    )
    values = {"word": coded(word.text), "bits": word.bits, "odds": 2.0**word.bits}
    key = "opened_line" if len(word.places) == 1 else "opened_pieces"
    st.markdown(words[key](**values, rank=word.rank, pieces=len(word.places)))
    if gap is not None:
        show.drawing(
            figures.bars(
                [each.shown for each in gap.candidates],
                [each.probability for each in gap.candidates],
                words.expected_title,
                words.expected_alt(word=word.text),
                x=words.probability,
                name=words.word,
                form=".1%",
                highlight=[
                    place
                    for place, each in enumerate(gap.candidates)
                    if each.shown.casefold() == word.text.casefold()
                ],
            )
        )
