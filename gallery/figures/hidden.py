"""A histogram, with the parts shaded that a way of showing the values hides."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from gallery.figures._drawing import OKABE_ITO, Drawing, framed

__all__ = ["hidden"]


def hidden(
    counts: NDArray[np.integer],
    edges: NDArray[np.floating],
    view: str,
    title: str = "",
    alt: str = "",
    *,
    x: str = "",
    y: str = "",
    note: str = "",
    height: int = 280,
) -> Drawing:
    """Draw counts on a logarithmic axis, and shade what is not seen.

    Args:
        counts: (bins,).
        edges: (bins + 1,) of the bins.
        view: ``signed`` hides nothing, ``absolute`` the sign of what is below 0, ``surface`` what
            is above 255, ``clipped`` what is below 0 as well.
        title: Heading.
        alt: What it shows.
        x: What the values are, with their unit.
        y: What is counted.
        note: What the shade means.
        height: Pixels.
    """
    centres = (edges[1:] + edges[:-1]) / 2
    below, above = view in {"absolute", "clipped"}, view in {"clipped", "surface"}
    lost = below & (centres < 0) | above & (centres > 255)
    colours = np.where(lost, OKABE_ITO[3], OKABE_ITO[0])
    figure = go.Figure(
        go.Bar(
            x=centres,
            y=counts,
            width=np.diff(edges),
            marker={"color": colours.tolist(), "line": {"width": 0}},
            hovertemplate=f"{x} %{{x:.4g}}<br>{y} %{{y}}<extra></extra>",
            showlegend=False,
        )
    )
    if lost.any():  # a legend entry of its own
        figure.add_scatter(
            x=[None],
            y=[None],
            mode="markers",
            name=note,
            marker={"color": OKABE_ITO[3], "symbol": "square", "size": 11},
        )
    figure.update_layout(bargap=0, showlegend=bool(lost.any()))
    figure.update_xaxes(title=x)
    figure.update_yaxes(title=y, type="log", dtick=1)
    table = {x or "x": centres.tolist(), y or "n": counts.tolist()}
    return Drawing(framed(figure, title, height), alt, table)
