"""How objects were found before one pass was enough: windows, one box, regions, pooling."""

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.detection import pooling, proposing, sliding
from gallery.detection.case import Case
from gallery.detection.costs import Cost, draw_costs
from gallery.detection.truths import true_boxes
from gallery.takeaway import TakeAway, snippet
from models import object_detection as od
from models.networks import tiny_locator

__all__ = ["draw_before"]


def draw_before(case: Case) -> TakeAway:
    """One of five ways, from the oldest to the youngest."""
    ways: dict[str, Callable[[Case], TakeAway]] = {
        "windows": sliding.draw_windows,
        "one": _draw_one,
        "regions": proposing.draw_regions,
        "pooling": pooling.draw_pooling,
        "own": proposing.draw_own,
    }
    return ways[controls.choice(case.knobs.way, ways)](case)


def _draw_one(case: Case) -> TakeAway:
    """One class and one box, and what they would cost against the truth."""
    words = case.words
    truth = _largest(case)
    found = answer(od.locate, case.photo, truth)
    language = case.page.language
    names = [str(getattr(each, language)) for each in found.names]
    target: int | None = None
    if truth is not None:
        labels = dict(zip(map(str, range(len(names))), names, strict=True))
        target = int(found.likeliest[case.choose(case.knobs.target, labels)])
        found = answer(od.locate, case.photo, truth, target)
    outlines = [figures.Outline(truth, "#ffffff", dashed=True)] if truth else []
    outlines.append(
        figures.Outline(
            found.box.tolist(), case.colour(1), f"{found.name.en} {found.probability:.2f}"
        )
    )
    picture = figures.boxed(case.photo.pixels, outlines)
    left, right = st.columns([3, 2])
    with left:
        show.picture(picture, _caption(case), case.described)
    with right:
        drawn = figures.bars(
            names,
            found.probabilities.tolist(),
            words.one_title,
            words.one_alt,
            x=words.probability,
            name=words["class"],
            form=".2f",
            top=1.0,
        )
        show.drawing(drawn)
    if found.differences is not None:
        _draw_loss(case, found)
    windows = sliding.windows_of(case.photo.size)
    saved = words.saved_one(windows=windows, window=sliding.WINDOW, stride=sliding.STEP)
    draw_costs(case, [Cost(words.cost_one, 1, found.milliseconds)], saved)
    table: dict[str, list[Any]] = {
        words["class"]: names,
        words.probability: [round(float(each), 4) for each in found.probabilities],
    }
    return TakeAway(
        "one_box",
        snippet(od.locate, case.photo, truth, target),
        picture=picture,
        table=table,
        data=found,
        spec=tiny_locator.SPEC,
    )


def _caption(case: Case) -> str:
    """What the two boxes are, and that one cannot be right for several objects."""
    words = case.words
    count = len(true_boxes(case.photo.sample) or ())
    if not count:
        return str(words.one_no_truth)
    return f"{words.one_truth} {words.one_several(count=count)}" if count > 1 else words.one_truth


def _draw_loss(case: Case, found: od.Located) -> None:
    """Both losses with their numbers, and their sum."""
    words = case.words
    differences = [float(each) for each in np.asarray(found.differences)]
    terms = [each * each / 2 if abs(each) < 1 else abs(each) - 0.5 for each in differences]
    class_loss = found.class_loss or 0.0
    with show.cards(words.one_loss):
        rows = [
            rf"\mathrm{{smooth}}_{{L_1}}({difference:.2f})&={term:.2f}"
            for difference, term in zip(differences, terms, strict=True)
        ]
        rows.append(rf"-\ln({np.exp(-class_loss):.3f})&={class_loss:.2f}")
        st.latex(r"\begin{aligned}" + r"\\".join(rows) + r"\end{aligned}")
        st.markdown(words.one_overlap(iou=found.iou or 0.0, total=sum(terms) + class_loss))


def _largest(case: Case) -> tuple[float, ...] | None:
    """The largest true box of a sample, where one was drawn."""
    boxes = [each.box for each in true_boxes(case.photo.sample) or ()]
    if not boxes:
        return None
    largest = max(boxes, key=lambda box: (box[2] - box[0]) * (box[3] - box[1]))
    return tuple(float(edge) for edge in largest)
