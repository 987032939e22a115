"""Named amounts as bars, the longest names readable."""

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from gallery.figures._drawing import OKABE_ITO, Drawing, framed
from gallery.figures._written import minus, unmarked

__all__ = ["bars"]

ROOM = 0.12  # of the axis, at either end that bars reach


def bars(
    names: Sequence[str],
    amounts: Sequence[float],
    title: str = "",
    alt: str = "",
    *,
    x: str = "",
    name: str = "",
    form: str = ".3g",
    highlight: Sequence[int] = (),
    top: float | None = None,
    mark: float | None = None,
    mark_name: str = "",
) -> Drawing:
    """Draw one horizontal bar a name, the first on top.

    Args:
        names: What the bars stand for.
        amounts: Their lengths.
        title: Heading.
        alt: What it shows.
        x: What the length means, with its unit.
        name: What the names are.
        form: Format of the numbers.
        highlight: Places of the bars that stand out.
        top: Right end of the axis.
        mark: A length that all are compared with, drawn as a line.
        mark_name: What is written at it.
    """
    colours = [OKABE_ITO[1] if place in highlight else OKABE_ITO[0] for place in range(len(names))]
    figure = go.Figure(
        go.Bar(
            x=list(amounts),
            y=list(range(len(names))),
            orientation="h",
            marker={"color": colours},
            text=[minus(format(amount, form)) for amount in amounts],
            textposition="auto",
            customdata=list(map(unmarked, names)),
            hovertemplate="%{customdata}: %{x:.6g}<extra></extra>",
        )
    )
    if mark is not None:
        figure.add_vline(
            mark,
            line={"dash": "dash", "width": 2, "color": OKABE_ITO[3]},
            annotation={"text": mark_name, "yref": "paper", "y": 1.0},
            annotation_position="top",
        )
    ends = [*amounts, *([] if mark is None else [mark])]
    figure.update_xaxes(title=x, range=_room(ends) if top is None else [0, top])
    figure.update_yaxes(
        autorange="reversed",
        tickvals=list(range(len(names))),
        ticktext=list(map(unmarked, names)),
        showgrid=False,
    )
    figure = framed(figure, title, 90 + 30 * len(names))
    if mark is not None:  # its name stands below the buttons
        figure.update_layout(margin={"t": 58}, height=figure.layout.height + 26)
    return Drawing(figure, alt, {name or "#": list(names), x or "value": list(amounts)})


def _room(amounts: Sequence[float]) -> list[float]:
    """An axis on which a number fits beside the longest bar, however narrow the window is."""
    ends = [0.0, *filter(math.isfinite, amounts)]
    low, high = min(ends), max(ends)
    beside = ROOM * (high - low or 1.0)
    return [low - beside * (low < 0), high + beside * (high > 0 or low == high)]
