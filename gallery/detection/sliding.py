"""The oldest way: a window slides over the photo, and a classifier names what is in it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.detection.case import Case
from gallery.detection.costs import Cost, draw_costs, passing
from gallery.detection.missing import draw_missed
from gallery.takeaway import TakeAway, snippet
from models import cnn_visualization as cnn
from models import object_detection as od
from models._detect_slide import BATCH, named
from models._images import Pixels

__all__ = ["STEP", "WINDOW", "draw_windows", "windows_of"]

WINDOW, STEP = 192, 64  # pixels to begin with
LEAST_WINDOW, LEAST_STEP = 64, 32  # pixels: fewer would take a minute
AT_ONCE = 100  # windows that nobody has to wait for


def windows_of(size: tuple[int, int], window: int = WINDOW, step: int = STEP) -> int:
    """How many windows lie in a photo of that width and height."""
    side = min(window, *size)
    across, down = ((length - side) // step + 1 for length in size)
    return across * down


def draw_windows(case: Case) -> TakeAway:
    """Every window asked about on its own."""
    words, knobs = case.words, case.knobs
    left, middle, right = st.columns(3)
    most = min(case.photo.size)
    least = min(LEAST_WINDOW, most)  # a photo may be smaller
    with left:
        window = controls.number(knobs.window, od.slide, default=WINDOW, least=least, most=most)
    with middle:
        stride = controls.number(knobs.stride, od.slide, default=STEP, least=LEAST_STEP)
    with right:
        score = controls.number(knobs.sure, od.slide, "score")
    settings = {"window": window, "stride": stride}
    looked = _look(case, settings)
    code = snippet(od.slide, case.photo, **settings, score=score)
    if looked is None:
        return TakeAway("sliding_windows", code, spec=cnn.MODELS[0])
    kept = named(looked.boxes, looked.labels, looked.probabilities, score)
    names = [str(getattr(each.name, case.page.language)) for each in kept]
    picture = _outlined(case, kept, names)
    count = int((looked.probabilities > 0).sum())  # fewer where it was stopped
    show.picture(
        picture, words.windows_kept(kept=len(names), count=count, score=score), case.described
    )
    _draw_map(case, looked)
    draw_missed(case, looked.boxes, np.array([each.box for each in kept], float).reshape(-1, 4))
    draw_costs(
        case,
        [
            Cost(words.cost_windows, count, looked.milliseconds),
            Cost(words.cost_once, 1, looked.once_milliseconds),
        ],
        words.saved_windows(times=looked.milliseconds / passing(case), count=count),
    )
    table: dict[str, list[Any]] = {
        words["class"]: names,
        words.probability: [round(each.probability, 4) for each in kept],
        words.left: [float(each.box[0]) for each in kept],
        words.top: [float(each.box[1]) for each in kept],
    }
    return TakeAway(
        "sliding_windows",
        code,
        picture=picture,
        table=table,
        data={**settings, "score": score, "windows": count, "found": list(kept)},
        spec=cnn.MODELS[0],
    )


def _look(case: Case, settings: dict[str, Any]) -> od.Sliding | None:
    """Every window named: a few at once, many under the eyes of the visitor, who can stop it."""
    count = windows_of(case.photo.size, settings["window"], settings["stride"])
    if count <= AT_ONCE:
        with st.spinner(case.words.sliding):
            return answer(od.slide, case.photo, **settings)
    st.caption(case.words.windows_many(count=count))
    steps = od.slide_steps(case.photo.pixels, **settings)
    done = show.watch(
        "windows",
        (case.photo.digest, *settings.values()),
        case.words.sliding,
        lambda: steps,
        -(-count // BATCH),
        lambda done: _draw_map(case, done[-1]),
        preview=True,
    )
    return done[-1] if done else None


def _outlined(case: Case, kept: Sequence[od.Window], names: Sequence[str]) -> Pixels:
    """The photo with the windows that were named, the surest on top."""
    outlines = [
        figures.Outline(
            each.box.tolist(), case.colour(each.label), f"{name} {each.probability:.2f}"
        )
        for each, name in zip(kept, names, strict=True)
    ]
    return figures.boxed(case.photo.pixels, outlines[::-1])


def _draw_map(case: Case, looked: od.Sliding) -> None:
    """The probability of every window, and how much was looked at more than once."""
    words = case.words
    drawn = figures.heatmap(
        looked.probabilities.reshape(looked.rows, looked.columns),
        words.windows_title,
        words.windows_alt,
        x=words.column,
        y=words.row,
        value=words.probability,
        limit=1.0,
        height=320,
    )
    show.drawing(drawn)
    st.markdown(words.windows_cost(ratio=looked.pixels_ratio, count=len(looked.boxes)))
