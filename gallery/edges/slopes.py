"""The slope of the photo, Canny's way from slope to line, and how even an operator is."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from gallery import figures, show
from gallery.page import Page
from gallery.photo import Photo
from gallery.takeaway import TakeAway, snippet
from models._edges_canny import CannyStages
from models._edges_gradients import Gradient, RotationError
from models.edge_filters import canny, gradient, rotation_error

__all__ = ["draw_canny", "draw_rotation", "draw_slope"]


def draw_slope(page: Page, photo: Photo, settings: dict[str, Any], slope: Gradient) -> TakeAway:
    """How steep, and which way."""
    words, labels = page.words, page.frame.shared.labels
    axes: dict[str, Any] = {"x": labels.column, "y": labels.row, "height": 480}
    steep = figures.heatmap(
        slope.slope, words.magnitude_title, words.magnitude_alt, value=words.slope_unit, **axes
    )
    show.drawing(steep)
    way = figures.compass(
        slope.direction, slope.magnitude, words.direction_title, words.direction_alt,
        value=words.angle, **axes,
    )  # fmt: skip
    show.drawing(way)
    code = snippet(gradient, photo, **settings)
    data = {"gain": slope.gain, **settings}
    picture = figures.coloured(slope.magnitude)
    return TakeAway("edge_gradient", code, picture, way.table, data=data)


def draw_canny(
    page: Page, photo: Photo, settings: dict[str, Any], enlarge: bool, stages: CannyStages
) -> TakeAway:
    """Every stage as a picture, and how many pixels each leaves."""
    words, counts = page.words, stages.counts
    places = [place for _ in range(3) for place in st.columns(2)]
    pictures = figures.canny_pictures(stages, enlarge)
    for place, (name, picture) in zip(places, pictures, strict=False):
        text = words[f"stage_{name}"](**settings, **counts)
        with place:
            show.picture(picture, text, text)
    table: dict[str, Any] = {
        words.stage: [words[name] for name in counts],
        words.pixels: list(counts.values()),
    }
    with places[-1]:
        show.table(table)
    final = dict(figures.canny_pictures(stages, enlarge=False))["edges"]
    code = snippet(canny, photo, **settings)
    return TakeAway("edge_canny", code, final, table, data={**settings, **counts})


def draw_rotation(page: Page, wavelength: float, errors: Mapping[str, RotationError]) -> TakeAway:
    """The error of the angle and of the length over the angle, one curve an operator."""
    words, knob = page.words, page.controls.operator
    named = {knob.option(code): error for code, error in errors.items()}
    angles = next(iter(named.values())).angles.tolist()
    turns = {name: error.direction_error.tolist() for name, error in named.items()}
    drawn = figures.lines(
        angles, turns, words.turn_title, words.turn_alt, x=words.true_angle, y=words.angle_error
    )
    show.drawing(drawn)
    gains = {name: error.gain.tolist() for name, error in named.items()}
    even = figures.lines(
        angles, gains, words.even_title, words.even_alt, x=words.true_angle, y=words.relative_gain
    )
    show.drawing(even)
    table: dict[str, Any] = {
        knob.label: list(named),
        words.worst_angle: [error.worst_direction for error in named.values()],
        words.unevenness: [100 * error.unevenness for error in named.values()],
    }
    show.table(table)
    code = snippet(rotation_error, "scharr", wavelength=wavelength)
    return TakeAway("edge_rotation", code, table=drawn.table)
