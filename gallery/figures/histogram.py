"""How often values occur."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from gallery.figures._drawing import Drawing, framed

__all__ = ["histogram"]


def histogram(
    values: NDArray[np.generic],
    title: str = "",
    alt: str = "",
    *,
    x: str = "",
    y: str = "",
    bins: int = 64,
    ends: tuple[float, float] | None = None,
    logarithmic: bool = False,
    height: int = 260,
) -> Drawing:
    """Count values in equal bins.

    Args:
        values: Any shape.
        title: Heading.
        alt: What it shows.
        x: What the values are, with their unit.
        y: What is counted.
        bins: How many bins.
        ends: Lowest and highest value counted; those of the values by default.
        logarithmic: Count on a logarithmic axis.
        height: Pixels.
    """
    counts, edges = np.histogram(np.asarray(values).ravel(), bins=bins, range=ends)
    centres = (edges[1:] + edges[:-1]) / 2
    figure = go.Figure(
        go.Bar(x=centres, y=counts, hovertemplate=f"{x} %{{x:.4g}}<br>{y} %{{y}}<extra></extra>")
    )
    figure.update_layout(bargap=0)
    figure.update_xaxes(title=x)
    figure.update_yaxes(title=y, type="log" if logarithmic else "linear")
    return Drawing(
        framed(figure, title, height), alt, {x or "x": centres.tolist(), y or "y": counts.tolist()}
    )
