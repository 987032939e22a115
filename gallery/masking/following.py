"""Does the second text follow the first? One pair, and every first with every second."""

from typing import Any

import numpy as np
import streamlit as st

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.demos import Language
from gallery.masking.case import Case
from gallery.masking.drawing_lots import ask_seed
from gallery.passage import open_text
from gallery.takeaway import TakeAway, snippet
from models import bert_masking as bert
from models._spec import read_card
from models.networks import mini_bert

__all__ = ["draw_next", "shuffled"]

PAIRS: dict[Language, tuple[str, ...]] = {
    "en": ("garden", "snow", "concert", "exam", "bread", "ferry"),
    "zh": ("zh_garden", "zh_snow", "zh_concert", "zh_exam", "zh_bread", "zh_ferry"),
}
OFFERED: dict[Language, tuple[str, ...]] = {
    "en": (*PAIRS["en"], "bread_and_parliament", "same_words"),
    "zh": (*PAIRS["zh"], "zh_bread_and_parliament", "zh_same_words"),
}
LONGEST: dict[Language, int] = {"en": 16, "zh": 7}  # characters of a text at the table


def draw_next(case: Case) -> TakeAway:
    """One pair both ways, then all of them."""
    words = case.words
    offered = [key for keys in OFFERED.values() for key in keys]
    opening = {language: keys[0] for language, keys in PAIRS.items()}
    first, second = controls.pair(opening, offered)
    found = answer(bert.next_sentence, first, second, case.model)
    turned = answer(bert.next_sentence, second, first, case.model)
    show.cut(len(found.reading.tokens), found.reading.cut)
    names = [words.this_way, words.other_way]
    chances = [found.probability, turned.probability]
    show.drawing(
        figures.bars(
            names,
            chances,
            words.next_title,
            words.next_alt,
            x=words.follows,
            name=words.order,
            form=".1%",
            top=1.0,
        )
    )
    st.markdown(words.next_line(probability=found.probability))
    table = _draw_all(case)
    return TakeAway(
        "bert_next_sentence",
        snippet(bert.next_sentence, first, second, model=case.model),
        picture=figures.bars_picture(
            [(name, chance, False) for name, chance in zip(names, chances, strict=True)],
            words.next_title,
        ),
        table=table,
        data={"follows": found.probability, "the other way round": turned.probability},
        spec=case.spec,
    )


def shuffled(count: int, seed: int) -> list[int]:
    """An order of so many texts, by chance."""
    order: list[int] = np.random.default_rng(seed).permutation(count).tolist()
    return order


def _draw_all(case: Case) -> dict[str, list[Any]]:
    """Every first text with every second one, and pairs drawn by chance."""
    words, keys = case.words, PAIRS[case.page.language]
    chances = np.array(
        [
            [
                answer(
                    bert.next_sentence, open_text(one), open_text(f"{other}/second"), case.model
                ).probability
                for other in keys
            ]
            for one in keys
        ]
    )
    firsts = [open_text(key).text for key in keys]
    seconds = [open_text(f"{key}/second").text for key in keys]
    numbers = [str(number + 1) for number in range(len(keys))]
    is_real = np.eye(len(keys), dtype=bool)
    found = int((chances > 0.5)[is_real].sum()), int((chances <= 0.5)[~is_real].sum())
    show.drawing(
        figures.named_grid(
            chances,
            [
                f"{n} {_short(text, case.page.language)}"
                for n, text in zip(numbers, firsts, strict=True)
            ],
            numbers,
            words.all_title,
            words.all_alt,
            x=words.second_text,
            y=words.first_text,
            value=words.follows,
            limit=1.0,
        )
    )
    others = len(keys) * (len(keys) - 1)
    st.markdown(words.all_line(real=found[0], reals=len(keys), mixed=found[1], mixes=others))
    _say_measured(case)
    order = shuffled(len(keys), ask_seed("shuffle", words.shuffle, ":material/shuffle:"))
    st.markdown(f"**{words.shuffled_title}**")
    pairs = list(enumerate(order))
    table: dict[str, list[Any]] = {
        words.verdict: [
            words.is_right if (chances[pair] > 0.5) == (pair[0] == pair[1]) else words.is_wrong
            for pair in pairs
        ],
        words.truth: [words.real if first == second else words.mixed for first, second in pairs],
        words.follows_short: [f"{chances[pair]:.1%}" for pair in pairs],
        words.first_text: firsts,
        words.second_text: [seconds[place] for place in order],
    }
    show.table(table)
    return table


def _short(text: str, language: Language) -> str:
    return f"{text[: LONGEST[language]]}…"


def _say_measured(case: Case) -> None:
    """What the embedded network does on many pairs, beside counting shared words."""
    if case.spec.is_embedded:
        card, language = read_card(mini_bert.FOLDER), case.page.language
        st.markdown(
            case.words.measured_line(
                network=card["metrics"][f"follows_{language}"],
                counting=card["baselines"]["shared_words"][f"follows_{language}"],
                short=card["short_pairs"][language],
                few=card["lengths"]["short_pairs"],
                long=card["lengths"]["pairs"],
            )
        )
