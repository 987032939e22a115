"""Two answers to one photo side by side, and one answer as the photo gets worse."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from gallery import controls, figures, show
from gallery.components.box_film import BoxFrame, ShownBox, box_film
from gallery.demos import Control
from gallery.detection.asking import asked, asked_in_mirror
from gallery.detection.case import Case
from gallery.detection.falling import draw_fall
from gallery.takeaway import TakeAway, snippet
from gallery.words import sentence
from models import object_detection as od
from models._errors import WeightsError
from models._spec import ModelSpec

__all__ = ["draw_comparison"]

MIRROR = "mirror"
RIVALS = 0.5  # IoU of the suppression
LOWEST = 0.05  # of the confidence threshold: below it a photo is covered with boxes
NOTHING = "–"  # in a table: the other side has no such box
FALL = ("amounts", "measures", "counts", "still")  # what is taken away of a photo getting worse
BLUE, ORANGE, PURPLE = (figures.OKABE_ITO[place] for place in (0, 1, 5))


@dataclass(frozen=True, eq=False)
class Side:
    """One of the two answers."""

    name: str
    spec: ModelSpec
    found: od.Detections


def draw_comparison(case: Case) -> TakeAway:
    """Both answers, what they cost, where they differ; then the photo spoilt."""
    knobs = case.knobs
    left, right = st.columns(2)
    with left:
        spec = case.choose_model()
        least = controls.number(knobs.cutoff, od.detect, "score", least=LOWEST)
    with right:
        second = _choose_second(case, spec)
        agreed = controls.number(knobs.agreed, od.average_precision, "iou")
    first = Side(spec.title, spec, _select(asked(case.photo, spec), least))
    other = _ask_second(case, spec, second, least)
    table = _draw_sides(case, first, other, agreed)
    with show.cards(case.words.fall_title):
        endured = draw_fall(case, spec, least, agreed)
    boxes = [
        figures.Outline(box, BLUE, f"{case.name(int(label))} {score:.2f}")
        for box, label, score in zip(
            first.found.boxes, first.found.labels, first.found.scores, strict=True
        )
    ]
    return TakeAway(
        "detection_comparison",
        snippet(od.detect, case.photo, model=spec.name, score=least, iou=RIVALS),
        picture=figures.boxed(case.photo.pixels, boxes[::-1]),
        table=table,
        data={
            "first": first.found,
            "second": None if other is None else other.found,
            "fall": None if endured is None else {name: getattr(endured, name) for name in FALL},
        },
        spec=spec,
    )


def _choose_second(case: Case, spec: ModelSpec) -> str:
    knob = case.knobs.second
    titles = {each.name: each.title for each in od.MODELS if each != spec}
    listed = Control(knob.key, knob.label, knob.help, {**dict(knob.options), **titles})
    return controls.choice(listed, (MIRROR, *titles), MIRROR, listed=True)


def _ask_second(case: Case, spec: ModelSpec, second: str, least: float) -> Side | None:
    """The other answer; where its network cannot be had, a sentence says so and the rest stands."""
    if second == MIRROR:
        name = f"{spec.title}, {case.words.differ_mirror}"
        return Side(name, spec, _select(asked_in_mirror(case.photo, spec), least))
    chosen = next(each for each in od.MODELS if each.name == second)
    try:
        return Side(chosen.title, chosen, _select(asked(case.photo, chosen), least))
    except WeightsError as error:
        st.warning(sentence(error, case.page.language), icon=":material/info:")
        return None


def _select(raw: od.Raw, least: float) -> od.Detections:
    kept = od.select(raw.boxes, raw.scores, raw.labels, score=least, iou=RIVALS)
    return dataclasses.replace(kept, milliseconds=raw.milliseconds)


def _draw_sides(
    case: Case, first: Side, other: Side | None, agreed: float
) -> dict[str, Sequence[Any]]:
    """Photos with boxes, what they cost, and the boxes pair by pair."""
    words = case.words
    sides = [first] if other is None else [first, other]
    met = _meet(first, other, agreed) if other else None
    for number, column in enumerate(st.columns(2)[: len(sides)]):
        with column:
            _draw_side(case, sides, number, met)
    st.markdown(f"**{words.differ_table}**")
    show.table(
        {
            words.differ_side: [each.name for each in sides],
            words.differ_boxes: [len(each.found.boxes) for each in sides],
            words.differ_ms: [round(each.found.milliseconds, 1) for each in sides],
            words.differ_mb: [round(each.spec.size_bytes / 1e6, 1) for each in sides],
        }
    )
    table = _pairs(case, sides, met)
    st.markdown(f"**{words.differ_list}**")
    show.table(table)
    return table


def _meet(first: Side, other: Side, agreed: float) -> od.Comparison:
    return od.compare(
        first.found.boxes, other.found.boxes, first.found.labels, other.found.labels, iou=agreed
    )


def _draw_side(case: Case, sides: Sequence[Side], number: int, met: od.Comparison | None) -> None:
    """One photo with its boxes, and what the other side says of each."""
    words, side = case.words, sides[number]
    partner = _partners(met, number)
    boxes = [
        _shown(case, sides, number, place, partner.get(place))
        for place in range(len(side.found.boxes))
    ]
    said = words.differ_alone(name=side.name, count=len(boxes))
    if met is not None:
        both = len(partner)
        said = words.differ_count(
            name=side.name, count=len(boxes), both=both, only=len(boxes) - both
        )
    box_film(
        [BoxFrame(case.photo.pixels, boxes[::-1], said)],
        case.photo.size,
        words.differ_view,
        words.differ_hint,
        f"differ-{number}",
        most=400,
    )


def _partners(met: od.Comparison | None, number: int) -> dict[int, tuple[int, float, bool]]:
    """Box of this side -> its partner, their IoU, and whether the names agree."""
    if met is None:
        return {}
    return {
        int(pair[number]): (int(pair[1 - number]), float(iou), bool(same))
        for pair, iou, same in zip(met.matched, met.overlaps, met.agree, strict=True)
    }


def _shown(
    case: Case,
    sides: Sequence[Side],
    number: int,
    place: int,
    partner: tuple[int, float, bool] | None,
) -> ShownBox:
    words, found = case.words, sides[number].found
    name, score = case.name(int(found.labels[place])), f"{found.scores[place]:.2f}"
    left, top, right, bottom = found.boxes[place].tolist()
    box = (left, top, right, bottom)
    tag = f"{name} {score}"
    if partner is None:
        alone = len(sides) > 1
        told = words.differ_said_only if alone else words.differ_said_alone
        colour, kind = (ORANGE, "lost") if alone else (BLUE, "")
        return ShownBox(box, colour, tag, told(name=name, score=score), kind)
    other = sides[1 - number].found
    values = {
        "name": name,
        "score": score,
        "iou": f"{partner[1]:.2f}",
        "other": f"{other.scores[partner[0]]:.2f}",
        "renamed": case.name(int(other.labels[partner[0]])),
    }
    told = words.differ_said if partner[2] else words.differ_said_renamed
    return ShownBox(box, BLUE if partner[2] else PURPLE, tag, told(**values))


def _pairs(
    case: Case, sides: Sequence[Side], met: od.Comparison | None
) -> dict[str, Sequence[Any]]:
    """Every box of either side, those that both have in one row."""
    words = case.words
    partner = _partners(met, 0)
    rows: list[tuple[str, ...]] = []
    first, other = sides[0].found, sides[-1].found
    for place in range(len(first.labels)):
        pair = partner.get(place)
        there = (NOTHING,) * 3
        if pair is not None:
            there = (*_written(case, other, pair[0]), f"{pair[1]:.3f}")
        rows.append((*_written(case, first, place), *there))
    if met is not None:
        rows += [
            (NOTHING, NOTHING, *_written(case, other, place), NOTHING)
            for place in met.only_second.tolist()
        ]
    columns = list(zip(*rows, strict=True)) or [()] * 5
    headings = [
        words.differ_first_class,
        words.differ_first_score,
        words.differ_second_class,
        words.differ_second_score,
        words.differ_iou,
    ]
    count = 5 if len(sides) > 1 else 2
    return dict(zip(headings[:count], map(list, columns[:count]), strict=True))


def _written(case: Case, found: od.Detections, place: int) -> tuple[str, str]:
    """Class and score of a box."""
    return case.name(int(found.labels[place])), f"{found.scores[place]:.3f}"
