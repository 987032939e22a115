"""A small matrix as cells with their numbers and colours."""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from gallery.figures._drawing import SEQUENTIAL, SIGNED, TOOLBAR, Drawing, framed

__all__ = ["cells"]


def cells(
    values: NDArray[np.generic],
    title: str = "",
    alt: str = "",
    *,
    signed: bool = True,
    limit: float | None = None,
    form: str = ".3g",
    size: int = 44,
) -> Drawing:
    """Draw a matrix of at most some 15 x 15 numbers.

    Args:
        values: (rows, columns).
        title: Heading.
        alt: What it shows.
        signed: Centre the colours on zero.
        limit: Value of the strongest colour.
        form: Format of the numbers.
        size: Pixels of a cell.
    """
    array = np.asarray(values, float)
    end = limit or float(np.abs(array).max(initial=0.0)) or 1.0
    figure = go.Figure(
        go.Heatmap(
            z=array,
            zmin=-end if signed else 0,
            zmax=end,
            xgap=2,
            ygap=2,
            showscale=False,
            colorscale=SIGNED if signed else SEQUENTIAL,
            text=[[format(number, form) for number in row] for row in array],
            texttemplate="%{text}",
            hovertemplate="(%{y}, %{x}): %{z:.6g}<extra></extra>",
        )
    )
    figure.update_xaxes(visible=False, constrain="domain")
    figure.update_yaxes(visible=False, autorange="reversed", scaleanchor="x", constrain="domain")
    height = size * array.shape[0] + 16 + (TOOLBAR if title else 0)
    table = {
        "#": list(range(array.shape[0])),
        **{str(column): array[:, column].tolist() for column in range(array.shape[1])},
    }
    return Drawing(framed(figure, title, height), alt, table)
