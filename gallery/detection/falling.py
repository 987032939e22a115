"""What is still found as the photo is blurred, darkened, shrunk or compressed."""

import dataclasses
from collections.abc import Mapping
from typing import cast

import streamlit as st

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.components.box_film import BoxFrame, ShownBox, box_film
from gallery.detection.case import Case
from models import object_detection as od
from models._spec import ModelSpec

__all__ = ["draw_fall"]

POINTS = 6  # from the photo as it is to the worst
BLUE, ORANGE, GREY = (figures.OKABE_ITO[place] for place in (0, 1, 7))


def draw_fall(case: Case, spec: ModelSpec, least: float, agreed: float) -> od.Endurance | None:
    """A film of the photo getting worse, and the share of boxes found again.

    The embedded network answers at once; a large one takes its time, and can be stopped.
    """
    words = case.words
    kind: od.Damage = controls.choice(case.knobs.kind, od.DAMAGES)
    if spec.is_embedded:
        endured = _endured(case, spec, kind, least)
        _draw_film(case, kind, endured, agreed)
        if endured.counts[0]:  # the other ways after it, so that there is something to see
            with st.spinner(words.falling(kind=words.fall_all)):
                every = {each: _endured(case, spec, each, least) for each in od.DAMAGES}
            _draw_curves(case, every, agreed)
        return endured
    done = show.watch(
        "fall",
        (case.photo.digest, spec.name, kind, least),
        words.falling(kind=case.knobs.kind.option(kind)),
        lambda: od.endure_steps(
            case.photo.pixels,
            cast("od.ModelName", spec.name),
            kind=kind,
            points=POINTS,
            score=least,
        ),
        POINTS,
        lambda done: _draw_film(case, kind, done[-1], agreed),
    )
    if not done:
        return None
    if done[-1].counts[0]:
        _draw_curves(case, {kind: done[-1]}, agreed)
    return done[-1]


def _draw_film(case: Case, kind: od.Damage, endured: od.Endurance, agreed: float) -> None:
    """The photo getting worse, with what is found in it."""
    words = case.words
    if not endured.counts[0]:
        st.info(words.fall_none, icon=":material/info:")
        return
    box_film(
        [_frame(case, kind, endured, step, agreed) for step in range(len(endured.amounts))],
        case.photo.size,
        words.fall_label,
        words.fall_hint,
        f"fall-{kind}",
        most=440,
    )


def _draw_curves(case: Case, every: Mapping[od.Damage, od.Endurance], agreed: float) -> None:
    """The share of boxes found again, in every way that was tried."""
    words, knobs = case.words, case.knobs
    amounts = next(iter(every.values())).amounts
    drawn = figures.lines(
        [round(float(amount), 3) for amount in amounts],
        {knobs.kind.option(each): _shares(found, agreed) for each, found in every.items()},
        words.fall_chart,
        words.fall_chart_alt,
        x=words.fall_x,
        y=words.fall_share,
    )
    drawn.figure.update_yaxes(range=[0, 1.05], tickformat=".0%")
    settings = {
        f"{knobs.kind.option(each)}: {words.fall_setting}": [
            _setting(case, each, found, step) for step in range(len(found.amounts))
        ]
        for each, found in every.items()
    }
    show.drawing(dataclasses.replace(drawn, table={**drawn.table, **settings}))


def _endured(case: Case, spec: ModelSpec, kind: od.Damage, least: float) -> od.Endurance:
    return answer(od.endure, case.photo, model=spec.name, kind=kind, points=POINTS, score=least)


def _shares(found: od.Endurance, agreed: float) -> list[float]:
    """Of the boxes of the good photo, how many are found again at each step."""
    first = max(found.counts[0], 1)
    return [len(_again(found, step, agreed)) / first for step in range(len(found.amounts))]


def _again(endured: od.Endurance, step: int, agreed: float) -> dict[int, int]:
    """Box at a step -> the box of the good photo that it is again, of the same class."""
    good, here = endured.found[0], endured.found[step]
    met = od.compare(good.boxes, here.boxes, good.labels, here.labels, iou=agreed)
    return {
        int(pair[1]): int(pair[0])
        for pair, same in zip(met.matched, met.agree, strict=True)
        if same
    }


def _setting(case: Case, kind: od.Damage, found: od.Endurance, step: int) -> str:
    """What was done to the photo at a step, with its unit."""
    if step == 0:
        return str(case.words.fall_good)
    measure = found.measures[step]
    value = {
        "blur": f"{measure:.1f}",
        "jpeg": f"{measure:.0f}",
    }.get(kind, f"{100 * measure:.0f}")
    return str(case.words[f"fall_{kind}"](value=value))


def _frame(
    case: Case, kind: od.Damage, endured: od.Endurance, step: int, agreed: float
) -> BoxFrame:
    """The photo at a step: what is found again, what is new, and what is lost."""
    words = case.words
    good, here = endured.found[0], endured.found[step]
    again = _again(endured, step, agreed)
    boxes = []
    for place, label in enumerate(good.labels.tolist()):
        if place not in again.values():
            before, name = f"{good.scores[place]:.2f}", case.name(label)
            told = words.fall_lost(name=name, before=before)
            boxes.append(ShownBox(_sides(good, place), GREY, "", told, "lost"))
    for place, label in reversed(list(enumerate(here.labels.tolist()))):
        name, score = case.name(label), f"{here.scores[place]:.2f}"
        told, colour = words.fall_new(name=name, score=score), ORANGE
        if place in again:
            before = f"{good.scores[again[place]]:.2f}"
            told, colour = words.fall_again(name=name, score=score, before=before), BLUE
        boxes.append(ShownBox(_sides(here, place), colour, f"{name} {score}", told))
    said = words.fall_told(
        setting=_setting(case, kind, endured, step),
        count=len(again),
        all=len(good.boxes),
        new=len(here.boxes) - len(again),
    )
    return BoxFrame(endured.photos[step], boxes, said)


def _sides(found: od.Detections, place: int) -> tuple[float, float, float, float]:
    left, top, right, bottom = found.boxes[place].tolist()
    return left, top, right, bottom
