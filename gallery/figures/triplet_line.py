"""All faces of a set by their distance to one of them: hard, semi-hard and easy negatives."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from gallery.figures._drawing import OKABE_ITO, Drawing, framed

__all__ = ["triplet_line"]

COLOURS = {"positive": OKABE_ITO[2], "hard": OKABE_ITO[3], "semi_hard": OKABE_ITO[1],
           "easy": OKABE_ITO[7]}  # fmt: skip
SIGNS = {"positive": "diamond", "hard": "x", "semi_hard": "triangle-up", "easy": "circle"}
SPREAD = 0.34  # of the points up and down, so that they lie less over each other


def triplet_line(
    rows: Mapping[str, NDArray[np.floating]],
    labels: Mapping[str, Sequence[str]],
    names: Mapping[str, str],
    chosen: Mapping[str, float],
    margin_end: float,
    title: str = "",
    alt: str = "",
    *,
    x: str = "",
    face: str = "",
    kind: str = "",
) -> Drawing:
    """Draw every face as a point, its distance to the anchor to the right.

    Args:
        rows: ``positive``, ``hard``, ``semi_hard``, ``easy`` -> distances.
        labels: The same keys -> what each face is called.
        names: The same keys -> what they are called, for the legend.
        chosen: Name -> distance of the chosen positive and negative, marked with lines.
        margin_end: Distance up to which a negative costs something.
        title: Heading.
        alt: What it shows.
        x: What the distance is.
        face: What the points are, for the table.
        kind: What the keys are, for the table.
    """
    figure = go.Figure()
    table: dict[str, list[Any]] = {face or "#": [], kind or "kind": [], x or "x": []}
    start = min(chosen.values(), default=0.0)
    figure.add_vrect(
        min(start, margin_end), margin_end, fillcolor=OKABE_ITO[1], opacity=0.13, line_width=0
    )
    for key, distances in rows.items():
        figure.add_scatter(
            x=distances.tolist(),
            y=_scattered(len(distances), 1.0 if key == "positive" else 0.0),
            name=names[key],
            mode="markers",
            marker={"color": COLOURS[key], "symbol": SIGNS[key], "size": 9,
                    "opacity": 0.5 if key == "easy" else 0.9},
            customdata=list(labels[key]),
            hovertemplate=f"%{{customdata}}<br>{x} %{{x:.3f}}<extra>{names[key]}</extra>",
        )  # fmt: skip
        table[face or "#"] += labels[key]
        table[kind or "kind"] += [names[key]] * len(distances)
        table[x or "x"] += distances.round(4).tolist()
    for place, (name, distance) in enumerate(chosen.items()):
        figure.add_vline(
            distance,
            line={"width": 2, "dash": ("solid", "dash")[place % 2]},
            annotation={"text": name, "showarrow": False, "y": 1 - 0.09 * place},
            annotation_position=("top left", "top right")[place % 2],
        )
    figure.update_xaxes(title=x, rangemode="tozero")
    figure.update_yaxes(visible=False, range=[-0.6, 1.75])
    return Drawing(framed(figure, title, 330), alt, table)


def _scattered(count: int, middle: float) -> list[float]:
    """Heights round a middle that repeat from run to run."""
    steps = np.arange(count) * 0.618034 % 1.0  # the golden ratio spreads any number evenly
    return [float(middle + SPREAD * (2 * step - 1)) for step in steps]
