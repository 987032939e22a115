"""How BERT is trained: words chosen and spoilt by chance, and who may look where."""

from collections import Counter
from typing import Any

import streamlit as st

from gallery import figures, show
from gallery.answers import answer
from gallery.components.word_row import Kind, Word, show_words
from gallery.masking.case import Case
from gallery.masking.drawing_lots import ask_seed
from gallery.masking.subject import ask_whole
from gallery.passage import Passage
from gallery.takeaway import TakeAway, snippet
from models import bert_masking as bert

__all__ = ["add_up", "draw_training"]

TALLY = "_masking_tally"  # what all draws of a text came to, by network, text and seed
FATES: tuple[bert.Fate, ...] = ("masked", "replaced", "kept")
KINDS: dict[str, Kind] = {"masked": "mask", "replaced": "spoilt", "kept": "answer"}
EXPECTED = {"masked": 0.8, "replaced": 0.1, "kept": 0.1}
LOOKING = 16  # tokens of the masks of attention


def draw_training(case: Case) -> TakeAway:
    """One draw, all draws so far, and what BERT and GPT may see."""
    words = case.words
    whole = ask_whole(case, {"en": "market", "zh": "zh_market"})
    seed = ask_seed("draw", words.draw_again, ":material/casino:")
    found = answer(bert.choose_masks, whole, case.model, seed=seed)
    cut = answer(bert.words, whole, case.model)
    show.cut(len(found.reading.tokens), found.reading.cut)
    st.markdown(words.chosen_line(chosen=found.chosen, words=found.words))
    show_words("spoilt", words.spoilt_label, _row(case, cut, found), words.spoilt_hint)
    counts = _tally(case, whole, seed, found)
    table = add_up(counts, [words[fate] for fate in FATES])
    st.markdown(f"**{words.tally_title(draws=counts['draws'])}**")
    show.table(
        {
            words.fate: table["names"],
            words.tokens: table["counts"],
            words.share: table["shares"],
            words.share_expected: [f"{EXPECTED[fate]:.0%}" for fate in FATES],
        }
    )
    st.markdown(words.of_all(share=counts["chosen"] / max(1, counts["tokens"])))
    _draw_sights(case, whole)
    return TakeAway(
        "bert_training",
        snippet(bert.choose_masks, whole, model=case.model, seed=seed),
        picture=figures.bars_picture(
            [(str(words[fate]), counts[fate], False) for fate in FATES],
            words.tally_title(draws=counts["draws"]),
            ".0f",
        ),
        table={
            words.token: list(found.reading.tokens),
            words.network_sees: list(found.tokens),
            words.fate: [words[fate] for fate in found.fates],
        },
        data={"fates": found.fates, "tokens": found.tokens, "ids": found.ids, "seed": seed},
        spec=case.spec,
    )


def add_up(counts: Counter[str], names: list[str]) -> dict[str, list[Any]]:
    """What became of the chosen tokens, as columns."""
    chosen = max(1, counts["chosen"])
    return {
        "names": names,
        "counts": [counts[fate] for fate in FATES],
        "shares": [f"{counts[fate] / chosen:.1%}" for fate in FATES],
    }


def _row(case: Case, whole: bert.Words, found: bert.Chosen) -> list[Word]:
    """What the network is shown; under a chosen token, what it has to say."""
    row: list[Word] = []
    end = 0
    for word in whole.words:
        before = found.reading.text[end : word.span[0]]
        end = word.span[1]
        if found.fates[word.places[0]] == "not_chosen":
            row.append(Word(word.text, before=before, kind="mask" if word.hidden else "plain"))
            continue
        for number, place in enumerate(word.places):
            row.append(_spoilt(case, found, place, before if number == 0 else ""))
    return row


def _spoilt(case: Case, found: bert.Chosen, place: int, before: str) -> Word:
    fate = found.fates[place]
    shown = found.reading.shown(place) if fate == "kept" else found.tokens[place]
    under = (f"→ {found.reading.tokens[place]}",)
    return Word(shown, -1, before, KINDS[fate], under, case.words[fate])


def _tally(case: Case, whole: Passage, seed: int, found: bert.Chosen) -> Counter[str]:
    """Count every draw of this text once."""
    kept = st.session_state.get(TALLY)
    of = (case.model, whole.text)
    if kept is None or kept["of"] != of:
        kept = st.session_state[TALLY] = {"of": of, "seeds": set(), "counts": Counter()}
    counts: Counter[str] = kept["counts"]
    if seed not in kept["seeds"]:
        kept["seeds"].add(seed)
        counts.update(fate for fate in found.fates if fate != "not_chosen")
        counts["chosen"] += sum(fate != "not_chosen" for fate in found.fates)
        counts["tokens"] += int((~found.reading.special).sum())
        counts["draws"] += 1
    return counts


def _draw_sights(case: Case, whole: Passage) -> None:
    """Which token may look at which, in BERT and in GPT."""
    words = case.words
    st.markdown(f"**{words.sights_title}**")
    for column, sight in zip(st.columns(2), ("bert", "gpt"), strict=True):
        found = answer(bert.visible, whole, sight=sight, model=case.model)
        names = [found.reading.shown(place) for place in range(len(found.sees))][:LOOKING]
        with column:
            drawn = figures.mask_grid(
                found.sees[:LOOKING, :LOOKING],
                names,
                names,
                words[f"sight_{sight}"],
                words[f"sight_{sight}_alt"],
                x=words.looked_at,
                y=words.looks,
                yes=words.may,
                no=words.may_not,
                height=400,
            )
            show.drawing(drawn, key=f"sight-{sight}")
