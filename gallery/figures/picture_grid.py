"""Small pictures in rows and columns that have names."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from gallery.figures._drawing import Drawing, framed
from gallery.figures._written import png_url, unmarked
from models._images import Pixels

__all__ = ["picture_grid", "picture_sheet"]

GAP = 2  # pixels between small pictures
ENLARGED = 900  # pixels of the longer side that the browser is given, so that nothing blurs
ROW = 74  # pixels on the page


def picture_grid(
    images: NDArray[np.uint8],
    rows: Sequence[str],
    columns: Sequence[str],
    title: str = "",
    alt: str = "",
    *,
    x: str = "",
    y: str = "",
) -> Drawing:
    """Draw pictures on a grid; hovering tells row and column.

    Args:
        images: (rows, columns, height, width, 1 or 3).
        rows: Names of the rows.
        columns: Names of the columns.
        title: Heading.
        alt: What it shows.
        x: What the columns are.
        y: What the rows are.
    """
    sheet = picture_sheet(images)
    factor = max(1, -(-ENLARGED // max(sheet.shape[:2])))
    figure = go.Figure(
        go.Image(
            source=png_url(sheet.repeat(factor, 0).repeat(factor, 1)),
            x0=-0.5 + 0.5 / (sheet.shape[1] * factor) * len(columns),
            dx=len(columns) / (sheet.shape[1] * factor),
            y0=-0.5 + 0.5 / (sheet.shape[0] * factor) * len(rows),
            dy=len(rows) / (sheet.shape[0] * factor),
            hoverinfo="skip",
        )
    )
    names = [unmarked(name) for name in rows]
    places = [(row, column) for row in range(len(rows)) for column in range(len(columns))]
    figure.add_scatter(  # nothing to see: something to point at
        x=[column for _, column in places],
        y=[row for row, _ in places],
        mode="markers",
        marker={"size": 44, "opacity": 0, "symbol": "square"},
        text=[f"{y} {names[row]}<br>{x} {columns[column]}" for row, column in places],
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
    )
    plain = {"showgrid": False, "zeroline": False, "ticks": "", "constrain": "domain"}
    figure.update_xaxes(
        title=x,
        tickvals=list(range(len(columns))),
        ticktext=list(columns),
        range=[-0.5, len(columns) - 0.5],
        side="top",
        **plain,
    )
    figure.update_yaxes(
        title=y,
        tickvals=list(range(len(rows))),
        ticktext=names,
        range=[len(rows) - 0.5, -0.5],
        scaleanchor="x",
        **plain,
    )
    return Drawing(framed(figure, title, 90 + ROW * len(rows)), alt)


def picture_sheet(images: NDArray[np.uint8], gap: int = GAP) -> Pixels:
    """The grid as one picture, grey between the small ones.

    Args:
        images: (rows, columns, height, width, 1 or 3).
        gap: Pixels between them.
    """
    rows, columns, height, width, channels = images.shape
    whole = np.full((rows * (height + gap), columns * (width + gap), 3), 128, np.uint8)
    cells = whole.reshape(rows, height + gap, columns, width + gap, 3)
    top = gap // 2
    cells[:, top : top + height, :, top : top + width] = images.transpose(0, 2, 1, 3, 4)
    if channels not in (1, 3):
        raise ValueError(f"{channels} channels are no picture")
    return whole
