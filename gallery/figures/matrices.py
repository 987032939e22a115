"""Small matrices side by side, cells of one size, with the sign between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from gallery.figures._drawing import SIGNED, Drawing, framed

__all__ = ["Matrix", "matrices"]

GAP = 1.4  # cells between two matrices
HEAD = 1.0  # cells above them, for their names


@dataclass(frozen=True, eq=False)
class Matrix:
    """One matrix of the row."""

    name: str
    values: NDArray[Any]  # (rows, columns)
    sign: str = ""  # before it


def matrices(row: Sequence[Matrix], alt: str = "", *, form: str = ".4g", size: int = 40) -> Drawing:
    """Draw matrices next to each other; each has its own scale of colours, centred on zero.

    Args:
        row: The matrices.
        alt: What they show.
        form: Format of the numbers.
        size: Pixels of a cell where there is room.
    """
    figure = go.Figure()
    most = max(matrix.values.shape[0] for matrix in row)
    left = 0.0
    for matrix in row:
        rows, columns = matrix.values.shape
        left += GAP if matrix.sign else 0.0
        top = (most - rows) / 2
        figure.add_trace(_cells(matrix.values, left, top, form))
        middle = left + columns / 2 - 0.5
        _write(figure, middle, top - HEAD, f"<b>{matrix.name}</b>", 13)
        if matrix.sign:
            _write(figure, left - GAP / 2 - 0.5, most / 2 - 0.5, matrix.sign, 22)
        left += columns
    figure.update_xaxes(visible=False, range=[-1.2, left + 0.2], constrain="domain")
    figure.update_yaxes(
        visible=False, range=[most - 0.4, -HEAD - 0.9], scaleanchor="x", constrain="domain"
    )
    return Drawing(framed(figure, "", int(size * (most + HEAD + 0.5)) + 16), alt)


def _cells(values: NDArray[Any], left: float, top: float, form: str) -> go.Heatmap:
    array = np.asarray(values, float)
    end = float(np.abs(array).max(initial=0.0)) or 1.0
    return go.Heatmap(
        z=array,
        x0=left,
        dx=1,
        y0=top,
        dy=1,
        zmin=-end,
        zmax=end,
        xgap=2,
        ygap=2,
        showscale=False,
        colorscale=SIGNED,
        text=[[format(number, form) for number in line] for line in array],
        texttemplate="%{text}",
        hovertemplate="%{z:.6g}<extra></extra>",
    )


def _write(figure: go.Figure, x: float, y: float, text: str, size: int) -> None:
    figure.add_annotation(x=x, y=y, text=text, showarrow=False, font={"size": size})
