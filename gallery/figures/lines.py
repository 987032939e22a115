"""Curves over a common axis."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from gallery.figures._drawing import Drawing, framed

__all__ = ["lines"]

DASHES = ("solid", "dash", "dot", "dashdot", "longdash")


def lines(
    along: Sequence[float],
    curves: Mapping[str, Sequence[float]],
    title: str = "",
    alt: str = "",
    *,
    x: str = "",
    y: str = "",
    mark: float | None = None,
    height: int = 340,
) -> Drawing:
    """Draw curves, each with a colour and a dash of its own.

    Args:
        along: Positions on the axis.
        curves: Name -> one value a position.
        title: Heading.
        alt: What they show.
        x: What runs to the right, with its unit.
        y: What runs up, with its unit.
        mark: A position to mark with a vertical line.
        height: Pixels.
    """
    figure = go.Figure()
    for place, (name, values) in enumerate(curves.items()):
        figure.add_scatter(
            x=list(along),
            y=list(values),
            name=name,
            mode="lines",
            line={"dash": DASHES[place % len(DASHES)], "width": 2.5},
            hovertemplate=f"{name}: %{{y:.4g}}<extra></extra>",
        )
    if mark is not None:
        figure.add_vline(mark, line={"dash": "dot", "width": 1})
    figure.update_layout(hovermode="x unified", showlegend=len(curves) > 1)
    figure.update_xaxes(title=x)
    figure.update_yaxes(title=y)
    table = {x or "x": list(along), **{name: list(values) for name, values in curves.items()}}
    return Drawing(framed(figure, title, height), alt, table)
