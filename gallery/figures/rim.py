"""The corner of a photo with what a border rule puts around it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from gallery.figures._drawing import Drawing
from gallery.figures.cells import cells
from gallery.figures.heatmap import coloured
from models._images import Pixels

if TYPE_CHECKING:
    from models._edges_rim import BorderView

__all__ = ["rim", "rim_answers"]

SHOWN = 24  # pixels of an answer, down and across
ENLARGED = 8  # times


def rim(
    corner: NDArray[np.floating],
    margin: tuple[int, int],
    title: str = "",
    alt: str = "",
    *,
    size: int = 34,
) -> Drawing:
    """Draw grey levels as cells, and a line between the border and the photo.

    Args:
        corner: (rows, columns) grey levels 0 .. 255, border included.
        margin: Rows and columns of it that are border, at the top and at the left.
        title: Heading.
        alt: What it shows.
        size: Pixels of a cell.
    """
    drawn = cells(corner, title, alt, signed=False, limit=255.0, form=".0f", size=size)
    figure = go.Figure(drawn.figure)
    figure.update_traces(colorscale="Greys_r")
    top, left = margin[0] - 0.5, margin[1] - 0.5
    rows, columns = corner.shape[0] - 0.5, corner.shape[1] - 0.5
    if any(margin):
        figure.add_scatter(
            x=[left, left, columns],
            y=[rows, top, top],
            mode="lines",
            line={"color": "#D55E00", "width": 4},
            hoverinfo="skip",
            showlegend=False,
        )
    return Drawing(figure, drawn.alt)  # every number stands in its cell


def rim_answers(views: "Sequence[BorderView]") -> list[Pixels]:
    """The answers where the rules differ most along the left rim, enlarged, on one scale.

    Args:
        views: What every rule makes of one photo, ``reflect`` among them.
    """
    told = next(view for view in views if view.border == "reflect").values
    same = [view.values for view in views if view.values.shape == told.shape]
    differ = sum(np.abs(values[:, :2] - told[:, :2]).sum(axis=1) for values in same)
    run = np.convolve(differ, np.ones(min(SHOWN, len(told))), "valid")
    top = int(run.argmax())
    pieces = [view.values[min(top, max(0, len(view.values) - SHOWN)) :] for view in views]
    pieces = [piece[:SHOWN, :SHOWN] for piece in pieces]
    limit = max(float(np.abs(piece).max(initial=0.0)) for piece in pieces)
    pictures = (coloured(piece, signed=True, limit=limit or 1.0) for piece in pieces)
    return [picture.repeat(ENLARGED, axis=0).repeat(ENLARGED, axis=1) for picture in pictures]
