"""Several small matrices in one figure, in rows, with signs between them and one table twin."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from gallery.figures._drawing import SEQUENTIAL, SIGNED, TOOLBAR, Drawing, framed
from gallery.figures._written import minus

__all__ = ["Matrix", "matrices"]

GAP = 1.1  # cells between two matrices
ABOVE = 0.95  # cells of a heading


@dataclass(frozen=True, eq=False)
class Matrix:
    """One matrix of the figure."""

    values: NDArray[np.generic]  # (rows, columns)
    title: str
    limit: float  # value of the strongest colour
    signed: bool = False
    sign: str = ""  # what stands between it and the next one
    form: str = ".3g"  # of its numbers


def matrices(rows: Sequence[Sequence[Matrix]], alt: str, *, cell: int = 34) -> Drawing:
    """Draw rows of matrices, all with cells of one size.

    Args:
        rows: What stands next to each other, row by row, in columns.
        alt: What it shows.
        cell: Pixels of a cell.
    """
    figure = go.Figure()
    top = 0.0
    wide = [
        max(np.shape(row[place].values)[1] for row in rows if place < len(row))
        for place in range(max(len(row) for row in rows))
    ]
    table: dict[str, list[Any]] = {"": [], "#": []}
    columns = max(np.shape(matrix.values)[1] for row in rows for matrix in row)
    table |= {str(column): [] for column in range(columns)}
    for row in rows:
        left = 0.0
        height = max(np.shape(matrix.values)[0] for matrix in row)
        for place, matrix in enumerate(row):
            values = np.asarray(matrix.values, float) + 0.0  # no negative zero
            lower = top + ABOVE + (height - values.shape[0]) / 2
            _matrix(figure, matrix, values, left, lower)
            left += wide[place]
            if matrix.sign:
                _text(figure, left + GAP / 2, top + ABOVE + height / 2, matrix.sign, 20, "center")
            left += GAP
            _note(table, matrix.title, values, columns)
        top += ABOVE + height + 0.25
    figure.update_xaxes(
        visible=False,
        range=[-0.1, max(sum(wide) + GAP * (len(wide) - 1), 8) + 0.1],
        constrain="domain",
    )
    figure.update_yaxes(visible=False, range=[top, -0.1], scaleanchor="x", constrain="domain")
    figure.update_layout(showlegend=False)
    return Drawing(framed(figure, "", round(cell * top) + TOOLBAR + 16), alt, table)


def _matrix(
    figure: go.Figure, matrix: Matrix, values: NDArray[np.float64], left: float, top: float
) -> None:
    rows, columns = values.shape
    figure.add_heatmap(
        z=values,
        x=[left + 0.5 + place for place in range(columns)],
        y=[top + 0.5 + place for place in range(rows)],
        zmin=-matrix.limit if matrix.signed else 0,
        zmax=matrix.limit,
        colorscale=SIGNED if matrix.signed else SEQUENTIAL,
        xgap=2,
        ygap=2,
        showscale=False,
        text=[[minus(format(number, matrix.form)) for number in line] for line in values],
        texttemplate="%{text}",
        textfont={"size": 11},
        hovertemplate=f"{matrix.title}: %{{z:.4g}}<extra></extra>",
    )
    _text(figure, left, top - 0.45, matrix.title, 13, "left")


def _text(figure: go.Figure, x: float, y: float, text: str, size: int, anchor: str) -> None:
    figure.add_annotation(
        x=x, y=y, text=text, showarrow=False, font={"size": size}, xanchor=anchor, yanchor="middle"
    )


def _note(
    table: dict[str, list[Any]], title: str, values: NDArray[np.float64], columns: int
) -> None:
    for number, line in enumerate(values):
        table[""].append(title)
        table["#"].append(number)
        for column in range(columns):
            table[str(column)].append(float(line[column]) if column < len(line) else None)
