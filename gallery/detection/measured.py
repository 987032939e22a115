"""How right a detector is on photos it has never seen, as it was measured once."""

from functools import partial

import streamlit as st

from gallery import figures, show
from gallery.detection.case import Case
from models import object_detection as od
from models._spec import ModelSpec, read_card

__all__ = ["draw_measured"]

AIM = 0.25  # mAP@0.5 that was aimed at


def draw_measured(case: Case, spec: ModelSpec) -> None:
    """What its card says of every class; of other people's networks what they have published."""
    words = case.words
    with show.cards(words.card_title(model=spec.title)):
        if spec.is_embedded:
            _draw_card(case, spec)
        else:
            st.markdown(words.card_published(model=spec.title, percent=100 * spec.metrics["map"]))


def _draw_card(case: Case, spec: ModelSpec) -> None:
    """The mean and what it is the mean of, the best class first."""
    words, card = case.words, read_card(spec.name)
    classes = card["per_class"]
    mean = card["metrics"]["map50"]
    names = {each.key: case.name(label) for label, each in enumerate(od.CLASSES)}
    ranked = sorted(classes, key=lambda key: -classes[key]["ap50"])
    never = [names[key] for key in ranked if classes[key]["ap50"] == 0]
    said = words.card_said(
        percent=100 * mean,
        classes=len(classes),
        boxes=sum(each["boxes"] for each in classes.values()),
        best=", ".join(names[key] for key in ranked[:4]),
    )
    if never:
        said += " " + words.card_never(names=", ".join(never))
    if mean < AIM:
        said += " " + words.card_short(percent=100 * AIM)
    st.markdown(said)
    half = -(-len(ranked) // 2)
    drawn = [
        figures.bars(
            [f"{names[key]} ({classes[key]['boxes']})" for key in part],
            [classes[key]["ap50"] for key in part],
            title,
            words.card_alt,
            x=words.truth_ap,
            name=words.truth_class,
            form=".3f",
            top=1.0,
        )
        for title, part in (
            (words.card_better, ranked[:half]),
            (words.card_worse, ranked[half:]),
        )
    ]
    show.side_by_side(*(partial(show.drawing, each) for each in drawn))
