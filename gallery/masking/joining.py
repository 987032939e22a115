"""Hidden words filled in one after the other, beside each alone."""

import dataclasses
from typing import Any

import streamlit as st

from gallery import controls, figures, show
from gallery.masking.case import Case
from gallery.masking.hiding import Gaps
from gallery.masking.subject import ask_subject, masked
from gallery.passage import plain
from gallery.patience import Long, follow
from gallery.takeaway import TakeAway, snippet
from models import bert_masking as bert
from models._fill import joint_effort, joint_so_far

__all__ = ["draw_joint"]

LONGEST = 60  # characters of the text in the picture to take away
JOINT: Long[bert.JointFill] = (bert.fill_jointly, joint_so_far, joint_effort)


def draw_joint(case: Case) -> TakeAway | None:
    """Each alone beside one after the other."""
    words = case.words
    subject = ask_subject(case, "gaps", several=True)
    knob = dataclasses.replace(case.knobs.masks_for, key="masks_jointly_for")
    by_piece = controls.choice(knob, ("piece", "word")) == "piece"
    gaps = subject.gaps(by_piece)
    if not gaps.truths:
        subject.draw({})
        st.info(words.nothing_hidden, icon=":material/touch_app:")
        return None
    text = masked(gaps.text, subject.whole)
    subject.draw({})

    def draw(known: bert.JointFill) -> None:
        st.markdown(plain(known.text))

    found = follow(JOINT, words.asking, draw, text, case.model)
    if found is None:
        return None
    if len(gaps.truths) == 1:
        st.info(words.one_hidden, icon=":material/touch_app:")
    for place, side in zip(st.columns(2), ("alone", "joint"), strict=True):
        with place, show.cards(words[f"joint_{side}"]):
            st.markdown(plain(found.text if side == "joint" else found.text_alone))
            bits = found.bits if side == "joint" else found.bits_alone
            st.caption(words.joint_bits(bits=bits))
    st.markdown(_verdict(case, found))
    steps = _steps(case, gaps, found)
    st.markdown(f"**{words.steps_title}**")
    show.table(steps)
    return TakeAway(
        "bert_joint",
        snippet(bert.fill_jointly, text, model=case.model),
        picture=figures.bars_picture(
            [
                (f"{number}: {one.chosen.shown}", one.chosen.probability, one.chosen != one.alone)
                for number, one in enumerate(found.steps, 1)
            ],
            text.text if len(text.text) <= LONGEST else f"{text.text[:LONGEST]}…",
        ),
        table=steps,
        data={"text": found.text, "text_alone": found.text_alone, "steps": found.steps},
        spec=case.spec,
    )


def _verdict(case: Case, found: bert.JointFill) -> str:
    words = case.words
    if found.text == found.text_alone:
        return words.joint_same
    factor = 2 ** min(abs(found.bits_alone - found.bits), 99)
    key = "joint_better" if found.bits < found.bits_alone else "joint_worse"
    return words[key](factor=factor)


def _steps(case: Case, gaps: Gaps, found: bert.JointFill) -> dict[str, list[Any]]:
    words = case.words
    return {
        words.step: [number + 1 for number in range(len(found.steps))],
        words.mask: [step.gap + 1 for step in found.steps],
        words.stood_there: [gaps.truths[step.gap] or "–" for step in found.steps],
        words.filled_in: [step.chosen.shown for step in found.steps],
        words.probability: [f"{step.chosen.probability:.1%}" for step in found.steps],
        words.alone: [step.alone.shown for step in found.steps],
        words.alone_then: [f"{step.alone.probability:.1%}" for step in found.steps],
        words.alone_now: [f"{step.alone_now:.1%}" for step in found.steps],
    }
