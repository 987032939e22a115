"""What was found against what is there: right, wrong, missed, and the curve that this draws."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.components.judge import Drawn, Judged, draw_judge, read_truth
from gallery.demos import Control
from gallery.detection.case import Case
from gallery.detection.hearing import Hearing, code, hear, hear_samples, marked, ranked
from gallery.detection.measured import draw_measured
from gallery.detection.truths import true_boxes
from gallery.photo import Photo, sample_of
from gallery.takeaway import TakeAway
from models import object_detection as od
from models._images import Pixels

__all__ = ["draw_truth"]

OPENING = 0.25  # threshold to begin with, as in ``detect``
ALL, SAMPLES = "all", "samples"
STRICTER = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))  # COCO's
TERMS = 6  # of a sum that are written out
GREEN, VERMILION, YELLOW = (figures.OKABE_ITO[place] for place in (2, 3, 6))


def draw_truth(case: Case) -> TakeAway:
    """The photo with both kinds of boxes, the threshold, the curve, and what it sums up to."""
    words, knobs = case.words, case.knobs
    spec = case.choose_model()
    over = controls.choice(knobs.over, ("photo", SAMPLES))
    known = answer(od.known_classes, spec.name)
    drawn = None if over == SAMPLES else _drawn(case, known)
    if drawn is None:
        hearing = hear_samples(spec, known)
        st.caption(words.truth_all(photos=len(hearing.photos), count=hearing.count))
    else:
        hearing = hear(case.photo, spec, drawn.boxes)
    left, right = st.columns(2)
    with left:
        category = _choose_class(case, hearing)
    with right:
        agreed = controls.number(knobs.agreed, od.average_precision, "iou")
    judged = hearing.judged(agreed)
    curve = judged.together
    if category is not None:
        curve = next(each for each in judged.classes if each.label == category)
    above = _draw_board(case, hearing, curve, sorted({*known, *hearing.labels}), agreed, drawn)
    table = _table(case, hearing, curve)
    with st.expander(case.page.frame.shared.labels.table_twin, icon=":material/table_rows:"):
        show.table(table)
    if hearing.count:
        _sum_up(case, curve)
        _draw_classes(case, hearing, judged)
    draw_measured(case, spec)
    return TakeAway(
        "detection_truth",
        code(hearing, spec, agreed),
        picture=_picture(case, hearing, curve, above),
        table=table,
        data={"iou": agreed, "mean": judged.mean, "curve": curve, "truth": hearing.truth},
        spec=spec,
    )


def _drawn(case: Case, known: Sequence[int]) -> Drawn:
    """The true boxes of the photo, and what is to be said of them."""
    words = case.words
    known_truth = true_boxes(case.photo.sample)
    given = marked(known_truth or ())
    drawn = read_truth(case.photo, [each for each in given if each.label in known], known)
    unknown = sorted({each.label for each in given if each.label not in known})
    if drawn.is_own:
        said = str(words.truth_own(count=len(drawn.boxes)))
    elif given:
        said = str(words.truth_given(count=len(drawn.boxes)))
        if unknown:
            said += " " + words.truth_unknown(names=", ".join(map(case.name, unknown)))
    else:  # somebody has looked it through, or nobody has
        said = str(words.truth_none if known_truth is None else words.truth_empty)
    st.caption(said)
    return drawn


def _draw_board(
    case: Case,
    hearing: Hearing,
    curve: od.Curve,
    labels: Sequence[int],
    agreed: float,
    drawn: Drawn | None,
) -> float:
    """The photos with both kinds of boxes; the threshold where the hand let go."""
    words = case.words
    judged = [
        Judged(photo, truth, words.photo_alt(name=_named(case, photo)))
        for photo, truth in zip(hearing.photos, hearing.truth, strict=True)
    ]
    found = ranked(hearing, curve)
    category = None if curve.label < 0 else curve.label
    keys, names = case.keys(labels), case.names(labels)
    return draw_judge(judged, found, keys, names, agreed, category, OPENING, words, drawn)


def _choose_class(case: Case, hearing: Hearing) -> int | None:
    """The class that counts, or all of them."""
    knob = case.knobs.category
    codes = case.keys(hearing.labels)
    labels = {codes[label]: case.name(label) for label in hearing.labels}
    listed = Control(knob.key, knob.label, knob.help, {**dict(knob.options), **labels})
    chosen = controls.choice(listed, (ALL, *labels), ALL, listed=True)
    return next((label for label, code in codes.items() if code == chosen), None)


def _named(case: Case, photo: Photo) -> str:
    """What a photo is called."""
    if photo.sample is None:
        return str(case.words.own_photo)
    return sample_of(photo.sample).title[case.page.language]


def _table(case: Case, hearing: Hearing, curve: od.Curve) -> dict[str, Sequence[Any]]:
    """The ranking, box by box."""
    words = case.words
    places = list(zip(curve.photos.tolist(), curve.detections.tolist(), strict=True))
    names = [case.name(int(hearing.found[photo].labels[place])) for photo, place in places]
    return {
        words.truth_rank: list(range(1, len(places) + 1)),
        words.truth_photo: [_named(case, hearing.photos[photo]) for photo, _ in places],
        words.truth_class: names,
        words.truth_score: curve.scores.round(4).tolist(),
        words.truth_iou: curve.overlap.round(3).tolist(),
        words.truth_right: [words.truth_yes if hit else words.truth_no for hit in curve.correct],
        words.judge_precision: curve.precision.round(4).tolist(),
        words.judge_recall: curve.recall.round(4).tolist(),
    }


def _sum_up(case: Case, curve: od.Curve) -> None:
    """The area under the curve as the sum it is."""
    words = case.words
    terms = [f"{value:.3f}" for value in curve.raised[curve.correct]]
    with show.cards(words.truth_sum):
        st.markdown(words.truth_sum_said)
        if not terms:
            st.markdown("$$AP = 0$$")
            return
        shown = " + ".join(terms[:TERMS]) + (r" + \dots" if len(terms) > TERMS else "")
        total = sum(curve.raised[curve.correct]) / max(curve.truths, 1)
        st.markdown(rf"$$AP = \frac{{1}}{{{curve.truths}}}\,\big({shown}\big) = {total:.3f}$$")
        if len(terms) > TERMS:
            st.caption(words.truth_sum_more(count=len(terms) - TERMS))


def _draw_classes(case: Case, hearing: Hearing, judged: od.Precision) -> None:
    """Average precision class by class, and of all classes under stricter agreements."""
    words = case.words
    there = [each for each in judged.classes if each.truths]
    averages = [hearing.judged(agreed).mean for agreed in STRICTER]
    bars = figures.bars(
        [f"{case.name(each.label)} ({each.truths})" for each in there],
        [each.average for each in there],
        words.truth_classes,
        words.truth_classes_alt,
        x=words.truth_ap,
        name=words.truth_class,
        form=".3f",
        top=1.0,
    )
    curve = figures.lines(
        STRICTER,
        {words.truth_map: averages},
        words.truth_agreed_title,
        words.truth_agreed_alt,
        x=words.truth_agreed_x,
        y=words.truth_map,
        mark=judged.iou,
        height=260,
    )
    curve.figure.update_yaxes(range=[0, 1.05])
    show.side_by_side(lambda: show.drawing(bars), lambda: show.drawing(curve))
    if not math.isnan(judged.mean):
        st.markdown(
            words.truth_mean(
                agreed=f"{judged.iou:g}",
                value=f"{judged.mean:.3f}",
                count=len(there),
                coco=f"{np.mean(averages):.3f}",
            )
        )


def _picture(case: Case, hearing: Hearing, curve: od.Curve, above: float) -> Pixels:
    """The first photo with its boxes as they are marked at the threshold."""
    outlines = []
    taken = set()
    for place in np.flatnonzero(curve.scores >= above).tolist():
        if curve.photos[place] != 0:
            continue
        found, number = hearing.found[0], int(curve.detections[place])
        right = bool(curve.correct[place])
        if right:
            taken.add(int(curve.truth[place]))
        name = f"{case.name(int(found.labels[number]))} {curve.scores[place]:.2f}"
        outlines.append(
            figures.Outline(found.boxes[number], GREEN if right else VERMILION, name, not right)
        )
    missed = [
        figures.Outline(each.box, YELLOW, case.words.judge_missed_tag(name=case.name(each.label)))
        for place, each in enumerate(hearing.truth[0])
        if place not in taken and curve.label in {-1, each.label}
    ]
    return figures.boxed(hearing.photos[0].pixels, [*missed, *reversed(outlines)])
