"""A map of numbers, the region cut out of it, and the table that pooling makes of the region."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from gallery.figures._drawing import OKABE_ITO, SEQUENTIAL, Drawing, framed, lay_grid

__all__ = ["region_map"]

FEW = 9  # rows or columns that are all numbered


def region_map(
    values: NDArray[np.floating],
    title: str,
    alt: str,
    *,
    x: str,
    y: str,
    limit: float,
    box: Sequence[float] | None = None,
    rows: Sequence[tuple[int, int]] = (),
    columns: Sequence[tuple[int, int]] = (),
    winners: Sequence[tuple[int, int]] = (),
    height: int = 380,
) -> Drawing:
    """Draw a map of whole numbers with the bins of a region and the winner of each.

    Args:
        values: (rows, columns).
        title: Heading.
        alt: What it shows.
        x: What runs to the right.
        y: What runs down.
        limit: Value of the strongest colour.
        box: x1, y1, x2, y2 in cells, dashed, before it is rounded.
        rows: First row of each bin and the one after its last.
        columns: The same for columns.
        winners: Row and column of the largest value of each bin.
        height: Pixels.
    """
    figure = go.Figure(
        go.Heatmap(
            z=values,
            zmin=0,
            zmax=limit,
            xgap=1,
            ygap=1,
            colorscale=SEQUENTIAL,
            showscale=False,
            text=[[f"{value:.0f}" for value in row] for row in values],
            texttemplate="%{text}",
            hovertemplate=f"{y} %{{y}}, {x} %{{x}}: %{{z:.1f}}<extra></extra>",
        )
    )
    for top, bottom in rows:
        for left, right in columns:
            _outline(figure, (left, top, right, bottom), OKABE_ITO[3], "solid", 3)
    if box is not None:
        _outline(figure, box, "#ffffff", "dot", 2)
    for row, column in winners:
        _outline(figure, (column, row, column + 1, row + 1), OKABE_ITO[1], "solid", 3)
    lay_grid(figure, x, y)
    figure.update_xaxes(dtick=1 if len(values[0]) <= FEW else 5)
    figure.update_yaxes(dtick=1 if len(values) <= FEW else 5)
    table = {y: list(range(len(values)))} | {
        f"{x} {place}": [round(float(value), 2) for value in column]
        for place, column in enumerate(np.asarray(values).T)
    }
    return Drawing(framed(figure, title, height), alt, table)


def _outline(figure: go.Figure, box: Sequence[float], colour: str, dash: str, width: float) -> None:
    """A frame around cells; the middle of cell 0 lies at 0."""
    left, top, right, bottom = (float(edge) - 0.5 for edge in box)
    line = {"color": colour, "dash": dash, "width": width}
    figure.add_shape(type="rect", x0=left, y0=top, x1=right, y1=bottom, line=line)
