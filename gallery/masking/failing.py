"""The plain sentences that the small network gets wrong, as they stand now."""

import streamlit as st

from gallery import figures
from gallery.answers import answer
from gallery.masking.case import Case
from gallery.passage import Passage, plain
from gallery.takeaway import TakeAway, snippet
from models import bert_masking as bert
from models._spec import read_card
from models.networks import mini_bert

__all__ = ["draw_limits"]

ANSWERS = 5


def draw_limits(case: Case) -> TakeAway:
    """What was asked, what would make sense, and what the chosen network says now."""
    words, language = case.words, case.page.language
    card = read_card(mini_bert.FOLDER)
    failed = card["limits"][language]
    good, asked = card["plain"][language]
    st.markdown(
        words.limits_measured(
            first=card["metrics"][f"top1_{language}"],
            five=card["metrics"][f"top5_{language}"],
            usual=card["baselines"]["unigram"][f"top1_{language}"],
            neighbours=card["baselines"]["trigram"][f"top1_{language}"],
        )
    )
    st.markdown(words.limits_line(good=good, asked=asked))
    if not failed:
        st.info(words.limits_none, icon=":material/check_circle:")
    table: dict[str, list[str]] = {
        words.limits_text: [],
        words.limits_sensible: [],
        words.limits_said: [],
    }
    bars: list[tuple[str, float, bool]] = []
    for each in failed:
        gap = answer(bert.fill, Passage(each["text"]), case.model, top=ANSWERS).gaps[0]
        said = ", ".join(f"{one.shown} {one.probability:.0%}" for one in gap.candidates)
        best = gap.candidates[0]
        bars.append((f"{each['text']} {best.shown}", best.probability, False))
        row = (each["text"], ", ".join(each["sensible"]), said)
        for column, value in zip(table.values(), row, strict=True):
            column.append(value)
        with st.container(border=True):
            st.markdown(f"**{plain(each['text'])}**")
            st.markdown(words.limits_says(answers=plain(said)))
            st.markdown(words.limits_better(answers=plain(row[1])))
    first = failed[0]["text"] if failed else words.limits_example
    return TakeAway(
        "bert_limits",
        snippet(bert.fill, Passage(str(first)), model=case.model, top=ANSWERS),
        picture=figures.bars_picture(bars, case.title),
        table=table,
        data=failed,
        spec=case.spec,
    )
