"""Suppression opened: who wins, who overlaps whom, who goes, in four kinds."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from gallery import controls, figures, show
from gallery.components.suppression import draw_steps
from gallery.detection.case import Case
from gallery.takeaway import TakeAway
from models import object_detection as od

__all__ = ["draw_suppression"]

MOST = 40  # boxes that take part: more can be neither seen nor listed
LEAST = 0.1  # confidence to begin with, so that there is a crowd
KINDS: tuple[od.Method, ...] = ("hard", "soft", "soft_linear", "diou")


def draw_suppression(case: Case) -> TakeAway:
    """The steps under the hand, what an overlap costs, and the kinds side by side."""
    words, knobs = case.words, case.knobs
    spec = case.choose_model()
    raw = case.ask(spec)
    method, settings = _choose(case)
    least = controls.number(knobs.least, od.select, "score", default=LEAST)
    over = np.flatnonzero(raw.scores >= least)
    taken = over[:MOST]
    together = settings.pop("together")
    given: dict[str, Any] = {
        "boxes": raw.boxes[taken],
        "scores": raw.scores[taken],
        "labels": None if together else raw.labels[taken],
        "least": max(least, 0.001),
    }
    done = od.suppress(**given, **settings, method=method)
    labels = raw.labels[taken].tolist()
    draw_steps("step", case.photo.pixels, done, labels, case.names(labels), words, case.described)
    if len(over) > MOST:
        st.caption(words.step_cut(most=MOST, count=len(over)))
    table = _fates(case, done, labels)
    with st.expander(case.page.frame.shared.labels.table_twin, icon=":material/table_rows:"):
        show.table(table)
    left, right = st.columns(2)
    with left:
        _draw_cost(case, settings)
    with right:
        _draw_kinds(case, given, settings, method)
    kept = done.kept
    written = ", ".join(
        f"{key}={value!r}"
        for key, value in {**settings, "method": method, "least": given["least"]}.items()
    )
    return TakeAway(
        "suppression",
        case.code(
            spec,
            f"taken = (found.scores >= {least:g}).nonzero()[0][:{MOST}]",
            "boxes, scores = found.boxes[taken], found.scores[taken]",
            f"labels = {'None' if together else 'found.labels[taken]'}",
            f"answer = object_detection.suppress(boxes, scores, labels=labels, {written})",
        ),
        picture=case.boxed(done.boxes[kept], np.asarray(labels)[kept], done.scores[kept]),
        table=table,
        data={"method": method, **settings, "together": together, "steps": list(done.steps)},
        spec=spec,
    )


def _choose(case: Case) -> tuple[od.Method, dict[str, Any]]:
    """The kind, and what belongs to it."""
    knobs = case.knobs
    method: od.Method = controls.choice(knobs.method, od.suppress)
    left, right = st.columns(2)
    with left:
        iou = controls.number(knobs.iou, od.suppress)
    settings: dict[str, Any] = {"iou": iou}
    with right:
        if method == "soft":
            settings["sigma"] = controls.number(knobs.sigma, od.suppress)
        settings["together"] = controls.switch(knobs.across)
    return method, settings


def _fates(case: Case, done: od.Suppression, labels: Sequence[int]) -> Mapping[str, Sequence[Any]]:
    """What became of every box, in the order in which they were sorted."""
    words = case.words
    place = {int(box): rank for rank, box in enumerate(done.order, start=1)}
    rows = [int(box) for box in done.order]
    turns = [int(done.suppressed_in[box]) for box in rows]
    stays = [turn < 0 for turn in turns]
    return {
        words.number: list(range(1, len(rows) + 1)),
        words["class"]: [case.name(labels[box]) for box in rows],
        words.score: [round(float(done.given[box]), 4) for box in rows],
        words.score_after: [round(float(done.scores[box]), 4) for box in rows],
        words.fate: [words.step_kept if stay else words.step_gone for stay in stays],
        words.rival_of: [
            None if stay else place[int(done.kept[turn])]
            for stay, turn in zip(stays, turns, strict=True)
        ],
        words.step_overlap_diou if done.method == "diou" else words.step_overlap: [
            None if stay else round(float(done.overlap_then[box]), 4)
            for box, stay in zip(rows, stays, strict=True)
        ],
    }


def _draw_cost(case: Case, settings: Mapping[str, Any]) -> None:
    """The factor of a rival's score by its overlap with the winner, for every kind."""
    words, knobs = case.words, case.knobs
    along = np.linspace(0, 1, 101)
    over = along > settings["iou"]
    sigma = settings.get("sigma", 0.5)
    curves = {
        knobs.method.option("hard"): np.where(over, 0.0, 1.0).tolist(),
        knobs.method.option("soft"): np.exp(-np.square(along) / sigma).tolist(),
        knobs.method.option("soft_linear"): np.where(over, 1 - along, 1.0).tolist(),
    }
    drawn = figures.lines(
        along.tolist(), curves, words.curve_title, words.curve_alt, x=words.curve_x, y=words.curve_y
    )
    show.drawing(drawn)


def _draw_kinds(
    case: Case, given: Mapping[str, Any], settings: Mapping[str, Any], method: od.Method
) -> None:
    """How many boxes each kind leaves."""
    words, knobs = case.words, case.knobs
    counts = [len(od.suppress(**given, **settings, method=kind).kept) for kind in KINDS]
    drawn = figures.bars(
        [knobs.method.option(kind) for kind in KINDS],
        counts,
        words.methods_title,
        words.methods_alt,
        x=words.boxes_left,
        name=knobs.method.label,
        form=".0f",
        highlight=[KINDS.index(method)],
    )
    show.drawing(drawn)
